/** Wrong arguments for LinkedList, the trees, String, Box, Rc and Arc: refused before anything has changed, allocator calls included. */
import { GlobalAlloc, type Layout } from "@kmem/global-alloc";
import { KmemError, Panic, type Memory, type Ptr } from "@kmem/memory";
import { u8 } from "@kmem/repr";
import { describe, expect, it } from "vitest";
import {
  Arc,
  ArgumentError,
  BTreeMap,
  BTreeSet,
  Box,
  LinkedList,
  Rc,
  String,
  Vec,
  checkTree,
  excluded,
  included,
} from "../src/index.ts";
import { expectEmpty, HEAPS } from "./heaps.ts";

/** Counts what the allocator is asked. */
class CountingHeap extends GlobalAlloc {
  readonly memory: Memory;
  calls = 0;
  private readonly inner: GlobalAlloc;
  constructor(inner: GlobalAlloc) {
    super();
    this.inner = inner;
    this.memory = inner.memory;
  }
  alloc(layout: Layout): Ptr {
    this.calls++;
    return this.inner.alloc(layout);
  }
  override allocZeroed(layout: Layout): Ptr {
    this.calls++;
    return this.inner.allocZeroed(layout);
  }
  override realloc(at: Ptr, layout: Layout, newSize: number): Ptr {
    this.calls++;
    return this.inner.realloc(at, layout, newSize);
  }
  dealloc(at: Ptr, layout: Layout): void {
    this.calls++;
    this.inner.dealloc(at, layout);
  }
}

type Call<C> = readonly [name: string, call: (owner: C, wrong: never) => unknown];

const NO_INDEX: readonly unknown[] = [-1, 0.5, NaN, Infinity, -Infinity, "1", "", null, true, {}, [1], () => 1];
const TOO_LARGE: readonly unknown[] = [9, 2 ** 31, 2 ** 32, 2 ** 53];
const NO_ELEMENT: readonly unknown[] = [
  -1,
  0.5,
  NaN,
  Infinity,
  256,
  300,
  2 ** 53,
  "1",
  null,
  undefined,
  true,
  1n,
  {},
  [1],
];
const NO_ITERABLE: readonly unknown[] = [null, undefined, 1, true, {}, () => 1];
const NO_TEXT: readonly unknown[] = [1, null, true, {}, ["a"], "\ud800"];

const argumentError: unknown = expect.any(ArgumentError);
const refusedValue: unknown = expect.objectContaining({ code: "repr/value" });
const panic: unknown = expect.any(Panic);
const oneOfOurs: unknown = expect.any(KmemError);

function isLike(value: unknown, expected: unknown): boolean {
  try {
    expect(value).toEqual(expected);
    return true;
  } catch {
    return false;
  }
}

/** Runs each call with each wrong value: it throws, the allocator is not asked, and the owner is as it was. */
function refuses<C extends { drop(): void }>(
  make: (heap: GlobalAlloc) => C,
  show: (owner: C) => unknown,
  calls: readonly Call<C>[],
  wrong: readonly unknown[],
  error: unknown,
): void {
  for (const { make: makeHeap } of HEAPS) {
    const inner = makeHeap();
    const heap = new CountingHeap(inner);
    const owner = make(heap);
    const before = { shown: show(owner), calls: heap.calls };
    const amiss: unknown[] = [];
    for (const [name, call] of calls)
      for (const value of wrong) {
        let thrown: unknown = "nothing";
        try {
          call(owner, value as never);
        } catch (caught) {
          thrown = caught;
        }
        const after = { shown: show(owner), calls: heap.calls };
        if (!isLike(thrown, error)) amiss.push({ name, value, thrown: (thrown as Partial<Error>).message });
        if (!isLike(after, before)) amiss.push({ name, value, after });
        if (!isLike(after, before)) break;
      }
    expect(amiss).toEqual([]);
    owner.drop();
    expectEmpty(inner);
  }
}

describe("LinkedList", () => {
  const make = (heap: GlobalAlloc): LinkedList<number> => LinkedList.fromIn(heap, u8, [3, 1, 2]);
  const show = (list: LinkedList<number>): unknown => list.toArray();
  const places: readonly Call<LinkedList<number>>[] = [
    ["remove", (l, i) => l.remove(i)],
    ["splitOff", (l, i) => l.splitOff(i)],
  ];
  it("refuses what is no place", () => refuses(make, show, places, NO_INDEX, argumentError));
  it("panics beyond its end", () => refuses(make, show, places, TOO_LARGE, panic));
  it("refuses what is no element", () =>
    refuses(
      make,
      show,
      [
        ["pushBack", (l, x) => l.pushBack(x)],
        ["pushFront", (l, x) => l.pushFront(x)],
        ["pushBackMut", (l, x) => l.pushBackMut(x)],
        ["pushFrontMut", (l, x) => l.pushFrontMut(x)],
        ["push", (l, x) => l.push(x)],
        ["unshift", (l, x) => l.unshift(x)],
        ["tryPushBack", (l, x) => l.tryPushBack(x)],
        ["tryPushFront", (l, x) => l.tryPushFront(x)],
        ["contains", (l, x) => l.contains(x)],
        ["indexOf", (l, x) => l.indexOf(x)],
        ["includes", (l, x) => l.includes(x)],
        ["extend", (l, x) => l.extend([x])],
        ["extendFromSlice", (l, x) => l.extendFromSlice([x])],
        ["frontMut", (l, x) => (l.frontMut()!.value = x)],
        ["backMut", (l, x) => l.backMut()!.replace(x)],
        ["Cursor.insertAfter", (l, x) => l.cursorFront().insertAfter(x)],
        ["Cursor.insertBefore", (l, x) => l.cursorFront().insertBefore(x)],
        ["Cursor.currentMut", (l, x) => (l.cursorBack().currentMut()!.value = x)],
      ],
      NO_ELEMENT,
      refusedValue,
    ));
  it("refuses what gives no elements, and what is no list", () =>
    refuses(
      make,
      show,
      [
        ["extend", (l, x) => l.extend(x)],
        ["extendFromSlice", (l, x) => l.extendFromSlice(x)],
        ["from", (l, x) => LinkedList.fromIn(l.allocator, u8, x)],
        ["append", (l, x) => l.append(x)],
        ["cloneFrom", (l, x) => l.cloneFrom(x)],
      ],
      NO_ITERABLE,
      oneOfOurs,
    ));
});

describe("BTreeSet", () => {
  const make = (heap: GlobalAlloc): BTreeSet<number> => BTreeSet.fromIn(heap, u8, [3, 1, 2]);
  const show = (set: BTreeSet<number>): unknown => [set.toArray(), checkTree(set)];
  it("refuses what is no value", () =>
    refuses(
      make,
      show,
      [
        ["insert", (s, x) => s.insert(x)],
        ["add", (s, x) => s.add(x)],
        ["replace", (s, x) => s.replace(x)],
        ["remove", (s, x) => s.remove(x)],
        ["delete", (s, x) => s.delete(x)],
        ["takeValue", (s, x) => s.takeValue(x)],
        ["contains", (s, x) => s.contains(x)],
        ["has", (s, x) => s.has(x)],
        ["get", (s, x) => s.get(x)],
        ["splitOff", (s, x) => s.splitOff(x)],
        ["extend", (s, x) => s.extend([x])],
        ["range included", (s, x) => s.range(included<number>(x))],
        ["range excluded", (s, x) => s.range(included(0), excluded<number>(x))],
        ["extractIf", (s, x) => s.extractIf(() => true, included<number>(x))],
        ["fromArray", (s, x) => BTreeSet.fromArray(u8, [1, x], s.allocator)],
      ],
      NO_ELEMENT,
      refusedValue,
    ));
  it("refuses what gives no values, and what is no set", () =>
    refuses(
      make,
      show,
      [
        ["extend", (s, x) => s.extend(x)],
        ["from", (s, x) => BTreeSet.fromIn(s.allocator, u8, x)],
        ["fromArray", (s, x) => BTreeSet.fromArray(u8, x, s.allocator)],
        ["append", (s, x) => s.append(x)],
        ["union", (s, x) => s.union(x)],
        ["intersection", (s, x) => s.intersection(x)],
        ["difference", (s, x) => s.difference(x)],
        ["symmetricDifference", (s, x) => s.symmetricDifference(x)],
        ["bitor", (s, x) => s.bitor(x)],
        ["isSubset", (s, x) => s.isSubset(x)],
        ["isSuperset", (s, x) => s.isSuperset(x)],
        ["isDisjoint", (s, x) => s.isDisjoint(x)],
      ],
      NO_ITERABLE,
      oneOfOurs,
    ));
});

describe("BTreeMap", () => {
  const entries: [number, number][] = [
    [3, 30],
    [1, 10],
  ];
  const make = (heap: GlobalAlloc): BTreeMap<number, number> => BTreeMap.fromIn(heap, u8, u8, entries);
  const show = (map: BTreeMap<number, number>): unknown => [map.toArray(), checkTree(map)];
  it("refuses what is no key or value", () =>
    refuses(
      make,
      show,
      [
        ["insert a key", (m, x) => m.insert(x, 1)],
        ["insert a value", (m, x) => m.insert(2, x)],
        ["insert a value that is there", (m, x) => m.insert(1, x)],
        ["set", (m, x) => m.set(2, x)],
        ["remove", (m, x) => m.remove(x)],
        ["removeEntry", (m, x) => m.removeEntry(x)],
        ["get", (m, x) => m.get(x)],
        ["getMut", (m, x) => m.getMut(x)],
        ["a value by getMut", (m, x) => (m.getMut(1)!.value = x)],
        ["index", (m, x) => m.index(x)],
        ["containsKey", (m, x) => m.containsKey(x)],
        ["entry", (m, x) => m.entry(x)],
        ["orInsert", (m, x) => m.entry(2).orInsert(x)],
        ["orInsertWith", (m, x) => m.entry(2).orInsertWith(() => x)],
        ["andModify", (m, x) => m.entry(1).andModify((v) => (v.value = x))],
        ["splitOff", (m, x) => m.splitOff(x)],
        ["extend", (m, x) => m.extend([[2, x]])],
        ["range", (m, x) => m.range(included<number>(x))],
        ["fromArray", (m, x) => BTreeMap.fromArray(u8, u8, [[x, 1]], m.allocator)],
      ],
      NO_ELEMENT,
      refusedValue,
    ));
  it("refuses what gives no entries, and what is no map", () =>
    refuses(
      make,
      show,
      [
        ["extend", (m, x) => m.extend(x)],
        ["extend with no pairs", (m, x) => m.extend([x])],
        ["from", (m, x) => BTreeMap.fromIn(m.allocator, u8, u8, x)],
        ["fromArray", (m, x) => BTreeMap.fromArray(u8, u8, x, m.allocator)],
        ["append", (m, x) => m.append(x)],
      ],
      NO_ITERABLE,
      oneOfOurs,
    ));
});

describe("String", () => {
  const make = (heap: GlobalAlloc): String => String.fromIn(heap, "aé€");
  const show = (text: String): unknown => [text.toString(), text.capacity];
  const places: readonly Call<String>[] = [
    ["truncate", (s, i) => s.truncate(i)],
    ["remove", (s, i) => s.remove(i)],
    ["insert", (s, i) => s.insert(i, "x")],
    ["insertStr", (s, i) => s.insertStr(i, "xy")],
    ["splitOff", (s, i) => s.splitOff(i)],
    ["drain", (s, i) => s.drain(i, 6)],
    ["drain end", (s, i) => s.drain(0, i)],
    ["replaceRange", (s, i) => s.replaceRange(0, i, "x")],
    ["extendFromWithin", (s, i) => s.extendFromWithin(0, i)],
    ["slice", (s, i) => s.slice(i, 6)],
    ["splitAt", (s, i) => s.splitAt(i)],
  ];
  it("refuses what is no place", () => refuses(make, show, places, NO_INDEX, argumentError));
  it("panics beyond its end, and inside of characters", () => {
    const strict = places.filter(([name]) => name !== "truncate");
    refuses(make, show, strict, TOO_LARGE, panic);
    refuses(make, show, places, [2, 4, 5], panic);
  });
  it("refuses what is no capacity", () =>
    refuses(
      make,
      show,
      [
        ["reserve", (s, n) => s.reserve(n)],
        ["reserveExact", (s, n) => s.reserveExact(n)],
        ["tryReserve", (s, n) => s.tryReserve(n)],
        ["tryReserveExact", (s, n) => s.tryReserveExact(n)],
        ["shrinkTo", (s, n) => s.shrinkTo(n)],
        ["withCapacity", (s, n) => String.withCapacityIn(s.allocator, n)],
        ["repeat", (s, n) => s.repeat(n)],
        ["replacen", (s, n) => s.replacen("a", "b", n)],
        ["splitn", (s, n) => s.splitn(n, "a")],
      ],
      NO_INDEX,
      argumentError,
    ));
  it("refuses what is no text, and half a surrogate pair", () =>
    refuses(
      make,
      show,
      [
        ["push", (s, x) => s.push(x)],
        ["pushStr", (s, x) => s.pushStr(x)],
        ["tryPushStr", (s, x) => s.tryPushStr(x)],
        ["insert", (s, x) => s.insert(0, x)],
        ["insertStr", (s, x) => s.insertStr(0, x)],
        ["replaceRange", (s, x) => s.replaceRange(0, 1, x)],
        ["extend", (s, x) => s.extend([x])],
        ["from", (s, x) => String.fromIn(s.allocator, x)],
        ["fromChar", (s, x) => String.fromChar(x, s.allocator)],
      ],
      NO_TEXT,
      oneOfOurs,
    ));
});

describe.each([Box, Rc, Arc])("%o", (Shared) => {
  it("refuses what is no value, and keeps the one it has", () => {
    refuses<Box<number> | Rc<number> | Arc<number>>(
      (heap) => Shared.newIn(heap, u8, 7),
      (owner) => owner.value,
      [
        ["newIn", (o, x) => Shared.newIn(o.allocator, u8, x)],
        ["tryNew", (o, x) => Shared.tryNew(u8, x, o.allocator)],
        ["replace", (o, x) => (o instanceof Box ? o : o.getMut()!).replace(x)],
        ["value", (o, x) => ((o instanceof Box ? o : o.getMut()!).value = x)],
        ["makeMut", (o, x) => ((o instanceof Box ? o.asMut() : o.makeMut()).value = x)],
      ],
      NO_ELEMENT,
      refusedValue,
    );
  });
});

describe("Vec.from", () => {
  it("refuses an array with a wrong value before it takes a block", () =>
    refuses(
      (heap) => Vec.fromIn(heap, u8, [1]),
      (v) => v.toArray(),
      [
        ["from", (v, x) => Vec.fromIn(v.allocator, u8, [1, x])],
        ["extendFromSlice", (v, x) => v.extendFromSlice([2, 3, 4, x])],
      ],
      NO_ELEMENT,
      refusedValue,
    ));
});
