import { LinearMemory } from "@kmem/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Heap, HeapError, LockedHeap } from "../src/index.ts";
import { CONTROL, handle, layout, refused, START, type TestHeap } from "./support/heaps.ts";
import { pagedMemory } from "./support/paged-memory.ts";

const FOREIGN = 0xaa;

/** Regions of 1024 bytes at 0, 4096 and 8192; what lies between is a stranger's. */
function threeRegions(options = {}): TestHeap {
  const memory = new LinearMemory(new ArrayBuffer(16384), { base: CONTROL });
  const heap = Heap.new(memory, CONTROL, START, 1024, options);
  memory.fill(START + 1024, FOREIGN, 3072);
  memory.fill(START + 5120, FOREIGN, 3072);
  heap.addRegion(START + 4096, 1024);
  heap.addRegion(START + 8192, 1024);
  return handle(memory, heap);
}

function expectForeignUntouched({ memory }: TestHeap): void {
  for (const at of [1024, 5120]) {
    const bytes = new Uint8Array(3072);
    memory.readBytes(START + at, bytes);
    expect(bytes.every((byte) => byte === FOREIGN)).toBe(true);
  }
}

describe("addRegion", () => {
  it("makes a hole of each region, without its first 16 bytes", () => {
    const test = threeRegions();
    expect(test.holes()).toEqual([
      [0, 1024],
      [4112, 1008],
      [8208, 1008],
    ]);
    expect(test.heap.stats()).toMatchObject({
      bottom: START,
      top: START + 9216,
      size: 3040,
      used: 0,
      free: 3040,
      regions: 3,
    });
    expect(test.heap.check()).toEqual([]);
    expectForeignUntouched(test);
  });

  it("fills the lower regions first, and gives all holes back", () => {
    for (const index of ["off", "always"]) {
      const test = threeRegions({ index });
      const sizes = [1024, 984, 984];
      const blocks = sizes.map((size) => test.heap.allocateFirstFit(layout(size)));
      expect(blocks).toEqual([START, START + 4112, START + 8208]);
      expect(test.heap.allocateFirstFit(layout(1000))).toBe(0);
      expect(test.heap.check()).toEqual([]);
      blocks.forEach((at, i) => test.heap.deallocate(at, layout(sizes[i]!)));
      expect(test.holes()).toHaveLength(3);
      expect(test.heap.check()).toEqual([]);
      expectForeignUntouched(test);
    }
  });

  it("right behind the top is an extend", () => {
    const test = threeRegions();
    test.heap.addRegion(START + 9216, 512);
    expect(test.holes()[2]).toEqual([8208, 1520]);
    expect(test.heap.stats().regions).toBe(3);
    test.heap.extend(100);
    expect(test.heap.stats()).toMatchObject({ size: 3040 + 512 + 96, pending: 4 });
    expect(test.heap.check()).toEqual([]);
  });

  it("works in any trace as several heaps side by side", () => {
    const step = fc.record({ size: fc.integer({ min: 0, max: 300 }), free: fc.boolean(), which: fc.nat() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150, size: "max" }), fc.constantFrom("off", "always"), (steps, index) => {
        const test = threeRegions({ index });
        const live: { at: number; size: number }[] = [];
        for (const { size, free, which } of steps) {
          if (free && live.length > 0) {
            const [block] = live.splice(which % live.length, 1);
            test.heap.deallocate(block!.at, layout(block!.size));
          } else {
            const at = test.heap.allocateFirstFit(layout(size));
            if (at !== 0) live.push({ at, size });
          }
          expect(test.heap.check()).toEqual([]);
        }
        for (const { at, size } of live) test.heap.deallocate(at, layout(size));
        expect(test.holes()).toEqual(threeRegions().holes());
        expectForeignUntouched(test);
      }),
      { numRuns: 30 },
    );
  });

  it("takes regions of virtual memory with nothing mapped between them, and is attached to", () => {
    const memory = pagedMemory(CONTROL, 65536);
    const heap = Heap.new(memory, CONTROL, START, 8192);
    heap.addRegion(START + 32768, 8192);
    const block = heap.allocateFirstFit(layout(8000));
    const second = heap.allocateFirstFit(layout(8000));
    expect([block, second]).toEqual([START, START + 32784]);
    const other = Heap.attach(memory, CONTROL);
    expect(other.stats()).toMatchObject({ regions: 2, size: 16368 });
    other.deallocate(second, layout(8000));
    expect(heap.used).toBe(8000);
  });

  it("refuses frees that touch what lies between, and changes nothing", () => {
    const test = threeRegions();
    for (const size of [1024, 1008, 1008]) test.heap.allocateFirstFit(layout(size));
    for (const [at, size] of [
      [1024, 16],
      [1008, 32],
      [2048, 64],
      [4096, 16],
      [4104, 16],
      [4096, 1024],
      [8200, 16],
    ] as const)
      expect(refused(test, () => test.heap.deallocate(START + at, layout(size)))).toMatchObject({
        code: "bad-free/outside",
      });
  });

  it("refuses regions that cannot be, and changes nothing", () => {
    const test = threeRegions();
    for (const [start, size, code] of [
      [START + 2048, 512, "heap/region"],
      [START + 9000, 512, "heap/region"],
      [START + 10240, 31, "heap/region"],
      [START + 10241, 35, "heap/region"],
      [START + 10240, 8, "heap/size-below-16"],
      [START + 10240, NaN, "heap/size"],
      [NaN, 512, "heap/start"],
      [START + 10240, 65536, "heap/outside-memory"],
      [START + 2 ** 33, 512, "heap/too-large"],
    ] as const) {
      const error = refused(test, () => test.heap.addRegion(start, size));
      expect(error).toBeInstanceOf(HeapError);
      expect(error).toMatchObject({ code });
    }
    const memory = new LinearMemory(new ArrayBuffer(4096));
    expect(() => Heap.empty(memory, 0).addRegion(1024, 512)).toThrow("empty heap");
  });

  it("is kept by snapshots, which leave alone what lies between", () => {
    const test = threeRegions();
    const at = test.heap.allocateFirstFit(layout(1008));
    const snapshot = test.heap.snapshot();
    const second = test.heap.allocateFirstFit(layout(500));
    expect([at, second]).toEqual([START, START + 4112]);
    test.memory.fill(START + 1024, 0xbb, 3072);
    test.heap.restore(snapshot);
    expect(test.memory.readU8(START + 2048)).toBe(0xbb);
    expect(test.heap.stats()).toMatchObject({ used: 1008, regions: 3 });
    expect(test.heap.check()).toEqual([]);
  });

  it("shows in the map as blank", () => {
    expect(threeRegions().heap.toText({ columns: 9, rows: 1 }).split("\n")[2]).toBe("0x444444440000 ·   ▒   ▒");
  });

  it("is forgotten by recover when its thread died before it was added", () => {
    const buffer = new SharedArrayBuffer(16384);
    const locked = LockedHeap.inBuffer(buffer, { byteLength: 4096 });
    const words = new Uint32Array(buffer);
    {
      using heap = locked.lock();
      heap.addRegion(6144, 512);
    }
    const record = 8192;
    words[record / 4] = 4096;
    words[record / 4 + 2] = 6144;
    words[4] = record;
    words[2] = 12345;
    locked.declareDead(12345);
    expect(locked.recover()).toEqual([]);
    expect(locked.stats()).toMatchObject({ regions: 2, size: 4096 - 128 + 496 });
  });
});

describe("addRegion in virtual memory", () => {
  it("changes nothing when a page of its first bytes is missing", () => {
    const memory = pagedMemory(CONTROL, 4 * 4096);
    const heap = Heap.new(memory, CONTROL, START, 4096);
    const before = heap.snapshot();
    // The record fits into the last page, its hole does not.
    expect(() => heap.addRegion(START + 3 * 4096 - 16, 4096)).toThrow();
    expect(heap.snapshot()).toEqual(before);
    expect(heap.check()).toEqual([]);
    heap.extend(8192);
    expect(heap.check()).toEqual([]);
  });
});

describe("check", () => {
  it("finds records of gaps that contradict themselves, and holes that reach into a gap", () => {
    for (const [at, value] of [
      [CONTROL + 16, (START + 4100) % 2 ** 32],
      [START + 4096, 8],
      [START + 8200, (START + 8192) % 2 ** 32],
    ] as const) {
      const test = threeRegions();
      test.memory.writeU32(at, value);
      expect(test.heap.holeList.memory).toBe(test.memory);
      expect(() => Heap.attach(test.memory, CONTROL)).toThrow("gaps between regions");
    }
    const test = threeRegions();
    test.memory.writeU32(START, 2048);
    expect(() => Heap.attach(test.memory, CONTROL)).toThrow("out-of-bounds");
  });
});
