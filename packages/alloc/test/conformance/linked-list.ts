/**
 * LinkedList (README of the recordings, 3.4).
 *
 * @module
 */
import type * as Api from "../../src/index.ts";
import { CollectionSubject, type Operations } from "./collection.ts";
import { setThrough } from "./vec-deque.ts";
import { failing, panicking } from "./panicking.ts";

type List = Api.LinkedList<unknown>;

export class ListSubject extends CollectionSubject<List> {
  protected readonly operations: Operations<never> = OPERATIONS;

  state(): unknown {
    return this.dropped ? null : [this.list.length];
  }

  /** Reads a list that was given back, then drops it. */
  given(list: List): unknown {
    const items = this.read(list);
    list.drop();
    return items;
  }

  /** Another list, made by push_back. */
  another(xs: readonly unknown[]): List {
    const other = this.api.LinkedList.newIn(this.heap, this.type);
    for (const x of xs) other.pushBack(this.make(x));
    return other;
  }
}

const OPERATIONS: Operations<ListSubject> = {
  // Construct
  new() {
    this.list = this.api.LinkedList.newIn(this.heap, this.type);
  },
  from_iter_exact(xs: unknown) {
    this.list = this.api.LinkedList.fromIn(this.heap, this.type, this.frame.exact(this.element, xs));
  },
  from_iter_lower(xs: unknown, lo: unknown) {
    this.list = this.api.LinkedList.fromIn(this.heap, this.type, this.frame.lower(this.element, xs, lo));
  },
  from_array3(xs: unknown[]) {
    const values = xs.map((x) => this.make(x));
    this.list = this.api.LinkedList.fromIn(this.heap, this.type, values);
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
  front_mut_set(x: unknown) {
    return setThrough(this, x, () => this.list.frontMut());
  },
  back_mut_set(x: unknown) {
    return setThrough(this, x, () => this.list.backMut());
  },
  iter_mut_set(xs: unknown[]) {
    let i = 0;
    for (const place of this.list.iterMut()) place.value = this.make(xs[i++]);
  },
  clear() {
    this.list.clear();
  },
  extend_exact(xs: unknown) {
    this.list.extend(this.frame.exact(this.element, xs));
  },
  extend_lower(xs: unknown, lo: unknown) {
    this.list.extend(this.frame.lower(this.element, xs, lo));
  },
  append(xs: unknown[]) {
    const other = this.another(xs);
    this.list.append(other);
    other.drop();
  },
  split_off(i: number) {
    return this.given(this.list.splitOff(i));
  },
  rotate_by_split(i: number) {
    const rotated = this.list.splitOff(i);
    rotated.append(this.list);
    this.list.drop();
    this.list = rotated;
  },
  retain(m: unknown, q: unknown) {
    const matches = this.element.matches(m, q);
    this.list.retain((value) => !matches(value));
  },
  extract_if(m: unknown, q: unknown, n: unknown) {
    const extract = this.list.extractIf(this.element.matches(m, q));
    const items = this.takeFrom(extract, n);
    extract[Symbol.dispose]();
    return items;
  },
  clone() {
    return this.given(this.list.clone());
  },
  clone_from(xs: unknown[]) {
    const other = this.frame.quietly(() => this.another(xs));
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
  into_iter(f: unknown, b: unknown) {
    const iter = this.list.take().intoIter();
    const items = this.takeFrom(iter, f);
    this.takeFrom(iter.rev(), b, items);
    iter[Symbol.dispose]();
    return items;
  },
  drop() {
    this.drop();
  },

  // Beyond the given recordings: vectors/README.md
  into_iter_collect(n: unknown) {
    const iter = this.list.take().intoIter();
    const items = this.takeFrom(iter, n);
    this.list.drop();
    this.list = this.api.LinkedList.fromIn(this.heap, this.type, iter);
    return items;
  },
  extend_list(xs: unknown[]) {
    this.list.extend(this.another(xs).intoIter());
  },
  extract_panics(m: unknown, q: unknown, good: number) {
    const matches = this.element.matches(m, q);
    const extract = this.list.extractIf(panicking("predicate", good, matches));
    try {
      return this.takeFrom(extract, 1000);
    } finally {
      extract[Symbol.dispose]();
    }
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
  iter_rev() {
    return this.read(this.list.iter().rev());
  },
  front() {
    return this.some(this.list.front());
  },
  back() {
    return this.some(this.list.back());
  },
  contains(x: unknown) {
    return this.frame.borrowingOne(this.element, x, (value) => this.list.contains(value));
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
};
