/**
 * Iterators that remove elements from a Vec while it waits: `drain`, `splice`, `extractIf`.
 *
 * ```
 *   before  ├ head ┤ ├ being removed ┤ ├ tail ┤
 *   during  length = head; the Vec is locked
 *   after   ├ head ┤ ├ replacement … ┤ ├ tail ┤
 * ```
 * Each ends when it is exhausted, when a `for…of` over it ends, or when it is disposed of; only then can the Vec be
 * used again.
 *
 * @module
 */
import { dropValues, type Slots } from "@kmem/repr";
import { feed } from "../core/feed.ts";
import { ExactIter, Iter } from "../core/iter.ts";
import type { RawVec } from "../core/raw-vec.ts";
import { lowerBoundOf } from "../core/size-hint.ts";
import type { Vec } from "./vec.ts";

/** What a Vec lets its drains do. */
export interface VecInside<T> {
  readonly raw: RawVec<T>;
  /** Elements when the drain began. */
  readonly length: number;
  /** Locks the Vec, with `length` elements left in it. */
  begin(length: number, by: Disposable): void;
  /** Unlocks it, with `length` elements. */
  end(length: number): void;
  extend(values: Iterable<T>): void;
  /** Collects what is left of an iterator into a temporary Vec. */
  collect(iterator: Iterator<T>): Vec<T>;
}

/** Elements on their way out of a Vec. Those not taken are dropped in the end. */
export class Drain<T> extends ExactIter<T> implements Disposable {
  protected readonly vec: VecInside<T>;
  protected readonly slots: Slots<T>;
  /** Where the removed elements started. */
  protected readonly start: number;
  protected tailStart: number;
  protected readonly tailLength: number;
  private front: number;
  private back: number;
  private ended = false;

  constructor(vec: VecInside<T>, start: number, end: number) {
    super();
    this.vec = vec;
    this.slots = vec.raw.slots;
    this.start = this.front = start;
    this.tailStart = this.back = end;
    this.tailLength = vec.length - end;
    vec.begin(start, this);
  }

  get length(): number {
    return this.ended ? 0 : this.back - this.front;
  }

  next(): IteratorResult<T, undefined> {
    if (this.length > 0) return { done: false, value: this.slots.take(this.front++) };
    this[Symbol.dispose]();
    return { done: true, value: undefined };
  }

  nextBack(): IteratorResult<T, undefined> {
    if (this.length > 0) return { done: false, value: this.slots.take(--this.back) };
    this[Symbol.dispose]();
    return { done: true, value: undefined };
  }

  /** Called when a `for…of` is left early. */
  return(): IteratorResult<T, undefined> {
    this[Symbol.dispose]();
    return { done: true, value: undefined };
  }

  /** Drops what was not taken, closes the gap, and gives the Vec back. */
  [Symbol.dispose](): void {
    if (this.ended) return;
    this.ended = true;
    const { slots, front, back } = this;
    try {
      dropValues(slots.type, slots.memory, slots.addressOf(front), back - front, slots.allocator);
    } finally {
      this.finish();
    }
  }

  /** Puts the tail where it belongs. */
  protected finish(): void {
    this.slots.move(this.start, this.tailStart, this.tailLength);
    this.vec.end(this.start + this.tailLength);
  }
}

/** A {@link Drain} that in the end puts other values in the place of what it removed. */
export class Splice<T> extends Drain<T> {
  private readonly values: Iterable<T>;

  constructor(vec: VecInside<T>, start: number, end: number, values: Iterable<T>) {
    super(vec, start, end);
    this.values = values;
  }

  protected override finish(): void {
    const { vec } = this;
    if (this.tailLength === 0) {
      vec.end(this.start);
      vec.extend(this.values);
      return;
    }
    let filled = this.start;
    // Fills the gap before the tail. @returns whether the values reached that far
    const fill = (iterator: Iterator<T>): boolean => {
      for (; filled < this.tailStart; filled++) {
        const result = iterator.next();
        if (result.done === true) return false;
        this.slots.set(filled, result.value);
      }
      return true;
    };
    try {
      const hint = exactly(this.values, () => filled - this.start);
      feed(this.values, (iterator) => {
        if (!fill(iterator)) return;
        const lower = hint === undefined ? lowerBoundOf(iterator, 0) : hint();
        if (lower > 0) {
          this.moveTail(lower);
          if (!fill(iterator)) return;
        }
        const rest = vec.collect(iterator);
        try {
          if (rest.length > 0) {
            this.moveTail(rest.length);
            const source = rest.drain();
            fill(source);
            source[Symbol.dispose]();
          }
        } finally {
          rest.drop();
        }
      });
    } finally {
      this.slots.move(filled, this.tailStart, this.tailLength);
      vec.end(filled + this.tailLength);
    }
  }

  private moveTail(additional: number): void {
    this.vec.raw.reserve(this.tailStart + this.tailLength, additional);
    this.slots.move(this.tailStart + additional, this.tailStart, this.tailLength);
    this.tailStart += additional;
  }
}

/** Removes elements for which a predicate holds; what it has not looked at when it ends stays. */
export class ExtractIf<T> extends Iter<T> implements Disposable {
  private readonly vec: VecInside<T>;
  private readonly slots: Slots<T>;
  private readonly is: (value: T) => boolean;
  private readonly end: number;
  private at: number;
  private removed = 0;
  private ended = false;

  constructor(vec: VecInside<T>, start: number, end: number, is: (value: T) => boolean) {
    super();
    this.vec = vec;
    this.slots = vec.raw.slots;
    this.is = is;
    this.at = start;
    this.end = end;
    vec.begin(0, this);
  }

  next(): IteratorResult<T, undefined> {
    while (!this.ended && this.at < this.end) {
      const here = this.at;
      const extract = this.is(this.slots.get(here));
      this.at = here + 1;
      if (extract) {
        this.removed++;
        return { done: false, value: this.slots.take(here) };
      }
      if (this.removed > 0) this.slots.move(here - this.removed, here, 1);
    }
    this[Symbol.dispose]();
    return { done: true, value: undefined };
  }

  return(): IteratorResult<T, undefined> {
    this[Symbol.dispose]();
    return { done: true, value: undefined };
  }

  /** Closes the gaps and gives the Vec back. */
  [Symbol.dispose](): void {
    if (this.ended) return;
    this.ended = true;
    const { at, removed } = this;
    const { length } = this.vec;
    if (removed > 0) this.slots.move(at - removed, at, length - at);
    this.vec.end(length - removed);
  }
}

/** For values of known length: how many are left. */
function exactly<T>(values: Iterable<T>, taken: () => number): (() => number) | undefined {
  const { length } = values as { length?: unknown };
  return typeof length === "number" ? () => Math.max(0, length - taken()) : undefined;
}
