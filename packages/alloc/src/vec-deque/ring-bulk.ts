/**
 * A VecDeque's operations on many elements at once.
 *
 * @module
 */
import { cloneValue, dropValue } from "@kmem/repr";
import { cloneOf } from "../core/clone-value.ts";
import { ArgumentError, checkUsize } from "../core/errors.ts";
import { feed } from "../core/feed.ts";
import { iterOf } from "../core/iter.ts";
import { OWNED } from "../core/owner.ts";
import { sameType } from "../core/owner-type.ts";
import { checkRange } from "../core/range.ts";
import { lowerBoundOf, sizeHintOf } from "../core/size-hint.ts";
import { SliceBase } from "../slice/slice-base.ts";
import { requireSource } from "../slice/slice-source.ts";
import { requireVec, type Vec } from "../vec/vec.ts";
import { DequeDrain } from "./drain.ts";
import { RingSlices } from "./ring-slices.ts";

export abstract class RingBulk<T> extends RingSlices<T> {
  /**
   * Appends all values of an iterable.
   *
   * When it tells its exact length, room is made for all at once; otherwise for as many as the iterator then promises,
   * whenever the next one would not fit. When it throws, what it gave before is kept.
   */
  extend(values: Iterable<T>): void {
    if (this.state !== OWNED) this.enter();
    const [lower, upper] = sizeHintOf(values);
    feed(values, (iterator) => {
      // How many more elements fit before the iterator is asked what it promises.
      let room = 0;
      if (lower === upper) {
        this.makeRoom(lower);
        room = Infinity;
      }
      for (let result = iterator.next(); result.done !== true; result = iterator.next()) {
        if (this.state !== OWNED) this.enter();
        if (room <= 0) {
          this.slots.check(result.value);
          this.makeRoom(lowerBoundOf(iterator, 0) + 1);
          room = this.raw.capacity - this.count;
        }
        this.pushBack(result.value);
        room--;
      }
    });
  }

  /** Appends clones of all elements of a slice or another deque, or copies of an array's values. */
  extendFromSlice(source: ArrayLike<T> | SliceBase<T> | RingBulk<T>): void {
    if (this.state !== OWNED) this.enter();
    if (!(source instanceof RingBulk || source instanceof SliceBase)) {
      requireSource(source);
      this.extend(iterOf(Array.from(source)).map((value) => cloneOf(value)));
      return;
    }
    this.requireSameElements(source);
    const parts = source instanceof RingBulk ? source.pieces() : [{ at: source.asPtr(), length: source.length }];
    if (this.isMine(parts[0]!.at))
      throw new ArgumentError("alloc/argument", "expected elements of another deque", source);
    this.makeRoom(source.length);
    const { memory } = this.slots;
    for (const { at, length } of parts)
      for (let i = 0; i < length; i++) {
        const to = this.slots.addressOf(this.slotOf(this.count));
        cloneValue(this.type, memory, at + i * this.slots.stride, to, this.allocator);
        this.count++;
      }
    this.changed();
  }

  /** Moves all elements of another deque behind its own; the other is empty then. */
  append(other: RingBulk<T>): void {
    if (this.state !== OWNED) this.enter();
    if (!(other instanceof RingBulk) || other === this)
      throw new ArgumentError("alloc/argument", "expected another deque to append", other);
    const { length } = other;
    this.requireSameElements(other);
    const total = this.addLengths(this.count, length);
    if (this.slots.stride > 0) this.makeRoom(length);
    this.takeBytes(other.readAll(), this.count);
    this.count = total;
    other.count = 0;
    other.head = 0;
    this.changed();
    other.changed();
  }

  /** Moves all elements of a Vec behind its own: `extend(vec)`. The Vec is used up, and its block given back. */
  appendVec(other: Vec<T>): void {
    if (this.state !== OWNED) this.enter();
    requireVec(other);
    this.requireSameElements(other);
    other.checkMovable(this.allocator);
    const { length } = other;
    const total = this.addLengths(this.count, length);
    this.makeRoom(length);
    const bytes = new Uint8Array(length * this.slots.stride);
    if (bytes.length > 0) other.allocator.memory.readBytes(other.asPtr(), bytes);
    this.takeBytes(bytes, this.count);
    this.count = total;
    this.changed();
    other.setLength(0);
    other.drop();
  }

  /** Drops elements beyond `length`, or appends clones of `value` up to it; `value` itself goes last. */
  resize(length: number, value: T): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(length, "length");
    this.slots.check(value);
    if (length <= this.count) {
      try {
        this.truncate(length);
      } finally {
        dropValue(value);
      }
      return;
    }
    this.makeRoom(length - this.count);
    const { slots } = this;
    // The value takes its place at once, and is cloned from there; only what is in front of it counts meanwhile.
    const last = this.slotOf(length - 1);
    slots.set(last, value);
    const from = slots.addressOf(last);
    try {
      for (; this.count < length - 1; this.count++)
        cloneValue(this.type, slots.memory, from, slots.addressOf(this.slotOf(this.count)), this.allocator);
      this.count = length;
    } catch (error) {
      this.dropRange(last, 1);
      throw error;
    } finally {
      this.changed();
    }
  }

  /** Drops elements beyond `length`, or appends what `make` gives up to it. */
  resizeWith(length: number, make: () => T): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(length, "length");
    if (length <= this.count) this.truncate(length);
    else {
      this.makeRoom(length - this.count);
      while (this.count < length) this.pushBack(make());
    }
  }

  /** Keeps the elements for which `keep` holds, in their order; the others are dropped in the end. */
  retain(keep: (value: T) => boolean): void {
    if (this.state !== OWNED) this.enter();
    const { count, slots } = this;
    let kept = 0;
    this.lock();
    try {
      for (let i = 0; i < count; i++) {
        if (!keep(slots.get(this.slotOf(i)))) continue;
        // Swapped forward, as Rust does it: the others are in another order when they are dropped.
        if (kept < i) {
          this.swapSlots(this.slotOf(kept), this.slotOf(i));
          if (slots.owns) this.epoch++;
        }
        kept++;
      }
    } catch (error) {
      kept = count;
      throw error;
    } finally {
      this.unlock();
      this.changed();
    }
    this.truncate(kept);
  }

  /**
   * Removes elements `start..end` and gives them one by one; what is not taken is dropped. The deque cannot be used
   * until the drain is exhausted or disposed of.
   */
  drain(start = 0, end: number = this.length): DequeDrain<T> {
    if (this.state !== OWNED) this.enter();
    checkRange(start, end, this.count);
    const { count } = this;
    return new DequeDrain<T>(
      {
        length: count,
        begin: (length, by) => {
          this.count = length;
          this.changed();
          this.lock(by);
        },
        take: (index) => this.slots.take(this.slotOf(index)),
        drop: (from, many) => this.dropRange(this.slotOf(from), many),
        end: (from, to) => this.closeRange(from, to, count),
      },
      start,
      end,
    );
  }

  /** Writes bytes of elements into empty slots, from the one of element `index` on. */
  protected takeBytes(bytes: Uint8Array, index: number): void {
    const { slots } = this;
    if (bytes.length === 0) return;
    const slot = this.slotOf(index);
    const cut = Math.min(bytes.length, (this.raw.capacity - slot) * slots.stride);
    slots.memory.writeBytes(slots.addressOf(slot), bytes.subarray(0, cut));
    if (cut < bytes.length) slots.memory.writeBytes(slots.start, bytes.subarray(cut));
  }

  protected requireSameElements(other: RingBulk<T> | SliceBase<T>): void {
    if (!(other instanceof RingBulk || other instanceof SliceBase))
      throw new ArgumentError("alloc/argument", "expected a VecDeque, a Vec or a slice", other);
    other.assertUsable();
    if (!sameType(other.type, this.type))
      throw new ArgumentError("alloc/argument", `expected elements of type ${this.type.name}`, other);
    if (other.allocator !== this.allocator)
      throw new ArgumentError("alloc/foreign-allocator", "expected elements of the same allocator", other);
  }

  /** Where the elements lie: one or two pieces. */
  private pieces(): { at: number; length: number }[] {
    const { frontLength: front, slots } = this;
    return [
      { at: slots.addressOf(this.head), length: front },
      { at: slots.start, length: this.count - front },
    ];
  }

  protected isMine(at: number): boolean {
    return at >= this.slots.start && at < this.slots.start + this.raw.capacity * this.slots.stride;
  }

  /** Closes the gap that a drain of `start..end` left in `length` elements, and unlocks. */
  private closeRange(start: number, end: number, length: number): void {
    const gap = end - start;
    const behind = length - end;
    this.unlock();
    if (this.slots.stride > 0) {
      if (start > 0 && behind > 0) {
        if (start < behind) this.wrapMove(this.head, this.slotOf(gap), start);
        else this.wrapMove(this.slotOf(end), this.slotOf(start), behind);
      }
      if (start + behind === 0) this.head = 0;
      else if (start < behind) this.head = this.slotOf(gap);
    }
    this.count = start + behind;
    this.changed();
  }
}
