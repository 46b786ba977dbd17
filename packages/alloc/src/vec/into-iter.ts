/**
 * A Vec that is being used up: Rust's `vec::IntoIter`.
 *
 * ```
 *   block  ├ taken ┤ ├ front … back ┤ ├ taken ┤ ├ unused ┤
 * ```
 * @module
 */
import { Layout, type GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import { dropValues, type Type } from "@kmem/repr";
import { ExactIter } from "../core/iter.ts";
import { Owner, OWNED } from "../core/owner.ts";
import { sameType } from "../core/owner-type.ts";
import { RawVec } from "../core/raw-vec.ts";

/** Gives elements away from both ends; drops the rest, first to last, and then the block. */
export class IntoIter<T> extends Owner implements IterableIterator<T> {
  private readonly raw: RawVec<T>;
  private front = 0;
  private readonly reuses: boolean;
  private back: number;

  /**
   * Takes over a block.
   *
   * @param reuses - what is left is collected in the same block even when it is little, as of a BinaryHeap
   */
  constructor(type: Type<T>, allocator: GlobalAlloc, ptr: Ptr, length: number, capacity: number, reuses = false) {
    super(allocator);
    this.reuses = reuses;
    this.raw = new RawVec(type, this);
    this.raw.assume(ptr, capacity);
    this.back = length;
  }

  get typeName(): string {
    return `IntoIter<${this.raw.type.name}>`;
  }

  /** How many are left. */
  get length(): number {
    return this.state === OWNED ? this.back - this.front : 0;
  }

  [Symbol.iterator](): this {
    return this;
  }

  sizeHint(): readonly [number, number] {
    return [this.length, this.length];
  }

  next(): IteratorResult<T, undefined> {
    if (this.length > 0) return { done: false, value: this.raw.slots.take(this.front++) };
    this[Symbol.dispose]();
    return { done: true, value: undefined };
  }

  nextBack(): IteratorResult<T, undefined> {
    if (this.length > 0) return { done: false, value: this.raw.slots.take(--this.back) };
    this[Symbol.dispose]();
    return { done: true, value: undefined };
  }

  /** Called when a `for…of` is left early: the rest is dropped. */
  return(): IteratorResult<T, undefined> {
    this[Symbol.dispose]();
    return { done: true, value: undefined };
  }

  /** The elements, as an iterator that can be chained; the rest is dropped when it ends. */
  iter(): ExactIter<T> {
    return new Chained(this);
  }

  /** How many slots of the block lie in front of what is left. @internal */
  get offset(): number {
    return this.front;
  }

  /**
   * `into_iter().collect()`: hands the block over, what is left moved to its start.
   *
   * @internal
   * @returns nothing where Rust takes a new block: of a block that is given away from the front less than half is left
   */
  handBlock(type: Type<T>, allocator: GlobalAlloc): Parts | undefined {
    if (!this.isFrom(type, allocator)) return undefined;
    const { front, length } = this;
    const { slots, capacity } = this.raw;
    if (front > 0) {
      if (!this.reuses && length < Math.floor(capacity / 2)) return undefined;
      slots.move(0, front, length);
    }
    return this.handOver(length, capacity);
  }

  /** Hands the block over with what is left where it is. @internal */
  handRing(type: Type<T>, allocator: GlobalAlloc): Parts | undefined {
    return this.isFrom(type, allocator) ? this.handOver(this.length, this.raw.capacity) : undefined;
  }

  /**
   * `into_iter().filter(keep).collect()`: in the same block, with its capacity.
   *
   * @returns what a Vec needs to take the block over; what `keep` refuses is dropped at once
   */
  filterInPlace(keep: (value: T) => boolean): Parts {
    this.requireOwned();
    const { slots } = this.raw;
    const { type, memory } = slots;
    let kept = 0;
    try {
      while (this.front < this.back) {
        const here = this.front;
        const keeps = keep(slots.get(here));
        this.front = here + 1;
        if (keeps) {
          if (kept < here) slots.move(kept, here, 1);
          kept++;
        } else dropValues(type, memory, slots.addressOf(here), 1, this.allocator);
      }
    } catch (error) {
      this.abandon(type, kept, error);
    }
    return this.handOver(kept, this.raw.capacity);
  }

  /**
   * `into_iter().map(f).collect()` where the results fit where the elements were: in the same block.
   *
   * `f` owns what it is given, as a closure in Rust does.
   *
   * @param target - as aligned as the elements, and not larger
   */
  mapInPlace<U>(target: Type<U>, f: (value: T) => U): Parts {
    this.requireOwned();
    const { slots } = this.raw;
    const bytes = this.raw.capacity * slots.stride;
    let made = 0;
    try {
      while (this.front < this.back) {
        const result = f(slots.take(this.front++));
        target.write(slots.memory, slots.start + made * target.size, result, this.allocator);
        made++;
      }
    } catch (error) {
      this.abandon(target, made, error);
    }
    const parts = this.handOver(made, Math.floor(bytes / target.size));
    const rest = bytes % target.size;
    if (rest === 0) return parts;
    // The block must be a whole number of elements.
    const layout = Layout.fromSizeAlignUnchecked(bytes, target.align);
    const size = bytes - rest;
    if (size === 0) this.allocator.dealloc(parts.ptr, layout);
    const ptr = size === 0 ? target.align : this.allocator.realloc(parts.ptr, layout, size);
    return { ...parts, ptr };
  }

  protected load(): void {
    // Never an element.
  }

  protected store(): void {
    // Never an element.
  }

  protected release(): void {
    const { slots } = this.raw;
    try {
      dropValues(slots.type, slots.memory, slots.addressOf(this.front), this.back - this.front, this.allocator);
    } finally {
      this.raw.free();
    }
  }

  private isFrom(type: Type<T>, allocator: GlobalAlloc): boolean {
    return this.state === OWNED && allocator === this.allocator && type.size > 0 && sameType(type, this.raw.type);
  }

  private handOver(length: number, capacity: number): Parts {
    const { ptr } = this.raw;
    this.forget();
    return { ptr, length, capacity };
  }

  /** Drops what was made and what is left, after an error. */
  private abandon(type: Type<unknown>, made: number, error: unknown): never {
    try {
      dropValues(type, this.raw.slots.memory, this.raw.ptr, made, this.allocator);
    } finally {
      this.drop();
    }
    throw error;
  }
}

/** A block with so many elements in it. */
export interface Parts {
  readonly ptr: Ptr;
  readonly length: number;
  readonly capacity: number;
}

class Chained<T> extends ExactIter<T> {
  private readonly from: IntoIter<T>;

  constructor(from: IntoIter<T>) {
    super();
    this.from = from;
  }

  get length(): number {
    return this.from.length;
  }

  next(): IteratorResult<T, undefined> {
    return this.from.next();
  }

  nextBack(): IteratorResult<T, undefined> {
    return this.from.nextBack();
  }

  return(): IteratorResult<T, undefined> {
    return this.from.return();
  }
}
