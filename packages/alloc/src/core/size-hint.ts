/**
 * How many elements an iterable promises, as Rust's `size_hint`.
 *
 * @module
 */

/** What an iterator may say about what is left: at least `lower`, at most `upper` (`undefined`: nobody knows). */
export type SizeHint = readonly [lower: number, upper: number | undefined];

/** An iterator that can tell. */
export interface SizeHinted {
  sizeHint(): SizeHint;
}

const UNKNOWN: SizeHint = [0, undefined];

/**
 * What is known of an iterable before it is iterated: exact for arrays, typed arrays, sets, maps and kmem's own
 * iterators and collections; what `sizeHint()` says if it has that; nothing otherwise.
 *
 * @example sizeHintOf([1, 2, 3]) // => [3, 3]
 */
export function sizeHintOf(iterable: unknown): SizeHint {
  if (typeof iterable === "string") return UNKNOWN;
  if (typeof iterable !== "object" || iterable === null) return UNKNOWN;
  const { sizeHint, length, size } = iterable as Partial<SizeHinted> & { length?: unknown; size?: unknown };
  if (typeof sizeHint === "function") return sizeHint.call(iterable);
  if (typeof length === "number") return [length, length];
  if (typeof size === "number") return [size, size];
  return UNKNOWN;
}

/** What an iterator in use promises now; `fallback` when it cannot tell. */
export function lowerBoundOf(iterator: unknown, fallback: number): number {
  const { sizeHint } = iterator as Partial<SizeHinted>;
  return typeof sizeHint === "function" ? sizeHint.call(iterator)[0] : fallback;
}
