import { LinearMemory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import {
  debugTranslateResult,
  ENTRY_COUNT,
  flagsAtLevel,
  PageTable,
  PageTableFlags,
  PhysAddr,
  PhysFrame,
  Size2MiB,
  TABLE_SIZE,
} from "../src/index.ts";
import { DATA, Tables } from "./setup.ts";

describe("PageTable", () => {
  it("is 512 entries in the bytes themselves", () => {
    const buffer = new ArrayBuffer(2 * TABLE_SIZE);
    const table = PageTable.over(buffer, TABLE_SIZE);
    expect(table.isEmpty()).toBe(true);
    expect([...table]).toHaveLength(ENTRY_COUNT);
    table.entry(511).bits = 0x8000_0000_0000_1003n;
    expect(new DataView(buffer).getBigUint64(2 * TABLE_SIZE - 8, true)).toBe(0x8000_0000_0000_1003n);
    expect(table.isEmpty()).toBe(false);
    table.zero();
    expect(new Uint8Array(buffer).every((byte) => byte === 0)).toBe(true);
    expect(String(table)).toBe("PageTable(0x1000)");
  });
});

describe("PageTableEntry", () => {
  const entry = new PageTable(new LinearMemory(new ArrayBuffer(4096)), 0).entry(1);

  it("keeps address and flags apart", () => {
    entry.setAddr(PhysAddr.new(0xf_ffff_ffff_f000), PageTableFlags.all());
    expect(entry.bits).toBe(2n ** 64n - 1n);
    expect(entry.addr()).toBe(0xf_ffff_ffff_f000);
    entry.setFlags(PageTableFlags.NO_EXECUTE);
    expect(entry.bits).toBe(0x800f_ffff_ffff_f000n);
    expect(entry.flags()).toBe(PageTableFlags.NO_EXECUTE);
    expect(entry.isUnused()).toBe(false);
    entry.setUnused();
    expect([entry.bits, entry.isUnused()]).toEqual([0n, true]);
  });

  it("names a frame when it is present and not huge", () => {
    entry.setFrame(PhysFrame.containingAddress(0x5000), DATA);
    expect(entry.frame().startAddress).toBe(0x5000);
    expect(String(entry)).toBe("PageTableEntry { addr: PhysAddr(0x5000), flags: PageTableFlags(PRESENT | WRITABLE) }");
    entry.bits = 0x5083n;
    expect(() => entry.frame()).toThrow(
      expect.objectContaining({ code: "frame/huge-frame", debug: "HugeFrame", address: 0x5000 }),
    );
    entry.bits = 0x5002n;
    expect(() => entry.frame()).toThrow(
      expect.objectContaining({ code: "frame/not-present", variant: "FrameNotPresent" }),
    );
  });
});

describe("flagsAtLevel", () => {
  it("tells PAT from HUGE_PAGE", () => {
    expect([1, 2, 3, 4, 5].map((level) => flagsAtLevel(0x83n, level as 1).isLeaf)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect([1, 2, 3, 4].map((level) => flagsAtLevel(0x1083n, level as 1).pat)).toEqual([true, true, true, false]);
    expect(flagsAtLevel(0x1003n, 1).pat).toBe(false);
    expect(flagsAtLevel((9n << 59n) | 1n, 1).protectionKey).toBe(9);
    expect(flagsAtLevel((9n << 59n) | 1n, 4).protectionKey).toBe(0);
    const { mapper } = new Tables();
    expect(mapper.level4Table.entry(0).flagsAtLevel(4)).toMatchObject({ flags: 0, isLeaf: false });
  });
});

describe("PageTableFlags", () => {
  it("packs the word's outer bits, and the word comes back", () => {
    for (const [name, flag] of PageTableFlags.constants()) {
      expect(PageTableFlags.fromName(name)).toBe(flag);
      expect(PageTableFlags.fromBits(PageTableFlags.toBits(flag))).toBe(flag);
      expect(PageTableFlags.names(flag)).toEqual([name]);
    }
    expect(PageTableFlags.constants()).toHaveLength(24);
    expect(PageTableFlags.fromBits(0x1000n)).toBeUndefined();
    expect(PageTableFlags.fromBitsTruncate(2n ** 64n - 1n)).toBe(PageTableFlags.all());
    expect(PageTableFlags.fromBitsRetain(0x1001n)).toBe(0x1001n);
    expect(PageTableFlags.toString(0x1001n)).toBe("PageTableFlags(PRESENT | 0x1000)");
    expect(PageTableFlags.toString(0)).toBe("PageTableFlags(0x0)");
    expect(PageTableFlags.fromName("NONE")).toBeUndefined();
  });

  it("is a set, packed or not", () => {
    const { PRESENT, WRITABLE, NO_EXECUTE } = PageTableFlags;
    expect(PageTableFlags.union(PRESENT, 2n)).toBe(PRESENT | WRITABLE);
    expect(PageTableFlags.difference(DATA, WRITABLE)).toBe(PRESENT);
    expect(PageTableFlags.intersection(DATA, 0x1002n)).toBe(WRITABLE);
    expect(PageTableFlags.symmetricDifference(DATA, PRESENT | NO_EXECUTE)).toBe(WRITABLE | NO_EXECUTE);
    expect(PageTableFlags.complement(PageTableFlags.all())).toBe(PageTableFlags.empty());
    expect(PageTableFlags.contains(DATA, 0x3n)).toBe(true);
    expect(PageTableFlags.contains(PRESENT, DATA)).toBe(false);
    expect(PageTableFlags.intersects(PRESENT, DATA)).toBe(true);
    expect([PageTableFlags.isEmpty(0), PageTableFlags.isAll(PageTableFlags.all()), PageTableFlags.isAll(DATA)]).toEqual(
      [true, true, false],
    );
    expect([
      PageTableFlags.compare(1, 2),
      PageTableFlags.compare(NO_EXECUTE, 1n),
      PageTableFlags.compare(3, 3n),
    ]).toEqual([-1, 1, 0]);
  });
});

describe("debugTranslateResult", () => {
  it("prints as the crate's TranslateResult", () => {
    const frame = PhysFrame.containingAddress(0x20_0000, Size2MiB);
    expect(debugTranslateResult({ kind: "mapped", frame, offset: 5, flags: 0x83 })).toBe(
      "Mapped { frame: Size2MiB(PhysFrame[2MiB](0x200000)), offset: 5, flags: PageTableFlags(PRESENT | WRITABLE | HUGE_PAGE) }",
    );
    expect(debugTranslateResult({ kind: "not-mapped" })).toBe("NotMapped");
    expect(debugTranslateResult({ kind: "invalid-frame-address", address: PhysAddr.new(0x1000) })).toBe(
      "InvalidFrameAddress(PhysAddr(0x1000))",
    );
  });
});
