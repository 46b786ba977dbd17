/**
 * Searching and comparing slices.
 *
 * @module
 */
import type { Iter } from "../core/iter.ts";
import { requireIterable } from "../core/feed.ts";
import { OWNED } from "../core/owner.ts";
import { SliceRead } from "./slice-read.ts";

/** Where a binary search ended: at an equal element, or where one could be inserted. */
export interface Found {
  readonly found: boolean;
  readonly index: number;
}

export abstract class SliceSearch<T> extends SliceRead<T> {
  forEach(f: (value: T, index: number) => void): void {
    const { length, epoch } = this;
    for (let i = 0; i < length; i++) {
      f(this.slots.get(i), i);
      if (this.epoch !== epoch) this.checkStill(epoch);
    }
  }

  reduce<U>(f: (sum: U, value: T, index: number) => U, start: U): U {
    let sum = start;
    this.forEach((value, i) => {
      sum = f(sum, value, i);
    });
    return sum;
  }

  map<U>(f: (value: T, index: number) => U): Iter<U> {
    return this.iter().map(f);
  }

  filter(keep: (value: T, index: number) => boolean): Iter<T> {
    return this.iter().filter(keep);
  }

  some(is: (value: T, index: number) => boolean): boolean {
    return this.position(is) !== undefined;
  }

  every(is: (value: T, index: number) => boolean): boolean {
    return this.position((value, i) => !is(value, i)) === undefined;
  }

  find(is: (value: T, index: number) => boolean): T | undefined {
    const at = this.position(is);
    return at === undefined ? undefined : this.slots.get(at);
  }

  /** JavaScript's name for {@link SliceSearch.position}: −1 when there is none. */
  findIndex(is: (value: T, index: number) => boolean): number {
    return this.position(is) ?? -1;
  }

  /** The last element for which `is` holds, or `undefined`. */
  findLast(is: (value: T, index: number) => boolean): T | undefined {
    const at = this.rposition(is);
    return at === undefined ? undefined : this.slots.get(at);
  }

  /** The index of the first element for which `is` holds, or `undefined`. */
  position(is: (value: T, index: number) => boolean): number | undefined {
    const { length, epoch } = this;
    for (let i = 0; i < length; i++) {
      const here = is(this.slots.get(i), i);
      if (this.epoch !== epoch) this.checkStill(epoch);
      if (here) return i;
    }
    return undefined;
  }

  /** The index of the last element for which `is` holds, or `undefined`. */
  rposition(is: (value: T, index: number) => boolean): number | undefined {
    const { length, epoch } = this;
    for (let i = length - 1; i >= 0; i--) {
      const here = is(this.slots.get(i), i);
      if (this.epoch !== epoch) this.checkStill(epoch);
      if (here) return i;
    }
    return undefined;
  }

  contains(value: T): boolean {
    return this.firstEqual(value) !== undefined;
  }

  /** JavaScript's name for {@link SliceSearch.contains}. */
  includes(value: T): boolean {
    return this.contains(value);
  }

  /** The index of the first element equal to `value` in the element type's order, or −1. */
  indexOf(value: T): number {
    return this.firstEqual(value) ?? -1;
  }

  lastIndexOf(value: T): number {
    this.checkKey(value);
    return this.rposition((element) => this.type.compare(element, value) === 0) ?? -1;
  }

  /** Looks for `value` among sorted elements; of several equal ones it ends where Rust 1.95 ends. */
  binarySearch(value: T): Found {
    this.checkKey(value);
    return this.binarySearchBy((element) => this.type.compare(element, value));
  }

  /** @param order - of an element against what is looked for: negative when the element is smaller */
  binarySearchBy(order: (element: T) => number): Found {
    const { length, epoch } = this;
    const orderOf = (i: number): number => {
      const result = order(this.slots.get(i));
      if (this.epoch !== epoch) this.checkStill(epoch);
      return result;
    };
    if (length === 0) return { found: false, index: 0 };
    let base = 0;
    for (let size = length; size > 1;) {
      const half = Math.floor(size / 2);
      if (orderOf(base + half) <= 0) base += half;
      size -= half;
    }
    const last = orderOf(base);
    return last === 0 ? { found: true, index: base } : { found: false, index: last < 0 ? base + 1 : base };
  }

  /** Looks for a key among elements sorted by it. */
  binarySearchByKey<K>(key: K, keyOf: (element: T) => K, compare: (a: K, b: K) => number = comparePlain): Found {
    return this.binarySearchBy((element) => compare(keyOf(element), key));
  }

  /** The index of the first element for which `isBefore` does not hold, among elements that have all such in front. */
  partitionPoint(isBefore: (element: T) => boolean): number {
    return this.binarySearchBy((element) => (isBefore(element) ? -1 : 1)).index;
  }

  startsWith(needle: Iterable<T>): boolean {
    const { length } = this;
    requireIterable(needle);
    let i = 0;
    for (const value of needle) if (i >= length || this.type.compare(this.slots.get(i++), value) !== 0) return false;
    return true;
  }

  endsWith(needle: Iterable<T>): boolean {
    const { length } = this;
    requireIterable(needle);
    const values = [...needle];
    const start = length - values.length;
    return start >= 0 && values.every((value, i) => this.type.compare(this.slots.get(start + i), value) === 0);
  }

  /** Whether the other has equal elements, as many, in the same order. */
  equals(other: Iterable<T>): boolean {
    return this.compareTo(other) === 0;
  }

  /** Rust's `cmp`: the first difference decides, else the length. @returns −1, 0 or 1 */
  compareTo(other: Iterable<T>): -1 | 0 | 1 {
    const { length } = this;
    let i = 0;
    for (const value of other) {
      if (i >= length) return -1;
      const order = this.type.compare(this.slots.get(i++), value);
      if (order !== 0) return order < 0 ? -1 : 1;
    }
    return i < length ? 1 : 0;
  }

  isSorted(): boolean {
    return this.isSortedBy((a, b) => this.type.compare(a, b));
  }

  isSortedBy(compare: (a: T, b: T) => number): boolean {
    const { length, epoch } = this;
    for (let i = 1; i < length; i++) {
      const order = compare(this.slots.get(i - 1), this.slots.get(i));
      if (this.epoch !== epoch) this.checkStill(epoch);
      if (order > 0) return false;
    }
    return true;
  }

  isSortedByKey<K>(keyOf: (value: T) => K, compare: (a: K, b: K) => number = comparePlain): boolean {
    return this.isSortedBy((a, b) => compare(keyOf(a), keyOf(b)));
  }

  /** The smallest element, the first of several; `undefined` when there is none. */
  min(): T | undefined {
    return this.best((order) => order < 0);
  }

  /** The largest element, the last of several; `undefined` when there is none. */
  max(): T | undefined {
    return this.best((order) => order >= 0);
  }

  /** Refuses to look for what no element could be. */
  protected checkKey(value: T): void {
    if (this.state !== OWNED) this.enter();
    if (this.type.kind !== undefined && this.type.kind !== 0) this.slots.check(value);
  }

  private firstEqual(value: T): number | undefined {
    this.checkKey(value);
    return this.position((element) => this.type.compare(element, value) === 0);
  }

  private best(isBetter: (order: number) => boolean): T | undefined {
    const { length } = this;
    let best = 0;
    for (let i = 1; i < length; i++) if (isBetter(this.type.compare(this.slots.get(i), this.slots.get(best)))) best = i;
    return length === 0 ? undefined : this.slots.get(best);
  }
}

/** Numbers, strings, bigints and booleans by `<`. */
export function comparePlain(a: unknown, b: unknown): number {
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
}
