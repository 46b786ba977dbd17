import { LinearMemory, MemoryError } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import {
  FrameRange,
  MAX_REGIONS,
  MemoryMap,
  MemoryMapError,
  RegionOverlapError,
  type RegionInit,
} from "../src/index.ts";

const region = (start: number, end: number, regionType: RegionInit["regionType"] = "Usable"): RegionInit => ({
  range: FrameRange.new(start, end),
  regionType,
});

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof MemoryMapError) return error.code;
    throw error;
  }
  return "";
}

describe("FrameRange", () => {
  it("covers whole frames: the start is rounded down, the end up", () => {
    const range = FrameRange.new(0x1800, 0x2001);
    expect([range.startFrameNumber, range.endFrameNumber, range.length, range.byteLength]).toEqual([1, 3, 2, 8192]);
    expect([range.startAddr(), range.endAddr()]).toEqual([0x1000, 0x3000]);
    expect([range.contains(0xfff), range.contains(0x1000), range.contains(0x2fff), range.contains(0x3000)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it("knows what overlaps", () => {
    const range = FrameRange.fromFrameNumbers(2, 4);
    const touches = (start: number, end: number): boolean => range.overlaps(FrameRange.fromFrameNumbers(start, end));
    expect([touches(0, 2), touches(0, 3), touches(3, 9), touches(4, 9), touches(3, 3)]).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
    expect(FrameRange.fromFrameNumbers(2, 2).isEmpty()).toBe(true);
  });

  it.each([
    [NaN, 1],
    [-1, 1],
    [2, 1],
    [0.5, 1],
    [0, 2 ** 53],
    ["0", 1],
  ])("refuses %s … %s", (start, end) => {
    expect(codeOf(() => FrameRange.fromFrameNumbers(start as number, end))).toBe("memory-map/range");
    expect(codeOf(() => FrameRange.new(start as number, end))).toBe("memory-map/range");
  });
});

describe("MemoryMap", () => {
  it("sorts its regions, and finds them by address", () => {
    const map = new MemoryMap([
      region(0x5000, 0x9000),
      region(0, 0x1000, "FrameZero"),
      region(0x1000, 0x5000, "Kernel"),
    ]);
    expect([...map].map(({ regionType }) => regionType)).toEqual(["FrameZero", "Kernel", "Usable"]);
    expect([map.length, map.get(1)?.regionType, map.get(3)]).toEqual([3, "Kernel", undefined]);
    expect([map.regionAt(0x4fff)?.regionType, map.regionAt(0x9000)]).toEqual(["Kernel", undefined]);
    expect([map.frameCount("Usable"), map.frameCount("Bootloader")]).toEqual([4, 0]);
  });

  it("is written to memory and read back", () => {
    const map = new MemoryMap([region(0x1000, 0x5000), region(0x1_0000_0000, 0x2_0000_0000, "Reserved")]);
    const memory = new LinearMemory(new ArrayBuffer(4096));
    map.write(memory, 64);
    expect([...MemoryMap.read(memory, 64)]).toEqual([...map]);
    expect(String(MemoryMap.read(memory, 64))).toBe(String(map));
    expect(() => map.write(memory, 4096 - 64)).toThrow(MemoryError);
  });

  it("refuses regions that overlap, too many, and what is none", () => {
    expect(() => new MemoryMap([region(0, 0x3000), region(0x2000, 0x4000)])).toThrow(RegionOverlapError);
    const many = Array.from({ length: MAX_REGIONS + 1 }, (_, i) => region(i * 0x1000, (i + 1) * 0x1000));
    expect(codeOf(() => new MemoryMap(many))).toBe("memory-map/full");
    expect(codeOf(() => new MemoryMap([{ ...region(0, 0x1000), regionType: "Nice" as never }]))).toBe(
      "memory-map/type",
    );
    expect(codeOf(() => new MemoryMap(5 as never))).toBe("memory-map/regions");
    expect(codeOf(() => new MemoryMap([null as never]))).toBe("memory-map/range");
  });

  it("grows, and changes nothing when it cannot", () => {
    const map = new MemoryMap([region(0, 0x3000)]);
    map.addRegion(region(0x3000, 0x4000, "Reserved"));
    expect(codeOf(() => map.addRegion(region(0x2000, 0x5000)))).toBe("memory-map/overlap");
    expect(map.length).toBe(2);
  });

  it("has a part of a usable region marked, and refuses to mark others", () => {
    const map = new MemoryMap([region(0x1000, 0x9000), region(0x9000, 0xa000, "Kernel")]);
    map.markRegion(FrameRange.new(0x3000, 0x5000), "InUse");
    expect([...map].map(({ range, regionType }) => [range.startFrameNumber, range.endFrameNumber, regionType])).toEqual(
      [
        [1, 3, "Usable"],
        [3, 5, "InUse"],
        [5, 9, "Usable"],
        [9, 10, "Kernel"],
      ],
    );
    expect(codeOf(() => map.markRegion(FrameRange.new(0x8000, 0xa000), "InUse"))).toBe("memory-map/not-usable");
    expect(map.length).toBe(4);
  });
});
