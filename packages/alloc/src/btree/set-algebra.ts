/**
 * What is asked of two sets: union, intersection, differences, and how they compare.
 *
 * @module
 */
import type { Type } from "@kmem/repr";
import { ArgumentError } from "../core/errors.ts";
import { iterOf, type Iter } from "../core/iter.ts";
import { sameType } from "../core/owner-type.ts";
import type { Unit } from "./append.ts";
import type { BTreeSet } from "./btree-set.ts";
import { TreeCollection } from "./collection.ts";
import { mergeAscending } from "./merge.ts";

/** A set beside another. */
export abstract class SetAlgebra<T> extends TreeCollection<T, Unit, T> {
  /** The values' type. */
  abstract get type(): Type<T>;
  /** A new set of clones. */
  protected abstract collected(values: Iter<T>): BTreeSet<T>;

  /** What is in either, in order; of equal values, this set's. */
  union(other: BTreeSet<T>): Iter<T> {
    return this.merged(other, (a, b) => (a === undefined ? b : a));
  }

  /** What is in both. */
  intersection(other: BTreeSet<T>): Iter<T> {
    return this.merged(other, (a, b) => (b === undefined ? undefined : a));
  }

  /** What is in this set only. */
  difference(other: BTreeSet<T>): Iter<T> {
    return this.merged(other, (a, b) => (b === undefined ? a : undefined));
  }

  /** What is in exactly one of them. */
  symmetricDifference(other: BTreeSet<T>): Iter<T> {
    return this.merged(other, (a, b) => (a === undefined ? b : b === undefined ? a : undefined));
  }

  /** A new set of clones of what is in either: Rust's `|`. */
  bitor(other: BTreeSet<T>): BTreeSet<T> {
    return this.collected(this.union(other));
  }

  /** A new set of clones of what is in both: Rust's `&`. */
  bitand(other: BTreeSet<T>): BTreeSet<T> {
    return this.collected(this.intersection(other));
  }

  /** A new set of clones of what is in this one only: Rust's `-`. */
  sub(other: BTreeSet<T>): BTreeSet<T> {
    return this.collected(this.difference(other));
  }

  /** A new set of clones of what is in exactly one of them: Rust's `^`. */
  bitxor(other: BTreeSet<T>): BTreeSet<T> {
    return this.collected(this.symmetricDifference(other));
  }

  isDisjoint(other: BTreeSet<T>): boolean {
    return this.intersection(other).next().done === true;
  }

  isSubset(other: BTreeSet<T>): boolean {
    this.requireSet(other);
    return this.length <= other.length && this.difference(other).next().done === true;
  }

  isSuperset(other: BTreeSet<T>): boolean {
    const theirs = this.merged(other, (a, b) => (a === undefined ? b : undefined));
    return other.length <= this.length && theirs.next().done === true;
  }

  /** Rust's `Ord`: value by value. */
  compareTo(other: BTreeSet<T>): number {
    const { type } = this;
    const mine = this.iter();
    const theirs = other.iter();
    for (;;) {
      const a = mine.next();
      const b = theirs.next();
      if (a.done === true || b.done === true) return (a.done === true ? 0 : 1) - (b.done === true ? 0 : 1);
      const order = type.compare(a.value, b.value);
      if (order !== 0) return order;
    }
  }

  /** Rust's `==`. */
  equals(other: BTreeSet<T>): boolean {
    return this.length === other.length && this.compareTo(other) === 0;
  }

  private requireSet(other: BTreeSet<T>): void {
    if (!(other instanceof SetAlgebra) || !sameType(other.type, this.type))
      throw new ArgumentError("alloc/argument", `expected a ${this.typeName}`, other);
  }

  private merged(other: BTreeSet<T>, choose: (a: T | undefined, b: T | undefined) => T | undefined): Iter<T> {
    this.requireSet(other);
    const { type } = this;
    const pairs = mergeAscending(this.iter(), other.iter(), (a, b) => type.compare(a, b));
    return iterOf(chosen(pairs, choose));
  }
}

function* chosen<T>(
  pairs: Iterable<readonly [T | undefined, T | undefined]>,
  choose: (a: T | undefined, b: T | undefined) => T | undefined,
): Generator<T, undefined> {
  for (const [a, b] of pairs) {
    const value = choose(a, b);
    if (value !== undefined) yield value;
  }
  return undefined;
}
