/**
 * A VecDeque's words and ring, and the arithmetic of going round it.
 *
 * ```
 *   words  +0 capacity   +8 pointer   +16 head   +24 length          32 bytes
 *
 *   in one piece    ├ free ┤ ├ 0 1 2 3 ┤ ├ free ┤                    head ▲ at element 0
 *   wrapped         ├ 2 3 ┤ ├ free … ┤ ├ 0 1 ┤                       head + length > capacity
 * ```
 * Element `i` is in slot `head + i`, less the capacity when that is beyond the end.
 *
 * With zero-size elements the capacity is 2^64 − 1, and nothing but `head` is left of the ring. It is kept signed (its
 * unsigned self is 2^64 more), so that Rust's wrapping arithmetic comes out: there the capacity is −1.
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import { dropValues, readPtr, writePtr, type Slots, type Type } from "@kmem/repr";
import { BorrowError, capacityOverflow, USIZE_MAX, type TryReserveError } from "../core/errors.ts";
import type { Loan } from "../core/owner.ts";
import { fail, RawVec } from "../core/raw-vec.ts";
import { Sequence } from "../core/sequence.ts";

/** Bytes of a VecDeque's words. */
export const DEQUE_SIZE = 32;
const PTR = 8;
const HEAD = 16;
const LENGTH = 24;
/** A capacity has its highest bit clear, so `option` can keep None there. */
export const DEQUE_NICHE = { offset: 4, size: 4, first: 0x8000_0000, count: 0x8000_0000 } as const;
/** The capacity of a ring of zero-size elements, 2^64 − 1, as a signed number. */
const ZERO_SIZE_CAPACITY = -1;

export abstract class Ring<T> extends Sequence<T> {
  readonly type: Type<T>;
  protected readonly raw: RawVec<T>;
  protected readonly slots: Slots<T>;
  /** Slot of element 0. */
  protected head = 0;
  /** Number of elements; as of the last `enter`. */
  protected count = 0;

  protected constructor(type: Type<T>, allocator: GlobalAlloc, loan?: Loan) {
    super(allocator, loan);
    this.type = type;
    this.raw = new RawVec(type, this);
    this.slots = this.raw.slots;
  }

  get typeName(): string {
    return `VecDeque<${this.type.name}>`;
  }

  /** The slot of element `index`, which may be the one behind the last. */
  protected slotOf(index: number): number {
    const slot = this.head + index;
    return slot >= this.raw.capacity ? slot - this.raw.capacity : slot;
  }

  /** The slot `count` behind another one. */
  protected wrapAdd(slot: number, count: number): number {
    const sum = slot + count;
    if (this.slots.stride === 0) return sum === ZERO_SIZE_CAPACITY ? 0 : sum;
    return sum >= this.raw.capacity ? sum - this.raw.capacity : sum;
  }

  /** The slot `count` before another one. */
  protected wrapSub(slot: number, count: number): number {
    if (this.slots.stride === 0) {
      const difference = slot - count + ZERO_SIZE_CAPACITY;
      return difference === ZERO_SIZE_CAPACITY ? 0 : difference;
    }
    return slot >= count ? slot - count : slot - count + this.raw.capacity;
  }

  /** How many elements lie from `head` to the end of the block; the others are at its start. */
  protected get frontLength(): number {
    const toEnd =
      this.slots.stride > 0
        ? this.raw.capacity - this.head
        : this.head < 0
          ? ZERO_SIZE_CAPACITY - this.head
          : USIZE_MAX;
    return Math.min(this.count, toEnd);
  }

  /** Moves `count` elements from slot `from` on to slot `to` on, both round the ring; they may overlap. */
  protected wrapMove(from: number, to: number, count: number): void {
    const { capacity } = this.raw;
    if (from === to || count === 0 || this.slots.stride === 0) return;
    const ahead = to > from ? to - from : to - from + capacity;
    if (ahead >= count) {
      // Nothing that is still to be moved lies where the first ones go: first to last.
      for (let left = count; left > 0;) {
        const run = Math.min(left, capacity - from, capacity - to);
        this.slots.move(to, from, run);
        from = from + run === capacity ? 0 : from + run;
        to = to + run === capacity ? 0 : to + run;
        left -= run;
      }
      return;
    }
    let fromEnd = this.wrapAdd(from, count);
    let toEnd = this.wrapAdd(to, count);
    for (let left = count; left > 0;) {
      if (fromEnd === 0) fromEnd = capacity;
      if (toEnd === 0) toEnd = capacity;
      const run = Math.min(left, fromEnd, toEnd);
      fromEnd -= run;
      toEnd -= run;
      this.slots.move(toEnd, fromEnd, run);
      left -= run;
    }
  }

  /** Makes room for one more, after a look at the value: a refused one changes nothing. */
  protected growFor(value: T): void {
    this.slots.check(value);
    const old = this.raw.capacity;
    this.raw.growOne(this.count);
    this.unwrapAfterGrowth(old);
    this.changed();
  }

  /** Makes room for `additional` more. @throws Panic "capacity overflow"; calls the alloc error handler */
  protected makeRoom(additional: number | bigint, exact = false): void {
    const error = this.tryMakeRoom(additional, exact);
    if (error !== undefined) fail(error);
  }

  protected tryMakeRoom(additional: number | bigint, exact: boolean): TryReserveError | undefined {
    const old = this.raw.capacity;
    const error = exact
      ? this.raw.tryReserveExact(this.count, additional)
      : this.raw.tryReserve(this.count, additional);
    if (error === undefined && this.raw.capacity !== old) this.unwrapAfterGrowth(old);
    this.changed();
    return error;
  }

  /** Brings a wrapped ring in order after its block has grown: the shorter piece moves. */
  private unwrapAfterGrowth(oldCapacity: number): void {
    if (this.head <= oldCapacity - this.count) return;
    const front = oldCapacity - this.head;
    const back = this.count - front;
    const { capacity } = this.raw;
    if (front > back && capacity - oldCapacity >= back) this.slots.move(oldCapacity, 0, back);
    else {
      this.slots.move(capacity - front, this.head, front);
      this.head = capacity - front;
    }
  }

  /** Makes the block smaller. The ring is put into the part that stays first, and back when the allocator refuses. */
  protected shrinkRing(wanted: number): void {
    const { slots, raw, count, head } = this;
    const target = Math.max(wanted, count);
    const old = raw.capacity;
    if (slots.stride === 0 || old <= target) return;
    const end = head + count;
    const endsBeyond = end > target && end <= old;
    if (count === 0) this.head = 0;
    else if (head >= target && endsBeyond) {
      slots.move(0, head, count);
      this.head = 0;
    } else if (head < target && endsBeyond) slots.move(0, target, end - target);
    else if (end > old) {
      this.head = target - (old - head);
      slots.move(this.head, head, old - head);
    }
    try {
      raw.shrink(target);
    } catch (error) {
      this.undoShrink(head, target);
      throw error;
    } finally {
      this.changed();
    }
  }

  /** Makes a ring of capacity `target` one of the whole block again. */
  private undoShrink(oldHead: number, target: number): void {
    const { count, slots } = this;
    if (this.head <= target - count) return;
    const front = target - this.head;
    const back = count - front;
    if (back <= Math.min(front, this.raw.capacity - target)) slots.move(target, 0, back);
    else {
      slots.move(oldHead, this.head, front);
      this.head = oldHead;
    }
  }

  /** The elements' bytes, first to last. */
  protected readAll(): Uint8Array {
    const { slots, frontLength: front } = this;
    const bytes = new Uint8Array(this.count * slots.stride);
    const cut = front * slots.stride;
    if (cut > 0) slots.memory.readBytes(slots.addressOf(this.head), bytes.subarray(0, cut));
    if (cut < bytes.length) slots.memory.readBytes(slots.start, bytes.subarray(cut));
    return bytes;
  }

  /** Adds up lengths of zero-size elements; others never come near the limit. */
  protected addLengths(a: number, b: number): number {
    if (a + b >= USIZE_MAX) capacityOverflow();
    return a + b;
  }

  /** Drops elements `start..end`, which no longer count, in order. */
  protected dropRange(slot: number, count: number): void {
    if (!this.slots.owns || count === 0) return;
    const { slots, type, allocator } = this;
    const toEnd = slots.stride === 0 ? count : Math.min(count, this.raw.capacity - slot);
    try {
      dropValues(type, slots.memory, slots.addressOf(slot), toEnd, allocator);
    } finally {
      dropValues(type, slots.memory, slots.start, count - toEnd, allocator);
    }
  }

  protected load(slot: Ptr): void {
    const { memory } = this.slots;
    if (memory.readU32(slot + DEQUE_NICHE.offset) >= DEQUE_NICHE.first)
      throw new BorrowError("alloc/stale-borrow", this.typeName, `this ${this.typeName} is no longer there`);
    const ptr = readPtr(memory, slot + PTR);
    const head = readPtr(memory, slot + HEAD);
    const length = memory.readUsize(slot + LENGTH);
    if (ptr !== this.raw.ptr || head !== this.head || length !== this.count) this.epoch++;
    this.raw.assume(ptr, memory.readUsize(slot));
    this.head = head;
    this.count = length;
  }

  protected store(slot: Ptr): void {
    const { memory } = this.slots;
    memory.writeUsize(slot, this.slots.stride === 0 ? 0 : this.raw.capacity);
    writePtr(memory, slot + PTR, this.raw.ptr);
    writePtr(memory, slot + HEAD, this.head);
    memory.writeUsize(slot + LENGTH, this.count);
  }

  protected release(): void {
    try {
      this.dropRange(this.head, this.count);
    } finally {
      this.raw.free();
    }
  }
}
