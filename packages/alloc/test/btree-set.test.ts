import fc from "fast-check";
import { u32 } from "@kmem/repr";
import { LockedHeap } from "@kmem/linked-list-allocator";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { BTreeSet, checkTree, excluded, string, String } from "../src/index.ts";
import { expectEmpty } from "./heaps.ts";

const heap = (): LockedHeap => LockedHeap.inBuffer(new ArrayBuffer(0x10_0000));

describe("BTreeSet", () => {
  it("keeps each value once, in order", () => {
    using set = BTreeSet.fromIn(heap(), u32, [3, 1, 2, 3]);
    expect([set.insert(2), set.insert(5), set.remove(9), set.delete(1)]).toEqual([false, true, false, true]);
    expect([...set]).toEqual([2, 3, 5]);
    expect([set.first(), set.last(), set.has(3), set.get(4), set.takeValue(3)]).toEqual([2, 5, true, undefined, 3]);
    expect([...set.entries()]).toEqual([
      [2, 2],
      [5, 5],
    ]);
    expect(inspect(set)).toBe("BTreeSet<u32>(2) { 2, 5 }");
    expect(() => set.range(excluded(1), excluded(1))).toThrow("range start and end are equal and excluded in BTreeSet");
  });

  it("owns what it holds, and clones what it combines", () => {
    const memory = heap();
    const make = (...texts: string[]): BTreeSet<String> =>
      BTreeSet.fromIn(
        memory,
        string,
        texts.map((text) => String.fromIn(memory, text)),
      );
    const a = make("x", "y", "x");
    const b = make("y", "z");
    const both = a.bitor(b);
    a.drop();
    b.drop();
    expect(both.toArray().map((text) => text.toString())).toEqual(["x", "y", "z"]);
    both.drop();
    expectEmpty(memory);
  });

  it("combines as sets do", () => {
    const values = fc.uniqueArray(fc.integer({ min: 0, max: 40 }));
    fc.assert(
      fc.property(values, values, (xs, ys) => {
        const memory = heap();
        const [a, b] = [BTreeSet.fromIn(memory, u32, xs), BTreeSet.fromIn(memory, u32, ys)];
        const order = (list: number[]): number[] => list.sort((x, y) => x - y);
        const combined = [
          [a.bitor(b), order([...new Set([...xs, ...ys])])],
          [a.bitand(b), order(xs.filter((x) => ys.includes(x)))],
          [a.sub(b), order(xs.filter((x) => !ys.includes(x)))],
          [a.bitxor(b), order([...xs.filter((x) => !ys.includes(x)), ...ys.filter((y) => !xs.includes(y))])],
        ] as const;
        for (const [set, expected] of combined) {
          expect(set.toArray()).toEqual(expected);
          expect(checkTree(set).faults).toEqual([]);
          set.drop();
        }
        expect(a.isSubset(b)).toBe(xs.every((x) => ys.includes(x)));
        expect(a.isDisjoint(b)).toBe(!xs.some((x) => ys.includes(x)));
        a.append(b);
        expect(a.toArray()).toEqual(combined[0][1]);
        a.drop();
        b.drop();
        expectEmpty(memory);
      }),
      { numRuns: 60 },
    );
  });
});
