/** Wrong arguments for Vec, VecDeque and BinaryHeap: each is refused before anything has changed. */
import type { GlobalAlloc } from "@kmem/global-alloc";
import { KmemError, Panic } from "@kmem/memory";
import { u32 } from "@kmem/repr";
import { describe, expect, it } from "vitest";
import { ArgumentError, BinaryHeap, Vec, VecDeque } from "../src/index.ts";
import {
  DEQUE_RANGES,
  dequeElement,
  dequeIndex,
  dequeIterable,
  dequeLength,
  heapElement,
  heapIterable,
  heapLength,
  RANGES,
  vecElement,
  vecIndex,
  vecIterable,
  vecLength,
  type Call,
} from "./calls.ts";
import { expectEmpty, HEAPS } from "./heaps.ts";

/** What no `usize` is. */
const NO_INDEX: readonly unknown[] = [
  -1,
  0.5,
  NaN,
  Infinity,
  -Infinity,
  "1",
  "",
  null,
  undefined,
  true,
  {},
  [1],
  () => 1,
];
/** What is one, but beyond every collection. */
const TOO_LARGE = [4, 1000, 2 ** 31, 2 ** 32, 2 ** 53];
/** What no `u32` is. */
const NO_ELEMENT: readonly unknown[] = [-1, 0.5, NaN, Infinity, 2 ** 32, "1", null, undefined, true, 1n, {}, [1]];
/** What nobody can iterate. */
const NO_ITERABLE: readonly unknown[] = [null, undefined, 1, true, {}, () => 1];

interface Collection {
  readonly capacity: number;
  readonly length: number;
  toArray(): number[];
  drop(): void;
}

/** Runs each call with each wrong value, and says that nothing has changed and nothing leaks. */
function refuses<C extends Collection>(
  make: (heap: GlobalAlloc) => C,
  calls: readonly Call<C>[],
  wrong: readonly unknown[],
  error: unknown,
): void {
  for (const { make: makeHeap } of HEAPS) {
    const heap = makeHeap();
    const collection = make(heap);
    const before = { capacity: collection.capacity, values: collection.toArray(), used: heap.stats().used };
    for (const [name, call] of calls)
      for (const value of wrong) {
        let thrown: unknown = "nothing";
        try {
          call(collection, value as never);
        } catch (caught) {
          thrown = caught;
        }
        expect({ name, value, thrown }).toEqual({ name, value, thrown: error });
        const after = { capacity: collection.capacity, values: collection.toArray(), used: heap.stats().used };
        expect({ name, value, after }).toEqual({ name, value, after: before });
      }
    collection.drop();
    expectEmpty(heap);
  }
}

const argumentError: unknown = expect.any(ArgumentError);
const refusedValue: unknown = expect.objectContaining({ code: "repr/value" });
const anyOfOurs: unknown = expect.any(KmemError);
const panic: unknown = expect.any(Panic);
/** Without those that answer with nothing, or do nothing, beyond the end. */
function strict<C>(calls: readonly Call<C>[], except: readonly string[]): readonly Call<C>[] {
  return calls.filter(([name]) => !except.includes(name));
}

describe("Vec", () => {
  const make = (heap: GlobalAlloc): Vec<number> => Vec.fromIn(heap, u32, [30, 10, 20]);
  it("refuses what is no index", () => refuses(make, vecIndex, NO_INDEX, argumentError));
  it("panics beyond the end", () => {
    const may = ["get", "chunks", "chunksExact", "rchunks", "windows", "repeat"];
    refuses(make, strict(vecIndex, may), TOO_LARGE, panic);
    refuses(make, RANGES, [undefined], panic);
  });
  it("refuses what is no length", () => refuses(make, vecLength, NO_INDEX, argumentError));
  it("refuses what is no element", () => refuses(make, vecElement, NO_ELEMENT, refusedValue));
  it("refuses what gives no elements", () => refuses(make, vecIterable, NO_ITERABLE, anyOfOurs));
});

describe("VecDeque", () => {
  const make = (heap: GlobalAlloc): VecDeque<number> => VecDeque.fromIn(heap, u32, [30, 10, 20]);
  it("refuses what is no index", () => refuses(make, dequeIndex, NO_INDEX, argumentError));
  it("panics beyond the end", () => {
    const may = ["get", "getMut", "remove", "swapRemoveFront", "swapRemoveBack"];
    refuses(make, strict(dequeIndex, may), TOO_LARGE, panic);
    refuses(make, DEQUE_RANGES, [undefined], panic);
  });
  it("refuses what is no length", () => refuses(make, dequeLength, NO_INDEX, argumentError));
  it("refuses what is no element", () => refuses(make, dequeElement, NO_ELEMENT, refusedValue));
  it("refuses what gives no elements", () => refuses(make, dequeIterable, NO_ITERABLE, anyOfOurs));
});

describe("BinaryHeap", () => {
  const make = (heap: GlobalAlloc): BinaryHeap<number> => BinaryHeap.fromIn(heap, u32, [30, 10, 20]);
  it("refuses what is no length", () => refuses(make, heapLength, NO_INDEX, argumentError));
  it("refuses what is no element", () => refuses(make, heapElement, NO_ELEMENT, refusedValue));
  it("refuses what gives no elements", () => refuses(make, heapIterable, NO_ITERABLE, anyOfOurs));
});
