import { Layout } from "@kmem/global-alloc";
import { LinearMemory } from "@kmem/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AttachError, TlsfAllocator } from "../src/index.ts";
import { Pages } from "./support/pages.ts";

const SIZE = 32768;
const START = 0x4444_4444_0000;
const CONTROL = START - 8192;

/** One step; `which` picks among the blocks that are live. */
type Step =
  | { readonly do: "alloc"; readonly size: number; readonly align: number }
  | { readonly do: "free"; readonly which: number }
  | { readonly do: "realloc"; readonly which: number; readonly size: number };

const size = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 96 }) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 2048 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: SIZE }) },
);
const align = fc.oneof(
  { weight: 5, arbitrary: fc.constant(8) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 12 }).map((shift) => 2 ** shift) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant("alloc" as const), size, align }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("free" as const), which: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("realloc" as const), which: fc.nat(), size }) },
);

describe("TlsfAllocator, any trace", () => {
  it("leaves the same bytes in one run of memory and in pages, and one free block in the end", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
        const memories = [LinearMemory, Pages].map((Kind) => new Kind(new ArrayBuffer(SIZE + 8192), { base: CONTROL }));
        const heaps = memories.map((memory) => TlsfAllocator.new(memory, CONTROL, START, SIZE));
        const live: { at: number; layout: Layout }[] = [];
        const same = (run: (heap: TlsfAllocator) => number): number => {
          const [one, other] = heaps.map(run);
          expect(one).toBe(other);
          return one!;
        };
        for (const each of steps) {
          if (each.do === "alloc") {
            const layout = Layout.fromSizeAlign(each.size, each.align);
            const at = same((heap) => heap.alloc(layout));
            if (at !== 0) live.push({ at, layout });
          } else if (live.length > 0) {
            const [{ at, layout }] = live.splice(each.which % live.length, 1) as [{ at: number; layout: Layout }];
            if (each.do === "free") same((heap) => (heap.dealloc(at, layout), 0));
            else {
              const to = same((heap) => heap.realloc(at, layout, each.size));
              live.push(to === 0 ? { at, layout } : { at: to, layout: Layout.fromSizeAlign(each.size, layout.align) });
            }
          }
        }
        for (const heap of heaps) expect(heap.check()).toEqual([]);
        const [one, other] = memories.map((memory) => memory.views.u8);
        expect(one!.findIndex((byte, i) => byte !== other![i])).toBe(-1);
        for (const { at, layout } of live) same((heap) => (heap.dealloc(at, layout), 0));
        for (const heap of heaps) expect(heap.stats()).toMatchObject({ blocks: 0, freeBlocks: 1 });
        for (const heap of heaps) expect(heap.check()).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it("finds each damaged word of a header or a free block", () => {
    const memory = new LinearMemory(new ArrayBuffer(SIZE + 8192), { base: CONTROL });
    const heap = TlsfAllocator.new(memory, CONTROL, START, SIZE);
    const layout = Layout.fromSizeAlign(60, 8);
    const blocks = Array.from({ length: 6 }, () => heap.alloc(layout));
    heap.dealloc(blocks[1]!, layout);
    heap.dealloc(blocks[3]!, layout);
    const free = blocks[1]!;
    for (const at of [free - 4, free, free + 4, free + 56, blocks[2]! - 4, blocks[5]! - 4]) {
      const word = memory.readU32(at);
      memory.writeU32(at, word ^ 0x18);
      expect(heap.check().length).toBeGreaterThan(0);
      expect(() => TlsfAllocator.attach(memory, CONTROL)).toThrow(AttachError);
      memory.writeU32(at, word);
      expect(heap.check()).toEqual([]);
    }
  });
});
