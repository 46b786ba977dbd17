import { describe, expect, it } from "vitest";
import {
  Page,
  pages,
  PhysFrame,
  readThrough,
  Size1GiB,
  Size2MiB,
  Size4KiB,
  type FrameAllocator,
  type FrameDeallocator,
  type PageSize,
} from "../../src/index.ts";
import { DATA, Frames, GLOBAL, PRESENT, ROOT, Tables } from "../setup.ts";

const range = (from: number, bytes: number): ReturnType<typeof Page.range> =>
  Page.range(Page.containingAddress(from), Page.containingAddress(from + bytes));
/** Sizes of the pages that are mapped, in order: how many of each. */
function sizes({ memory }: Tables): string {
  const runs: [string, number][] = [];
  for (const { pageSize } of pages(readThrough(memory), ROOT)) {
    const name = pageSize === Size1GiB.bytes ? "G" : pageSize === Size2MiB.bytes ? "M" : "K";
    if (runs.at(-1)?.[0] === name) runs.at(-1)![1]++;
    else runs.push([name, 1]);
  }
  return runs.map(([name, count]) => `${count}${name}`).join(" ");
}
const failed = expect.objectContaining({ code: "map/frame-allocation-failed" }) as Error;

describe("mapRange", () => {
  it("chooses the largest pages that addresses and frames allow", () => {
    const tables = new Tables();
    const at = 0x4000_0000 - 0x20_3000;
    const pagesOf = range(at, 0x20_3000 + 0x4000_0000 + 0x20_1000);
    tables.mapper.mapRange(pagesOf, PhysFrame.containingAddress(at), DATA, tables.frames).ignore();
    expect(sizes(tables)).toBe("3K 1M 1G 1M 1K");
  });

  it("uses small pages where the frames lie otherwise, or where it is told to", () => {
    const odd = new Tables();
    odd.mapper.mapRange(range(0x20_0000, 0x20_0000), PhysFrame.containingAddress(0x1000), DATA, odd.frames).ignore();
    expect(sizes(odd)).toBe("512K");
    const limited = new Tables();
    const pagesOf = range(0x4000_0000, 0x4000_0000);
    const target = PhysFrame.containingAddress(0);
    limited.mapper.mapRange(pagesOf, target, DATA, limited.frames, { largest: Size2MiB }).ignore();
    expect(sizes(limited)).toBe("512M");
    const small = new Tables();
    small.mapper.mapRange(range(0, 0x40_0000), target, DATA, small.frames, { largest: Size4KiB }).ignore();
    expect(sizes(small)).toBe("1024K");
  });

  it("finds runs in a list of frames", () => {
    const tables = new Tables();
    const list = Array.from({ length: 1024 }, (_, i) => PhysFrame.containingAddress(0x80_0000 + i * 4096));
    [list[3], list[4]] = [list[4]!, list[3]!];
    tables.mapper.mapRange(range(0x20_0000, 0x40_0000), list, DATA, tables.frames).ignore();
    expect(sizes(tables)).toBe("512K 1M");
    expect(tables.mapper.translatePage(Page.containingAddress(0x20_3000))).toEqual(list[3]);
  });

  it("takes fresh frames from an allocator, large ones where it has them", () => {
    const tables = new Tables();
    const pool = new Frames(0x100_0000, 0x200_0000);
    const large = new Map<PageSize, number[]>([[Size2MiB, [0x4000_0000]]]);
    const target = Object.assign(pool, {
      forSize: <S extends PageSize>(size: S): FrameAllocator<S> & FrameDeallocator<S> => ({
        allocateFrame() {
          const at = large.get(size)?.pop();
          return at === undefined ? undefined : PhysFrame.fromStartAddress(at, size);
        },
        deallocateFrame: (frame) => void large.get(size)?.push(frame.startAddress),
      }),
    });
    tables.mapper.mapRange(range(0x20_0000, 0x60_0000), target, DATA, tables.frames).ignore();
    expect(sizes(tables)).toBe("1M 1024K");
    expect(pool.taken.size).toBe(1024);
  });

  it.each([0, 1, 2, 3, 4, 5])("undoes everything when only %i frames for tables are left", (left) => {
    const tables = new Tables(0x10_0000, 3 + left);
    tables.map(0x7fff_ffff_e000, 0x5000, PRESENT);
    const before = tables.bytes();
    const taken = [...tables.frames.taken];
    // From the middle of the last table of the lower half into the upper: 3 new tables there, and flags for the old ones.
    const straddling = Page.rangeInclusive(
      Page.containingAddress(0x7fff_ffff_f000),
      Page.containingAddress(-(2 ** 47)),
    );
    const own = new Frames(0x40_0000, 0x50_0000);
    for (const target of [PhysFrame.containingAddress(0x9000), own]) {
      const run = (): unknown => tables.mapper.mapRange(straddling, target, DATA, tables.frames).ignore();
      if (left >= 3) {
        run();
        tables.mapper.unmapRange(straddling).flush.ignore();
        continue;
      }
      expect(run).toThrow(failed);
      expect(own.taken.size).toBe(0);
      expect([...tables.frames.taken]).toEqual(taken);
      const used = [ROOT, ...taken];
      const now = tables.bytes();
      for (const at of used) expect(now.subarray(at, at + 4096)).toEqual(before.subarray(at, at + 4096));
    }
    expect(tables.mapper.pendingFlushes).toBe(0);
  });

  it("undoes everything when the target's frames run out, or a page is mapped already", () => {
    const tables = new Tables();
    tables.map(0x30_5000, 0x5000);
    const taken = [...tables.frames.taken];
    const before = [ROOT, ...taken].map((at) => tables.bytes().subarray(at, at + 4096));
    const unchanged = (): void => {
      expect([...tables.frames.taken]).toEqual(taken);
      expect([ROOT, ...taken].map((at) => tables.bytes().subarray(at, at + 4096))).toEqual(before);
    };
    const few = new Frames(0x40_0000, 0x40_0000 + 700 * 4096);
    expect(() => tables.mapper.mapRange(range(0, 0x28_0000 + 0x7_0000), few, DATA, tables.frames)).toThrow(failed);
    expect(few.taken.size).toBe(0);
    unchanged();
    const target = PhysFrame.containingAddress(0x1000);
    expect(() => tables.mapper.mapRange(range(0, 0x30_6000), target, DATA, tables.frames)).toThrow(
      expect.objectContaining({
        code: "map/page-already-mapped",
        existing: 0x5000,
        requested: PhysFrame.containingAddress(0x30_6000),
        page: Page.containingAddress(0x30_5000),
      }),
    );
    unchanged();
  });

  it("does nothing for an empty range", () => {
    const tables = new Tables();
    const before = tables.bytes();
    const flush = tables.mapper.mapRange(range(0x1000, 0), PhysFrame.containingAddress(0), DATA, tables.frames);
    expect(flush.length).toBe(0);
    flush.flush({
      flush: () => expect.unreachable(),
      flushAll: () => expect.unreachable(),
      flushPcid: () => undefined,
    });
    expect(tables.isUnchanged(before)).toBe(true);
    expect(tables.mapper.unmapRange(range(0x1000, 0)).frames).toEqual([]);
  });

  it("is flushed page by page, or all at once when that costs less and nothing is global", () => {
    const calls = { flush: 0, flushAll: 0 };
    const tlb = {
      flush() {
        calls.flush++;
      },
      flushAll() {
        calls.flushAll++;
      },
      flushPcid: () => undefined,
    };
    const tables = new Tables();
    const target = PhysFrame.containingAddress(0x1000);
    tables.mapper.mapRange(range(0, 33 * 4096), target, DATA, tables.frames).flush(tlb);
    expect(calls).toEqual({ flush: 33, flushAll: 0 });
    tables.mapper.mapRange(range(0x10_0000, 34 * 4096), target, DATA, tables.frames).flush(tlb);
    expect(calls).toEqual({ flush: 33, flushAll: 1 });
    tables.mapper.mapRange(range(0x20_0000, 34 * 4096), target, DATA | GLOBAL, tables.frames).flush(tlb);
    expect(calls).toEqual({ flush: 67, flushAll: 1 });
    tables.mapper.unmapRange(range(0x20_0000, 34 * 4096)).flush.flush(tlb);
    expect(calls).toEqual({ flush: 101, flushAll: 1 });
  });
});

describe("unmapRange", () => {
  it("gives the frames back in runs, whatever their sizes", () => {
    const tables = new Tables();
    tables.map(0x1f_e000, 0x8000);
    tables.map(0x1f_f000, 0x9000);
    tables.map(0x20_0000, 0x40_0000, DATA, Size2MiB);
    tables.map(0x40_0000, 0x60_0000, DATA, Size2MiB);
    tables.map(0x60_0000, 0xa000);
    const { frames, flush } = tables.mapper.unmapRange(range(0x1f_e000, 0x40_3000));
    expect(frames.map(String)).toEqual([
      "PhysFrameRangeInclusive { start: PhysFrame[4KiB](0x8000), end: PhysFrame[4KiB](0x9000) }",
      "PhysFrameRangeInclusive { start: PhysFrame[2MiB](0x400000), end: PhysFrame[2MiB](0x600000) }",
      "PhysFrameRangeInclusive { start: PhysFrame[4KiB](0xa000), end: PhysFrame[4KiB](0xa000) }",
    ]);
    expect(frames).toBe(frames);
    expect(String(flush)).toBe("MapperFlushRange(1027 × 4KiB from VirtAddr(0x1fe000))");
    flush.ignore();
    expect(sizes(tables)).toBe("");
  });

  it("refuses holes unless they are allowed, and has changed nothing then", () => {
    const tables = new Tables();
    tables.map(0x1000, 0x8000);
    tables.map(0x3000, 0x9000);
    const before = tables.bytes();
    expect(() => tables.mapper.unmapRange(range(0x1000, 0x3000))).toThrow(
      expect.objectContaining({ code: "map/page-not-mapped", page: Page.containingAddress(0x2000) }),
    );
    expect(tables.isUnchanged(before)).toBe(true);
    expect(tables.mapper.unmapRange(range(0, 0x80_0000_0000), { allowHoles: true }).frames).toHaveLength(1);
    expect(sizes(tables)).toBe("");
  });

  it("refuses a part of a large page, and has changed nothing then", () => {
    const tables = new Tables();
    tables.map(0x1f_f000, 0x8000);
    tables.map(0x20_0000, 0x40_0000, DATA, Size2MiB);
    const before = tables.bytes();
    expect(() => tables.mapper.unmapRange(range(0x1f_f000, 0x2000))).toThrow(
      expect.objectContaining({ code: "map/parent-entry-huge-page" }),
    );
    expect(tables.isUnchanged(before)).toBe(true);
  });
});
