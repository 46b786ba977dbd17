/** Iterators over a collection that has changed meanwhile: each of them throws. */
import type { GlobalAlloc } from "@kmem/global-alloc";
import { u32 } from "@kmem/repr";
import { describe, expect, it } from "vitest";
import { BinaryHeap, BorrowError, Box, box, Vec, VecDeque, type Owner } from "../src/index.ts";
import { expectEmpty, HEAPS } from "./heaps.ts";

/** What makes iterators, and what changes three elements. */
interface Change<C> {
  readonly iterators: Readonly<Record<string, (collection: C) => Iterator<unknown>>>;
  readonly changes: Readonly<Record<string, (collection: C) => unknown>>;
}

const vecChange: Change<Vec<number>> = {
  iterators: {
    iter: (v) => v.iter(),
    rev: (v) => v.iter().rev(),
    map: (v) => v.map((n) => n),
    filter: (v) => v.filter(() => true),
    entries: (v) => v.entries(),
    zip: (v) => v.iter().zip([1, 2, 3]),
    stepBy: (v) => v.iter().stepBy(2),
    "a slice's": (v) => v.asSlice(0, 2).iter(),
    chunks: (v) => v.chunks(1),
    chunksExact: (v) => v.chunksExact(1),
    rchunks: (v) => v.rchunks(1),
    windows: (v) => v.windows(1),
    split: (v) => v.split((n) => n === 1),
    chunkBy: (v) => v.chunkBy(() => false),
  },
  changes: {
    push: (v) => v.push(4),
    pop: (v) => v.pop(),
    insert: (v) => v.insert(0, 4),
    remove: (v) => v.remove(0),
    swapRemove: (v) => v.swapRemove(0),
    clear: (v) => v.clear(),
    truncate: (v) => v.truncate(1),
    reserve: (v) => v.reserve(100),
    shrinkToFit: (v) => v.shrinkToFit(),
    extend: (v) => v.extend([4]),
    extendFromSlice: (v) => v.extendFromSlice([4]),
    extendFromWithin: (v) => v.extendFromWithin(0, 1),
    append: (v) => {
      using other = Vec.fromIn(v.allocator, u32, [4]);
      v.append(other);
    },
    splitOff: (v) => v.splitOff(1).drop(),
    resize: (v) => v.resize(9, 1),
    retain: (v) => v.retain(() => true),
    dedup: (v) => v.dedup(),
    drain: (v) => v.drain(0, 1).count(),
    splice: (v) => v.splice(0, 1, [4])[Symbol.dispose](),
    take: (v) => v.take().drop(),
    cloneFrom: (v) => {
      using other = v.clone();
      v.cloneFrom(other);
    },
  },
};

const dequeChange: Change<VecDeque<number>> = {
  iterators: {
    iter: (d) => d.iter(),
    rev: (d) => d.iter().rev(),
    range: (d) => d.range(0, 2),
    "a slice's": (d) => d.asSlices()[0].iter(),
  },
  changes: {
    pushBack: (d) => d.pushBack(4),
    pushFront: (d) => d.pushFront(4),
    popBack: (d) => d.popBack(),
    popFront: (d) => d.popFront(),
    insert: (d) => d.insert(1, 4),
    remove: (d) => d.remove(1),
    swapRemoveFront: (d) => d.swapRemoveFront(1),
    clear: (d) => d.clear(),
    truncate: (d) => d.truncate(1),
    reserve: (d) => d.reserve(100),
    shrinkToFit: (d) => d.shrinkToFit(),
    extend: (d) => d.extend([4]),
    extendFromSlice: (d) => d.extendFromSlice([4]),
    resize: (d) => d.resize(9, 1),
    retain: (d) => d.retain(() => true),
    rotateLeft: (d) => d.rotateLeft(1),
    rotateRight: (d) => d.rotateRight(1),
    makeContiguous: (d) => {
      d.pushFront(0);
      d.makeContiguous();
    },
    splitOff: (d) => d.splitOff(1).drop(),
    drain: (d) => d.drain(0, 1).count(),
    take: (d) => d.take().drop(),
  },
};

const heapChange: Change<BinaryHeap<number>> = {
  iterators: { iter: (h) => h.iter(), rev: (h) => h.iter().rev(), map: (h) => h.map((n) => n) },
  changes: {
    push: (h) => h.push(4),
    pop: (h) => h.pop(),
    "peekMut set": (h) => {
      using top = h.peekMut()!;
      top.value = 0;
    },
    "peekMut pop": (h) => h.peekMut()!.pop(),
    clear: (h) => h.clear(),
    reserve: (h) => h.reserve(100),
    shrinkToFit: (h) => h.shrinkToFit(),
    extend: (h) => h.extend([4]),
    retain: (h) => h.retain((n) => n > 1),
    drain: (h) => h.drain().count(),
    take: (h) => h.take().drop(),
  },
};

/** Makes an iterator, takes an element, changes the collection: the next element is refused. */
function expectStale<C extends Owner>(make: (heap: GlobalAlloc) => C, { iterators, changes }: Change<C>): void {
  for (const { make: makeHeap } of HEAPS)
    for (const [from, iterate] of Object.entries(iterators))
      for (const [change, run] of Object.entries(changes)) {
        const heap = makeHeap();
        const collection = make(heap);
        const iterator = iterate(collection);
        expect(iterator.next().done).toBe(false);
        run(collection);
        let thrown: unknown = "nothing";
        try {
          iterator.next();
        } catch (error) {
          thrown = error;
        }
        const stale: unknown = expect.objectContaining({ name: "BorrowError", code: "alloc/stale-borrow" });
        expect({ from, change, thrown }).toEqual({ from, change, thrown: stale });
        collection.drop();
        expectEmpty(heap);
      }
}

/** With more room than it needs, so that there is something to give back. */
function roomy<C extends { reserve(additional: number): void }>(collection: C): C {
  collection.reserve(5);
  return collection;
}

describe("an iterator over a collection that has changed meanwhile", () => {
  it("throws, of a Vec", () => expectStale((heap) => roomy(Vec.fromIn(heap, u32, [3, 1, 2])), vecChange));
  it("throws, of a VecDeque", () => expectStale((heap) => roomy(VecDeque.fromIn(heap, u32, [3, 1, 2])), dequeChange));
  it("throws, of a BinaryHeap", () =>
    expectStale((heap) => roomy(BinaryHeap.fromIn(heap, u32, [3, 1, 2])), heapChange));

  it("cannot be one over itself: a Vec is not cloned from its own parts", () => {
    const heap = HEAPS[0]!.make();
    const list = Vec.fromIn(heap, u32, [3, 1, 2]);
    list.cloneFrom(list);
    expect(() => list.cloneFrom(list.asSlice(0, 1))).toThrow(
      expect.objectContaining({ code: "alloc/argument" }) as Error,
    );
    expect(list.toArray()).toEqual([3, 1, 2]);
    list.extendFromSlice(list.asSlice(1));
    expect(list.toArray()).toEqual([3, 1, 2, 1, 2]);
    list.drop();
    expectEmpty(heap);
  });

  it.each(HEAPS)("throws for owners replaced in place, too, in $name", ({ make }) => {
    const heap = make();
    const list = Vec.newIn(heap, box(u32));
    for (const n of [1, 2, 3]) list.push(Box.newIn(heap, u32, n));
    for (const change of [
      () => list.set(0, Box.newIn(heap, u32, 4)),
      () => list.swap(0, 1),
      () => list.reverse(),
      () => list.rotateLeft(1),
      () => list.sort(),
      () => list.replace(1, Box.newIn(heap, u32, 5)).drop(),
    ]) {
      const iterator = list.iter();
      const lent = iterator.next().value!;
      change();
      expect(() => lent.value).toThrow(BorrowError);
      expect(() => iterator.next()).toThrow(BorrowError);
    }
    list.drop();
    expectEmpty(heap);
  });
});
