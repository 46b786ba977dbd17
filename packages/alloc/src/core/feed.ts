/**
 * Taking values out of an iterable so that none is lost when that fails.
 *
 * @module
 */
import { dropValue } from "@kmem/repr";
import { ArgumentError } from "./errors.ts";
import { sizeHintOf, type SizeHint } from "./size-hint.ts";

/**
 * Lets `use` take values out of an iterable.
 *
 * When it throws, the iterator is closed, which drops what a kmem iterator has not given yet; and the value given last
 * is dropped if it is an owner that was not moved on. Arrays, sets and maps still hold their values: those are left alone.
 *
 * @throws ArgumentError `alloc/argument` when nothing can be iterated
 */
export function feed<T>(values: Iterable<T>, use: (iterator: Iterator<T>) => void): void {
  requireIterable(values);
  if (Array.isArray(values) || values instanceof Set || values instanceof Map) {
    use(values[Symbol.iterator]());
    return;
  }
  const hand = new Hand(values);
  try {
    use(hand);
  } catch (error) {
    hand.abandon();
    throw error;
  }
}

/** @throws ArgumentError `alloc/argument` for what cannot be iterated */
export function requireIterable(values: unknown): void {
  const iterator: unknown = (values as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator];
  if (typeof iterator !== "function")
    throw new ArgumentError("alloc/argument", "expected values that can be iterated", values);
}

/** An iterator that remembers what it gave last. */
class Hand<T> implements Iterator<T> {
  private readonly inner: Iterator<T>;
  private last: T | undefined = undefined;

  constructor(values: Iterable<T>) {
    this.inner = values[Symbol.iterator]();
  }

  next(): IteratorResult<T> {
    this.last = undefined;
    const result = this.inner.next();
    if (result.done !== true) this.last = result.value;
    return result;
  }

  sizeHint(): SizeHint {
    return sizeHintOf(this.inner);
  }

  /** After an error, which is what the caller is to see: whatever else goes wrong stays unsaid. */
  abandon(): void {
    try {
      dropValue(this.last);
    } catch {
      // The first error counts.
    }
    try {
      this.inner.return?.();
    } catch {
      // The first error counts.
    }
  }
}
