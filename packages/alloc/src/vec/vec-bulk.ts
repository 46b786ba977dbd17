/**
 * A Vec's operations on many elements at once.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import { dropValue, cloneValue, cloneValueFrom, cloneValues, dropValues } from "@kmem/repr";
import { cloneOf } from "../core/clone-value.ts";
import { ArgumentError, checkUsize, usizeText } from "../core/errors.ts";
import { feed } from "../core/feed.ts";
import { iterOf } from "../core/iter.ts";
import { checkRange } from "../core/range.ts";
import { OWNED } from "../core/owner.ts";
import { minNonZeroCapacity } from "../core/raw-vec.ts";
import { lowerBoundOf, sizeHintOf } from "../core/size-hint.ts";
import type { SliceBase } from "../slice/slice-base.ts";
import { isSlice } from "../slice/slice-source.ts";
import { VecCore } from "./vec-core.ts";
import type { Vec } from "./vec.ts";

export abstract class VecBulk<T> extends VecCore<T> {
  /**
   * Appends all values of an iterable.
   *
   * When it tells its exact length, room is made for all at once; otherwise whenever the block is full, for as many as
   * the iterator then promises. When it throws, what it gave before is kept.
   */
  extend(values: Iterable<T>): void {
    if (this.state !== OWNED) this.enter();
    const [lower, upper] = sizeHintOf(values);
    feed(values, (iterator) => {
      if (lower === upper) {
        this.raw.reserve(this.count, lower);
        this.changed();
      }
      this.extendFrom(iterator);
    });
  }

  /** Appends clones of all elements of a slice or array. */
  extendFromSlice(source: ArrayLike<T> | SliceBase<T>): void {
    if (this.state !== OWNED) this.enter();
    this.checkAll(source);
    const { length } = source;
    const { slots } = this;
    if (slots.owns && !isSlice(source)) {
      this.extend(iterOf(Array.from(source)).map((value) => cloneOf(value)));
      return;
    }
    if (slots.owns) this.cloneable(source);
    const start = this.slotsOf(source)?.start ?? 0;
    // Where the source is a part of this Vec, it moves with the block.
    const isOwn = this.isOwnPart(source);
    const offset = start - slots.start;
    this.raw.reserve(this.count, length);
    this.changed();
    const { count } = this;
    if (isOwn || slots.owns) {
      const at = isOwn ? slots.start + offset : start;
      cloneValues(this.type, slots.memory, at, slots.addressOf(count), length, this.allocator);
    } else this.writeAll(count, source);
    this.count = count + length;
    this.changed();
  }

  /** Appends clones of elements `start..end` of itself. */
  extendFromWithin(start: number, end: number): void {
    if (this.state !== OWNED) this.enter();
    checkRange(start, end, this.count);
    this.raw.reserve(this.count, end - start);
    this.changed();
    const { slots, count } = this;
    cloneValues(this.type, slots.memory, slots.addressOf(start), slots.addressOf(count), end - start, this.allocator);
    this.count = count + (end - start);
    this.changed();
  }

  /** Moves all elements of another Vec behind its own; the other is empty then. */
  append(other: VecBulk<T>): void {
    if (this.state !== OWNED) this.enter();
    if (!(other instanceof VecBulk)) throw new ArgumentError("alloc/argument", "expected a Vec to append", other);
    if ((other as unknown) === this) throw new ArgumentError("alloc/argument", "expected another Vec to append", other);
    const { length } = other;
    this.checkAll(other);
    this.requireSameAllocator(other);
    this.raw.reserve(this.count, length);
    this.changed();
    this.writeBytesOf(other, 0, length, this.count);
    this.count += length;
    other.count = 0;
    this.changed();
    other.changed();
  }

  /** Removes the elements from `at` on and gives them as a new Vec, exactly as large as needed. */
  splitOff(at: number): Vec<T> {
    if (this.state !== OWNED) this.enter();
    checkUsize(at, "at");
    const { count } = this;
    if (at > count)
      throw new Panic(`\`at\` split index (is ${usizeText(at)}) should be <= len (is ${usizeText(count)})`);
    const other = this.emptyVec(count - at) as VecBulk<T>;
    other.writeBytesOf(this, at, count - at, 0);
    other.count = count - at;
    this.count = at;
    this.changed();
    return other as unknown as Vec<T>;
  }

  /** Drops elements beyond `length`, or appends clones of `value` up to it; `value` itself goes last. */
  resize(length: number, value: T): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(length, "length");
    if (length > this.count) this.extendWith(length - this.count, value);
    else {
      this.slots.check(value);
      try {
        this.truncate(length);
      } finally {
        dropValue(value);
      }
    }
  }

  /** Drops elements beyond `length`, or appends what `make` gives up to it. */
  resizeWith(length: number, make: () => T): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(length, "length");
    if (length <= this.count) this.truncate(length);
    else {
      this.raw.reserve(this.count, length - this.count);
      this.changed();
      while (this.count < length) this.push(make());
    }
  }

  /** Makes this a clone of `source`, reusing the block and what the elements own: Rust's `clone_from`. */
  cloneFrom(source: SliceBase<T>): void {
    if (this.state !== OWNED) this.enter();
    if ((source as unknown) === this) return;
    this.checkAll(source);
    const { length } = source;
    if (this.isOwnPart(source))
      throw new ArgumentError("alloc/argument", "expected elements of another Vec to clone", source);
    if (!this.slots.owns) {
      this.count = 0;
      this.changed();
      this.extendFromSlice(source);
      return;
    }
    const from = this.cloneable(source);
    this.truncate(length);
    this.changed();
    const { slots, type, count, allocator } = this;
    for (let i = 0; i < count; i++)
      cloneValueFrom(type, slots.memory, from.addressOf(i), slots.addressOf(i), allocator);
    this.extendFromSlice(source.asSlice(count));
  }

  /** Appends `additional` elements: clones of `value`, and `value` itself as the last one. There is at least one. */
  protected extendWith(additional: number, value: T): void {
    const { slots, type } = this;
    slots.check(value);
    this.raw.reserve(this.count, additional);
    this.changed();
    const { count, allocator } = this;
    const last = count + additional - 1;
    if (!slots.owns && type.clone === undefined) this.fillPlain(value, count, last + 1);
    else {
      // The value takes its place at once, and is cloned from there.
      slots.set(last, value);
      let done = count;
      try {
        for (; done < last; done++)
          cloneValue(type, slots.memory, slots.addressOf(last), slots.addressOf(done), allocator);
      } catch (error) {
        dropValues(type, slots.memory, slots.addressOf(count), done - count, allocator);
        dropValues(type, slots.memory, slots.addressOf(last), 1, allocator);
        throw error;
      }
    }
    this.count = last + 1;
    this.changed();
  }

  /** Pushes what an iterator gives, making room by its promises whenever the block is full. */
  protected extendFrom(iterator: Iterator<T>): void {
    for (let result = iterator.next(); result.done !== true; result = iterator.next()) {
      if (this.state !== OWNED) this.enter();
      if (this.count === this.raw.capacity) {
        this.slots.check(result.value);
        this.raw.reserve(this.count, lowerBoundOf(iterator, 0) + 1);
        this.changed();
      }
      this.push(result.value);
    }
  }

  /** Whether a source's elements lie in this Vec's block. */
  private isOwnPart(source: ArrayLike<T> | SliceBase<T>): boolean {
    const { slots } = this;
    const from = this.slotsOf(source);
    if (from?.memory !== slots.memory) return false;
    const offset = from.start - slots.start;
    return offset >= 0 && offset < this.raw.capacity * slots.stride;
  }

  /** Moves the bytes of another Vec's elements into empty slots of this one. */
  private writeBytesOf(other: VecBulk<T>, from: number, count: number, to: number): void {
    const { slots } = this;
    if (count * slots.stride > 0)
      slots.memory.copy(slots.addressOf(to), other.slots.addressOf(from), count * slots.stride);
  }

  /** Fills an empty Vec from an iterator of unknown length, as Rust's `collect` does. */
  protected collectFrom(iterator: Iterator<T>): void {
    const first = iterator.next();
    if (first.done === true) return;
    this.slots.check(first.value);
    const lower = lowerBoundOf(iterator, 0);
    this.raw.allocate(Math.max(minNonZeroCapacity(this.type.size), lower + 1));
    this.push(first.value);
    this.extendFrom(iterator);
  }
}
