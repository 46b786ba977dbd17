import { LinearMemory } from "@kmem/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Heap, type HeapOptions } from "../src/index.ts";
import { CONTROL, layout, START } from "./support/heaps.ts";
import { Model } from "./support/model.ts";
import { pagedMemory } from "./support/paged-memory.ts";

/** One step of a trace; `which` picks among the blocks that are live. */
type Step =
  | { readonly do: "alloc"; readonly size: number; readonly align: number }
  | { readonly do: "free"; readonly which: number }
  | { readonly do: "extend"; readonly by: number };

const SIZE = 8192;

const size = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 96 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 1024 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: SIZE * 2 }) },
);
const align = fc.oneof(
  { weight: 5, arbitrary: fc.constant(8) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 12 }).map((shift) => 2 ** shift) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant("alloc" as const), size, align }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("free" as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("extend" as const), by: fc.integer({ min: 0, max: 64 }) }) },
);
const trace = fc.array(step, { maxLength: 300, size: "max" });

interface Live {
  readonly at: number;
  readonly size: number;
  readonly align: number;
}

/** Runs a trace on a heap and the model side by side, then frees what is live. */
function compare(heap: Heap, steps: readonly Step[]): void {
  const model = new Model(START, SIZE);
  const live: Live[] = [];
  const expectSame = (): void => {
    expect(Array.from(heap.holes(), (hole) => [hole.address, hole.size])).toEqual(model.holes);
    expect(heap.used).toBe(model.used);
  };
  const free = ({ at, size, align }: Live): void => {
    heap.deallocate(at, layout(size, align));
    model.free(at, size);
  };
  for (const one of steps) {
    if (one.do === "alloc") {
      const at = heap.allocateFirstFit(layout(one.size, one.align));
      expect(at).toBe(model.allocate(one.size, one.align));
      if (at !== 0) live.push({ at, size: one.size, align: one.align });
    } else if (one.do === "extend") {
      heap.extend(one.by);
      model.extend(one.by);
    } else if (live.length > 0) free(live.splice(one.which % live.length, 1)[0]!);
    expectSame();
  }
  expect(heap.check()).toEqual([]);
  for (const block of live) free(block);
  expectSame();
  expect([...heap.holes()]).toEqual([{ address: START, size: heap.size }]);
  expect(heap.used).toBe(0);
  expect(heap.check()).toEqual([]);
}

const linear = (options: HeapOptions): Heap =>
  Heap.new(new LinearMemory(new ArrayBuffer(65536), { base: CONTROL }), CONTROL, START, SIZE, options);
const shared = (options: HeapOptions): Heap =>
  Heap.new(new LinearMemory(new SharedArrayBuffer(65536), { base: CONTROL }), CONTROL, START, SIZE, options);

describe("Heap, any trace", () => {
  const makers: Record<string, () => Heap> = {
    "by walking": () => linear({ index: "off" }),
    "by the index": () => linear({ index: "always" }),
    "as it chooses": () => linear({}),
    "in shared memory, the index in it": () =>
      shared({ index: "always", indexRegion: { start: CONTROL + 128, size: 1024 } }),
    "in virtual memory": () => Heap.new(pagedMemory(CONTROL, 65536), CONTROL, START, SIZE, { index: "off" }),
    "in virtual memory by the index": () =>
      Heap.new(pagedMemory(CONTROL, 65536), CONTROL, START, SIZE, { index: "always" }),
  };
  for (const [name, make] of Object.entries(makers))
    it(`gives the model's addresses and holes, and one hole after freeing all: ${name}`, () => {
      fc.assert(
        fc.property(trace, (steps) => compare(make(), steps)),
        { numRuns: 40 },
      );
    });

  it("gives the same addresses and holes with and without the index, thousands of holes", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 8, max: 512 }), (seed, largest) => {
        let state = seed;
        const below = (n: number): number => {
          state = (Math.imul(state, 1664525) + 1013904223) | 0;
          return (state >>> 8) % n;
        };
        const heaps = (["off", "always", "auto"] as const).map((index) =>
          Heap.new(new LinearMemory(new ArrayBuffer(1 << 20)), 0, 4096, 900_000, { index }),
        );
        const live: Live[] = [];
        for (let i = 0; i < 3000; i++) {
          if (live.length > 0 && below(5) < (i < 1500 ? 1 : 3)) {
            const [block] = live.splice(below(live.length), 1);
            for (const heap of heaps) heap.deallocate(block!.at, layout(block!.size, block!.align));
            continue;
          }
          const size = below(largest);
          const align = 2 ** below(8);
          const [at, ...others] = heaps.map((heap) => heap.allocateFirstFit(layout(size, align)));
          for (const other of others) expect(other).toBe(at);
          if (at !== 0) live.push({ at: at!, size, align });
        }
        const [first, ...others] = heaps.map((heap) => [...heap.holes()]);
        for (const other of others) expect(other).toEqual(first);
        for (const heap of heaps) expect(heap.check()).toEqual([]);
        for (const { at, size, align } of live) for (const heap of heaps) heap.deallocate(at, layout(size, align));
        for (const heap of heaps) expect([...heap.holes()]).toEqual([{ address: 4096, size: 900_000 }]);
      }),
      { numRuns: 4 },
    );
  });
});
