/**
 * Changing elements in place: what Rust's `&mut [T]` can do without moving the block.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import { dropValue, cloneValueFrom, dropValues, type Slots } from "@kmem/repr";
import { ArgumentError, checkUsize } from "../core/errors.ts";
import { replaceSlot, setSlot } from "../core/place.ts";
import { checkRange } from "../core/range.ts";
import { OWNED } from "../core/owner.ts";
import { sameType } from "../core/owner-type.ts";
import { SliceSearch } from "./slice-search.ts";
import type { SliceBase } from "./slice-base.ts";
import { SliceRead } from "./slice-read.ts";

export abstract class SliceChange<T> extends SliceSearch<T> {
  /** Replaces an element and drops the old one: Rust's `v[i] = x`. @throws Panic "index out of bounds" */
  set(index: number, value: T): void {
    if (this.state !== OWNED) this.enter();
    if (index >>> 0 !== index || index >= this.count) this.checkIndex(index);
    const { slots } = this;
    if (!slots.owns) {
      slots.set(index, value);
      return;
    }
    setSlot(slots, index, value, () => this.changed());
  }

  /** Replaces an element and gives the old one: `mem::replace(&mut v[i], x)`. @throws as {@link SliceChange.set} */
  replace(index: number, value: T): T {
    if (this.state !== OWNED) this.enter();
    this.checkIndex(index);
    return replaceSlot(this.slots, index, value, () => this.changed());
  }

  swap(a: number, b: number): void {
    if (this.state !== OWNED) this.enter();
    this.checkIndex(a);
    this.checkIndex(b);
    this.swapUnchecked(a, b);
    this.movedElements();
  }

  reverse(): void {
    if (this.state !== OWNED) this.enter();
    for (let i = 0, j = this.count - 1; i < j; i++, j--) this.swapUnchecked(i, j);
    this.movedElements();
  }

  /** Moves the first `count` elements behind the others. @throws Panic when there are not so many */
  rotateLeft(count: number): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(count, "count");
    if (count > this.count) throw new Panic("assertion failed: mid <= self.len()");
    this.rotate(count);
  }

  /** Moves the last `count` elements before the others. @throws Panic when there are not so many */
  rotateRight(count: number): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(count, "count");
    if (count > this.count) throw new Panic("assertion failed: k <= self.len()");
    this.rotate(this.count - count);
  }

  /** Sets every element to clones of `value`, dropping the old ones; `value` itself goes last. */
  fill(value: T): void {
    if (this.state !== OWNED) this.enter();
    const { slots, count, type } = this;
    slots.check(value);
    if (!slots.owns) {
      this.fillPlain(value);
      return;
    }
    if (count === 0) {
      dropValue(value);
      return;
    }
    // The value takes the last slot at once, and is cloned from there; the old last element waits, to be dropped last.
    const { memory, allocator } = slots;
    const last = slots.addressOf(count - 1);
    const old = this.readRaw(count - 1, 1);
    slots.set(count - 1, value);
    this.changed();
    try {
      for (let i = 0; i < count - 1; i++) cloneValueFrom(type, memory, last, slots.addressOf(i), allocator);
    } finally {
      const bytes = this.readRaw(count - 1, 1);
      this.writeRaw(count - 1, old);
      this.dropThen(count - 1, () => this.writeRaw(count - 1, bytes));
    }
  }

  /** Sets every element to what `make` gives, in order. */
  fillWith(make: (index: number) => T): void {
    const { length } = this;
    for (let i = 0; i < length; i++) this.set(i, make(i));
  }

  /** Copies elements `start..end` to `to` on; the ranges may overlap. For types that own nothing. */
  copyWithin(start: number, end: number, to: number): void {
    if (this.state !== OWNED) this.enter();
    checkRange(start, end, this.count);
    checkUsize(to, "to");
    this.requirePlain("copyWithin");
    if (to > this.count - (end - start)) throw new Panic("dest is out of bounds");
    this.slots.move(to, start, end - start);
  }

  /** Overwrites all elements with copies of as many others. For types that own nothing. @throws Panic if the lengths differ */
  copyFromSlice(source: ArrayLike<T> | SliceBase<T>): void {
    if (this.state !== OWNED) this.enter();
    this.requirePlain("copyFromSlice");
    if (source.length !== this.count)
      throw new Panic(
        `copy_from_slice: source slice length (${source.length}) does not match destination slice length (${this.count})`,
      );
    this.checkAll(source);
    this.writeAll(0, source);
  }

  /** Overwrites all elements with clones of as many others, as `clone_from` does. @throws Panic if the lengths differ */
  cloneFromSlice(source: ArrayLike<T> | SliceBase<T>): void {
    if (!this.slots.owns) {
      this.copyFromSlice(source);
      return;
    }
    if (this.state !== OWNED) this.enter();
    if (source.length !== this.count) throw new Panic("destination and source slices have different lengths");
    const from = this.cloneable(source);
    const { slots, count, type } = this;
    this.changed();
    for (let i = 0; i < count; i++)
      cloneValueFrom(type, slots.memory, from.addressOf(i), slots.addressOf(i), this.allocator);
  }

  /** Exchanges all elements with those of another slice. @throws Panic when the lengths differ */
  swapWithSlice(other: SliceBase<T>): void {
    if (this.state !== OWNED) this.enter();
    if (other.length !== this.count) throw new Panic("destination and source slices have different lengths");
    if (this.slots.owns) this.requireSameAllocator(other);
    const mine = this.readRaw(0, this.count);
    const theirs = other.readRaw(0, this.count);
    this.writeRaw(0, theirs);
    other.writeRaw(0, mine);
    this.movedElements();
    other.movedElements();
  }

  /** Says that elements changed places: what was lent of them is no longer good. Plain values are not lent. */
  protected movedElements(): void {
    if (this.slots.owns) this.changed();
  }

  /** The slots of a source, if it is a slice. */
  protected slotsOf(source: ArrayLike<T> | SliceBase<T>): Slots<T> | undefined {
    if (!isSlice(source)) return undefined;
    source.assertUsable();
    return source.slots;
  }

  /** The slots of elements that are to be cloned: owners are cloned from their bytes, which an array does not have. */
  protected cloneable(source: ArrayLike<T> | SliceBase<T>): Slots<T> {
    if (!isSlice(source))
      throw new ArgumentError("alloc/argument", `expected a Vec or slice of ${this.type.name} to clone from`, source);
    this.requireSameAllocator(source);
    return source.slots;
  }

  protected requireSameAllocator(other: SliceRead<T>): void {
    if (other.allocator !== this.allocator)
      throw new ArgumentError("alloc/foreign-allocator", "expected elements of the same allocator", other);
  }

  /** Refuses an array that has a value which the type cannot hold. */
  protected checkAll(source: ArrayLike<T> | SliceBase<T>): void {
    if (isSlice(source)) {
      if (!sameType(source.type, this.type))
        throw new ArgumentError("alloc/argument", `expected elements of type ${this.type.name}`, source);
    } else if (!isSameTypedArray(source, this.type.kind ?? 0))
      for (let i = 0; i < source.length; i++) this.slots.check(source[i]!);
  }

  protected swapUnchecked(a: number, b: number): void {
    const { slots } = this;
    if (slots.owns || this.type.kind === undefined) {
      const bytes = this.readRaw(a, 1);
      slots.move(a, b, 1);
      this.writeRaw(b, bytes);
    } else {
      const value = slots.get(a);
      slots.set(a, slots.get(b));
      slots.set(b, value);
    }
  }

  /** Copies values in, from slot `start` on; {@link SliceChange.checkAll} was called. For types that own nothing. */
  protected writeAll(start: number, source: ArrayLike<T> | SliceBase<T>): void {
    const { slots } = this;
    const { length } = source;
    if (isSlice(source)) {
      const from = source.slots;
      const bytes = length * slots.stride;
      if (bytes === 0) return;
      if (from.memory === slots.memory) slots.memory.copy(slots.addressOf(start), from.start, bytes);
      else slots.memory.writeBytes(slots.addressOf(start), source.readRaw(0, length));
      return;
    }
    for (let i = 0; i < length;) {
      const run = isSameTypedArray(source, this.type.kind ?? 0) ? Math.min(slots.run(start + i, true), length - i) : 0;
      if (run > 0) {
        (slots.runArray as Uint8Array).set(
          (source as unknown as Uint8Array).subarray(i, i + run),
          slots.runIndex(start + i),
        );
        i += run;
      } else {
        slots.set(start + i, source[i]!);
        i++;
      }
    }
  }

  protected fillPlain(value: T, start = 0, end: number = this.count): void {
    const { slots } = this;
    for (let i = start; i < end;) {
      const run = Math.min(slots.run(i, true), end - i);
      // The array holds bigints for 64-bit kinds, bytes for bool and char codes: write one, and spread what was written.
      if (run > 0) {
        slots.set(i, value);
        const array = slots.runArray as Uint8Array;
        const at = slots.runIndex(i);
        array.fill(array[at]!, at, at + run);
        i += run;
      } else {
        slots.set(i, value);
        i++;
      }
    }
  }

  /** Overwrites the bytes of elements. */
  protected writeRaw(index: number, bytes: Uint8Array): void {
    if (bytes.length > 0) this.slots.memory.writeBytes(this.slots.addressOf(index), bytes);
  }

  /** The bytes of `count` elements. */
  protected readRaw(index: number, count: number): Uint8Array {
    const { slots } = this;
    const bytes = new Uint8Array(count * slots.stride);
    if (bytes.length > 0) slots.memory.readBytes(slots.addressOf(index), bytes);
    return bytes;
  }

  /** Drops the element in a slot, and puts another one there even if that throws. */
  private dropThen(index: number, put: () => void): void {
    const { slots } = this;
    try {
      dropValues(this.type, slots.memory, slots.addressOf(index), 1, this.allocator);
    } finally {
      put();
    }
  }

  private requirePlain(operation: string): void {
    if (this.slots.owns)
      throw new ArgumentError("alloc/argument", `${operation}: ${this.type.name} owns memory; clone instead`, this);
  }

  private rotate(mid: number): void {
    const { slots, count } = this;
    if (mid === 0 || mid === count || slots.stride === 0) return;
    // The shorter part waits outside of memory.
    if (mid <= count - mid) {
      const front = this.readRaw(0, mid);
      slots.move(0, mid, count - mid);
      this.writeRaw(count - mid, front);
    } else {
      const back = this.readRaw(mid, count - mid);
      slots.move(count - mid, 0, mid);
      slots.memory.writeBytes(slots.start, back);
    }
    this.movedElements();
  }
}

/** Whether a source of elements is a slice in memory rather than a JavaScript array. */
export function isSlice<T>(source: ArrayLike<T> | SliceBase<T>): source is SliceBase<T> {
  return source instanceof SliceRead;
}

/** Whether a typed array holds exactly what elements of this kind are, so that it can be copied as it is. */
function isSameTypedArray(source: unknown, kind: number): boolean {
  switch (kind) {
    case 1:
      return source instanceof Uint8Array || source instanceof Uint8ClampedArray;
    case 2:
      return source instanceof Int8Array;
    case 3:
      return source instanceof Uint16Array;
    case 4:
      return source instanceof Int16Array;
    case 5:
      return source instanceof Uint32Array;
    case 6:
      return source instanceof Int32Array;
    case 7:
      return source instanceof Float32Array;
    case 8:
      return source instanceof Float64Array;
    case 9:
      return source instanceof BigUint64Array;
    case 10:
      return source instanceof BigInt64Array;
    default:
      return false;
  }
}
