import { describe, expect, it } from "vitest";
import { HeapError } from "../src/index.ts";
import { layout, START, testHeap } from "./support/heaps.ts";

describe("stats", () => {
  it("are the heap's figures", () => {
    const { heap } = testHeap(1024);
    for (let i = 0; i < 4; i++) heap.allocateFirstFit(layout(64));
    heap.deallocate(START + 64, layout(64));
    heap.extend(5);
    expect(heap.stats()).toEqual({
      bottom: START,
      top: START + 1029,
      size: 1024,
      used: 192,
      free: 832,
      pending: 5,
      regions: 1,
      holes: 2,
      largestHole: 768,
      smallestHole: 64,
      fragmentation: 1 - 768 / 832,
      isIndexed: false,
    });
  });

  it("of a full heap and of none are zeros", () => {
    const { heap } = testHeap(64);
    heap.allocateFirstFit(layout(64));
    expect(heap.stats()).toMatchObject({ free: 0, holes: 0, largestHole: 0, smallestHole: 0, fragmentation: 0 });
  });
});

describe("toText", () => {
  it("draws what is in use, what is free and what is both", () => {
    const { heap } = testHeap(512);
    for (let i = 0; i < 3; i++) heap.allocateFirstFit(layout(72));
    heap.deallocate(START + 72, layout(72));
    expect(heap.toText({ columns: 8, rows: 2 })).toBe(
      [
        "heap 0x444444440000..0x444444440200: 512 bytes, 144 in use, 2 holes",
        "32 bytes each: █ in use  · free  ▒ both",
        "0x444444440000 ██▒·▒█▒·",
        "0x444444440100 ········",
      ].join("\n"),
    );
  });

  it("takes larger pieces for a larger heap", () => {
    const { heap } = testHeap(1 << 20);
    expect(heap.toText({ columns: 32, rows: 4 }).split("\n")).toHaveLength(6);
    expect(heap.toText({ columns: 32, rows: 4 })).toContain("8192 bytes each");
  });

  it("refuses columns and rows that are no count", () => {
    const { heap } = testHeap(512);
    for (const value of [0, -1, 1.5, NaN, 1e9]) {
      expect(() => heap.toText({ columns: value })).toThrow(HeapError);
      expect(() => heap.toText({ rows: value })).toThrow(HeapError);
    }
  });
});
