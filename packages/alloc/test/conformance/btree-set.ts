/**
 * BTreeSet (README of the recordings, 3.7).
 *
 * @module
 */
import type * as Api from "../../src/index.ts";
import { first, withBounds, type BoundJson } from "./btree.ts";
import { CollectionSubject, type Operations } from "./collection.ts";
import { panicking } from "./panicking.ts";

type Set = Api.BTreeSet<unknown>;

export class SetSubject extends CollectionSubject<Set> {
  protected readonly operations: Operations<never> = OPERATIONS;

  state(): unknown {
    return this.dropped ? null : [this.list.length];
  }

  another(xs: readonly unknown[]): Set {
    const other = this.api.BTreeSet.newIn(this.heap, this.type);
    for (const x of xs) other.insert(this.make(x));
    return other;
  }

  given(set: Set): unknown {
    const items = this.read(set);
    set.drop();
    return items;
  }

  /** With a set that is only borrowed. */
  beside<R>(xs: readonly unknown[], use: (other: Set) => R): R {
    const other = this.frame.quietly(() => this.another(xs));
    try {
      return use(other);
    } finally {
      this.frame.quietly(() => other.drop());
    }
  }

  borrowed<R>(x: unknown, use: (value: unknown) => R): R {
    return this.frame.borrowingOne(this.element, x, use);
  }
}

const OPERATIONS: Operations<SetSubject> = {
  // Construct
  new() {
    this.list = this.api.BTreeSet.newIn(this.heap, this.type);
  },
  from_iter_exact(xs: unknown) {
    this.list = this.api.BTreeSet.fromIn(this.heap, this.type, this.frame.exact(this.element, xs));
  },
  from_iter_lower0(xs: unknown) {
    this.list = this.api.BTreeSet.fromIn(this.heap, this.type, this.frame.lower(this.element, xs, 0));
  },
  from_array3(xs: unknown[]) {
    const made = xs.map((x) => this.make(x));
    this.list = this.api.BTreeSet.fromArray(this.type, made, this.heap);
  },

  // Change
  insert(x: unknown) {
    return this.list.insert(this.make(x));
  },
  replace(x: unknown) {
    return this.element.consume(this.list.replace(this.make(x)));
  },
  remove(x: unknown) {
    return this.borrowed(x, (value) => this.list.remove(value));
  },
  take(x: unknown) {
    return this.borrowed(x, (value) => this.element.consume(this.list.takeValue(value)));
  },
  pop_first() {
    return this.element.consume(this.list.popFirst());
  },
  pop_last() {
    return this.element.consume(this.list.popLast());
  },
  clear() {
    this.list.clear();
  },
  extend(xs: unknown[]) {
    this.list.extend(this.frame.each(this.element, xs));
  },
  append(xs: unknown[]) {
    const other = this.another(xs);
    this.list.append(other);
    other.drop();
  },
  split_off(x: unknown) {
    return this.borrowed(x, (value) => this.given(this.list.splitOff(value)));
  },
  retain(m: unknown, q: unknown) {
    const matches = this.element.matches(m, q);
    this.list.retain((value) => !matches(value));
  },
  extract_if(lo: BoundJson, hi: BoundJson, m: unknown, q: unknown, n: unknown) {
    const bounds = [lo, hi].map((json) => (json === null ? undefined : this.make(json[1])));
    const end = (json: BoundJson, value: unknown): unknown =>
      json === null ? undefined : json[0] === "i" ? this.api.included(value) : this.api.excluded(value);
    const extract = this.list.extractIf(this.element.matches(m, q), end(lo, bounds[0]), end(hi, bounds[1]));
    const items = this.takeFrom(extract, n);
    extract[Symbol.dispose]();
    this.api.dropValue(bounds);
    return items;
  },
  rebuild() {
    this.list = this.api.BTreeSet.fromIn(this.heap, this.type, this.list.intoIter());
  },
  clone() {
    const copy = this.list.clone();
    const { length } = copy;
    copy.drop();
    return length;
  },
  clone_replace() {
    const copy = this.list.clone();
    this.list.drop();
    this.list = copy;
  },
  into_iter(f: unknown, b: unknown) {
    const iter = this.list.intoIter();
    this.list = this.api.BTreeSet.newIn(this.heap, this.type);
    const items = this.takeFrom(iter, f);
    this.takeFrom(iter.iter().rev(), b, items);
    iter[Symbol.dispose]();
    return items;
  },

  // Beyond the given recordings: vectors/README.md
  from_vec_iter(xs: unknown[], cap: number, n: unknown) {
    const iter = this.element.makeVec(xs, cap).intoIter();
    const items = this.takeFrom(iter, n);
    const made = this.api.BTreeSet.fromIn(this.heap, this.type, iter);
    this.list.drop();
    this.list = made;
    return items;
  },
  retain_panics(m: unknown, q: unknown, good: number) {
    const matches = this.element.matches(m, q);
    this.list.retain(panicking("predicate", good, (value) => !matches(value)));
  },

  // Two sets
  union(xs: unknown[]) {
    return this.beside(xs, (other) => this.read(this.list.union(other)));
  },
  intersection(xs: unknown[]) {
    return this.beside(xs, (other) => this.read(this.list.intersection(other)));
  },
  difference(xs: unknown[]) {
    return this.beside(xs, (other) => this.read(this.list.difference(other)));
  },
  symmetric_difference(xs: unknown[]) {
    return this.beside(xs, (other) => this.read(this.list.symmetricDifference(other)));
  },
  bitor(xs: unknown[]) {
    return this.beside(xs, (other) => this.given(this.list.bitor(other)));
  },
  bitand(xs: unknown[]) {
    return this.beside(xs, (other) => this.given(this.list.bitand(other)));
  },
  sub(xs: unknown[]) {
    return this.beside(xs, (other) => this.given(this.list.sub(other)));
  },
  bitxor(xs: unknown[]) {
    return this.beside(xs, (other) => this.given(this.list.bitxor(other)));
  },
  is_disjoint(xs: unknown[]) {
    return this.beside(xs, (other) => this.list.isDisjoint(other));
  },
  is_subset(xs: unknown[]) {
    return this.beside(xs, (other) => this.list.isSubset(other));
  },
  is_superset(xs: unknown[]) {
    return this.beside(xs, (other) => this.list.isSuperset(other));
  },
  eq(xs: unknown[]) {
    return this.beside(xs, (other) => this.list.equals(other));
  },
  cmp(xs: unknown[]) {
    return this.beside(xs, (other) => Math.sign(this.list.compareTo(other)));
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
  get(x: unknown) {
    return this.borrowed(x, (value) => this.some(this.list.get(value)));
  },
  contains(x: unknown) {
    return this.borrowed(x, (value) => this.list.contains(value));
  },
  first() {
    return this.some(this.list.first());
  },
  last() {
    return this.some(this.list.last());
  },
  range(lo: BoundJson, hi: BoundJson, n: unknown) {
    return withBounds(this, lo, hi, (low, high) =>
      first(this.list.range(low, high), n, (value) => this.element.read(value)),
    );
  },
  range_rev(lo: BoundJson, hi: BoundJson, n: unknown) {
    return withBounds(this, lo, hi, (low, high) =>
      first(this.list.range(low, high).rev(), n, (value) => this.element.read(value)),
    );
  },
  is_empty() {
    return this.list.isEmpty();
  },
  drop() {
    this.drop();
  },
};
