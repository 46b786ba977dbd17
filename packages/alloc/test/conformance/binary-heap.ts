/**
 * BinaryHeap (README of the recordings, 3.5).
 *
 * @module
 */
import type * as Api from "../../src/index.ts";
import { CollectionSubject, type Operations } from "./collection.ts";
import { capacityJson, exactUsize, usize } from "./frame.ts";
import { failing, panicking } from "./panicking.ts";

type Heap = Api.BinaryHeap<unknown>;

export class HeapSubject extends CollectionSubject<Heap> {
  protected readonly operations: Operations<never> = OPERATIONS;

  state(): unknown {
    return this.dropped ? null : [this.list.length, capacityJson(this.list.capacity)];
  }

  /** Reads a heap or Vec that was given back, then drops it. */
  given(list: Heap | Api.Vec<unknown>): unknown {
    const json = { items: this.read(list), cap: capacityJson(list.capacity) };
    list.drop();
    return json;
  }
}

const OPERATIONS: Operations<HeapSubject> = {
  // Construct
  new() {
    this.list = this.api.BinaryHeap.newIn(this.heap, this.type);
  },
  with_capacity(n: unknown) {
    this.list = this.api.BinaryHeap.withCapacityIn(this.heap, this.type, usize(n));
  },
  from_vec(xs: unknown[]) {
    this.list = this.api.BinaryHeap.fromVec(this.element.makeVec(xs));
  },
  from_array3(xs: unknown[]) {
    const values = xs.map((x) => this.make(x));
    this.list = this.api.BinaryHeap.fromIn(this.heap, this.type, values);
  },
  from_iter_exact(xs: unknown) {
    this.list = this.api.BinaryHeap.fromIn(this.heap, this.type, this.frame.exact(this.element, xs));
  },
  from_iter_lower(xs: unknown, lo: unknown) {
    this.list = this.api.BinaryHeap.fromIn(this.heap, this.type, this.frame.lower(this.element, xs, lo));
  },

  // Change
  push(x: unknown) {
    this.list.push(this.make(x));
  },
  pop() {
    return this.element.consume(this.list.pop());
  },
  pop_all() {
    const items: unknown[] = [];
    while (!this.list.isEmpty()) items.push(this.element.consume(this.list.pop()));
    return items;
  },
  peek_mut_set(x: unknown) {
    const value = this.make(x);
    const top = this.list.peekMut();
    if (top === undefined) this.api.dropValue(value);
    else top.value = value;
    top?.[Symbol.dispose]();
    return top !== undefined;
  },
  peek_mut_noop() {
    const top = this.list.peekMut();
    if (top === undefined) return null;
    const copy = this.api.cloneOf(top.value);
    top[Symbol.dispose]();
    return this.element.consume(copy);
  },
  peek_mut_pop() {
    return this.element.consume(this.list.peekMut()?.pop());
  },
  peek_mut_set_pop(x: unknown) {
    const value = this.make(x);
    const top = this.list.peekMut();
    if (top === undefined) {
      this.api.dropValue(value);
      return null;
    }
    top.value = value;
    return this.element.consume(top.pop());
  },
  clear() {
    this.list.clear();
  },
  reserve(n: unknown) {
    this.list.reserve(exactUsize(n));
  },
  reserve_exact(n: unknown) {
    this.list.reserveExact(exactUsize(n));
  },
  try_reserve(n: unknown) {
    return this.list.tryReserve(exactUsize(n)) === undefined;
  },
  try_reserve_exact(n: unknown) {
    return this.list.tryReserveExact(exactUsize(n)) === undefined;
  },
  shrink_to_fit() {
    this.list.shrinkToFit();
  },
  shrink_to(n: number) {
    this.list.shrinkTo(n);
  },
  extend_exact(xs: unknown) {
    this.list.extend(this.frame.exact(this.element, xs));
  },
  extend_lower(xs: unknown, lo: unknown) {
    this.list.extend(this.frame.lower(this.element, xs, lo));
  },
  extend_vec(xs: unknown[]) {
    this.list.appendVec(this.element.makeVec(xs));
  },
  extend_slice(xs: unknown) {
    this.frame.borrowing(this.element, xs, (slice) => {
      this.list.extend(slice.iter().map((value) => this.api.cloneOf(value)));
    });
  },
  append(xs: unknown[]) {
    const other = this.api.BinaryHeap.fromVec(this.element.makeVec(xs));
    this.list.append(other);
    other.drop();
  },
  retain(m: unknown, q: unknown) {
    const matches = this.element.matches(m, q);
    this.list.retain((value) => !matches(value));
  },
  drain(n: unknown) {
    const drain = this.list.drain();
    const items = this.takeFrom(drain, n);
    drain[Symbol.dispose]();
    return items;
  },
  into_iter(n: unknown) {
    const iter = this.list.take().intoIter();
    const items = this.takeFrom(iter, n);
    iter[Symbol.dispose]();
    return items;
  },
  into_sorted_vec() {
    return this.given(this.list.take().intoSortedVec());
  },
  into_vec_roundtrip() {
    const vec = this.list.intoVec();
    const { length } = vec;
    this.list = this.api.BinaryHeap.fromVec(vec);
    return length;
  },
  clone() {
    return this.given(this.list.clone());
  },
  clone_from(xs: unknown[]) {
    const other = this.frame.quietly(() => this.api.BinaryHeap.fromVec(this.element.makeVec(xs)));
    this.list.cloneFrom(other);
    this.frame.quietly(() => other.drop());
  },
  clone_replace() {
    const copy = this.list.clone();
    this.list.drop();
    this.list = copy;
  },
  take() {
    return this.given(this.list.take());
  },
  drop() {
    this.drop();
  },

  // Beyond the given recordings: vectors/README.md
  into_iter_collect(n: unknown) {
    const iter = this.list.take().intoIter();
    const items = this.takeFrom(iter, n);
    const vec = this.api.Vec.fromIn(this.heap, this.type, iter);
    this.list.drop();
    this.list = this.api.BinaryHeap.fromVec(vec);
    return items;
  },
  into_iter_heap(n: unknown) {
    const iter = this.list.take().intoIter();
    const items = this.takeFrom(iter, n);
    this.list.drop();
    this.list = this.api.BinaryHeap.fromIn(this.heap, this.type, iter);
    return items;
  },
  extend_heap(xs: unknown[]) {
    this.list.extend(this.api.BinaryHeap.fromVec(this.element.makeVec(xs)).intoIter());
  },
  retain_panics(m: unknown, q: unknown, good: number) {
    const matches = this.element.matches(m, q);
    this.list.retain(panicking("predicate", good, (value) => !matches(value)));
  },
  extend_panics(xs: unknown, good: number) {
    this.list.extend(failing(this.frame, this.element, xs, good));
  },

  // Read
  contents() {
    return this.read(this.list);
  },
  iter() {
    return this.read(this.list.iter());
  },
  peek() {
    return this.some(this.list.peek());
  },
  is_empty() {
    return this.list.isEmpty();
  },
  sum_keys() {
    return this.sumKeys(this.list);
  },
};
