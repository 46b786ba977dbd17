/**
 * Using up a collection from both of its ends.
 *
 * @module
 */
import { ExactIter } from "./iter.ts";

/** A collection that can be used up. */
export interface TwoEnds<T> extends Disposable {
  readonly length: number;
  readonly isOwned: boolean;
  popFront(): T | undefined;
  popBack(): T | undefined;
}

/** A VecDeque's or LinkedList's elements on their way out. Drops what nobody takes, and then the memory. */
export class EndsIntoIter<T> extends ExactIter<T> implements Disposable {
  private readonly from: TwoEnds<T>;
  private readonly reliable: boolean;

  /**
   * @param from - nobody else may use it
   * @param trusted - see {@link ExactIter.trusted}
   */
  constructor(from: TwoEnds<T>, trusted: boolean) {
    super();
    this.reliable = trusted;
    this.from = from;
  }

  /** @internal What is used up. */
  get source(): TwoEnds<T> {
    return this.from;
  }

  get length(): number {
    return this.from.isOwned ? this.from.length : 0;
  }

  override get trusted(): boolean {
    return this.reliable;
  }

  next(): IteratorResult<T, undefined> {
    return this.length > 0 ? { done: false, value: this.from.popFront() as T } : this.return();
  }

  nextBack(): IteratorResult<T, undefined> {
    return this.length > 0 ? { done: false, value: this.from.popBack() as T } : this.return();
  }

  /** Called when a `for…of` is left early: the rest is dropped. */
  return(): IteratorResult<T, undefined> {
    this[Symbol.dispose]();
    return { done: true, value: undefined };
  }

  [Symbol.dispose](): void {
    this.from[Symbol.dispose]();
  }
}
