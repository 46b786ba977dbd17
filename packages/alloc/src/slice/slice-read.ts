/**
 * Elements side by side, for reading: what Rust's `&[T]` can do, on everything that is a slice (Vec, boxed slices,
 * borrowed slices).
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import { Slots, type Type } from "@kmem/repr";
import { ArgumentError, indexPanic } from "../core/errors.ts";
import { ExactIter, IndexIter, type Iter } from "../core/iter.ts";
import { checkUnchanged, Owner, OWNED, type Loan } from "../core/owner.ts";
import type { SizeHint } from "../core/size-hint.ts";

/** Elements side by side, readable. */
export abstract class SliceRead<T> extends Owner implements Iterable<T> {
  /** The elements' type. */
  readonly type: Type<T>;
  /** How many slots from 0 on hold values; as of the last `enter`. */
  protected count = 0;
  /** The elements' slots. */
  protected readonly slots: Slots<T>;

  protected constructor(type: Type<T>, allocator: GlobalAlloc, loan?: Loan) {
    super(allocator, loan);
    this.type = type;
    this.slots = new Slots(type, this, type.align);
  }

  /** Number of elements. */
  get length(): number {
    if (this.state !== OWNED) this.enter();
    return this.count;
  }

  isEmpty(): boolean {
    return this.length === 0;
  }

  /** Address of the first element; dangling (the alignment) when there is no block. */
  asPtr(): Ptr {
    if (this.state !== OWNED) this.enter();
    return this.slots.start;
  }

  /**
   * The element at `index`, or `undefined` when there is none. An element that owns memory is lent: the handle is good
   * until this collection changes.
   *
   * @throws ArgumentError when `index` is no whole number of 0 or more
   */
  get(index: number): T | undefined {
    if (this.state !== OWNED) this.enter();
    if (index >>> 0 === index && index < this.count) return this.slots.get(index);
    return this.getUnusual(index);
  }

  /** The element at `index`: Rust's `v[i]`. @throws Panic "index out of bounds" */
  index(index: number): T {
    if (this.state !== OWNED) this.enter();
    if (index >>> 0 === index && index < this.count) return this.slots.get(index);
    this.checkIndex(index);
    return this.slots.get(index);
  }

  /** JavaScript's `at`: negative positions count from the end. */
  at(position: number): T | undefined {
    const length = this.length;
    const index = Math.trunc(position) || 0;
    const from = index < 0 ? index + length : index;
    return from >= 0 && from < length ? this.slots.get(from) : undefined;
  }

  first(): T | undefined {
    return this.get(0);
  }

  last(): T | undefined {
    const { length } = this;
    return length === 0 ? undefined : this.slots.get(length - 1);
  }

  /** Every element, first to last. Dies with an error when the collection changes meanwhile. */
  iter(): ExactIter<T> {
    if (this.state !== OWNED) this.enter();
    return new SliceIter(this, this.slots, this.count);
  }

  [Symbol.iterator](): ExactIter<T> {
    return this.iter();
  }

  values(): ExactIter<T> {
    return this.iter();
  }

  keys(): ExactIter<number> {
    return new IndexIter(this.length, (i) => i);
  }

  entries(): Iter<[number, T]> {
    return this.iter().enumerate();
  }

  /** Exact: for collecting. */
  sizeHint(): SizeHint {
    const { length } = this;
    return [length, length];
  }

  /** The elements as a JavaScript array. Owners among them are borrowed handles. */
  toArray(): T[] {
    const { length } = this;
    const values: T[] = [];
    for (let i = 0; i < length; i++) values.push(this.slots.get(i));
    return values;
  }

  /** In Node's inspect: `Vec<u32>(3) [ 1, 2, 3 ]`. */
  inspectContents(show: (value: unknown) => string): string {
    return `(${this.length}) ${show(this.toArray())}`;
  }

  /** For `JSON.stringify`. */
  toJSON(): T[] {
    return this.toArray();
  }

  /** @throws Panic when `index` is a usize but not there; ArgumentError when it is none */
  protected checkIndex(index: number): void {
    if (!Number.isInteger(index) || index < 0) this.refuseIndex(index);
    if (index >= this.count) indexPanic(index, this.count);
  }

  /** Throws when the owner changed since `epoch`; for loops that call back. */
  protected checkStill(epoch: number): void {
    checkUnchanged(this, epoch);
  }

  private getUnusual(index: number): T | undefined {
    if (!Number.isInteger(index) || index < 0) this.refuseIndex(index);
    return index < this.count ? this.slots.get(index) : undefined;
  }

  private refuseIndex(index: number): never {
    throw new ArgumentError(
      "alloc/argument",
      `index: expected a whole number of 0 or more, got ${String(index)}`,
      index,
    );
  }
}

/** Iterates a slice, as long as its owner does not change. */
class SliceIter<T> extends ExactIter<T> {
  private readonly owner: Owner;
  private readonly slots: Slots<T>;
  private readonly epoch: number;
  private front = 0;
  private back: number;

  constructor(owner: Owner, slots: Slots<T>, count: number) {
    super();
    this.owner = owner;
    this.slots = slots;
    this.epoch = owner.epoch;
    this.back = count;
  }

  get length(): number {
    return this.back - this.front;
  }

  next(): IteratorResult<T, undefined> {
    if (this.front >= this.back) return { done: true, value: undefined };
    checkUnchanged(this.owner, this.epoch);
    return { done: false, value: this.slots.get(this.front++) };
  }

  nextBack(): IteratorResult<T, undefined> {
    if (this.front >= this.back) return { done: true, value: undefined };
    checkUnchanged(this.owner, this.epoch);
    return { done: false, value: this.slots.get(--this.back) };
  }
}
