import { LinearMemory, NULL } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import { alignDownSize, alignLayout, alignUpSize, Heap, HoleList, indexBytesFor } from "../src/index.ts";
import { CONTROL, layout, START, testHeap } from "./support/heaps.ts";

describe("Heap", () => {
  it("has nothing before init", () => {
    const memory = new LinearMemory(new ArrayBuffer(4096), { base: CONTROL });
    const heap = Heap.empty(memory, CONTROL);
    expect([heap.bottom, heap.top, heap.size, heap.used, heap.free]).toEqual([0, 0, 0, 0, 0]);
    expect([...heap.holes()]).toEqual([]);
    expect(heap.allocateFirstFit(layout(0, 1))).toBe(NULL);
    expect(heap.check()).toEqual([]);
    expect(heap.toText()).toBe("heap: not initialized");
  });

  it("begins at the first multiple of 8, and keeps the last bytes pending", () => {
    const memory = new LinearMemory(new ArrayBuffer(8192), { base: CONTROL });
    const heap = Heap.new(memory, CONTROL, START - 4096 + 131, 100);
    const bottom = START - 4096 + 136;
    expect([heap.bottom, heap.size, heap.top]).toEqual([bottom, 88, START - 4096 + 231]);
    expect([...heap.holes()]).toEqual([{ address: bottom, size: 88 }]);
  });

  it("hands out the lowest block that fits", () => {
    const { heap, holes } = testHeap(1024);
    const blocks = [64, 32, 64].map((size) => heap.allocateFirstFit(layout(size)));
    expect(blocks).toEqual([START, START + 64, START + 96]);
    heap.deallocate(START + 64, layout(32));
    expect(heap.allocateFirstFit(layout(33))).toBe(START + 160);
    expect(heap.allocateFirstFit(layout(16))).toBe(START + 64);
    expect(holes()).toEqual([
      [80, 16],
      [200, 824],
    ]);
  });

  it("makes a hole of the padding that an alignment needs", () => {
    const { heap, holes } = testHeap(1024);
    heap.allocateFirstFit(layout(8, 1));
    expect(heap.allocateFirstFit(layout(64, 64))).toBe(START + 64);
    expect(holes()).toEqual([
      [16, 48],
      [128, 896],
    ]);
  });

  it("passes over a hole that would leave 8 bytes", () => {
    const { heap } = testHeap(1024);
    heap.allocateFirstFit(layout(32));
    heap.allocateFirstFit(layout(16));
    heap.deallocate(START, layout(32));
    expect(heap.allocateFirstFit(layout(24))).toBe(START + 48);
    expect(heap.allocateFirstFit(layout(32))).toBe(START);
  });

  it("gives the whole heap back after freeing all, in any order", () => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [0, 2, 1],
      [1, 0, 2],
    ]) {
      const { heap, holes } = testHeap(1024);
      const blocks = [100, 200, 300].map((size) => ({ at: heap.allocateFirstFit(layout(size)), size }));
      for (const i of order) heap.deallocate(blocks[i]!.at, layout(blocks[i]!.size));
      expect(holes()).toEqual([[0, 1024]]);
      expect(heap.used).toBe(0);
    }
  });

  it("counts the blocks really taken as used", () => {
    const { heap } = testHeap(1024);
    heap.allocateFirstFit(layout(1, 1));
    heap.allocateFirstFit(layout(17, 1));
    expect([heap.used, heap.free]).toEqual([40, 984]);
  });

  it("answers NULL for what cannot fit, and changes nothing then", () => {
    const test = testHeap(1024);
    test.heap.allocateFirstFit(layout(64));
    const before = test.bytes();
    for (const size of [1000, 1024, 0x1_0000_0000, 2 ** 52, Number.MAX_SAFE_INTEGER])
      expect(test.heap.allocateFirstFit(layout(size, 1))).toBe(NULL);
    for (const align of [2 ** 31, 2 ** 32, 2 ** 48, 2 ** 52])
      expect(test.heap.allocateFirstFit(layout(8, align))).toBe(NULL);
    expect(test.bytes()).toEqual(before);
  });

  it("is extended by the bytes behind it, 16 at least at a time", () => {
    const { heap, holes } = testHeap(1024);
    heap.extend(15);
    expect([heap.size, heap.top]).toEqual([1024, START + 1039]);
    heap.extend(1);
    expect([heap.size, heap.top]).toEqual([1040, START + 1040]);
    heap.allocateFirstFit(layout(1040));
    heap.extend(100);
    expect(holes()).toEqual([[1040, 96]]);
    expect(heap.top).toBe(START + 1140);
  });

  it("is extended past 64 holes and stays the same with and without the index", () => {
    const off = testHeap(16384, { index: "off" });
    const on = testHeap(16384, { index: "always" });
    for (const { heap } of [off, on]) {
      for (let i = 0; i < 512; i++) heap.allocateFirstFit(layout(32));
      for (let i = 0; i < 512; i += 2) heap.deallocate(START + i * 32, layout(32));
      heap.extend(4096);
      expect(heap.allocateFirstFit(layout(512))).toBe(START + 16384);
    }
    expect(on.holes()).toEqual(off.holes());
    expect([on.heap.isIndexed, off.heap.isIndexed]).toEqual([true, false]);
    expect(on.heap.check()).toEqual([]);
  });

  it("is made anew by a second init when told to, and by initFromSlice never", () => {
    const { heap, holes } = testHeap(1024, { secondInit: "as-upstream" });
    heap.allocateFirstFit(layout(64));
    heap.init(START + 64, 512);
    expect(holes()).toEqual([[64, 512]]);
    expect(() => heap.initFromSlice({ start: START, size: 512 })).toThrow("already been initialized");
  });

  it("lies at addresses of the upper half as well", () => {
    const base = -(2 ** 47);
    const memory = new LinearMemory(new ArrayBuffer(8192), { base });
    const heap = Heap.new(memory, base, base + 4096, 4096);
    const a = heap.allocateFirstFit(layout(100));
    const b = heap.allocateFirstFit(layout(64, 64));
    expect([a, b]).toEqual([base + 4096, base + 4096 + 128]);
    heap.deallocate(a, layout(100));
    heap.deallocate(b, layout(64, 64));
    expect([...heap.holes()]).toEqual([{ address: base + 4096, size: 4096 }]);
    expect(heap.check()).toEqual([]);
  });

  it.each(["off", "auto"] as const)(
    "takes blocks from a hole of more than 2 GiB, beyond it too (index %s)",
    (index) => {
      const bytes = 3.5 * 2 ** 30;
      // Bytes that nobody writes take no memory.
      const memory = new LinearMemory(new ArrayBuffer(bytes));
      const heap = Heap.new(memory, 128, 4096, bytes - 4096, { index });
      const large = layout(2 ** 31 + 8);
      expect(heap.allocateFirstFit(layout(104))).toBe(4096);
      expect(heap.allocateFirstFit(large)).toBe(4200);
      expect(heap.allocateFirstFit(layout(64, 4096))).toBe(2 ** 31 + 8192);
      expect(heap.check()).toEqual([]);
      heap.deallocate(4096, layout(104));
      heap.deallocate(2 ** 31 + 8192, layout(64, 4096));
      heap.deallocate(4200, large);
      expect([...heap.holes()]).toEqual([{ address: 4096, size: bytes - 4096 }]);
    },
  );

  it("lies across a multiple of 2^32, with a hole at it", () => {
    const base = 2 ** 32 - 4096;
    const memory = new LinearMemory(new ArrayBuffer(12288), { base });
    const heap = Heap.new(memory, base, base + 4096 - 64, 4096);
    const blocks = Array.from({ length: 8 }, () => heap.allocateFirstFit(layout(64)));
    expect(blocks[1]).toBe(2 ** 32);
    heap.deallocate(blocks[1]!, layout(64));
    heap.deallocate(blocks[4]!, layout(64));
    expect(Array.from(heap.holes(), (h) => h.address)).toEqual([2 ** 32, 2 ** 32 + 192, 2 ** 32 + 448]);
    expect(heap.allocateFirstFit(layout(64))).toBe(2 ** 32);
    expect(heap.check()).toEqual([]);
  });

  it("is seen the same through two handles that take turns", () => {
    const { memory, heap } = testHeap(65536);
    const other = Heap.attach(memory, CONTROL);
    const blocks: number[] = [];
    for (let i = 0; i < 600; i++) blocks.push((i % 2 === 0 ? heap : other).allocateFirstFit(layout(40 + (i % 5) * 8)));
    for (let i = 0; i < 600; i += 2) (i % 4 === 0 ? other : heap).deallocate(blocks[i]!, layout(40 + (i % 5) * 8));
    expect(other.used).toBe(heap.used);
    expect([...other.holes()]).toEqual([...heap.holes()]);
    expect(heap.check()).toEqual([]);
    for (let i = 1; i < 600; i += 2) other.deallocate(blocks[i]!, layout(40 + (i % 5) * 8));
    expect([...heap.holes()]).toEqual([{ address: START, size: 65536 }]);
  });
});

describe("HoleList", () => {
  it("allocates and frees as the heap does", () => {
    const memory = new LinearMemory(new ArrayBuffer(8192), { base: CONTROL });
    const list = HoleList.new(memory, CONTROL, START, 1024);
    expect([list.bottom, list.top, list.capacity, list.length, list.pending]).toEqual([
      START,
      START + 1024,
      1024,
      1,
      0,
    ]);
    const at = list.allocateFirstFit(layout(24));
    expect(at).toBe(START);
    expect(list.length).toBe(1);
    list.deallocate(at, layout(24));
    expect([...list]).toEqual([{ address: START, size: 1024 }]);
    expect(list.repair()).toBe(false);
  });

  it("tells the block size of a layout", () => {
    expect(HoleList.alignLayout(layout(20, 4))).toMatchObject({ size: 24, align: 4 });
  });
});

describe("alignDownSize, alignUpSize, alignLayout", () => {
  it("round to powers of two, above 2^32 too", () => {
    expect(alignDownSize(2 ** 40 + 7, 8)).toBe(2 ** 40);
    expect(alignUpSize(2 ** 40 + 1, 4096)).toBe(2 ** 40 + 4096);
    expect(alignDownSize(123, 0)).toBe(123);
    expect(alignLayout(layout(0, 1)).size).toBe(16);
  });

  it("refuse what is no power of two", () => {
    for (const align of [3, -8, 0.5, NaN, Infinity]) expect(() => alignDownSize(64, align)).toThrow("power of 2");
    for (const size of [-1, 0.5, NaN, 2 ** 53]) expect(() => alignDownSize(size, 8)).toThrow("size");
  });
});

describe("indexBytesFor", () => {
  it("is 2 % of a large heap", () => {
    expect(indexBytesFor(2 ** 30) / 2 ** 30).toBeCloseTo(0.02, 3);
    expect(() => indexBytesFor(-1)).toThrow("size");
  });
});
