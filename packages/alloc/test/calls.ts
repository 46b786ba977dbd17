/** What can be done with a Vec, a VecDeque and a BinaryHeap that takes an argument: one call for each. */
import { u32 } from "@kmem/repr";
import { BinaryHeap, Vec, VecDeque } from "../src/index.ts";

/** A call with one of its arguments left open: a wrong one has every type, as in JavaScript. */
export type Call<C> = readonly [name: string, call: (collection: C, argument: never) => unknown];

/** A default must not stand in for a wrong argument. */
function given(argument: unknown): never {
  return (argument === undefined ? null : argument) as never;
}

export const sliceIndex: readonly Call<Vec<number>>[] = [
  ["get", (v, i) => v.get(i)],
  ["index", (v, i) => v.index(i)],
  ["set", (v, i) => v.set(i, 1)],
  ["replace", (v, i) => v.replace(i, 1)],
  ["swap", (v, i) => v.swap(0, i)],
  ["swap from", (v, i) => v.swap(i, 0)],
  ["rotateLeft", (v, i) => v.rotateLeft(i)],
  ["rotateRight", (v, i) => v.rotateRight(i)],
  ["copyWithin", (v, i) => v.copyWithin(0, 1, i)],
  ["copyWithin end", (v, i) => v.copyWithin(0, i, 0)],
  ["splitAt", (v, i) => v.splitAt(i)],
  ["asSlice", (v, i) => v.asSlice(given(i), 3)],
  ["asSlice end", (v, i) => v.asSlice(0, given(i))],
  ["asSliceInclusive", (v, i) => v.asSliceInclusive(0, i)],
  ["chunks", (v, i) => v.chunks(i)],
  ["chunksExact", (v, i) => v.chunksExact(i)],
  ["rchunks", (v, i) => v.rchunks(i)],
  ["windows", (v, i) => v.windows(i)],
  ["selectNthUnstable", (v, i) => v.selectNthUnstable(i)],
  ["repeat", (v, i) => v.repeat(i)],
];

export const vecIndex: readonly Call<Vec<number>>[] = [
  ...sliceIndex,
  ["insert", (v, i) => v.insert(i, 1)],
  ["remove", (v, i) => v.remove(i)],
  ["swapRemove", (v, i) => v.swapRemove(i)],
  ["splitOff", (v, i) => v.splitOff(i)],
  ["extendFromWithin", (v, i) => v.extendFromWithin(0, i)],
  ["drain", (v, i) => v.drain(0, given(i))],
  ["splice", (v, i) => v.splice(0, i, [])],
  ["extractIf", (v, i) => v.extractIf(() => true, 0, given(i))],
  ["setLength", (v, i) => v.setLength(i)],
];

export const vecLength: readonly Call<Vec<number>>[] = [
  ["truncate", (v, n) => v.truncate(n)],
  ["reserve", (v, n) => v.reserve(n)],
  ["reserveExact", (v, n) => v.reserveExact(n)],
  ["tryReserve", (v, n) => v.tryReserve(n)],
  ["tryReserveExact", (v, n) => v.tryReserveExact(n)],
  ["shrinkTo", (v, n) => v.shrinkTo(n)],
  ["resize", (v, n) => v.resize(n, 1)],
  ["resizeWith", (v, n) => v.resizeWith(n, () => 1)],
  ["withCapacity", (v, n) => Vec.withCapacityIn(v.allocator, u32, n)],
  ["tryWithCapacity", (v, n) => Vec.tryWithCapacity(u32, n, v.allocator)],
  ["fromElem", (v, n) => Vec.fromElemIn(v.allocator, u32, 1, n)],
];

export const vecElement: readonly Call<Vec<number>>[] = [
  ["push", (v, x) => v.push(x)],
  ["tryPush", (v, x) => v.tryPush(x)],
  ["insert", (v, x) => v.insert(1, x)],
  ["set", (v, x) => v.set(1, x)],
  ["replace", (v, x) => v.replace(1, x)],
  ["fill", (v, x) => v.fill(x)],
  ["resize", (v, x) => v.resize(9, x)],
  ["resize down", (v, x) => v.resize(1, x)],
  ["extendFromSlice", (v, x) => v.extendFromSlice([1, x])],
  ["copyFromSlice", (v, x) => v.copyFromSlice([1, 2, x])],
  ["contains", (v, x) => v.contains(x)],
  ["indexOf", (v, x) => v.indexOf(x)],
  ["lastIndexOf", (v, x) => v.lastIndexOf(x)],
  ["binarySearch", (v, x) => v.binarySearch(x)],
  ["from", (v, x) => Vec.fromIn(v.allocator, u32, [1, x])],
  ["from an iterator", (v, x) => Vec.fromIn(v.allocator, u32, new Set([1, x]))],
  ["fromSlice", (v, x) => Vec.fromSlice(u32, [1, x], v.allocator)],
  ["fromElem", (v, x) => Vec.fromElemIn(v.allocator, u32, x, 3)],
];

export const vecIterable: readonly Call<Vec<number>>[] = [
  ["extend", (v, x) => v.extend(x)],
  ["from", (v, x) => Vec.fromIn(v.allocator, u32, x)],
  ["splice", (v, x) => v.splice(0, 1, x)],
  ["extendFromSlice", (v, x) => v.extendFromSlice(x)],
  ["fromSlice", (v, x) => Vec.fromSlice(u32, x, v.allocator)],
  ["append", (v, x) => v.append(x)],
  ["cloneFrom", (v, x) => v.cloneFrom(x)],
];

export const dequeIndex: readonly Call<VecDeque<number>>[] = [
  ["get", (d, i) => d.get(i)],
  ["getMut", (d, i) => d.getMut(i)],
  ["index", (d, i) => d.index(i)],
  ["set", (d, i) => d.set(i, 1)],
  ["replace", (d, i) => d.replace(i, 1)],
  ["swap", (d, i) => d.swap(0, i)],
  ["swap from", (d, i) => d.swap(i, 0)],
  ["insert", (d, i) => d.insert(i, 1)],
  ["remove", (d, i) => d.remove(i)],
  ["swapRemoveFront", (d, i) => d.swapRemoveFront(i)],
  ["swapRemoveBack", (d, i) => d.swapRemoveBack(i)],
  ["range", (d, i) => d.range(given(i), 3)],
  ["range end", (d, i) => d.range(0, given(i))],
  ["rangeInclusive", (d, i) => d.rangeInclusive(0, i)],
  ["rotateLeft", (d, i) => d.rotateLeft(i)],
  ["rotateRight", (d, i) => d.rotateRight(i)],
  ["splitOff", (d, i) => d.splitOff(i)],
  ["drain", (d, i) => d.drain(0, given(i))],
];

export const dequeLength: readonly Call<VecDeque<number>>[] = [
  ["truncate", (d, n) => d.truncate(n)],
  ["reserve", (d, n) => d.reserve(n)],
  ["reserveExact", (d, n) => d.reserveExact(n)],
  ["tryReserve", (d, n) => d.tryReserve(n)],
  ["tryReserveExact", (d, n) => d.tryReserveExact(n)],
  ["shrinkTo", (d, n) => d.shrinkTo(n)],
  ["resize", (d, n) => d.resize(n, 1)],
  ["resizeWith", (d, n) => d.resizeWith(n, () => 1)],
  ["withCapacity", (d, n) => VecDeque.withCapacityIn(d.allocator, u32, n)],
  ["tryWithCapacity", (d, n) => VecDeque.tryWithCapacity(u32, n, d.allocator)],
];

export const dequeElement: readonly Call<VecDeque<number>>[] = [
  ["pushBack", (d, x) => d.pushBack(x)],
  ["pushFront", (d, x) => d.pushFront(x)],
  ["push", (d, x) => d.push(x)],
  ["unshift", (d, x) => d.unshift(x)],
  ["tryPushBack", (d, x) => d.tryPushBack(x)],
  ["tryPushFront", (d, x) => d.tryPushFront(x)],
  ["insert", (d, x) => d.insert(1, x)],
  ["set", (d, x) => d.set(1, x)],
  ["replace", (d, x) => d.replace(1, x)],
  ["resize", (d, x) => d.resize(9, x)],
  ["resize down", (d, x) => d.resize(1, x)],
  ["contains", (d, x) => d.contains(x)],
  ["indexOf", (d, x) => d.indexOf(x)],
  ["binarySearch", (d, x) => d.binarySearch(x)],
  ["from", (d, x) => VecDeque.fromIn(d.allocator, u32, [1, x])],
];

export const dequeIterable: readonly Call<VecDeque<number>>[] = [
  ["extend", (d, x) => d.extend(x)],
  ["extendFromSlice", (d, x) => d.extendFromSlice(x)],
  ["from", (d, x) => VecDeque.fromIn(d.allocator, u32, x)],
  ["append", (d, x) => d.append(x)],
  ["appendVec", (d, x) => d.appendVec(x)],
  ["fromVec", (_, x) => VecDeque.fromVec(x)],
  ["cloneFrom", (d, x) => d.cloneFrom(x)],
];

export const heapLength: readonly Call<BinaryHeap<number>>[] = [
  ["reserve", (h, n) => h.reserve(n)],
  ["reserveExact", (h, n) => h.reserveExact(n)],
  ["tryReserve", (h, n) => h.tryReserve(n)],
  ["tryReserveExact", (h, n) => h.tryReserveExact(n)],
  ["shrinkTo", (h, n) => h.shrinkTo(n)],
  ["withCapacity", (h, n) => BinaryHeap.withCapacityIn(h.allocator, u32, n)],
  ["tryWithCapacity", (h, n) => BinaryHeap.tryWithCapacity(u32, n, h.allocator)],
];

export const heapElement: readonly Call<BinaryHeap<number>>[] = [
  ["push", (h, x) => h.push(x)],
  ["tryPush", (h, x) => h.tryPush(x)],
  ["contains", (h, x) => h.contains(x)],
  ["from", (h, x) => BinaryHeap.fromIn(h.allocator, u32, [1, x])],
  [
    "peekMut",
    (h, x) => {
      using top = h.peekMut()!;
      top.value = x;
    },
  ],
];

export const heapIterable: readonly Call<BinaryHeap<number>>[] = [
  ["extend", (h, x) => h.extend(x)],
  ["from", (h, x) => BinaryHeap.fromIn(h.allocator, u32, x)],
  ["append", (h, x) => h.append(x)],
  ["appendVec", (h, x) => h.appendVec(x)],
  ["fromVec", (_, x) => BinaryHeap.fromVec(x)],
  ["cloneFrom", (h, x) => h.cloneFrom(x)],
];

/** Ranges that are not inside three elements. */
export const RANGES: readonly Call<Vec<number>>[] = [
  ["asSlice", (v) => v.asSlice(2, 1)],
  ["asSlice end", (v) => v.asSlice(0, 4)],
  ["asSlice start", (v) => v.asSlice(4, 4)],
  ["asSliceInclusive", (v) => v.asSliceInclusive(0, 3)],
  ["drain", (v) => v.drain(2, 1)],
  ["drain end", (v) => v.drain(0, 4)],
  ["splice", (v) => v.splice(1, 4, [7])],
  ["extractIf", (v) => v.extractIf(() => true, 1, 4)],
  ["extendFromWithin", (v) => v.extendFromWithin(3, 2)],
  ["copyWithin", (v) => v.copyWithin(0, 4, 0)],
  ["copyWithin to", (v) => v.copyWithin(0, 2, 2)],
];
export const DEQUE_RANGES: readonly Call<VecDeque<number>>[] = [
  ["range", (d) => d.range(2, 1)],
  ["range end", (d) => d.range(0, 4)],
  ["rangeInclusive", (d) => d.rangeInclusive(0, 3)],
  ["drain", (d) => d.drain(2, 1)],
  ["drain end", (d) => d.drain(0, 4)],
  ["splitOff", (d) => d.splitOff(4)],
];
