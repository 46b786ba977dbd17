/**
 * A VecDeque's elements by index.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import { ArgumentError, checkUsize } from "../core/errors.ts";
import type { ExactIter } from "../core/iter.ts";
import { checkUnchanged, OWNED } from "../core/owner.ts";
import { replaceSlot, setSlot } from "../core/place.ts";
import { checkRange, checkRangeInclusive } from "../core/range.ts";
import { RefMut } from "../core/ref-mut.ts";
import { RingEnds } from "./ring-ends.ts";
import { RingIter } from "./ring-iter.ts";

export abstract class RingItems<T> extends RingEnds<T> {
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

  /** Elements `start..end`, each borrowed for changing; all of them by default. */
  *rangeMut(start = 0, end: number = this.length): Generator<RefMut<T>, undefined> {
    if (this.state !== OWNED) this.enter();
    checkRange(start, end, this.count);
    let { epoch } = this;
    for (let i = start; i < end; i++) {
      const element = this.getMut(i)!;
      const before = element.epoch;
      yield element;
      epoch += element.epoch - before;
      checkUnchanged(this, epoch);
    }
    return undefined;
  }

  /** Every element, borrowed for changing. @throws BorrowError when something else has changed meanwhile */
  iterMut(): Generator<RefMut<T>, undefined> {
    return this.rangeMut();
  }

  /** {@link RingEnds.pushBack}; the element is borrowed for changing. */
  pushBackMut(value: T): RefMut<T> {
    this.pushBack(value);
    return this.backMut()!;
  }

  /** {@link RingEnds.pushFront}; the element is borrowed for changing. */
  pushFrontMut(value: T): RefMut<T> {
    this.pushFront(value);
    return this.frontMut()!;
  }

  /** {@link RingItems.insert}; the element is borrowed for changing. */
  insertMut(index: number, value: T): RefMut<T> {
    this.insert(index, value);
    return this.getMut(index)!;
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
