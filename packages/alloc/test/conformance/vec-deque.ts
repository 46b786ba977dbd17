/**
 * VecDeque (README of the recordings, 3.3).
 *
 * @module
 */
import type * as Api from "../../src/index.ts";
import { CollectionSubject, type Operations } from "./collection.ts";
import { capacityJson, exactUsize, usize } from "./frame.ts";
import { failing, panicking } from "./panicking.ts";

type Deque = Api.VecDeque<unknown>;

export class DequeSubject extends CollectionSubject<Deque> {
  protected readonly operations: Operations<never> = OPERATIONS;
  /** The Vec that `into_vec` made. */
  vec: Api.Vec<unknown> | undefined;

  state(): unknown {
    if (this.dropped) return null;
    if (this.vec !== undefined) return [this.vec.length, capacityJson(this.vec.capacity)];
    return [this.list.length, capacityJson(this.list.capacity), ...slices(this.list)];
  }

  /** Reads a deque that was given back, then drops it. */
  given(deque: Deque): unknown {
    const json = { items: this.read(deque), cap: capacityJson(deque.capacity), slices: slices(deque) };
    deque.drop();
    return json;
  }
}

function slices(deque: Deque): number[] {
  return deque.asSlices().map((slice) => slice.length);
}

const OPERATIONS: Operations<DequeSubject> = {
  // Construct
  new() {
    this.list = this.api.VecDeque.newIn(this.heap, this.type);
  },
  with_capacity(n: unknown) {
    this.list = this.api.VecDeque.withCapacityIn(this.heap, this.type, usize(n));
  },
  from_iter_exact(xs: unknown) {
    this.list = this.api.VecDeque.fromIn(this.heap, this.type, this.frame.exact(this.element, xs));
  },
  from_iter_lower(xs: unknown, lo: unknown) {
    this.list = this.api.VecDeque.fromIn(this.heap, this.type, this.frame.lower(this.element, xs, lo));
  },
  from_array3(xs: unknown[]) {
    const values = xs.map((x) => this.make(x));
    this.list = this.api.VecDeque.fromIn(this.heap, this.type, values);
  },
  from_vec(xs: unknown[], cap: unknown) {
    this.list = this.api.VecDeque.fromVec(this.element.makeVec(xs, usize(cap)));
  },
  reset_ring(cap: number, head: number, length: number) {
    const ring = this.api.VecDeque.withCapacityIn(this.heap, this.type, cap);
    for (let i = 0; i < head; i++) {
      ring.pushBack(this.make(ZERO[this.element.name] ?? 0));
      this.api.dropValue(ring.popFront());
    }
    for (let i = 0; i < length; i++) ring.pushBack(this.make(this.element.name === "u64" ? String(i) : i));
    this.list.drop();
    this.list = ring;
  },

  // Change
  push_back(x: unknown) {
    this.list.pushBack(this.make(x));
  },
  push_front(x: unknown) {
    this.list.pushFront(this.make(x));
  },
  pop_front() {
    return this.element.consume(this.list.popFront());
  },
  pop_back() {
    return this.element.consume(this.list.popBack());
  },
  pop_front_if(m: unknown, q: unknown) {
    return this.element.consume(this.list.popFrontIf(this.element.matches(m, q)));
  },
  pop_back_if(m: unknown, q: unknown) {
    return this.element.consume(this.list.popBackIf(this.element.matches(m, q)));
  },
  insert(i: number, x: unknown) {
    this.list.insert(i, this.make(x));
  },
  remove(i: number) {
    return this.element.consume(this.list.remove(i));
  },
  swap_remove_front(i: number) {
    return this.element.consume(this.list.swapRemoveFront(i));
  },
  swap_remove_back(i: number) {
    return this.element.consume(this.list.swapRemoveBack(i));
  },
  truncate(n: number) {
    this.list.truncate(n);
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
  extend_slice(xs: unknown) {
    this.frame.borrowing(this.element, xs, (slice) => {
      this.list.extendFromSlice(slice);
    });
  },
  extend_vec(xs: unknown[]) {
    this.list.appendVec(this.element.makeVec(xs));
  },
  append(xs: unknown[]) {
    const other = this.api.VecDeque.withCapacityIn(this.heap, this.type, xs.length);
    for (const x of xs) other.pushBack(this.make(x));
    this.list.append(other);
    other.drop();
  },
  split_off(i: number) {
    return this.given(this.list.splitOff(i));
  },
  resize(n: number, x: unknown) {
    this.list.resize(n, this.make(x));
  },
  resize_with(n: number, xs: unknown[]) {
    let i = 0;
    this.list.resizeWith(n, () => this.make(xs[i++]));
  },
  set(i: number, x: unknown) {
    this.list.set(i, this.make(x));
  },
  swap(i: number, j: number) {
    this.list.swap(i, j);
  },
  rotate_left(n: number) {
    this.list.rotateLeft(n);
  },
  rotate_right(n: number) {
    this.list.rotateRight(n);
  },
  assign_all(xs: unknown[]) {
    xs.forEach((x, i) => {
      this.list.set(i, this.make(x));
    });
  },
  iter_mut_set(xs: unknown[]) {
    xs.forEach((x, i) => {
      this.list.set(i, this.make(x));
    });
  },
  front_mut_set(x: unknown) {
    return setThrough(this, x, () => this.list.frontMut());
  },
  back_mut_set(x: unknown) {
    return setThrough(this, x, () => this.list.backMut());
  },
  drain(a: number, b: number, n: unknown) {
    const drain = this.list.drain(a, b);
    const items = this.takeFrom(drain, n);
    drain[Symbol.dispose]();
    return items;
  },
  drain_back(a: number, b: number, n: unknown) {
    const drain = this.list.drain(a, b);
    const items = this.takeFrom(drain.rev(), n);
    drain[Symbol.dispose]();
    return items;
  },
  retain(m: unknown, q: unknown) {
    const matches = this.element.matches(m, q);
    this.list.retain((value) => !matches(value));
  },
  retain_mut(m: unknown, q: unknown) {
    const matches = this.element.matches(m, q);
    this.list.retain((value) => !matches(value));
  },
  make_contiguous() {
    return this.list.makeContiguous().length;
  },
  sort_contiguous() {
    this.list.makeContiguous().sort();
  },
  sort_contiguous_by_key_mod(m: unknown) {
    this.list.makeContiguous().sortByKey(this.keyMod(m));
  },
  clone_from(xs: unknown) {
    this.frame.borrowing(this.element, xs, (other) => {
      this.list.cloneFrom(other);
    });
  },
  clone() {
    return this.given(this.list.clone());
  },
  clone_replace() {
    const copy = this.list.clone();
    this.list.drop();
    this.list = copy;
  },
  take() {
    return this.given(this.list.take());
  },
  into_iter(f: unknown, b: unknown) {
    const iter = this.list.take().intoIter();
    const items = this.takeFrom(iter, f);
    this.takeFrom(iter.rev(), b, items);
    iter[Symbol.dispose]();
    return items;
  },
  vec_roundtrip() {
    const vec = this.list.intoVec();
    const { capacity } = vec;
    this.list = this.api.VecDeque.fromVec(vec);
    return capacityJson(capacity);
  },
  into_vec() {
    this.vec = this.list.intoVec();
  },
  vec_contents() {
    return { items: this.read(this.vec!), cap: capacityJson(this.vec!.capacity) };
  },
  drop() {
    if (this.vec === undefined) this.list.drop();
    else this.vec.drop();
    this.dropped = true;
  },
  probe_start() {
    const { list } = this;
    const { length, capacity } = list;
    const filling = list.front() ?? this.make(ZERO[this.element.name] ?? 0);
    while (list.length < capacity) list.pushBack(filling);
    const start = capacity - list.asSlices()[0].length;
    list.truncate(length);
    return start;
  },

  // Read
  contents() {
    return this.read(this.list);
  },
  iter() {
    return this.read(this.list.iter());
  },
  iter_rev() {
    return this.read(this.list.iter().rev());
  },
  iter_nth(i: number) {
    return this.some(this.list.iter().skip(i).next().value);
  },
  as_slices() {
    return this.list.asSlices().map((slice) => this.read(slice));
  },
  get(i: number) {
    return this.some(this.list.get(i));
  },
  index(i: number) {
    return this.element.read(this.list.index(i));
  },
  front() {
    return this.some(this.list.front());
  },
  back() {
    return this.some(this.list.back());
  },
  range(a: unknown, b: unknown) {
    return this.read(this.list.range(usize(a), usize(b)));
  },
  range_inclusive_rev(a: unknown, b: unknown) {
    return this.read(this.list.rangeInclusive(usize(a), usize(b)).rev());
  },
  contains(x: unknown) {
    return this.frame.borrowingOne(this.element, x, (value) => this.list.contains(value));
  },
  position(m: unknown, q: unknown) {
    return this.list.position(this.element.matches(m, q));
  },
  binary_search(x: unknown) {
    const found = this.frame.borrowingOne(this.element, x, (value) => this.list.binarySearch(value));
    return found.found ? { ok: found.index } : { err: found.index };
  },
  binary_search_by_key_mod(m: unknown, q: number) {
    const found = this.list.binarySearchByKey(q, this.keyMod(m));
    return found.found ? { ok: found.index } : { err: found.index };
  },
  partition_point(m: unknown, q: number) {
    const key = this.keyMod(m);
    return this.list.partitionPoint((value) => key(value) < q);
  },
  eq(xs: unknown) {
    return this.frame.borrowing(this.element, xs, (slice) => this.list.equals(slice));
  },
  cmp(xs: unknown) {
    return this.frame.borrowing(this.element, xs, (slice) => this.list.compareTo(slice));
  },
  is_empty() {
    return this.list.isEmpty();
  },
  sum_keys() {
    return this.sumKeys(this.list);
  },

  // Beyond the given recordings: vectors/README.md
  ring(cap: number, head: number, zero: unknown, xs: unknown[]) {
    const ring = this.api.VecDeque.withCapacityIn(this.heap, this.type, cap);
    for (let i = 0; i < head; i++) {
      ring.pushBack(this.make(zero));
      this.api.dropValue(ring.popFront());
    }
    for (const x of xs) ring.pushBack(this.make(x));
    this.list.drop();
    this.list = ring;
  },
  from_vec_iter(xs: unknown[], cap: unknown, n: unknown) {
    const iter = this.element.makeVec(xs, usize(cap)).intoIter();
    const items = this.takeFrom(iter, n);
    const made = this.api.VecDeque.fromIn(this.heap, this.type, iter);
    this.list.drop();
    this.list = made;
    return items;
  },
  to_vec_iter(n: unknown) {
    const iter = this.list.take().intoIter();
    const items = this.takeFrom(iter, n);
    const vec = this.api.Vec.fromIn(this.heap, this.type, iter);
    const { capacity } = vec;
    this.list.drop();
    this.list = this.api.VecDeque.fromVec(vec);
    return [items, capacityJson(capacity)];
  },
  truncate_front(n: number) {
    for (let i = 0; i < n; i++) this.api.dropValue(this.list.popFront());
  },
  into_iter_collect(n: unknown) {
    const iter = this.list.take().intoIter();
    const items = this.takeFrom(iter, n);
    this.list.drop();
    this.list = this.api.VecDeque.fromIn(this.heap, this.type, iter);
    return items;
  },
  extend_into_iter(xs: unknown[], n: unknown) {
    const iter = this.element.makeVec(xs).intoIter();
    const items = this.takeFrom(iter, n);
    this.list.extend(iter);
    return items;
  },
  retain_panics(m: unknown, q: unknown, good: number) {
    const matches = this.element.matches(m, q);
    this.list.retain(panicking("predicate", good, (value) => !matches(value)));
  },
  extend_panics(xs: unknown, good: number) {
    this.list.extend(failing(this.frame, this.element, xs, good));
  },

  // Only in the recordings of panics
  clear_front_unwrap() {
    this.list.clear();
    return this.api.unwrap(this.list.front());
  },
};

/** Element values that need more than a plain 0. */
const ZERO: Readonly<Record<string, unknown>> = { u64: "0", rec: [0, "0", 0], unit: "()" };

/** `if let Some(place) = … { *place = x }`: x is made first, and dropped when there is no place. */
export function setThrough(
  subject: { make(json: unknown): unknown; readonly api: typeof Api },
  json: unknown,
  place: () => Api.RefMut<unknown> | undefined,
): boolean {
  const value = subject.make(json);
  const at = place();
  if (at === undefined) subject.api.dropValue(value);
  else at.value = value;
  return at !== undefined;
}
