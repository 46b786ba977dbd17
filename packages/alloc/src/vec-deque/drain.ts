/**
 * Removing a range of a VecDeque, while the deque waits.
 *
 * @module
 */
import { ExactIter } from "../core/iter.ts";

/** What a VecDeque lets its drain do. */
export interface RingInside<T> {
  /** Elements when the drain began. */
  readonly length: number;
  /** Locks the deque, with `length` elements left in it. */
  begin(length: number, by: Disposable): void;
  /** Moves element `index` of before out. */
  take(index: number): T;
  /** Drops elements `start..start + count` of before, in order. */
  drop(start: number, count: number): void;
  /** Closes the gap `start..end` and unlocks the deque. */
  end(start: number, end: number): void;
}

/**
 * Elements on their way out of a VecDeque. Those not taken are dropped in the end: when it is exhausted, when a
 * `for…of` over it ends, or when it is disposed of; only then can the deque be used again.
 */
export class DequeDrain<T> extends ExactIter<T> implements Disposable {
  private readonly deque: RingInside<T>;
  private readonly start: number;
  private readonly end: number;
  private front: number;
  private back: number;
  private ended = false;

  constructor(deque: RingInside<T>, start: number, end: number) {
    super();
    this.deque = deque;
    this.start = this.front = start;
    this.end = this.back = end;
    deque.begin(start, this);
  }

  get length(): number {
    return this.ended ? 0 : this.back - this.front;
  }

  override get trusted(): boolean {
    return false;
  }

  next(): IteratorResult<T, undefined> {
    if (this.length > 0) return { done: false, value: this.deque.take(this.front++) };
    return this.return();
  }

  nextBack(): IteratorResult<T, undefined> {
    if (this.length > 0) return { done: false, value: this.deque.take(--this.back) };
    return this.return();
  }

  /** Called when a `for…of` is left early. */
  return(): IteratorResult<T, undefined> {
    this[Symbol.dispose]();
    return { done: true, value: undefined };
  }

  /** Drops what was not taken, closes the gap, and gives the deque back. */
  [Symbol.dispose](): void {
    if (this.ended) return;
    this.ended = true;
    try {
      this.deque.drop(this.front, this.back - this.front);
    } finally {
      this.deque.end(this.start, this.end);
    }
  }
}
