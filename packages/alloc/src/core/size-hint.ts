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
  if (typeof sizeHint === "function") {
    const [lower, upper] = sizeHint.call(iterable);
    return [isCount(lower) ? lower : 0, isCount(upper) ? upper : undefined];
  }
  if (isCount(length)) return [length, length];
  if (isCount(size)) return [size, size];
  return UNKNOWN;
}

/** What an iterator in use promises now; `fallback` when it cannot tell. */
export function lowerBoundOf(iterator: unknown, fallback: number): number {
  const { sizeHint } = iterator as Partial<SizeHinted>;
  if (typeof sizeHint !== "function") return fallback;
  const [lower] = sizeHint.call(iterator);
  return isCount(lower) ? lower : fallback;
}

/** Anybody can write an iterator that promises nonsense. */
function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}
