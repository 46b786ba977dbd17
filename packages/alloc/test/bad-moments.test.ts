/** Owners used after they went: each use throws, and says what was used. */
import type { GlobalAlloc } from "@kmem/global-alloc";
import { u32 } from "@kmem/repr";
import { describe, expect, it } from "vitest";
import {
  BinaryHeap,
  BorrowError,
  UseAfterDropError,
  UseAfterMoveError,
  Vec,
  VecDeque,
  type Owner,
} from "../src/index.ts";
import {
  dequeElement,
  dequeIndex,
  dequeIterable,
  dequeLength,
  heapElement,
  heapIterable,
  heapLength,
  vecElement,
  vecIndex,
  vecIterable,
  vecLength,
  type Call,
} from "./calls.ts";
import { dequePlain, heapPlain, vecPlain } from "./calls-plain.ts";
import { expectEmpty, HEAPS } from "./heaps.ts";

/** Those of `calls` that are no static makers, each with a good argument. */
function onInstance<C>(calls: readonly Call<C>[], argument: unknown): [string, (collection: C) => unknown][] {
  return calls
    .filter(([name]) => !/^(from|withCapacity|tryWithCapacity)/.test(name))
    .map(([name, call]) => [name, (collection) => call(collection, argument as never)]);
}

/** Runs every use on an owner that was dropped, on one that was moved, and on one that is locked. */
function expectDead<C extends Owner>(
  name: string,
  make: (heap: GlobalAlloc) => C,
  uses: readonly (readonly [string, (collection: C) => unknown])[],
  lock: (collection: C) => Disposable,
): void {
  for (const { make: makeHeap } of HEAPS) {
    const heap = makeHeap();
    const dropped = make(heap);
    dropped.drop();
    const moved = make(heap);
    const locked = make(heap);
    const block = (moved as unknown as { intoRawParts(): unknown }).intoRawParts();
    const lockedBy = lock(locked);
    for (const [use, run] of uses) {
      const thrownBy = (owner: C): unknown => {
        try {
          run(owner);
          return "nothing";
        } catch (error) {
          return error;
        }
      };
      expect({ use, thrown: thrownBy(dropped) }).toEqual({ use, thrown: expect.any(UseAfterDropError) as unknown });
      expect({ use, thrown: thrownBy(moved) }).toEqual({ use, thrown: expect.any(UseAfterMoveError) as unknown });
      expect({ use, thrown: thrownBy(locked) }).toEqual({ use, thrown: expect.any(BorrowError) as unknown });
      expect(thrownBy(dropped)).toMatchObject({ owner: name, message: expect.stringContaining(name) as unknown });
      expect(thrownBy(moved)).toMatchObject({ owner: name, message: expect.stringContaining(name) as unknown });
    }
    lockedBy[Symbol.dispose]();
    locked.drop();
    Vec.fromRawParts(u32, (block as { ptr: number }).ptr, 0, 3, heap).drop();
    expectEmpty(heap);
  }
}

describe("Vec", () => {
  it("names itself in every use after it was dropped, moved or locked", () => {
    const uses = [
      ...onInstance(vecPlain, undefined),
      ...onInstance(vecIndex, 1),
      ...onInstance(vecLength, 1),
      ...onInstance(vecElement, 1),
      ...onInstance(vecIterable, [1]),
    ];
    expectDead(
      "Vec<u32>",
      (heap) => Vec.fromIn(heap, u32, [3, 1, 2]),
      uses,
      (vec) => vec.drain(),
    );
    expect(uses.length).toBeGreaterThan(120);
  });
});

describe("VecDeque", () => {
  it("names itself in every use after it was dropped, moved or locked", () => {
    const uses = [
      ...onInstance(dequePlain, undefined),
      ...onInstance(dequeIndex, 1),
      ...onInstance(dequeLength, 1),
      ...onInstance(dequeElement, 1),
      ...onInstance(dequeIterable, [1]),
    ];
    expectDead(
      "VecDeque<u32>",
      (heap) => VecDeque.fromIn(heap, u32, [3, 1, 2]),
      uses,
      (deque) => deque.drain(),
    );
    expect(uses.length).toBeGreaterThan(70);
  });
});

describe("BinaryHeap", () => {
  it("names itself in every use after it was dropped, moved or locked", () => {
    const uses = [
      ...onInstance(heapPlain, undefined),
      ...onInstance(heapLength, 1),
      ...onInstance(heapElement, 1),
      ...onInstance(heapIterable, [1]),
    ];
    expectDead(
      "BinaryHeap<u32>",
      (heap) => BinaryHeap.fromIn(heap, u32, [3, 1, 2]),
      uses,
      (queue) => queue.peekMut()!,
    );
    expect(uses.length).toBeGreaterThan(25);
  });
});
