import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { LockedHeap } from "@kmem/linked-list-allocator";
import { bool, f32, f64, i16, i32, i64, i8, option, reverse, u16, u32, u64, u8, unit, UNIT } from "@kmem/repr";
import {
  ArgumentError,
  BinaryHeap,
  binaryHeap,
  BorrowError,
  Box,
  box,
  LinkedList,
  linkedList,
  Vec,
  VecDeque,
  vecDeque,
} from "../src/index.ts";
import { expectEmpty, HEAPS } from "./heaps.ts";

function heapOf(): LockedHeap {
  return LockedHeap.inBuffer(new ArrayBuffer(0x1_0000));
}

const wrongIndices = [-1, 0.5, NaN, Infinity, "0" as never];

describe("VecDeque", () => {
  it("goes round its block", () => {
    const heap = heapOf();
    using deque = VecDeque.withCapacityIn(heap, u32, 4);
    for (const n of [1, 2, 3]) deque.pushBack(n);
    deque.popFront();
    deque.pushBack(4);
    deque.pushBack(5);
    expect(deque.asSlices().map((slice) => slice.toArray())).toEqual([[2, 3, 4], [5]]);
    expect(deque.makeContiguous().toArray()).toEqual([2, 3, 4, 5]);
    expect([deque.capacity, deque.at(-1), deque.at(9)]).toEqual([4, 5, undefined]);
  });

  it("refuses indices that no Rust program could write, before anything changes", () => {
    const heap = heapOf();
    using deque = VecDeque.fromIn(heap, u32, [1, 2, 3]);
    for (const bad of wrongIndices) {
      expect(() => deque.get(bad)).toThrow(ArgumentError);
      expect(() => deque.index(bad)).toThrow(ArgumentError);
      expect(() => deque.set(bad, 1)).toThrow(ArgumentError);
      expect(() => deque.insert(bad, 1)).toThrow(ArgumentError);
      expect(() => deque.remove(bad)).toThrow(ArgumentError);
      expect(() => deque.swap(0, bad)).toThrow(ArgumentError);
      expect(() => deque.rotateLeft(bad)).toThrow(ArgumentError);
      expect(() => deque.resize(bad, 1)).toThrow(ArgumentError);
      expect(() => deque.shrinkTo(bad)).toThrow(ArgumentError);
      expect(() => deque.range(bad)).toThrow(ArgumentError);
      expect(() => VecDeque.withCapacityIn(heap, u32, bad)).toThrow(ArgumentError);
    }
    for (const bad of [-1, 1.5, 2 ** 32, "1" as never]) {
      expect(() => deque.pushBack(bad)).toThrow(expect.objectContaining({ code: "repr/value" }) as Error);
      expect(() => deque.pushFront(bad)).toThrow(expect.objectContaining({ code: "repr/value" }) as Error);
      expect(() => deque.insert(1, bad)).toThrow(expect.objectContaining({ code: "repr/value" }) as Error);
    }
    expect([deque.toArray(), deque.capacity]).toEqual([[1, 2, 3], 3]);
  });

  it("lends elements and slices until it changes", () => {
    const heap = heapOf();
    using deque = VecDeque.fromIn(
      heap,
      box(u32),
      [1, 2].map((n) => Box.newIn(heap, u32, n)),
    );
    const lent = deque.front()!;
    const [slice] = deque.asSlices();
    deque.backMut()!.value = Box.newIn(heap, u32, 9);
    expect(() => lent.value).toThrow(BorrowError);
    expect(() => slice.length).toThrow(BorrowError);
    expect(deque.map((each) => each.value).toArray()).toEqual([1, 9]);
  });

  it("is locked while a drain is under way; leaving a loop early ends it", () => {
    const heap = heapOf();
    using deque = VecDeque.fromIn(
      heap,
      box(u32),
      [1, 2, 3, 4].map((n) => Box.newIn(heap, u32, n)),
    );
    for (const each of deque.drain(1, 4)) {
      expect(() => deque.length).toThrow(expect.objectContaining({ code: "alloc/locked" }) as Error);
      each.drop();
      break;
    }
    expect(deque.map((each) => each.value).toArray()).toEqual([1]);
  });

  it("of zero-size elements never allocates", () => {
    const heap = heapOf();
    using deque = VecDeque.newIn(heap, unit);
    for (let i = 0; i < 100; i++) deque.pushFront(UNIT);
    deque.rotateLeft(30);
    deque.popBack();
    expect([deque.length, heap.stats().used]).toEqual([99, 0]);
  });

  it("lies in other collections", () => {
    const heap = heapOf();
    using list = Vec.newIn(heap, option(vecDeque(u8)));
    list.push(VecDeque.fromIn(heap, u8, [1, 2]));
    list.push(null);
    list.index(0)!.pushFront(0);
    using copy = list.clone();
    expect(copy.map((each) => each?.toArray()).toArray()).toEqual([[0, 1, 2], undefined]);
  });

  it("moves to and from a Vec in the same block", () => {
    const heap = heapOf();
    const vec = Vec.fromIn(heap, u32, [1, 2, 3]);
    const at = vec.asPtr();
    const deque = VecDeque.fromVec(vec);
    deque.rotateLeft(1);
    using back = deque.intoVec();
    expect([back.asPtr(), back.toArray()]).toEqual([at, [2, 3, 1]]);
  });

  it("keeps every element when retain's callback throws", () => {
    const heap = heapOf();
    using deque = VecDeque.fromIn(
      heap,
      box(u32),
      [1, 2, 3].map((n) => Box.newIn(heap, u32, n)),
    );
    expect(() =>
      deque.retain(({ value }) => {
        if (value === 3) throw new RangeError("stop");
        return value !== 1;
      }),
    ).toThrow("stop");
    expect(
      deque
        .map((each) => each.value)
        .toArray()
        .sort(),
    ).toEqual([1, 2, 3]);
  });

  it("drops what an iterator still has when extending fails", () => {
    const heap = heapOf();
    using deque = VecDeque.newIn(heap, box(u32));
    const source = VecDeque.fromIn(
      heap,
      box(u32),
      [1, 2, 3].map((n) => Box.newIn(heap, u32, n)),
    );
    const failing = source.intoIter().map((each) => {
      if (each.value === 2) {
        each.drop();
        throw new RangeError("stop");
      }
      return each;
    });
    expect(() => deque.extend(failing)).toThrow("stop");
    expect(deque.map((each) => each.value).toArray()).toEqual([1]);
    deque.drop();
    expectEmpty(heap);
  });
});

describe("LinkedList", () => {
  it("keeps elements where they are", () => {
    const heap = heapOf();
    using list = LinkedList.fromIn(heap, u32, [1, 2, 3, 4]);
    using tail = list.splitOff(2);
    tail.append(list);
    expect([list.length, tail.toArray(), inspect(tail)]).toEqual([
      0,
      [3, 4, 1, 2],
      "LinkedList<u32>(4) [ 3, 4, 1, 2 ]",
    ]);
    expect(() => list.splitOff(1)).toThrow("Cannot split off at a nonexistent index");
    expect(() => list.remove(0)).toThrow("Cannot remove at an index outside of the list bounds");
  });

  it("has cursors that go round, and die when the list changes otherwise", () => {
    const heap = heapOf();
    using list = LinkedList.fromIn(heap, u32, [1, 2]);
    const cursor = list.cursorBack();
    expect([cursor.index, cursor.current, cursor.peekPrev()]).toEqual([1, 2, 1]);
    cursor.moveNext();
    expect([cursor.index, cursor.current, cursor.peekNext(), cursor.removeCurrent()]).toEqual([
      undefined,
      undefined,
      1,
      undefined,
    ]);
    cursor.insertBefore(3);
    cursor.insertAfter(0);
    cursor.movePrev();
    expect([cursor.index, cursor.removeCurrent(), list.toArray()]).toEqual([3, 3, [0, 1, 2]]);
    list.pushBack(9);
    expect(() => cursor.current).toThrow(BorrowError);
  });

  it("gives places for changing, one after the other", () => {
    const heap = heapOf();
    using list = LinkedList.fromIn(
      heap,
      box(u32),
      [1, 2].map((n) => Box.newIn(heap, u32, n)),
    );
    for (const place of list.iterMut()) place.value = Box.newIn(heap, u32, place.value.value + 10);
    expect(list.map((each) => each.value).toArray()).toEqual([11, 12]);
    const places = list.iterMut();
    places.next();
    list.popFront()?.drop();
    expect(() => places.next()).toThrow(BorrowError);
  });

  it("lies in other collections, and in itself", () => {
    const heap = heapOf();
    using outer = LinkedList.newIn(heap, linkedList(u8));
    outer.pushBack(LinkedList.fromIn(heap, u8, [1]));
    outer.front()!.pushBack(2);
    using copy = outer.clone();
    expect(copy.map((each) => each.toArray()).toArray()).toEqual([[1, 2]]);
  });

  it("refuses elements of another heap, and itself", () => {
    const heap = heapOf();
    using list = LinkedList.fromIn(heap, u32, [1]);
    using other = LinkedList.fromIn(heapOf(), u32, [2]);
    expect(() => list.append(other)).toThrow(expect.objectContaining({ code: "alloc/foreign-allocator" }) as Error);
    expect(() => list.append(list)).toThrow(ArgumentError);
    expect([list.toArray(), other.toArray()]).toEqual([[1], [2]]);
  });
});

describe("BinaryHeap", () => {
  it("gives the largest first, or the smallest of a reversed type", () => {
    const heap = heapOf();
    using largest = BinaryHeap.fromIn(heap, u32, [3, 1, 2]);
    using smallest = BinaryHeap.fromIn(heap, reverse(u32), [3, 1, 2]);
    expect([largest.pop(), smallest.pop(), largest.peek(), smallest.peek()]).toEqual([3, 1, 2, 2]);
  });

  it("orders floats as total_cmp does", () => {
    const heap = heapOf();
    using floats = BinaryHeap.fromIn(heap, f64, [0, -0, 1.5, -Infinity, NaN, Infinity]);
    expect(floats.intoSortedVec().toArray()).toEqual([-Infinity, -0, 0, 1.5, Infinity, NaN]);
  });

  it("puts a changed top in its place, and is locked meanwhile", () => {
    const heap = heapOf();
    using queue = BinaryHeap.fromIn(heap, u32, [5, 4, 3]);
    const top = queue.peekMut()!;
    top.value = 1;
    expect(() => queue.length).toThrow(expect.objectContaining({ code: "alloc/locked" }) as Error);
    top[Symbol.dispose]();
    expect([queue.peek(), queue.peekMut()!.pop(), queue.length]).toEqual([4, 4, 2]);
  });

  it("keeps every element when a comparison throws", () => {
    const heap = heapOf();
    let fails = false;
    const type = {
      ...u32,
      name: "moody",
      compare: (a: number, b: number) => {
        if (fails) throw new RangeError("no order");
        return a - b;
      },
    };
    using queue = BinaryHeap.fromIn(heap, type, [1, 2, 3]);
    fails = true;
    expect(() => queue.push(4)).toThrow("no order");
    expect(() => queue.pop()).toThrow("no order");
    fails = false;
    expect(queue.intoSortedVec().toArray()).toEqual([1, 2, 3]);
  });

  it("drains, and lies in other collections", () => {
    const heap = heapOf();
    using list = Vec.newIn(heap, binaryHeap(u32));
    list.push(BinaryHeap.fromIn(heap, u32, [1, 2]));
    const lent = list.index(0);
    lent.push(7);
    expect(lent.drain().toArray().sort()).toEqual([1, 2, 7]);
    expect([list.index(0).length, list.index(0).capacity]).toEqual([0, 4]);
  });
});

describe("PeekMut", () => {
  it("ends with its heap's use, and says so", () => {
    const heap = heapOf();
    using queue = BinaryHeap.fromIn(heap, u32, [1, 2]);
    const top = queue.peekMut()!;
    expect(top.pop()).toBe(2);
    expect(() => top.value).toThrow(BorrowError);
    expect(() => (top.value = 3)).toThrow(BorrowError);
    expect(() => top.pop()).toThrow(BorrowError);
    top[Symbol.dispose]();
    expect(queue.toArray()).toEqual([1]);
  });
});

describe("what JavaScript expects", () => {
  it("is there on Vec, VecDeque and BinaryHeap", () => {
    const heap = heapOf();
    using list = Vec.fromIn(heap, u32, new Set([3, 1, 2]));
    using deque = VecDeque.fromIn(heap, u32, [3, 1, 2].values());
    using queue = BinaryHeap.fromIn(heap, u32, Uint32Array.of(3, 1, 2));
    for (const each of [list, deque, queue]) {
      expect([...each]).toEqual([3, 1, 2]);
      expect([...each.entries()]).toEqual([
        [0, 3],
        [1, 1],
        [2, 2],
      ]);
      expect([each.length, each.includes(2), each.indexOf(2), each.indexOf(9)]).toEqual([3, true, 2, -1]);
      expect([each.findIndex((n) => n < 3), each.findIndex((n) => n > 3)]).toEqual([1, -1]);
      expect(each.map((n) => n * 2).toArray()).toEqual([6, 2, 4]);
      expect(JSON.stringify(each)).toBe("[3,1,2]");
      expect(inspect(each)).toBe(`${each.typeName}(3) [ 3, 1, 2 ]`);
    }
    expect([list.at(-1), deque.at(-1), list.findLast((n) => n > 1)]).toEqual([2, 2, 2]);
    expect(new Map(list.entries()).get(1)).toBe(1);
  });
});

describe("toTypedArray", () => {
  it.each(HEAPS)("takes numbers out in bulk, and they go in again, in $name", ({ make }) => {
    const heap = make();
    // More than a page, so that a window ends within.
    const values = Array.from({ length: 3000 }, (_, i) => i & 0x7f);
    const arrays = [
      [u8, Uint8Array.from(values)],
      [i8, Int8Array.from(values)],
      [u16, Uint16Array.from(values)],
      [i16, Int16Array.from(values)],
      [u32, Uint32Array.from(values)],
      [i32, Int32Array.from(values)],
      [f32, Float32Array.from(values)],
      [f64, Float64Array.from(values)],
    ] as const;
    for (const [type, array] of arrays) {
      using list = Vec.fromSlice<number>(type, array, heap);
      expect(list.toTypedArray()).toEqual(array);
      expect(list.asSlice(5, 9).toTypedArray()).toEqual(array.slice(5, 9));
      list.fill(1);
      list.copyFromSlice(array);
      using deque = VecDeque.fromVec(list.clone());
      deque.rotateLeft(1000);
      deque.pushBack(7);
      expect([...deque.toTypedArray()]).toEqual([...values.slice(1000), ...values.slice(0, 1000), 7]);
    }
    using wide = Vec.fromIn(heap, u64, [1n, 2n ** 64n - 1n]);
    expect(wide.toTypedArray()).toEqual(BigUint64Array.of(1n, 2n ** 64n - 1n));
    using signed = Vec.fromIn(heap, i64, [-1n]);
    expect(signed.toTypedArray()).toEqual(BigInt64Array.of(-1n));
    using flags = Vec.fromIn(heap, bool, [true]);
    expect(() => flags.toTypedArray()).toThrow(ArgumentError);
  });
});

describe("clone", () => {
  it("leaves iterators of the original alive", () => {
    const heap = heapOf();
    using queue = BinaryHeap.fromIn(heap, u32, [3, 2, 1]);
    using deque = VecDeque.fromIn(heap, u32, [3, 2, 1]);
    using list = LinkedList.fromIn(heap, u32, [3, 2, 1]);
    for (const collection of [queue, deque, list]) {
      const iter = collection.iter();
      iter.next();
      collection.clone().drop();
      expect(iter.next().value).toBe(2);
    }
  });
});
