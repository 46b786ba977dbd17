/**
 * A VecDeque's two ends: pushing and popping.
 *
 * @module
 */
import type { TryReserveError } from "../core/errors.ts";
import { OWNED } from "../core/owner.ts";
import { Ring } from "./ring.ts";

export abstract class RingEnds<T> extends Ring<T> {
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

  /** Puts an element before the others. @throws as {@link RingEnds.pushBack} */
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

  /** JavaScript's name for {@link RingEnds.pushBack}. */
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

  /** {@link RingEnds.tryPushBack}, at the front. */
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

  /** JavaScript's name for {@link RingEnds.popBack}. */
  pop(): T | undefined {
    return this.popBack();
  }

  /** JavaScript's name for {@link RingEnds.popFront}. */
  shift(): T | undefined {
    return this.popFront();
  }

  /** JavaScript's name for {@link RingEnds.pushFront}. @returns the new length */
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
}
