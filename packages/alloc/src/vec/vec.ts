/**
 * A growable array: Rust's `Vec<T>`.
 *
 * ```
 *   words  +0 capacity   +8 pointer   +16 length             24 bytes: in the handle, or where the Vec is an element
 *   block  ├ element 0 ┼ element 1 ┼ … ┼ unused … ┤          capacity · size bytes
 * ```
 * @see https://doc.rust-lang.org/std/vec/struct.Vec.html
 * @module
 */
import { globalAllocator, type GlobalAlloc } from "@kmem/global-alloc";
import type { Memory, Ptr } from "@kmem/memory";
import { cloneValues, dropValues, readPtr, writePtr, type Slots, type Type } from "@kmem/repr";
import { BorrowError, checkUsize } from "../core/errors.ts";
import { OWNED, type Loan } from "../core/owner.ts";
import { ownerType, perType, sameType } from "../core/owner-type.ts";
import { RawVec } from "../core/raw-vec.ts";
import { lowerBoundOf, sizeHintOf } from "../core/size-hint.ts";
import { SliceRead } from "../slice/slice-read.ts";

/** Bytes of a Vec's words. */
export const VEC_SIZE = 24;
const PTR = 8;
const LENGTH = 16;
/** A capacity has its highest bit clear, so `option` can keep None there. */
const CAPACITY_NICHE = { offset: 4, size: 4, first: 0x8000_0000, count: 0x8000_0000 } as const;

export class Vec<T> extends SliceRead<T> {
  protected readonly raw: RawVec<T>;

  /** Use {@link Vec.new} and its kin. */
  protected constructor(type: Type<T>, allocator: GlobalAlloc, loan?: Loan) {
    super(type, allocator, loan);
    this.raw = new RawVec(type, this);
  }

  /** An empty Vec; allocates nothing. */
  static new<T>(type: Type<T>): Vec<T> {
    return new Vec(type, globalAllocator());
  }

  static newIn<T>(allocator: GlobalAlloc, type: Type<T>): Vec<T> {
    return new Vec(type, allocator);
  }

  /** An empty Vec with room for exactly `capacity` elements. */
  static withCapacity<T>(type: Type<T>, capacity: number): Vec<T> {
    return Vec.withCapacityIn(globalAllocator(), type, capacity);
  }

  static withCapacityIn<T>(allocator: GlobalAlloc, type: Type<T>, capacity: number): Vec<T> {
    checkUsize(capacity, "capacity");
    const vec = new Vec(type, allocator);
    vec.raw.allocate(capacity);
    return vec;
  }

  /** Takes back what {@link Vec.intoRawParts} gave; the caller answers for it. */
  static fromRawParts<T>(type: Type<T>, ptr: Ptr, length: number, capacity: number, allocator?: GlobalAlloc): Vec<T> {
    const vec = new Vec(type, allocator ?? globalAllocator());
    vec.raw.assume(ptr, capacity);
    vec.count = length;
    return vec;
  }

  /** @internal A handle over words that lie in memory. */
  static borrow<T>(type: Type<T>, loan: Loan): Vec<T> {
    return new Vec(type, loan.lender.allocator, loan);
  }

  get typeName(): string {
    return `Vec<${this.type.name}>`;
  }

  protected get slots(): Slots<T> {
    return this.raw.slots;
  }

  /** Elements there is room for; {@link USIZE_MAX} for zero-size elements. */
  get capacity(): number {
    if (this.state !== OWNED) this.enter();
    return this.raw.capacity;
  }

  /** Gives the block away: its address, length and capacity. The Vec is moved. */
  intoRawParts(): { ptr: Ptr; length: number; capacity: number } {
    this.requireOwned();
    const { ptr, capacity } = this.raw;
    this.forget();
    return { ptr, length: this.count, capacity };
  }

  /** Appends an element. @throws calls the alloc error handler when there is no memory; nothing has changed then */
  push(value: T): void {
    if (this.state !== OWNED) this.enter();
    const length = this.count;
    if (length === this.raw.capacity) {
      this.raw.slots.check(value);
      this.raw.growOne(length);
      // Even if writing fails, the block is where it is now.
      this.changed();
    }
    this.raw.slots.set(length, value);
    this.count = length + 1;
    this.changed();
  }

  /** Removes and gives the last element, or `undefined`. */
  pop(): T | undefined {
    if (this.state !== OWNED) this.enter();
    if (this.count === 0) return undefined;
    const value = this.raw.slots.take(this.count - 1);
    this.count--;
    this.changed();
    return value;
  }

  /** Drops every element; the capacity stays. */
  clear(): void {
    if (this.state !== OWNED) this.enter();
    const { count } = this;
    this.count = 0;
    this.changed();
    dropValues(this.type, this.raw.slots.memory, this.raw.ptr, count, this.allocator);
  }

  /** Appends all elements of an iterable. */
  extend(values: Iterable<T>): void {
    if (this.state !== OWNED) this.enter();
    const [lower] = sizeHintOf(values);
    if (lower > 0) {
      this.raw.reserve(this.count, lower);
      this.changed();
    }
    const iterator = values[Symbol.iterator]();
    for (let result = iterator.next(); result.done !== true; result = iterator.next()) {
      if (this.count === this.raw.capacity) {
        this.raw.reserve(this.count, lowerBoundOf(iterator, 0) + 1);
        this.changed();
      }
      this.push(result.value);
    }
  }

  protected load(slot: Ptr): void {
    const { memory } = this.raw.slots;
    if (memory.readU32(slot + 4) >= CAPACITY_NICHE.first)
      throw new BorrowError("alloc/stale-borrow", this.typeName, `this ${this.typeName} is no longer there`);
    const ptr = readPtr(memory, slot + PTR);
    const length = memory.readUsize(slot + LENGTH);
    if (ptr !== this.raw.ptr || length !== this.count) this.epoch++;
    this.raw.assume(ptr, memory.readUsize(slot));
    this.count = length;
  }

  protected store(slot: Ptr): void {
    const { memory } = this.raw.slots;
    memory.writeUsize(slot, this.type.size === 0 ? 0 : this.raw.capacity);
    writePtr(memory, slot + PTR, this.raw.ptr);
    memory.writeUsize(slot + LENGTH, this.count);
  }

  protected release(): void {
    try {
      dropValues(this.type, this.raw.slots.memory, this.raw.ptr, this.count, this.allocator);
    } finally {
      this.raw.free();
    }
  }
}

/** The type of a Vec that is an element. */
export const vec: <T>(element: Type<T>) => Type<Vec<T>> = perType((element) => {
  const name = `Vec<${element.name}>`;
  return ownerType<Vec<unknown>>({
    name,
    size: VEC_SIZE,
    niche: CAPACITY_NICHE,
    is: (value) => value instanceof Vec && sameType(value.type as Type<unknown>, element),
    borrow: (loan) => Vec.borrow(element, loan),
    adopt: (memory, at, allocator) =>
      Vec.fromRawParts(
        element,
        readPtr(memory, at + PTR),
        memory.readUsize(at + LENGTH),
        memory.readUsize(at),
        allocator,
      ),
    clone(memory, from, to, allocator) {
      cloneWords(element, memory, from, to, allocator);
    },
    compare(a, b) {
      const shorter = Math.min(a.length, b.length);
      for (let i = 0; i < shorter; i++) {
        const order = element.compare(a.index(i), b.index(i));
        if (order !== 0) return order;
      }
      return a.length - b.length;
    },
  });
}) as <T>(element: Type<T>) => Type<Vec<T>>;

/** Exactly as large as needed; what was made is undone when an element cannot be cloned. */
function cloneWords(element: Type<unknown>, memory: Memory, from: Ptr, to: Ptr, allocator: GlobalAlloc): void {
  const length = memory.readUsize(from + LENGTH);
  const copy = Vec.withCapacityIn(allocator, element, length);
  try {
    cloneValues(element, memory, readPtr(memory, from + PTR), copy.asPtr(), length, allocator);
  } catch (error) {
    copy.drop();
    throw error;
  }
  const { ptr } = copy.intoRawParts();
  Vec.fromRawParts(element, ptr, length, length, allocator).moveTo(to);
}
