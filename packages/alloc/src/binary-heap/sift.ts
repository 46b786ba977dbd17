/**
 * Putting one element of a heap in its place: along the path to the root, or down the larger children.
 *
 * ```
 *            0              children of i: 2i + 1, 2i + 2
 *        1       2          parent of i:   (i − 1) / 2
 *      3   4   5   6        no child is larger than its parent
 * ```
 * All comparing comes before all moving, so that a comparison that throws changes nothing. Which elements are compared,
 * and what lies where afterwards, is as in Rust 1.95.
 *
 * @module
 */
import { isNaturallyOrdered, type Slots, type Type } from "@kmem/repr";

/** Ways of one element type. */
export interface Sifter {
  /** Moves the element at `at` up towards `start`, past smaller ones. */
  up(start: number, at: number): void;
  /** Moves the element at `at` down, past larger children before `end`. */
  down(at: number, end: number): void;
  /** Moves the element at `at` down to the bottom along larger children, then up to its place. */
  downToBottom(at: number, end: number): void;
}

/** The fastest way for an element type. */
export function sifterFor<T>(slots: Slots<T>): Sifter {
  const { kind = 0 } = slots.type;
  // Kinds 1 to 6 are integers of up to 32 bits.
  if (kind >= 1 && kind <= 6 && isNaturallyOrdered(slots.type))
    return new IntegerSifter(slots as unknown as Slots<number>);
  return kind === 0 ? new BytesSifter(slots) : new ValueSifter(slots);
}

/** Integers: compared as they are, and moved as values. */
class IntegerSifter implements Sifter {
  private readonly slots: Slots<number>;

  constructor(slots: Slots<number>) {
    this.slots = slots;
  }

  up(start: number, at: number): void {
    const { slots } = this;
    const value = slots.get(at);
    let hole = at;
    while (hole > start) {
      const parent = (hole - 1) >>> 1;
      const above = slots.get(parent);
      if (value <= above) break;
      slots.set(hole, above);
      hole = parent;
    }
    if (hole !== at) slots.set(hole, value);
  }

  down(at: number, end: number): void {
    const { slots } = this;
    const value = slots.get(at);
    let hole = at;
    for (let child = 2 * hole + 1; child < end; child = 2 * hole + 1) {
      let larger = slots.get(child);
      if (child + 1 < end) {
        const right = slots.get(child + 1);
        if (larger <= right) {
          larger = right;
          child++;
        }
      }
      if (value >= larger) break;
      slots.set(hole, larger);
      hole = child;
    }
    if (hole !== at) slots.set(hole, value);
  }

  downToBottom(at: number, end: number): void {
    const { slots } = this;
    const value = slots.get(at);
    let hole = at;
    for (let child = 2 * hole + 1; child < end; child = 2 * hole + 1) {
      let larger = slots.get(child);
      if (child + 1 < end) {
        const right = slots.get(child + 1);
        if (larger <= right) {
          larger = right;
          child++;
        }
      }
      slots.set(hole, larger);
      hole = child;
    }
    slots.set(hole, value);
    this.up(at, hole);
  }
}

/** What other types have in common: the element's new place is looked for, and then everything moves. */
abstract class SearchingSifter<T> implements Sifter {
  protected readonly slots: Slots<T>;
  protected readonly type: Type<T>;

  constructor(slots: Slots<T>) {
    this.slots = slots;
    this.type = slots.type;
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

  downToBottom(at: number, end: number): void {
    const { slots } = this;
    let hole = at;
    for (let child = 2 * hole + 1; child < end; child = 2 * hole + 1) hole = this.larger(child, end);
    // On its way up the element meets what has moved into each parent: what lies in the path's next slot now.
    while (hole > at && this.type.compare(slots.get(at), slots.get(hole)) > 0) hole = (hole - 1) >>> 1;
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
class ValueSifter<T> extends SearchingSifter<T> {
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
class BytesSifter<T> extends SearchingSifter<T> {
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
