/**
 * Overwriting many elements in place: with one value, or with those of another slice or array.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import { cloneValueFrom, dropValue, dropValues, type Slots } from "@kmem/repr";
import { ArgumentError, checkUsize } from "../core/errors.ts";
import { OWNED } from "../core/owner.ts";
import { sameType } from "../core/owner-type.ts";
import { checkRange } from "../core/range.ts";
import type { SliceBase } from "./slice-base.ts";
import { SliceChange } from "./slice-change.ts";
import { isSameTypedArray, isSlice, requireSource } from "./slice-source.ts";

export abstract class SliceFill<T> extends SliceChange<T> {
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
    requireSource(source);
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

  /** Refuses an array that has a value which the type cannot hold. */
  protected checkAll(source: ArrayLike<T> | SliceBase<T>): void {
    requireSource(source);
    if (isSlice(source)) {
      if (!sameType(source.type, this.type))
        throw new ArgumentError("alloc/argument", `expected elements of type ${this.type.name}`, source);
    } else if (!isSameTypedArray(source, this.type.kind ?? 0))
      for (let i = 0; i < source.length; i++) this.slots.check(source[i]!);
  }

  /** Copies values in, from slot `start` on; {@link SliceFill.checkAll} was called. For types that own nothing. */
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
}
