/**
 * What collections that are no slices (VecDeque, LinkedList, BinaryHeap) can do by going through their elements.
 *
 * @module
 */
import type { Type } from "@kmem/repr";
import type { ExactIter, Iter } from "./iter.ts";
import { Owner } from "./owner.ts";
import type { SizeHint } from "./size-hint.ts";

/** Elements one after the other. */
export abstract class Sequence<T> extends Owner implements Iterable<T> {
  /** The elements' type. */
  abstract readonly type: Type<T>;

  /** Number of elements. */
  abstract get length(): number;

  /** Every element, first to last. Dies with an error when the collection changes meanwhile. */
  abstract iter(): ExactIter<T>;

  [Symbol.iterator](): ExactIter<T> {
    return this.iter();
  }

  values(): ExactIter<T> {
    return this.iter();
  }

  entries(): Iter<[number, T]> {
    return this.iter().enumerate();
  }

  isEmpty(): boolean {
    return this.length === 0;
  }

  /** Exact: for collecting. */
  sizeHint(): SizeHint {
    const { length } = this;
    return [length, length];
  }

  /** The elements as a JavaScript array. Owners among them are borrowed handles. */
  toArray(): T[] {
    return this.iter().toArray();
  }

  /** For `JSON.stringify`. */
  toJSON(): T[] {
    return this.toArray();
  }

  /** In Node's inspect: `VecDeque<u32>(3) [ 1, 2, 3 ]`. */
  inspectContents(show: (value: unknown) => string): string {
    return `(${this.length}) ${show(this.toArray())}`;
  }

  forEach(f: (value: T, index: number) => void): void {
    this.iter().forEach(f);
  }

  reduce<U>(f: (sum: U, value: T, index: number) => U, start: U): U {
    return this.iter().reduce(f, start);
  }

  map<U>(f: (value: T, index: number) => U): Iter<U> {
    return this.iter().map(f);
  }

  filter(keep: (value: T, index: number) => boolean): Iter<T> {
    return this.iter().filter(keep);
  }

  some(is: (value: T, index: number) => boolean): boolean {
    return this.iter().some(is);
  }

  every(is: (value: T, index: number) => boolean): boolean {
    return this.iter().every(is);
  }

  find(is: (value: T, index: number) => boolean): T | undefined {
    return this.iter().find(is);
  }

  /** JavaScript's name for {@link Sequence.position}: −1 when there is none. */
  findIndex(is: (value: T, index: number) => boolean): number {
    return this.position(is) ?? -1;
  }

  /** The index of the first element for which `is` holds, or `undefined`. */
  position(is: (value: T, index: number) => boolean): number | undefined {
    let i = 0;
    for (const value of this.iter()) {
      if (is(value, i)) return i;
      i++;
    }
    return undefined;
  }

  contains(value: T): boolean {
    this.checkKey(value);
    return this.some((element) => this.type.compare(element, value) === 0);
  }

  /** JavaScript's name for {@link Sequence.contains}. */
  includes(value: T): boolean {
    return this.contains(value);
  }

  /** The index of the first element equal to `value` in the element type's order, or −1. */
  indexOf(value: T): number {
    this.checkKey(value);
    return this.position((element) => this.type.compare(element, value) === 0) ?? -1;
  }

  /** Whether the other has equal elements, as many, in the same order. */
  equals(other: Iterable<T>): boolean {
    return this.compareTo(other) === 0;
  }

  /** Rust's `cmp`: the first difference decides, else the length. @returns −1, 0 or 1 */
  compareTo(other: Iterable<T>): -1 | 0 | 1 {
    const mine = this.iter();
    for (const value of other) {
      const next = mine.next();
      if (next.done === true) return -1;
      const order = this.type.compare(next.value, value);
      if (order !== 0) return order < 0 ? -1 : 1;
    }
    return mine.length > 0 ? 1 : 0;
  }

  /** The smallest element, the first of several; `undefined` when there is none. */
  min(): T | undefined {
    return this.best((order) => order < 0);
  }

  /** The largest element, the last of several; `undefined` when there is none. */
  max(): T | undefined {
    return this.best((order) => order >= 0);
  }

  /** Refuses to look for what no element could be. An owner may be looked for even where it could not be moved in. */
  protected checkKey(value: T): void {
    this.assertUsable();
    if ((this.type.kind ?? 0) !== 0) this.type.check?.(value);
  }

  private best(isBetter: (order: number) => boolean): T | undefined {
    let best: T | undefined;
    let first = true;
    for (const value of this.iter()) {
      if (first || isBetter(this.type.compare(value, best!))) best = value;
      first = false;
    }
    return best;
  }
}
