/**
 * A VecDeque's operations on one element at a time, and looking at many.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import { ArgumentError, checkUsize } from "../core/errors.ts";
import { ExactIter } from "../core/iter.ts";
import { checkUnchanged, OWNED, type Owner } from "../core/owner.ts";
import { replaceSlot, setSlot } from "../core/place.ts";
import { checkRange, checkRangeInclusive } from "../core/range.ts";
import { RefMut } from "../core/ref-mut.ts";
import type { TryReserveError } from "../core/errors.ts";
import type { Slots } from "@kmem/repr";
import { Ring } from "./ring.ts";

export abstract class RingItems<T> extends Ring<T> {
  get length(): number {
    if (this.state !== OWNED) this.enter();
    return this.count;
  }

  /** Elements there is room for; `USIZE_MAX` for zero-size elements. */
  get capacity(): number {
    if (this.state !== OWNED) this.enter();
    return this.raw.capacity;
  }

  /** Appends an element. @throws calls the alloc error handler when there is no memory; nothing has changed then */
  pushBack(value: T): void {
    if (this.state !== OWNED) this.enter();
    const { count, raw } = this;
    if (count === raw.capacity) this.growFor(value);
    const slot = this.head + count;
    const { capacity } = raw;
    this.slots.set(slot >= capacity ? slot - capacity : slot, value);
    this.count = count + 1;
    this.changed();
  }

  /** Puts an element before the others. @throws as {@link RingItems.pushBack} */
  pushFront(value: T): void {
    if (this.state !== OWNED) this.enter();
    const { count } = this;
    if (count === this.raw.capacity) this.growFor(value);
    const slot = this.wrapSub(this.head, 1);
    this.slots.set(slot, value);
    this.head = slot;
    this.count = count + 1;
    this.changed();
  }

  /** JavaScript's name for {@link RingItems.pushBack}. */
  push(value: T): void {
    this.pushBack(value);
  }

  /** Appends an element if there is memory for it. @returns why not, if not; the value is still yours then */
  tryPushBack(value: T): TryReserveError | undefined {
    if (this.state !== OWNED) this.enter();
    this.slots.check(value);
    const error = this.tryMakeRoom(1, false);
    if (error === undefined) this.pushBack(value);
    return error;
  }

  /** {@link RingItems.tryPushBack}, at the front. */
  tryPushFront(value: T): TryReserveError | undefined {
    if (this.state !== OWNED) this.enter();
    this.slots.check(value);
    const error = this.tryMakeRoom(1, false);
    if (error === undefined) this.pushFront(value);
    return error;
  }

  /** Removes and gives the first element, or `undefined`. */
  popFront(): T | undefined {
    if (this.state !== OWNED) this.enter();
    const { count, head } = this;
    if (count === 0) return undefined;
    const value = this.slots.take(head);
    const next = head + 1;
    this.head = next < this.raw.capacity && next > 0 ? next : this.wrapAdd(head, 1);
    this.count = count - 1;
    this.changed();
    return value;
  }

  /** Removes and gives the last element, or `undefined`. */
  popBack(): T | undefined {
    if (this.state !== OWNED) this.enter();
    const last = this.count - 1;
    if (last < 0) return undefined;
    const slot = this.head + last;
    const { capacity } = this.raw;
    const value = this.slots.take(slot >= capacity ? slot - capacity : slot);
    this.count = last;
    this.changed();
    return value;
  }

  /** JavaScript's name for {@link RingItems.popBack}. */
  pop(): T | undefined {
    return this.popBack();
  }

  /** JavaScript's name for {@link RingItems.popFront}. */
  shift(): T | undefined {
    return this.popFront();
  }

  /** JavaScript's name for {@link RingItems.pushFront}. @returns the new length */
  unshift(value: T): number {
    this.pushFront(value);
    return this.count;
  }

  /** Removes and gives the first element, if there is one and `is` holds for it. */
  popFrontIf(is: (value: T) => boolean): T | undefined {
    return this.length > 0 && is(this.slots.get(this.head)) ? this.popFront() : undefined;
  }

  /** Removes and gives the last element, if there is one and `is` holds for it. */
  popBackIf(is: (value: T) => boolean): T | undefined {
    const { length } = this;
    return length > 0 && is(this.slots.get(this.slotOf(length - 1))) ? this.popBack() : undefined;
  }

  /**
   * The element at `index`, or `undefined` when there is none. An element that owns memory is lent: the handle is good
   * until this collection changes.
   *
   * @throws ArgumentError when `index` is no whole number of 0 or more
   */
  get(index: number): T | undefined {
    if (this.state !== OWNED) this.enter();
    if (index >>> 0 !== index || index >= this.count) {
      checkUsize(index, "index");
      if (index >= this.count) return undefined;
    }
    return this.slots.get(this.slotOf(index));
  }

  /** The element at `index`: Rust's `d[i]`. @throws Panic "Out of bounds access" */
  index(index: number): T {
    if (this.state !== OWNED) this.enter();
    this.checkIndex(index);
    return this.slots.get(this.slotOf(index));
  }

  /** JavaScript's `at`: negative positions count from the end. */
  at(position: number): T | undefined {
    const { length } = this;
    const index = Math.trunc(position) || 0;
    const from = index < 0 ? index + length : index;
    return from >= 0 && from < length ? this.slots.get(this.slotOf(from)) : undefined;
  }

  front(): T | undefined {
    return this.get(0);
  }

  back(): T | undefined {
    const { length } = this;
    return length === 0 ? undefined : this.slots.get(this.slotOf(length - 1));
  }

  /** The element at `index`, borrowed for changing, or `undefined`. */
  getMut(index: number): RefMut<T> | undefined {
    if (this.state !== OWNED) this.enter();
    checkUsize(index, "index");
    return index < this.count ? RefMut.of(this.type, this, this.slots.addressOf(this.slotOf(index))) : undefined;
  }

  frontMut(): RefMut<T> | undefined {
    return this.getMut(0);
  }

  backMut(): RefMut<T> | undefined {
    const { length } = this;
    return length === 0 ? undefined : this.getMut(length - 1);
  }

  /** Replaces an element and drops the old one: Rust's `d[i] = x`. @throws Panic "Out of bounds access" */
  set(index: number, value: T): void {
    if (this.state !== OWNED) this.enter();
    this.checkIndex(index);
    const slot = this.slotOf(index);
    if (this.slots.owns) setSlot(this.slots, slot, value, () => this.changed());
    else this.slots.set(slot, value);
  }

  /** Replaces an element and gives the old one: `mem::replace(&mut d[i], x)`. @throws as {@link RingItems.set} */
  replace(index: number, value: T): T {
    if (this.state !== OWNED) this.enter();
    this.checkIndex(index);
    return replaceSlot(this.slots, this.slotOf(index), value, () => this.changed());
  }

  /** Exchanges two elements. @throws Panic when there is no such element */
  swap(i: number, j: number): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(i, "i");
    checkUsize(j, "j");
    if (i >= this.count) throw new Panic("assertion failed: i < self.len()");
    if (j >= this.count) throw new Panic("assertion failed: j < self.len()");
    this.swapSlots(this.slotOf(i), this.slotOf(j));
    if (this.slots.owns) this.changed();
  }

  /** Puts an element at `index`; the shorter side makes way. @throws Panic when `index` is beyond the length */
  insert(index: number, value: T): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(index, "index");
    if (index > this.count) throw new Panic("index out of bounds");
    this.slots.check(value);
    if (this.count === this.raw.capacity) this.growFor(value);
    const { count, head } = this;
    const behind = count - index;
    if (behind < index) this.wrapMove(this.slotOf(index), this.slotOf(index + 1), behind);
    else {
      this.head = this.wrapSub(head, 1);
      this.wrapMove(head, this.head, index);
    }
    this.count = count + 1;
    try {
      this.slots.set(this.slotOf(index), value);
    } catch (error) {
      // What the check let pass, and writing did not: the gap closes again.
      this.close(index);
      throw error;
    } finally {
      this.changed();
    }
  }

  /** Removes and gives an element, or `undefined`; the shorter side closes the gap. */
  remove(index: number): T | undefined {
    if (this.state !== OWNED) this.enter();
    checkUsize(index, "index");
    if (index >= this.count) return undefined;
    const value = this.slots.take(this.slotOf(index));
    this.close(index);
    this.changed();
    return value;
  }

  /** Removes and gives an element, or `undefined`; the first one takes its place. */
  swapRemoveFront(index: number): T | undefined {
    if (this.state !== OWNED) this.enter();
    checkUsize(index, "index");
    if (index >= this.count) return undefined;
    if (index > 0) this.swapSlots(this.slotOf(index), this.head);
    return this.popFront();
  }

  /** Removes and gives an element, or `undefined`; the last one takes its place. */
  swapRemoveBack(index: number): T | undefined {
    if (this.state !== OWNED) this.enter();
    checkUsize(index, "index");
    if (index >= this.count) return undefined;
    if (index < this.count - 1) this.swapSlots(this.slotOf(index), this.slotOf(this.count - 1));
    return this.popBack();
  }

  iter(): ExactIter<T> {
    if (this.state !== OWNED) this.enter();
    return new RingIter(this, this.slots, this.head, this.raw.capacity, 0, this.count);
  }

  /** Elements `start..end`. @throws Panic as Rust when the range is not inside */
  range(start = 0, end: number = this.length): ExactIter<T> {
    if (this.state !== OWNED) this.enter();
    checkRange(start, end, this.count);
    return new RingIter(this, this.slots, this.head, this.raw.capacity, start, end);
  }

  /** Elements `start..=last`. @throws as {@link RingItems.range} */
  rangeInclusive(start: number, last: number): ExactIter<T> {
    if (this.state !== OWNED) this.enter();
    checkRangeInclusive(start, last, this.count);
    return new RingIter(this, this.slots, this.head, this.raw.capacity, start, last + 1);
  }

  override toArray(): T[] {
    const { length } = this;
    const values: T[] = [];
    for (let i = 0; i < length; i++) values.push(this.slots.get(this.slotOf(i)));
    return values;
  }

  /** Closes the gap at `index`, whose element is gone. */
  private close(index: number): void {
    const { count } = this;
    const slot = this.slotOf(index);
    const behind = count - index - 1;
    if (behind < index) this.wrapMove(this.wrapAdd(slot, 1), slot, behind);
    else {
      const { head } = this;
      this.head = this.wrapAdd(head, 1);
      this.wrapMove(head, this.head, index);
    }
    this.count = count - 1;
  }

  protected swapSlots(a: number, b: number): void {
    const { slots } = this;
    if (a === b || slots.stride === 0) return;
    if ((this.type.kind ?? 0) !== 0) {
      const value = slots.get(a);
      slots.set(a, slots.get(b));
      slots.set(b, value);
      return;
    }
    const bytes = new Uint8Array(slots.stride);
    slots.memory.readBytes(slots.addressOf(a), bytes);
    slots.move(a, b, 1);
    slots.memory.writeBytes(slots.addressOf(b), bytes);
  }

  private checkIndex(index: number): void {
    if (index >>> 0 === index && index < this.count) return;
    if (!Number.isInteger(index) || index < 0)
      throw new ArgumentError(
        "alloc/argument",
        `index: expected a whole number of 0 or more, got ${String(index)}`,
        index,
      );
    if (index >= this.count) throw new Panic("Out of bounds access");
  }
}

/** Iterates elements `front..back`, as long as their owner does not change. */
class RingIter<T> extends ExactIter<T> {
  private readonly owner: Owner;
  private readonly slots: Slots<T>;
  private readonly head: number;
  private readonly capacity: number;
  private readonly epoch: number;
  private front: number;
  private back: number;

  constructor(owner: Owner, slots: Slots<T>, head: number, capacity: number, front: number, back: number) {
    super();
    this.owner = owner;
    this.slots = slots;
    this.head = head;
    this.capacity = capacity;
    this.epoch = owner.epoch;
    this.front = front;
    this.back = back;
  }

  get length(): number {
    return this.back - this.front;
  }

  next(): IteratorResult<T, undefined> {
    return this.front >= this.back ? { done: true, value: undefined } : this.read(this.front++);
  }

  nextBack(): IteratorResult<T, undefined> {
    return this.front >= this.back ? { done: true, value: undefined } : this.read(--this.back);
  }

  private read(index: number): IteratorResult<T, undefined> {
    checkUnchanged(this.owner, this.epoch);
    const slot = this.head + index;
    return { done: false, value: this.slots.get(slot >= this.capacity ? slot - this.capacity : slot) };
  }
}
