/** What the MMU judges, rule by rule: each with the case that is allowed, the one that is not, and its error code. */
import { Cr0Flags, Cr4Flags, Page, Size1GiB, Size2MiB } from "@kmem/x86-64";
import { describe, expect, it } from "vitest";
import { EXECUTE, FAULT, Mmu, PhysicalMemory, READ, SYSTEM, VirtualMemory, WRITE } from "../src/index.ts";
import { AT, FRAME, I, Judge, P, PK, RING_0, RING_3, RSVD, U, W } from "./judge.ts";
import { DATA, GLOBAL, MIB, NO_EXECUTE, Pc, PRESENT, USER_ACCESSIBLE, WRITABLE } from "./pc.ts";

const USER_DATA = PRESENT | WRITABLE | USER_ACCESSIBLE;
const { SUPERVISOR_MODE_EXECUTION_PROTECTION, SUPERVISOR_MODE_ACCESS_PREVENTION, PROTECTION_KEY_USER } = Cr4Flags;

describe("a page that is not present", () => {
  it("is refused without P in the error code", () => {
    const judge = new Judge(WRITABLE);
    expect([judge.says(READ), judge.says(WRITE), judge.says(EXECUTE)]).toEqual([0, W, I]);
    expect([judge.says(READ, RING_3), judge.says(WRITE, RING_3), judge.says(EXECUTE, RING_3)]).toEqual([
      U,
      U | W,
      U | I,
    ]);
  });
});

describe("a page that is read-only", () => {
  it("is not written by users, nor by the kernel with WP", () => {
    const judge = new Judge(PRESENT | USER_ACCESSIBLE);
    expect([judge.says(READ), judge.says(READ, RING_3)]).toEqual(["allowed", "allowed"]);
    expect([judge.says(WRITE), judge.says(WRITE, RING_3)]).toEqual([P | W, P | W | U]);
    judge.withoutWriteProtect();
    expect([judge.says(WRITE), judge.says(WRITE, RING_3)]).toEqual(["allowed", P | W | U]);
  });
});

describe("a page of the kernel", () => {
  it("is not for users; but the CPU itself reads it in their name", () => {
    const judge = new Judge(PRESENT | WRITABLE);
    expect([judge.says(READ, RING_3), judge.says(WRITE, RING_3)]).toEqual([P | U, P | W | U]);
    expect(judge.says(EXECUTE, RING_3)).toBe(P | U | I);
    expect(judge.says(READ | SYSTEM, RING_3)).toBe("allowed");
  });
});

describe("NX", () => {
  it("forbids to execute, and is a reserved bit while EFER.NXE is off", () => {
    const judge = new Judge(PRESENT | NO_EXECUTE);
    expect([judge.says(READ), judge.says(EXECUTE)]).toEqual(["allowed", P | I]);
    judge.pc.machine.cpu.registers.efer &= ~0x800;
    // Without NXE and SMEP the error code does not tell fetches.
    expect([judge.says(READ), judge.says(EXECUTE)]).toEqual([P | RSVD, P | RSVD]);
  });
});

describe("reserved bits", () => {
  it.each([36, 40, 46, 52])("begin at MAXPHYADDR, here %i", (physicalAddressBits) => {
    for (const bit of [35, 36, 39, 40, 45, 46, 51]) {
      const ram = new PhysicalMemory(8 * MIB);
      const mmu = new Mmu(ram, { physicalAddressBits });
      for (const table of [0x1000, 0x2000, 0x3000]) ram.writeU64(table, BigInt(table + 0x1000) | 3n);
      ram.writeU64(0x4000, (1n << BigInt(bit)) | 3n);
      mmu.setControl(Cr0Flags.PAGING, 0x1000, Cr4Flags.PHYSICAL_ADDRESS_EXTENSION, 0xd00);
      if (bit >= physicalAddressBits) {
        expect(mmu.translate(0, READ)).toBe(FAULT);
        expect(mmu.faultErrorCode).toBe(P | RSVD);
      } else expect(() => mmu.translate(0, READ)).toThrow("outside of");
    }
  });

  it("are bit 7 of level 4, and a large page's low frame bits", () => {
    const judge = new Judge(USER_DATA);
    const level4 = judge.pc.machine.cpu.registers.cr3 + 136 * 8;
    judge.pc.machine.ram.writeU8(level4, judge.pc.machine.ram.readU8(level4) | 0x80);
    expect(judge.says(WRITE, RING_3)).toBe(P | RSVD | W | U);
    for (const [size, bit] of [
      [Size2MiB, 13],
      [Size2MiB, 20],
      [Size1GiB, 13],
      [Size1GiB, 29],
    ] as const) {
      const pc = new Pc();
      pc.mapLarge(0x4000_0000_0000, 0, size);
      const table3 = pc.machine.ram.readU32(pc.machine.cpu.registers.cr3 + 128 * 8) & ~0xfff;
      const entry = size === Size1GiB ? table3 : pc.machine.ram.readU32(table3) & ~0xfff;
      expect(pc.machine.mmu.translate(0x4000_0000_0000, READ)).toBe(0);
      pc.machine.ram.writeU32(entry, pc.machine.ram.readU32(entry) | (1 << bit));
      pc.machine.mmu.flushAll();
      expect(pc.machine.mmu.translate(0x4000_0000_0000, READ)).toBe(FAULT);
      expect(pc.machine.mmu.faultErrorCode).toBe(P | RSVD);
    }
  });
});

describe("SMEP", () => {
  it("keeps the kernel from executing users' pages", () => {
    const judge = new Judge(USER_DATA);
    expect(judge.says(EXECUTE)).toBe("allowed");
    judge.with(SUPERVISOR_MODE_EXECUTION_PROTECTION);
    expect([judge.says(EXECUTE), judge.says(READ), judge.says(EXECUTE, RING_3)]).toEqual([P | I, "allowed", "allowed"]);
  });
});

describe("SMAP", () => {
  it("keeps the kernel from users' data unless AC is set; the CPU's own accesses always", () => {
    const judge = new Judge(USER_DATA);
    expect(judge.says(READ)).toBe("allowed");
    judge.with(SUPERVISOR_MODE_ACCESS_PREVENTION);
    expect([judge.says(READ), judge.says(WRITE), judge.says(EXECUTE)]).toEqual([P, P | W, "allowed"]);
    expect([judge.says(READ, RING_0, { ac: true }), judge.says(WRITE, RING_0, { ac: true })]).toEqual([
      "allowed",
      "allowed",
    ]);
    expect(judge.says(READ | SYSTEM, RING_0, { ac: true })).toBe(P);
    expect([judge.says(READ, RING_3), judge.says(READ | SYSTEM, RING_3)]).toEqual(["allowed", P | 0]);
  });
});

describe("protection keys", () => {
  const KEY = 5;
  const ACCESS_DISABLED = 1 << (2 * KEY);
  const WRITE_DISABLED = 2 << (2 * KEY);

  it("forbid access or writing to users' pages by PKRU, and are told in the error code", () => {
    const judge = new Judge(USER_DATA).entry(BigInt(KEY) << 59n);
    const pkru = ACCESS_DISABLED;
    expect(judge.says(READ, RING_3, { pkru })).toBe("allowed");
    judge.with(PROTECTION_KEY_USER);
    expect([judge.says(READ, RING_3, { pkru }), judge.says(READ, RING_0, { pkru })]).toEqual([P | PK | U, P | PK]);
    expect(judge.says(EXECUTE, RING_3, { pkru })).toBe("allowed");
    expect(judge.says(READ, RING_3, { pkru: ~(3 << (2 * KEY)) >>> 0 })).toBe("allowed");
  });

  it("forbid the kernel to write only with WP, and say nothing of the kernel's pages", () => {
    const judge = new Judge(USER_DATA).entry(BigInt(KEY) << 59n).with(PROTECTION_KEY_USER);
    const pkru = WRITE_DISABLED;
    expect([judge.says(READ, RING_3, { pkru }), judge.says(WRITE, RING_3, { pkru })]).toEqual([
      "allowed",
      P | PK | W | U,
    ]);
    expect(judge.says(WRITE, RING_0, { pkru })).toBe(P | PK | W);
    judge.withoutWriteProtect();
    expect(judge.says(WRITE, RING_0, { pkru })).toBe("allowed");
    const kernels = new Judge(PRESENT | WRITABLE).entry(BigInt(KEY) << 59n).with(PROTECTION_KEY_USER);
    expect(kernels.says(WRITE, RING_0, { pkru: 0xffff_ffff })).toBe("allowed");
  });
});

describe("global pages", () => {
  it("outlive a write of CR3 only while CR4.PGE is on", () => {
    const judge = new Judge(DATA | GLOBAL);
    const { machine } = judge.pc;
    const { registers, memory } = machine.cpu;
    const isCached = (): boolean => machine.mmu.cache.readTags[(AT >>> 12) & 4095] === AT;
    memory.readU8(AT);
    registers.cr3 += 0;
    expect(isCached()).toBe(true);
    registers.cr4 &= ~Cr4Flags.PAGE_GLOBAL;
    expect(isCached()).toBe(false);
    memory.readU8(AT);
    registers.cr3 += 0;
    expect(isCached()).toBe(false);
  });

  it("are in force in every address space, and invlpg drops them", () => {
    const pc = new Pc();
    pc.map(AT, FRAME, DATA | GLOBAL);
    const { registers, memory, tlb } = pc.machine.cpu;
    registers.cr4 |= Cr4Flags.PCID;
    memory.writeU32(AT, 7);
    tlb.flushPcid(1, 0, 0);
    expect(pc.machine.mmu.cache.readTags[(AT >>> 12) & 4095]).toBe(AT);
    tlb.flushPcid(3, 0, 0);
    expect(pc.machine.mmu.cache.readTags[(AT >>> 12) & 4095]).toBe(AT);
    tlb.flush(AT);
    expect(pc.machine.mmu.cache.readTags[(AT >>> 12) & 4095]).toBeNaN();
    memory.readU32(AT);
    tlb.flushPcid(2, 0, 0);
    expect(pc.machine.mmu.cache.readTags[(AT >>> 12) & 4095]).toBeNaN();
  });
});

describe("PCIDs", () => {
  it("keep a page of one space from another, and are flushed page by page or as a whole", () => {
    const pc = new Pc();
    pc.map(AT, FRAME);
    const { registers, memory, tlb } = pc.machine.cpu;
    registers.cr4 |= Cr4Flags.PCID;
    const table = registers.cr3;
    const enter = (pcid: number): void => registers.writeCr3KeepingTranslations(table + pcid);
    const isStale = (pcid: number): boolean => {
      enter(pcid);
      return memory.readU32(AT) === 1;
    };
    const remap = (): void => {
      pc.machine.ram.writeU32(FRAME, 1);
      pc.machine.ram.writeU32(FRAME + 4096, 2);
      for (const pcid of [1, 2]) {
        tlb.flushPcid(1, pcid, 0);
        pc.mapper.unmap(Page.containingAddress(AT)).flush.ignore();
        pc.map(AT, FRAME);
        enter(pcid);
        memory.readU32(AT);
        enter(3 - pcid);
        memory.readU32(AT);
      }
      pc.mapper.unmap(Page.containingAddress(AT)).flush.ignore();
      pc.map(AT, FRAME + 4096);
    };
    remap();
    expect([isStale(1), isStale(2), isStale(3)]).toEqual([true, true, false]);
    tlb.flushPcid(0, 1, AT + 0x123);
    expect([isStale(1), isStale(2)]).toEqual([false, true]);
    tlb.flushPcid(1, 2, 0);
    expect(isStale(2)).toBe(false);
  });
});

describe("pages of 1 GiB", () => {
  it("are translated and flushed as a whole, and are refused where the CPU has none", () => {
    const pc = new Pc();
    pc.mapLarge(0x4000_0000_0000, 0, Size1GiB);
    const memory = new VirtualMemory(pc.machine.mmu);
    memory.writeU32(0x4000_0060_0004, 9);
    expect(pc.machine.ram.readU32(0x60_0004)).toBe(9);
    expect(pc.machine.mmu.pageSizeAt(0x4000_0060_0004)).toBe(Size1GiB.bytes);

    const ram = new PhysicalMemory(8 * MIB);
    const mmu = new Mmu(ram, { hugePages1G: false });
    ram.writeU64(0x1000, 0x2003n);
    ram.writeU64(0x2000, 0x83n);
    mmu.setControl(Cr0Flags.PAGING, 0x1000, Cr4Flags.PHYSICAL_ADDRESS_EXTENSION, 0xd00);
    expect(mmu.translate(0x1000, READ)).toBe(FAULT);
    expect(mmu.faultErrorCode).toBe(P | RSVD);
  });
});

describe("accessed and dirty bits", () => {
  it("are set when an access is allowed, D by writes alone, and not when it is refused", () => {
    const judge = new Judge(PRESENT | USER_ACCESSIBLE);
    const bits = (): number => judge.pc.machine.ram.readU8(judge.entryAddress()) & 0x60;
    judge.says(WRITE, RING_3);
    expect(bits()).toBe(0);
    judge.says(READ, RING_3);
    expect(bits()).toBe(0x20);
    judge.says(WRITE, RING_3);
    expect(bits()).toBe(0x20);
    judge.withoutWriteProtect().says(WRITE);
    expect(bits()).toBe(0x60);
  });

  it("are set again only after a flush: a cached translation does not look", () => {
    const judge = new Judge(DATA);
    const { machine } = judge.pc;
    const at = judge.entryAddress();
    judge.says(WRITE);
    machine.ram.writeU8(at, machine.ram.readU8(at) & ~0x60);
    judge.says(WRITE);
    expect(machine.ram.readU8(at) & 0x60).toBe(0);
    machine.mmu.flush(AT);
    judge.says(READ);
    expect(machine.ram.readU8(at) & 0x60).toBe(0x20);
    judge.says(WRITE);
    expect(machine.ram.readU8(at) & 0x60).toBe(0x60);
  });
});
