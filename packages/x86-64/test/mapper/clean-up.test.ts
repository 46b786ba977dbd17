import { describe, expect, it } from "vitest";
import { Page, PhysAddr, PhysFrame, RecursivePageTable, recursiveIndex, VirtAddr } from "../../src/index.ts";
import { DATA, ROOT, Tables } from "../setup.ts";

const page = (at: number): Page => Page.containingAddress(at);
const freed = (tables: Tables, run: (frames: { deallocateFrame(frame: PhysFrame): void }) => void): number[] => {
  const list: number[] = [];
  run({
    deallocateFrame(frame) {
      list.push(frame.startAddress);
      tables.frames.deallocateFrame(frame);
    },
  });
  return list;
};

describe("cleanUp", () => {
  it("frees tables without entries, children first, and keeps the level 4 table", () => {
    const tables = new Tables();
    tables.map(0x4444_4444_0000, 0x8000);
    tables.mapper.unmap(page(0x4444_4444_0000)).flush.ignore();
    expect(freed(tables, (frames) => tables.mapper.cleanUp(frames))).toEqual([0x4000, 0x3000, 0x2000]);
    expect(tables.root.isEmpty()).toBe(true);
    expect(tables.frames.taken.size).toBe(0);
    expect(freed(tables, (frames) => tables.mapper.cleanUp(frames))).toEqual([]);
  });

  it("keeps tables that are in use, and those above them", () => {
    const tables = new Tables();
    tables.map(0x1000, 0x8000);
    tables.map(0x20_0000, 0x9000);
    tables.mapper.unmap(page(0x20_0000)).flush.ignore();
    expect(freed(tables, (frames) => tables.mapper.cleanUp(frames))).toEqual([0x5000]);
    expect(tables.mapper.translateAddr(VirtAddr.new(0x1000))).toBe(0x8000);
  });

  it("keeps a table with an entry that is not present but not zero either", () => {
    const tables = new Tables();
    tables.map(0x1000, 0x8000);
    tables.memory.writeU64(0x4008, 2n);
    expect(freed(tables, (frames) => tables.mapper.cleanUp(frames))).toEqual([]);
  });
});

describe("cleanUpAddrRange", () => {
  it("frees only what the pages of the range need, on both sides of the gap", () => {
    const tables = new Tables();
    for (const at of [0, 0x7fff_ffff_f000, -0x8000_0000_0000]) {
      tables.map(at, 0x8000);
      tables.mapper.unmap(page(at)).flush.ignore();
    }
    const straddling = Page.rangeInclusive(page(0x7fff_ffff_f000), page(-0x8000_0000_0000));
    expect(freed(tables, (frames) => tables.mapper.cleanUpAddrRange(straddling, frames))).toHaveLength(6);
    expect(tables.frames.taken.size).toBe(3);
    const empty = Page.rangeInclusive(page(0x2000), page(0x1000));
    expect(freed(tables, (frames) => tables.mapper.cleanUpAddrRange(empty, frames))).toEqual([]);
    const one = Page.rangeInclusive(page(0), page(0));
    expect(freed(tables, (frames) => tables.mapper.cleanUpAddrRange(one, frames))).toHaveLength(3);
  });

  it("survives a deallocator that uses the memory it frees", () => {
    const tables = new Tables();
    tables.map(0x1000, 0x8000);
    tables.mapper.unmap(page(0x1000)).flush.ignore();
    tables.mapper.cleanUp({
      deallocateFrame(frame) {
        tables.memory.fill(frame.startAddress, 0xff, 4096);
        tables.frames.deallocateFrame(frame);
      },
    });
    expect(tables.frames.taken.size).toBe(0);
    expect(tables.root.isEmpty()).toBe(true);
  });
});

describe("RecursivePageTable", () => {
  it("finds the index of a table that contains itself", () => {
    expect(recursiveIndex(VirtAddr.new(0xffff_ffff_ffff_f000n))).toBe(511);
    expect(recursiveIndex(Page.fromPageTableIndices(300, 300, 300, 300).startAddress)).toBe(300);
    expect(recursiveIndex(VirtAddr.new(0x1000))).toBeUndefined();
    expect(recursiveIndex(VirtAddr.ZERO)).toBe(0);
  });

  it("knows where the tables of a page appear", () => {
    const of = Page.fromPageTableIndices(1, 2, 3, 4);
    const indices = (level: 1 | 2 | 3 | 4): number[] => {
      const at = RecursivePageTable.tablePage(511, of, level);
      return [at.p4Index(), at.p3Index(), at.p2Index(), at.p1Index()];
    };
    expect(indices(4)).toEqual([511, 511, 511, 511]);
    expect(indices(3)).toEqual([511, 511, 511, 1]);
    expect(indices(2)).toEqual([511, 511, 1, 2]);
    expect(indices(1)).toEqual([511, 1, 2, 3]);
  });

  it("refuses a table that is not recursive or not in force", () => {
    const { memory, root } = new Tables();
    expect(() => RecursivePageTable.new(memory, VirtAddr.new(ROOT), PhysAddr.new(ROOT))).toThrow(
      expect.objectContaining({ code: "page-table/not-recursive", debug: "NotRecursive" }),
    );
    // Address 0 is that of a table whose entry 0 names itself.
    const at = VirtAddr.ZERO;
    expect(() => RecursivePageTable.new(memory, at, PhysAddr.new(ROOT))).toThrow(
      expect.objectContaining({ code: "page-table/not-active", debug: "NotActive" }),
    );
    memory.writeU64(0, BigInt(ROOT) | 3n);
    expect(RecursivePageTable.new(memory, at, PhysAddr.new(ROOT)).recursiveIndex).toBe(0);
    memory.writeU64(0, BigInt(ROOT) | 0x83n);
    expect(() => RecursivePageTable.new(memory, at, PhysAddr.new(ROOT))).toThrow("not active");
    expect(RecursivePageTable.newUnchecked(root, 511).recursiveIndex).toBe(511);
  });

  it("does not give its own entry away when it cleans up", () => {
    const tables = new Tables();
    tables.root.entry(511).setFrame(PhysFrame.containingAddress(ROOT), DATA);
    const mapper = RecursivePageTable.newUnchecked(tables.root, 511);
    expect(freed(tables, (frames) => mapper.cleanUp(frames))).toEqual([]);
    expect(tables.root.entry(511).bits).toBe(0x1003n);
  });
});
