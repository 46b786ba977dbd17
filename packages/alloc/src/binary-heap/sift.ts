/**
 * Putting one element of a heap in its place: along the path to the root, or down the larger children.
 *
 * ```
 *            0              children of i: 2i + 1, 2i + 2
 *        1       2          parent of i:   (i − 1) / 2
 *      3   4   5   6        no child is larger than its parent
 * ```
 * Which elements are compared, and what lies where afterwards, is as in Rust 1.95.
 *
 * @module
 */
import type { Slots } from "@kmem/repr";
import { NumberSifter, orderOfNumbers } from "./sift-numbers.ts";
import { BytesSifter, ValueSifter } from "./sift-search.ts";

/** Ways of one element type. */
export interface Sifter<T> {
  /** Puts a new element behind `count` others, and from there in its place. @throws when the type cannot hold it */
  push(count: number, value: T): void;
  /** Takes the top out; the element in slot `last`, behind all others, goes there, and from there to its place. */
  pop(last: number): T;
  /** Moves the element at `at` up towards `start`, past smaller ones. */
  up(start: number, at: number): void;
  /** Moves the element at `at` down, past larger children before `end`. */
  down(at: number, end: number): void;
}

/** The fastest way for an element type. */
export function sifterFor<T>(slots: Slots<T>): Sifter<T> {
  if ((slots.type.kind ?? 0) === 0) return new BytesSifter(slots);
  const order = orderOfNumbers(slots.type);
  if (order === undefined) return new ValueSifter(slots);
  return new NumberSifter(slots as unknown as Slots<number>, order) as unknown as Sifter<T>;
}
