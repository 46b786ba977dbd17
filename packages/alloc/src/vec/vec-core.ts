/**
 * A Vec's words and block, one element at a time.
 *
 * ```
 *   words  +0 capacity   +8 pointer   +16 length             24 bytes: in the handle, or where the Vec is an element
 *   block  ├ element 0 ┼ element 1 ┼ … ┼ unused … ┤          capacity · size bytes
 * ```
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import { Panic, type Ptr } from "@kmem/memory";
import { dropValues, readPtr, writePtr, type Type } from "@kmem/repr";
import { BorrowError, checkUsize, usizeText, type TryReserveError } from "../core/errors.ts";
import { OWNED, type Loan } from "../core/owner.ts";
import type { RefMut } from "../core/ref-mut.ts";
import { RawVec } from "../core/raw-vec.ts";
import { SliceBase } from "../slice/slice-base.ts";

/** Bytes of a Vec's words. */
export const VEC_SIZE = 24;
export const VEC_PTR = 8;
export const VEC_LENGTH = 16;
/** A capacity has its highest bit clear, so `option` can keep None there. */
export const CAPACITY_NICHE = { offset: 4, size: 4, first: 0x8000_0000, count: 0x8000_0000 } as const;

export abstract class VecCore<T> extends SliceBase<T> {
  protected readonly raw: RawVec<T>;

  protected constructor(type: Type<T>, allocator: GlobalAlloc, loan?: Loan) {
    super(type, allocator, loan);
    this.raw = new RawVec(type, this, this.slots);
  }

  get typeName(): string {
    return `Vec<${this.type.name}>`;
  }

  /** Elements there is room for; `USIZE_MAX` for zero-size elements. */
  get capacity(): number {
    if (this.state !== OWNED) this.enter();
    return this.raw.capacity;
  }

  /** Appends an element. @throws calls the alloc error handler when there is no memory; nothing has changed then */
  push(value: T): void {
    if (this.state !== OWNED) this.enter();
    const length = this.count;
    if (length === this.raw.capacity) this.growFor(value);
    this.slots.set(length, value);
    this.count = length + 1;
    this.changed();
  }

  /** {@link VecCore.push}; the element is borrowed for changing. */
  pushMut(value: T): RefMut<T> {
    this.push(value);
    return this.lastMut()!;
  }

  /** Appends an element if there is memory for it. @returns why not, if not; the value is still yours then */
  tryPush(value: T): TryReserveError | undefined {
    if (this.state !== OWNED) this.enter();
    this.slots.check(value);
    const error = this.tryReserve(1);
    if (error === undefined) this.push(value);
    return error;
  }

  /** Removes and gives the last element, or `undefined`. */
  pop(): T | undefined {
    if (this.state !== OWNED) this.enter();
    const last = this.count - 1;
    if (last < 0) return undefined;
    const value = this.slots.take(last);
    this.count = last;
    this.changed();
    return value;
  }

  /** Removes and gives the last element, if there is one and `is` holds for it. */
  popIf(is: (value: T) => boolean): T | undefined {
    const last = this.last();
    return last !== undefined && is(last) ? this.pop() : undefined;
  }

  /** Puts an element at `index` and moves the rest up. @throws Panic when `index` is beyond the length */
  insert(index: number, value: T): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(index, "index");
    const { count, slots } = this;
    if (index > count)
      throw new Panic(`insertion index (is ${usizeText(index)}) should be <= len (is ${usizeText(count)})`);
    slots.check(value);
    if (count === this.raw.capacity) this.growFor(value);
    slots.move(index + 1, index, count - index);
    try {
      slots.set(index, value);
    } catch (error) {
      slots.move(index, index + 1, count - index);
      throw error;
    }
    this.count = count + 1;
    this.changed();
  }

  /** {@link VecCore.insert}; the element is borrowed for changing. */
  insertMut(index: number, value: T): RefMut<T> {
    this.insert(index, value);
    return this.getMut(index)!;
  }

  /** Removes and gives an element, and moves the rest down. @throws Panic when there is none */
  remove(index: number): T {
    if (this.state !== OWNED) this.enter();
    checkUsize(index, "index");
    const { count, slots } = this;
    if (index >= count)
      throw new Panic(`removal index (is ${usizeText(index)}) should be < len (is ${usizeText(count)})`);
    const value = slots.take(index);
    slots.move(index, index + 1, count - index - 1);
    this.count = count - 1;
    this.changed();
    return value;
  }

  /** Removes and gives an element; the last one takes its place. @throws Panic when there is none */
  swapRemove(index: number): T {
    if (this.state !== OWNED) this.enter();
    checkUsize(index, "index");
    const { count, slots } = this;
    if (index >= count)
      throw new Panic(`swap_remove index (is ${usizeText(index)}) should be < len (is ${usizeText(count)})`);
    const value = slots.take(index);
    if (index < count - 1) slots.move(index, count - 1, 1);
    this.count = count - 1;
    this.changed();
    return value;
  }

  /** Keeps the first `length` elements and drops the others; does nothing when there are no more. */
  truncate(length: number): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(length, "length");
    const surplus = this.count - length;
    if (surplus <= 0) return;
    this.count = length;
    this.changed();
    dropValues(this.type, this.slots.memory, this.slots.addressOf(length), surplus, this.allocator);
  }

  /** Drops every element; the capacity stays. */
  clear(): void {
    this.truncate(0);
  }

  /** Makes room for `additional` more elements, growing generously. @throws Panic "capacity overflow" */
  reserve(additional: number | bigint): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(additional, "additional");
    this.raw.reserve(this.count, additional);
    this.changed();
  }

  /** Makes room for exactly `additional` more elements. @throws as {@link VecCore.reserve} */
  reserveExact(additional: number | bigint): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(additional, "additional");
    this.raw.reserveExact(this.count, additional);
    this.changed();
  }

  /** {@link VecCore.reserve}, without a panic. @returns why there is no room, if there is none; nothing has changed then */
  tryReserve(additional: number | bigint): TryReserveError | undefined {
    if (this.state !== OWNED) this.enter();
    checkUsize(additional, "additional");
    const error = this.raw.tryReserve(this.count, additional);
    this.changed();
    return error;
  }

  tryReserveExact(additional: number | bigint): TryReserveError | undefined {
    if (this.state !== OWNED) this.enter();
    checkUsize(additional, "additional");
    const error = this.raw.tryReserveExact(this.count, additional);
    this.changed();
    return error;
  }

  /** Gives back what is not needed. */
  shrinkToFit(): void {
    if (this.state !== OWNED) this.enter();
    if (this.raw.capacity > this.count) this.raw.shrink(this.count);
    this.changed();
  }

  /** Gives back what is beyond `capacity` and not needed. */
  shrinkTo(capacity: number): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(capacity, "capacity");
    if (this.raw.capacity > capacity) this.raw.shrink(Math.max(this.count, capacity));
    this.changed();
  }

  /** Says how many slots from 0 on hold values: Rust's unsafe `set_len`. The caller answers for it. */
  setLength(length: number): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(length, "length");
    if (length > this.raw.capacity) throw new Panic("set_len: the length is beyond the capacity");
    this.count = length;
    this.changed();
  }

  /** Gives the block away: its address, length and capacity. The Vec is moved. */
  intoRawParts(): { ptr: Ptr; length: number; capacity: number } {
    this.requireOwned();
    const { ptr, capacity } = this.raw;
    this.forget();
    return { ptr, length: this.count, capacity };
  }

  protected load(slot: Ptr): void {
    const { memory } = this.slots;
    if (memory.readU32(slot + CAPACITY_NICHE.offset) >= CAPACITY_NICHE.first)
      throw new BorrowError("alloc/stale-borrow", this.typeName, `this ${this.typeName} is no longer there`);
    const ptr = readPtr(memory, slot + VEC_PTR);
    const length = memory.readUsize(slot + VEC_LENGTH);
    if (ptr !== this.raw.ptr || length !== this.count) this.epoch++;
    this.raw.assume(ptr, memory.readUsize(slot));
    this.count = length;
  }

  protected store(slot: Ptr): void {
    const { memory } = this.slots;
    memory.writeUsize(slot, this.type.size === 0 ? 0 : this.raw.capacity);
    writePtr(memory, slot + VEC_PTR, this.raw.ptr);
    memory.writeUsize(slot + VEC_LENGTH, this.count);
  }

  protected release(): void {
    try {
      dropValues(this.type, this.slots.memory, this.raw.ptr, this.count, this.allocator);
    } finally {
      this.raw.free();
    }
  }

  /** Makes room for one more, after a look at the value: a refused one changes nothing. */
  protected growFor(value: T): void {
    this.slots.check(value);
    this.raw.growOne(this.count);
    this.changed();
  }
}
