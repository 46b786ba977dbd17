import { setGlobalAllocator } from "@kmem/global-alloc";
import { u32 } from "@kmem/repr";
import { beforeAll, describe, expect, it } from "vitest";
import { BinaryHeap, BTreeSet, LinkedList, Vec, VecDeque } from "../src/index.ts";
import { TraceHeap } from "./conformance/trace-heap.ts";

const values = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** What Rust 1.95 gives a Vec<u32> that collects 1, 2 and 5 elements: exactly that much where it trusts the length. */
const exact = [1, 2, 5];
const grown = [4, 4, 5];
const SOURCES: readonly (readonly [string, (n: number) => Iterable<number>, readonly number[]])[] = [
  ["Vec's iter", (n) => Vec.from(u32, values(n)).iter(), exact],
  [
    "Vec's iter, skipped",
    (n) =>
      Vec.from(u32, values(n + 1))
        .iter()
        .skip(1),
    exact,
  ],
  ["Vec's iter, reversed", (n) => Vec.from(u32, values(n)).iter().rev(), exact],
  [
    "Vec's iter, reversed and skipped",
    (n) =>
      Vec.from(u32, values(n + 1))
        .iter()
        .rev()
        .skip(1),
    grown,
  ],
  [
    "two zipped",
    (n) =>
      Vec.from(u32, values(n))
        .iter()
        .zip(Vec.from(u32, values(9)).iter())
        .map(([a]) => a),
    exact,
  ],
  [
    "zipped with an array",
    (n) =>
      Vec.from(u32, values(9))
        .iter()
        .zip(values(n))
        .map(([a]) => a),
    exact,
  ],
  ["Vec's drain", (n) => Vec.from(u32, values(n)).drain(), exact],
  ["VecDeque's iter", (n) => VecDeque.from(u32, values(n)).iter(), exact],
  ["VecDeque's intoIter", (n) => VecDeque.from(u32, values(n)).intoIter(), exact],
  ["VecDeque's drain", (n) => VecDeque.from(u32, values(n)).drain(), grown],
  ["LinkedList's iter", (n) => LinkedList.from(u32, values(n)).iter(), grown],
  ["LinkedList's intoIter", (n) => LinkedList.from(u32, values(n)).intoIter(), grown],
  ["BinaryHeap's iter", (n) => BinaryHeap.from(u32, values(n)).iter(), grown],
  ["BinaryHeap's drain", (n) => BinaryHeap.from(u32, values(n)).drain(), grown],
  ["BTreeSet's iter", (n) => BTreeSet.from(u32, values(n)).iter(), exact],
  ["BTreeSet's intoIter", (n) => BTreeSet.from(u32, values(n)).intoIter(), exact],
];

describe("Vec.from", () => {
  beforeAll(() => {
    setGlobalAllocator(new TraceHeap());
  });

  it.each(SOURCES)("takes as much for %s as Rust's collect", (_name, make, expected) => {
    const collected = exact.map((n) => Vec.from(u32, make(n)));
    expect(collected.map((list) => list.length)).toEqual(exact);
    expect(collected.map((list) => list.capacity)).toEqual(expected);
  });

  it("keeps the pairs of a zip with something that tells no length", () => {
    const numbers = Vec.from(u32, values(3));
    function* endless(): Generator<number> {
      for (;;) yield 7;
    }
    expect(
      Vec.from(
        u32,
        numbers
          .iter()
          .zip(endless())
          .map(([a]) => a),
      ).toArray(),
    ).toEqual([0, 1, 2]);
    expect(numbers.iter().zip(endless()).sizeHint()).toEqual([0, 3]);
  });
});
