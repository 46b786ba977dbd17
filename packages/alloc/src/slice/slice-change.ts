/**
 * Changing elements in place: one of them, or where they lie. Nothing moves the block.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import { ArgumentError, checkUsize } from "../core/errors.ts";
import { OWNED } from "../core/owner.ts";
import { replaceSlot, setSlot } from "../core/place.ts";
import type { SliceBase } from "./slice-base.ts";
import type { SliceRead } from "./slice-read.ts";
import { SliceSearch } from "./slice-search.ts";

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

  protected requireSameAllocator(other: SliceRead<T>): void {
    if (other.allocator !== this.allocator)
      throw new ArgumentError("alloc/foreign-allocator", "expected elements of the same allocator", other);
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
