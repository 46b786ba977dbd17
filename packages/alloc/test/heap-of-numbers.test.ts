/** Heaps of numbers have loops of their own, for elements in one window of memory and in several. */
import { compareFloats, f32, f64, i32, reverse, u32, type Type } from "@kmem/repr";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BinaryHeap, Vec } from "../src/index.ts";
import { expectEmpty, HEAPS } from "./heaps.ts";

const integers = fc.integer({ min: 0, max: 0x7fff_ffff });
const special = [NaN, Infinity, -Infinity, 0, -0, 1, -1];
const floats = fc.oneof(fc.float(), fc.constantFrom(...special));

const TYPES: readonly (readonly [Type<number>, fc.Arbitrary<number>])[] = [
  [u32, integers],
  [reverse(u32), integers],
  [i32, integers.map((n) => n - 0x4000_0000)],
  [reverse(i32), integers.map((n) => n - 0x4000_0000)],
  [f32, floats],
  [reverse(f32), floats],
  [f64, floats],
  [reverse(f64), floats],
];

describe("BinaryHeap", () => {
  it.each(HEAPS)("gives numbers of every type in their order, in $name", ({ make }) => {
    for (const [type, values] of TYPES)
      fc.assert(
        fc.property(fc.array(values, { maxLength: 60 }), (numbers) => {
          const heap = make();
          const queue = BinaryHeap.newIn(heap, type);
          for (const n of numbers) queue.push(n);
          const expected = [...numbers].sort((a, b) => type.compare(b, a));
          const popped = numbers.map(() => queue.pop()!);
          expect(popped.map((n, i) => type.compare(n, expected[i]!))).toEqual(popped.map(() => 0));
          queue.extend(numbers);
          const sorted = queue.intoSortedVec();
          expect(sorted.isSorted()).toBe(true);
          expect(sorted.length).toBe(numbers.length);
          sorted.drop();
          expectEmpty(heap);
        }),
        { numRuns: 15 },
      );
  });

  it.each(HEAPS)("reaches over many pages, in $name", ({ make }) => {
    const heap = make();
    for (const [type] of TYPES) {
      let state = 0x2545_f491;
      const numbers = Array.from({ length: 6000 }, () => (state = (Math.imul(state, 0x41c6_4e6d) + 12345) | 0) >>> 8);
      const queue = BinaryHeap.fromVec(Vec.fromIn(heap, type, numbers.slice(0, 3000)));
      for (const n of numbers.slice(3000)) queue.push(n);
      const popped = Array.from({ length: 3000 }, () => queue.pop()!);
      const expected = [...numbers].sort((a, b) => type.compare(b, a)).slice(0, 3000);
      expect(popped).toEqual(expected);
      expect(queue.peek()).toBe([...numbers].sort((a, b) => type.compare(b, a))[3000]);
      const rest = queue.intoSortedVec();
      expect([rest.length, rest.isSorted()]).toEqual([3000, true]);
      rest.drop();
    }
    expectEmpty(heap);
  });

  it("orders floats as they are held: rounded to 32 bits, zeros by sign, NaN above all", () => {
    const heap = HEAPS[0]!.make();
    using queue = BinaryHeap.newIn(heap, f32);
    for (const n of [0.1, Math.fround(0.1), -0, 0, NaN, Infinity]) queue.push(n);
    const order = Array.from({ length: 6 }, () => queue.pop()!);
    expect(order).toEqual([NaN, Infinity, Math.fround(0.1), Math.fround(0.1), 0, -0]);
    expect(order.every((n, i) => i === 0 || compareFloats(order[i - 1]!, n) >= 0)).toBe(true);
  });
});
