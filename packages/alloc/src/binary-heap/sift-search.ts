/**
 * Putting an element of any type in its place in a heap: its place is looked for first, and then everything moves.
 *
 * So a comparison that throws changes nothing.
 *
 * @module
 */
import type { Slots, Type } from "@kmem/repr";
import type { Sifter } from "./sift.ts";

/** What other types have in common: the element's new place is looked for, and then everything moves. */
export abstract class SearchingSifter<T> implements Sifter<T> {
  protected readonly slots: Slots<T>;
  protected readonly type: Type<T>;

  constructor(slots: Slots<T>) {
    this.slots = slots;
    this.type = slots.type;
  }

  push(count: number, value: T): void {
    const { slots } = this;
    slots.check(value);
    let hole = count;
    while (hole > 0) {
      const parent = (hole - 1) >>> 1;
      if (this.type.compare(value, slots.get(parent)) <= 0) break;
      hole = parent;
    }
    slots.set(count, value);
    if (hole !== count) this.lift(count, hole);
  }

  pop(last: number): T {
    const { slots } = this;
    // Down to the bottom along larger children, then up; there it meets what will have moved into each parent: what
    // lies in the path's next slot now.
    let hole = 0;
    for (let child = 1; child < last; child = 2 * hole + 1) hole = this.larger(child, last);
    while (hole > 0 && this.type.compare(slots.get(last), slots.get(hole)) > 0) hole = (hole - 1) >>> 1;
    const top = slots.take(0);
    slots.move(0, last, 1);
    if (hole !== 0) this.sink(0, hole);
    return top;
  }

  up(start: number, at: number): void {
    const { slots } = this;
    let hole = at;
    while (hole > start) {
      const parent = (hole - 1) >>> 1;
      if (this.type.compare(slots.get(at), slots.get(parent)) <= 0) break;
      hole = parent;
    }
    if (hole === at) return;
    this.lift(at, hole);
  }

  down(at: number, end: number): void {
    const { slots } = this;
    let hole = at;
    for (let child = 2 * hole + 1; child < end; child = 2 * hole + 1) {
      child = this.larger(child, end);
      if (this.type.compare(slots.get(at), slots.get(child)) >= 0) break;
      hole = child;
    }
    if (hole !== at) this.sink(at, hole);
  }

  /** The larger one of two children; the right one of equals. */
  private larger(child: number, end: number): number {
    const { slots } = this;
    return child + 1 < end && this.type.compare(slots.get(child), slots.get(child + 1)) <= 0 ? child + 1 : child;
  }

  /** Moves the element at `from` up to `to`, and those between one down the path. */
  protected abstract lift(from: number, to: number): void;
  /** Moves the element at `from` down to `to`, and those between one up the path. */
  protected abstract sink(from: number, to: number): void;
}

/** Primitives of other orders: moved as values. */
export class ValueSifter<T> extends SearchingSifter<T> {
  protected lift(from: number, to: number): void {
    const { slots } = this;
    const value = slots.get(from);
    let hole = from;
    while (hole !== to) {
      const parent = (hole - 1) >>> 1;
      slots.set(hole, slots.get(parent));
      hole = parent;
    }
    slots.set(to, value);
  }

  protected sink(from: number, to: number): void {
    const { slots } = this;
    let carried = slots.get(from);
    for (let slot = to; ; slot = (slot - 1) >>> 1) {
      const next = slots.get(slot);
      slots.set(slot, carried);
      carried = next;
      if (slot === from) return;
    }
  }
}

/** Everything else: moved as bytes, which own what they owned. */
export class BytesSifter<T> extends SearchingSifter<T> {
  private carried: Uint8Array;
  private next: Uint8Array;

  constructor(slots: Slots<T>) {
    super(slots);
    this.carried = new Uint8Array(slots.stride);
    this.next = new Uint8Array(slots.stride);
  }

  protected lift(from: number, to: number): void {
    const { slots, carried } = this;
    const { memory } = slots;
    memory.readBytes(slots.addressOf(from), carried);
    let hole = from;
    while (hole !== to) {
      const parent = (hole - 1) >>> 1;
      slots.move(hole, parent, 1);
      hole = parent;
    }
    memory.writeBytes(slots.addressOf(to), carried);
  }

  protected sink(from: number, to: number): void {
    const { slots } = this;
    const { memory } = slots;
    memory.readBytes(slots.addressOf(from), this.carried);
    for (let slot = to; ; slot = (slot - 1) >>> 1) {
      const at = slots.addressOf(slot);
      memory.readBytes(at, this.next);
      memory.writeBytes(at, this.carried);
      [this.carried, this.next] = [this.next, this.carried];
      if (slot === from) return;
    }
  }
}
