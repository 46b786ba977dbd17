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
import { compareFloats, isNaturallyOrdered, isReverselyOrdered, type Slots, type Type } from "@kmem/repr";

/** Ways of one element type. */
export interface Sifter<T> {
  /** Puts a new element behind `count` others, and from there in its place. @throws when the type cannot hold it */
  push(count: number, value: T): void;
  /** Takes the top out; the element in slot `last`, behind all others, goes there, and from there to its place. */
  pop(last: number): T;
  /** Moves the element at `at` up towards `start`, past smaller ones. */
  up(start: number, at: number): void;
  /** Moves the element at `at` down, past larger children before `end`. */
  down(at: number, end: number): void;
}

/** How numbers are ordered. A number, so that the loops below need no call for it. */
type Order = 0 | 1 | 2;
const NATURAL = 0;
const REVERSED = 1;
const FLOATS = 2;

/** Typed arrays of numbers that are worth a loop of their own; four, since engines keep no more of them apart. */
type WideArray = Uint32Array | Int32Array | Float32Array | Float64Array;

/** The fastest way for an element type. */
export function sifterFor<T>(slots: Slots<T>): Sifter<T> {
  const { kind = 0 } = slots.type;
  if (kind === 0) return new BytesSifter(slots);
  // 5 u32, 6 i32, 7 f32, 8 f64
  const isWide = kind >= 5 && kind <= 8;
  if (isWide && isNaturallyOrdered(slots.type))
    return new NumberSifter(slots as unknown as Slots<number>, kind <= 6 ? NATURAL : FLOATS) as unknown as Sifter<T>;
  if (kind <= 6 && isWide && isReverselyOrdered(slots.type))
    return new NumberSifter(slots as unknown as Slots<number>, REVERSED) as unknown as Sifter<T>;
  return new ValueSifter(slots);
}

/** What other types have in common: the element's new place is looked for, and then everything moves. */
abstract class SearchingSifter<T> implements Sifter<T> {
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

/** Numbers that lie in one typed array: compared as they are, and moved as values. */
class NumberSifter extends ValueSifter<number> {
  private readonly order: Order;

  constructor(slots: Slots<number>, order: Order) {
    super(slots);
    this.order = order;
  }

  override push(count: number, value: number): void {
    const { slots } = this;
    if (slots.run(0, true) <= count) {
      super.push(count, value);
      return;
    }
    slots.check(value);
    siftUp(slots.runArray as WideArray, slots.runIndex(0), 0, count, value, this.order);
  }

  override pop(last: number): number {
    const { slots } = this;
    if (slots.run(0, true) <= last) return super.pop(last);
    const array = slots.runArray as WideArray;
    const base = slots.runIndex(0);
    const top = array[base]!;
    // Equal numbers cannot be told apart, so the short way leaves what Rust's way by the bottom leaves.
    siftDown(array, base, 0, last, array[base + last]!, this.order);
    return top;
  }

  override up(start: number, at: number): void {
    const { slots } = this;
    if (slots.run(0, true) <= at) {
      super.up(start, at);
      return;
    }
    const array = slots.runArray as WideArray;
    const base = slots.runIndex(0);
    siftUp(array, base, start, at, array[base + at]!, this.order);
  }

  override down(at: number, end: number): void {
    const { slots } = this;
    if (slots.run(0, true) < end) {
      super.down(at, end);
      return;
    }
    const array = slots.runArray as WideArray;
    const base = slots.runIndex(0);
    siftDown(array, base, at, end, array[base + at]!, this.order);
  }
}

function siftUp(array: WideArray, base: number, start: number, at: number, value: number, order: Order): void {
  let hole = at;
  while (hole > start) {
    const parent = (hole - 1) >>> 1;
    const above = array[base + parent]!;
    if (isAtMost(value, above, order)) break;
    array[base + hole] = above;
    hole = parent;
  }
  array[base + hole] = value;
}

/**
 * {@link siftDown} in the natural order of integers: the loop that most heaps spend their time in. Positions count from
 * the start of the typed array.
 */
function siftDownNatural(array: WideArray, base: number, at: number, end: number, value: number): void {
  const last = base + end - 1;
  const shift = 1 - base;
  let hole = base + at;
  let child = 2 * hole + shift;
  while (child < last) {
    let larger = array[child]!;
    const other = array[child + 1]!;
    if (larger <= other) {
      larger = other;
      child++;
    }
    if (larger <= value) {
      array[hole] = value;
      return;
    }
    array[hole] = larger;
    hole = child;
    child = 2 * hole + shift;
  }
  if (child === last && array[child]! > value) {
    array[hole] = array[child]!;
    hole = child;
  }
  array[hole] = value;
}

function siftDown(array: WideArray, base: number, at: number, end: number, value: number, order: Order): void {
  if (order === NATURAL) {
    siftDownNatural(array, base, at, end, value);
    return;
  }
  let hole = at;
  let child = 2 * hole + 1;
  while (child < end) {
    let larger = array[base + child]!;
    const right = child + 1;
    if (right < end) {
      const other = array[base + right]!;
      if (isAtMost(larger, other, order)) {
        larger = other;
        child = right;
      }
    }
    if (isAtMost(larger, value, order)) break;
    array[base + hole] = larger;
    hole = child;
    child = 2 * hole + 1;
  }
  array[base + hole] = value;
}

/** Rust's `a <= b`: of integers, of `Reverse`d ones, and by `total_cmp` of floats. */
function isAtMost(a: number, b: number, order: Order): boolean {
  if (order === NATURAL) return a <= b;
  return order === REVERSED ? b <= a : compareFloats(a, b) <= 0;
}
