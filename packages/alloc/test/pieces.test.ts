/** Pieces of slices and texts, and elements borrowed for changing: what is expected is what rustc 1.95.0's program prints. */
import { LockedHeap } from "@kmem/linked-list-allocator";
import { u32 } from "@kmem/repr";
import { describe, expect, it } from "vitest";
import * as api from "../src/index.ts";
import { expectEmpty } from "./heaps.ts";

const heapOf = (): LockedHeap => LockedHeap.inBuffer(new ArrayBuffer(0x1_0000));
const pieces = (parts: Iterable<api.Slice<number>>): number[][] => Array.from(parts, (part) => part.toArray());
const isZero = (value: number): boolean => value === 0;

describe("the pieces of a slice", () => {
  it("are cut by a function, from both ends, with a limit", () => {
    using list = api.Vec.fromIn(heapOf(), u32, [1, 0, 2, 3, 0, 4, 0]);
    expect(pieces(list.splitInclusive(isZero))).toEqual([
      [1, 0],
      [2, 3, 0],
      [4, 0],
    ]);
    expect(pieces(list.rsplit(isZero))).toEqual([[], [4], [2, 3], [1]]);
    expect(pieces(list.splitn(2, isZero))).toEqual([[1], [2, 3, 0, 4, 0]]);
    expect(pieces(list.rsplitn(2, isZero))).toEqual([[], [1, 0, 2, 3, 0, 4]]);
    expect(pieces(list.splitn(0, isZero))).toEqual([]);
    expect(pieces(list.rsplitn(1, isZero))).toEqual([[1, 0, 2, 3, 0, 4, 0]]);
    expect(() => list.splitn(-1, isZero)).toThrow(api.ArgumentError);
    const chunks = list.rchunksExact(3);
    expect(pieces(chunks)).toEqual([
      [0, 4, 0],
      [0, 2, 3],
    ]);
    expect(chunks.remainder().toArray()).toEqual([1]);
    list.clear();
    expect(pieces(list.splitInclusive(isZero))).toEqual([]);
    expect(pieces(list.rsplit(isZero))).toEqual([[]]);
    expect(pieces(list.splitn(3, isZero))).toEqual([[]]);
  });

  it("are none any more after a change, also one that the function makes", () => {
    using list = api.Vec.fromIn(heapOf(), u32, [1, 0, 2]);
    const parts = list.rsplit(isZero);
    list.push(3);
    expect(() => parts.next()).toThrow(api.BorrowError);
    const others = list.splitInclusive(() => {
      list.push(1);
      return true;
    });
    expect(() => others.next()).toThrow(api.BorrowError);
    expect(list.length).toBe(5);
  });

  it("are what is left of a prefix or suffix, or of a place", () => {
    using list = api.Vec.fromIn(heapOf(), u32, [1, 0, 2]);
    expect(list.stripPrefix([1, 0])?.toArray()).toEqual([2]);
    expect(list.stripSuffix([0, 2])?.toArray()).toEqual([1]);
    expect(list.stripPrefix([0])).toBeUndefined();
    expect(list.stripSuffix([1, 0, 2, 3])).toBeUndefined();
    expect(list.splitAtChecked(4)).toBeUndefined();
    expect(list.splitAtChecked(1)?.map((part) => part.toArray())).toEqual([[1], [0, 2]]);
    expect(() => list.splitAtChecked(0.5)).toThrow(api.ArgumentError);
    for (const none of [null, 5] as never[]) {
      expect(() => list.stripPrefix(none)).toThrow(api.ArgumentError);
      expect(() => list.stripSuffix(none)).toThrow(api.ArgumentError);
      expect(() => list.startsWith(none)).toThrow(api.ArgumentError);
      expect(() => list.endsWith(none)).toThrow(api.ArgumentError);
      expect(() => list.getDisjointMut(none)).toThrow(api.ArgumentError);
    }
  });

  it("are in the order of a key, or chosen by it", () => {
    using list = api.Vec.fromIn(heapOf(), u32, [3, 1, 2]);
    expect(list.isSortedByKey((value) => -value)).toBe(false);
    expect(list.selectNthUnstableBy(0, (a, b) => b - a)).toBe(3);
    expect(list.isSortedByKey((value) => -value)).toBe(true);
    expect(list.selectNthUnstableByKey(2, (value) => value)).toBe(3);
    expect(() => list.selectNthUnstableBy(3, () => 0)).toThrow(
      "partition_at_index index 3 greater than length of slice 3",
    );
  });
});

describe("an element borrowed for changing", () => {
  it("is one of a Vec or slice", () => {
    using list = api.Vec.fromIn(heapOf(), u32, [1, 2, 3]);
    list.firstMut()!.value = 10;
    list.asSlice(1).lastMut()!.value = 30;
    list.getMut(1)!.value += 18;
    expect(list.toArray()).toEqual([10, 20, 30]);
    list.pushMut(1).value = 40;
    list.insertMut(0, 1).value = 5;
    for (const each of list.iterMut()) each.value *= 2;
    expect(list.toArray()).toEqual([10, 20, 40, 60, 80]);
    const [first, last] = list.getDisjointMut([0, 4]);
    [first!.value, last!.value] = [last!.value, first!.value];
    expect(list.toArray()).toEqual([80, 20, 40, 60, 10]);
    expect(list.getMut(5)).toBeUndefined();
    expect(() => list.getMut(NaN)).toThrow(api.ArgumentError);
    expect(() => list.getDisjointMut([0, 0])).toThrow("there were overlapping indices");
    expect(() => list.getDisjointMut([0, 9])).toThrow("an index is out of bounds");
    list.clear();
    expect(list.firstMut()).toBeUndefined();
    expect(list.lastMut()).toBeUndefined();
  });

  it("may be replaced while an iterator gives the next; other changes end it", () => {
    const heap = heapOf();
    {
      using list = api.Vec.newIn(heap, api.string);
      using deque = api.VecDeque.newIn(heap, api.string);
      for (const text of ["a", "b", "c"]) {
        list.push(api.String.fromIn(heap, text));
        deque.pushBack(api.String.fromIn(heap, text));
      }
      for (const each of list.iterMut()) each.value = api.String.fromIn(heap, "x");
      for (const each of deque.rangeMut(1, 3)) each.value = api.String.fromIn(heap, "y");
      expect(`${list.toArray().join("")} ${deque.toArray().join("")}`).toBe("xxx ayy");
      expect(() => {
        for (const each of list.iterMut()) if (each.value.toString() === "x") list.pop()!.drop();
      }).toThrow(api.BorrowError);
      expect(() => {
        for (const each of deque.iterMut()) if (each.value.toString() !== "") deque.popFront()!.drop();
      }).toThrow(api.BorrowError);
    }
    expectEmpty(heap);
  });

  it("is the one just put into a VecDeque or LinkedList", () => {
    using deque = api.VecDeque.newIn(heapOf(), u32);
    deque.pushBackMut(1).value = 2;
    deque.pushFrontMut(1).value = 3;
    deque.insertMut(1, 1).value = 4;
    expect(deque.toArray()).toEqual([3, 4, 2]);
    using list = api.LinkedList.newIn(heapOf(), u32);
    list.pushBackMut(1).value = 2;
    list.pushFrontMut(1).value = 3;
    expect(list.toArray()).toEqual([3, 2]);
  });
});

describe("newZeroed", () => {
  it.each([api.Rc, api.Arc])("of %o gives bytes that are 0", (shared) => {
    const heap = heapOf();
    heap.memory.fill(heap.alloc({ size: 64, align: 8 } as never), 0xff, 64);
    using value = shared.newZeroed(u32, heap).assumeInit();
    expect(value.value).toBe(0);
  });
});

describe("text", () => {
  it.each([
    ["aaa", "aa", ["a"], ["aa"]],
    ["aaaa", "aa", ["", ""], ["aa", "aa"]],
    ["a,b,", ",", ["b", "a"], [",", ","]],
    [",a,,", ",", ["", "a", ""], [",", ",", ","]],
    ["", ",", [], []],
    ["xx", "xx", [""], ["xx"]],
    ["abaXaba", "aba", ["X", ""], ["aba", "aba"]],
  ])("%j by %j from the back", (text, pattern, parts, matches) => {
    using owned = api.String.fromIn(heapOf(), text);
    expect(owned.rsplitTerminator(pattern)).toEqual(parts);
    expect(owned.rmatches(pattern)).toEqual(matches);
  });

  it("loses ASCII whitespace only, and is cut at boundaries only", () => {
    using text = api.String.fromIn(heapOf(), " \t\u00a0x \u000c\r\n");
    expect(text.trimAscii()).toBe("\u00a0x");
    expect(text.trimAsciiStart()).toBe("\u00a0x \u000c\r\n");
    expect(text.trimAsciiEnd()).toBe(" \t\u00a0x");
    expect(text.splitAtChecked(3)).toBeUndefined();
    expect(text.splitAtChecked(2)).toEqual([" \t", "\u00a0x \u000c\r\n"]);
  });
});
