/**
 * A heap's operations on one element at a time, and its room.
 *
 * @module
 */
import { checkUsize, type TryReserveError } from "../core/errors.ts";
import { OWNED } from "../core/owner.ts";
import { replaceSlot, setSlot } from "../core/place.ts";
import { HeapCore } from "./heap-core.ts";
import { PeekMut } from "./peek-mut.ts";

export abstract class HeapItems<T> extends HeapCore<T> {
  /** Adds an element; O(log n). @throws calls the alloc error handler when there is no memory; nothing has changed then */
  push(value: T): void {
    if (this.state !== OWNED) this.enter();
    const { count } = this;
    if (count === this.raw.capacity) this.growFor(value);
    this.sifter.push(count, value);
    this.count = count + 1;
    this.changed();
  }

  /** Adds an element if there is memory for it. @returns why not, if not; the value is still yours then */
  tryPush(value: T): TryReserveError | undefined {
    if (this.state !== OWNED) this.enter();
    this.slots.check(value);
    const error = this.tryReserve(1);
    if (error === undefined) this.push(value);
    return error;
  }

  /** Removes and gives the largest element, or `undefined`; O(log n). */
  pop(): T | undefined {
    if (this.state !== OWNED) this.enter();
    const last = this.count - 1;
    if (last < 0) return undefined;
    const value = this.sifter.pop(last);
    this.count = last;
    this.changed();
    return value;
  }

  /** The largest element, or `undefined`. */
  peek(): T | undefined {
    if (this.state !== OWNED) this.enter();
    return this.count === 0 ? undefined : this.slots.get(0);
  }

  /** The largest element, borrowed for changing, or `undefined`. */
  peekMut(): PeekMut<T> | undefined {
    if (this.state !== OWNED) this.enter();
    if (this.count === 0) return undefined;
    const { slots } = this;
    const peek = new PeekMut<T>(
      {
        get: () => slots.get(0),
        set: (value) => setSlot(slots, 0, value, () => this.changed()),
        replace: (value) => replaceSlot(slots, 0, value, () => this.changed()),
        end: (sift) => {
          this.unlock();
          if (!sift) return;
          this.sifter.down(0, this.count);
          this.changed();
        },
        pop: () => {
          this.unlock();
          return this.pop()!;
        },
      },
      slots.owns,
    );
    this.lock(peek);
    return peek;
  }

  /** Makes room for `additional` more elements, growing generously. @throws Panic "capacity overflow" */
  reserve(additional: number | bigint): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(additional, "additional");
    this.raw.reserve(this.count, additional);
    this.changed();
  }

  /** Makes room for exactly `additional` more elements. @throws as {@link HeapItems.reserve} */
  reserveExact(additional: number | bigint): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(additional, "additional");
    this.raw.reserveExact(this.count, additional);
    this.changed();
  }

  /** {@link HeapItems.reserve}, without a panic. @returns why there is no room, if there is none; nothing has changed then */
  tryReserve(additional: number | bigint): TryReserveError | undefined {
    if (this.state !== OWNED) this.enter();
    checkUsize(additional, "additional");
    const error = this.raw.tryReserve(this.count, additional);
    this.changed();
    return error;
  }

  tryReserveExact(additional: number | bigint): TryReserveError | undefined {
    if (this.state !== OWNED) this.enter();
    checkUsize(additional, "additional");
    const error = this.raw.tryReserveExact(this.count, additional);
    this.changed();
    return error;
  }

  /** Gives back what is not needed. */
  shrinkToFit(): void {
    if (this.state !== OWNED) this.enter();
    this.asVec((vec) => vec.shrinkToFit());
  }

  /** Gives back what is beyond `capacity` and not needed. */
  shrinkTo(capacity: number): void {
    if (this.state !== OWNED) this.enter();
    this.asVec((vec) => vec.shrinkTo(capacity));
  }

  /** Makes room for one more, after a look at the value: a refused one changes nothing. */
  private growFor(value: T): void {
    this.slots.check(value);
    this.raw.growOne(this.count);
    this.changed();
  }
}
