/**
 * The largest element of a heap, for changing, and all of its elements on their way out.
 *
 * @module
 */
import { BorrowError } from "../core/errors.ts";
import { ExactIter } from "../core/iter.ts";
import type { Drain } from "../vec/drain.ts";

/** What a heap lets its {@link PeekMut} do. */
export interface HeapTop<T> {
  get(): T;
  set(value: T): void;
  replace(value: T): T;
  /** Puts the top in its place, if asked, and gives the heap back. */
  end(sift: boolean): void;
  pop(): T;
}

/**
 * The largest element, borrowed for changing: Rust's `PeekMut`. The heap cannot be used until this is disposed of,
 * and then the element goes where it belongs.
 *
 * @example
 * const heap = BinaryHeap.from(u32, [1, 5, 3]);
 * { using top = heap.peekMut()!; top.value = 2; }
 * heap.intoSortedVec().toArray() // => [1, 2, 3]
 */
export class PeekMut<T> implements Disposable {
  private readonly top: HeapTop<T>;
  private readonly owns: boolean;
  private written = false;
  private ended = false;

  /** @internal */
  constructor(top: HeapTop<T>, owns: boolean) {
    this.top = top;
    this.owns = owns;
  }

  /** The element; of a type that owns memory, a borrowed handle, through which it may be changed. */
  get value(): T {
    this.requireAlive();
    // A heap in order stays as it is when a handle was only read through.
    if (this.owns) this.written = true;
    return this.top.get();
  }

  /** Drops the element and puts another one there. */
  set value(value: T) {
    this.requireAlive();
    this.written = true;
    this.top.set(value);
  }

  /** Puts another element there and gives the old one. */
  replace(value: T): T {
    this.requireAlive();
    this.written = true;
    return this.top.replace(value);
  }

  /** Removes and gives the element; the heap can be used again. */
  pop(): T {
    this.requireAlive();
    this.ended = true;
    return this.top.pop();
  }

  /** Puts the element in its place and gives the heap back. */
  [Symbol.dispose](): void {
    if (this.ended) return;
    this.ended = true;
    this.top.end(this.written);
  }

  private requireAlive(): void {
    if (this.ended)
      throw new BorrowError("alloc/stale-borrow", "PeekMut", "this PeekMut has ended: ask the heap for another one");
  }
}

/** All elements of a heap on their way out, in the order of memory; what is not taken is dropped. */
export class HeapDrain<T> extends ExactIter<T> implements Disposable {
  private readonly drain: Drain<T>;
  private readonly finish: () => void;
  private ended = false;

  /** @internal */
  constructor(drain: Drain<T>, finish: () => void) {
    super();
    this.drain = drain;
    this.finish = finish;
  }

  get length(): number {
    return this.drain.length;
  }

  override get trusted(): boolean {
    return false;
  }

  next(): IteratorResult<T, undefined> {
    return this.length > 0 ? this.drain.next() : this.return();
  }

  nextBack(): IteratorResult<T, undefined> {
    return this.length > 0 ? this.drain.nextBack() : this.return();
  }

  /** Called when a `for…of` is left early. */
  return(): IteratorResult<T, undefined> {
    this[Symbol.dispose]();
    return { done: true, value: undefined };
  }

  /** Drops what was not taken and gives the heap back, empty. */
  [Symbol.dispose](): void {
    if (this.ended) return;
    this.ended = true;
    try {
      this.drain[Symbol.dispose]();
    } finally {
      this.finish();
    }
  }
}
