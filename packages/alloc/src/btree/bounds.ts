/**
 * The ends of a range of keys.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import type { Cut } from "./tree.ts";

/** One end of a range of keys. */
export class Bound<K> {
  readonly key: K;
  /** Whether an entry with this very key is in the range. */
  readonly isIncluded: boolean;

  constructor(key: K, isIncluded: boolean) {
    this.key = key;
    this.isIncluded = isIncluded;
  }
}

/** An end that belongs to the range: Rust's `Bound::Included`. @example included(3).isIncluded // => true */
export function included<K>(key: K): Bound<K> {
  return new Bound(key, true);
}

/** An end that does not belong to the range: Rust's `Bound::Excluded`. @example excluded(3).isIncluded // => false */
export function excluded<K>(key: K): Bound<K> {
  return new Bound(key, false);
}

/** An end of a range: a bound; a bare key (included at the start, excluded at the end, as in `a..b`); or no end. */
export type RangeEnd<K> = K | Bound<K> | undefined;

/** Both ends, as bounds. */
export interface KeyRange<K> {
  readonly lower: Bound<K> | undefined;
  readonly upper: Bound<K> | undefined;
}

export function keyRange<K>(start: RangeEnd<K>, end: RangeEnd<K>, checked: (key: K) => K): KeyRange<K> {
  const bound = (given: RangeEnd<K>, isIncluded: boolean): Bound<K> | undefined =>
    given === undefined
      ? undefined
      : given instanceof Bound
        ? new Bound(checked(given.key), given.isIncluded)
        : new Bound(checked(given), isIncluded);
  return { lower: bound(start, true), upper: bound(end, false) };
}

/** @throws Panic, as Rust does, when a range's ends are the wrong way round, or equal and both excluded */
export function checkKeyRange<K>(
  { lower, upper }: KeyRange<K>,
  compare: (a: K, b: K) => number,
  collection: string,
): void {
  if (lower === undefined || upper === undefined) return;
  const order = compare(lower.key, upper.key);
  if (order > 0) throw new Panic(`range start is greater than range end in ${collection}`);
  if (order === 0 && !lower.isIncluded && !upper.isIncluded)
    throw new Panic(`range start and end are equal and excluded in ${collection}`);
}

/** Where a range begins. */
export function lowerCut<K>({ lower }: KeyRange<K>): Cut<K> | undefined {
  return lower === undefined ? undefined : { key: lower.key, after: !lower.isIncluded };
}

/** Where a range ends; `undefined` is behind everything. */
export function upperCut<K>({ upper }: KeyRange<K>): Cut<K> | undefined {
  return upper === undefined ? undefined : { key: upper.key, after: upper.isIncluded };
}
