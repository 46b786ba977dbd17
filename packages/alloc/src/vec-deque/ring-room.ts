/**
 * A VecDeque's room: making more, giving it back, and dropping what is too much.
 *
 * @module
 */
import { checkUsize, type TryReserveError } from "../core/errors.ts";
import { OWNED } from "../core/owner.ts";
import { RingItems } from "./ring-items.ts";

export abstract class RingRoom<T> extends RingItems<T> {
  /** Keeps the first `length` elements and drops the others; does nothing when there are no more. */
  truncate(length: number): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(length, "length");
    const surplus = this.count - length;
    if (surplus <= 0) return;
    const slot = this.slotOf(length);
    this.count = length;
    this.changed();
    this.dropRange(slot, surplus);
  }

  /** Drops every element; the capacity stays. */
  clear(): void {
    if (this.state !== OWNED) this.enter();
    try {
      this.truncate(0);
    } finally {
      this.head = 0;
      this.changed();
    }
  }

  /** Makes room for `additional` more elements, growing generously. @throws Panic "capacity overflow" */
  reserve(additional: number | bigint): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(additional, "additional");
    this.makeRoom(additional);
  }

  /** Makes room for exactly `additional` more elements. @throws as {@link RingRoom.reserve} */
  reserveExact(additional: number | bigint): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(additional, "additional");
    this.makeRoom(additional, true);
  }

  /** {@link RingRoom.reserve}, without a panic. @returns why there is no room, if there is none; nothing has changed then */
  tryReserve(additional: number | bigint): TryReserveError | undefined {
    if (this.state !== OWNED) this.enter();
    checkUsize(additional, "additional");
    return this.tryMakeRoom(additional, false);
  }

  tryReserveExact(additional: number | bigint): TryReserveError | undefined {
    if (this.state !== OWNED) this.enter();
    checkUsize(additional, "additional");
    return this.tryMakeRoom(additional, true);
  }

  /** Gives back what is not needed. */
  shrinkToFit(): void {
    this.shrinkTo(0);
  }

  /** Gives back what is beyond `capacity` and not needed. */
  shrinkTo(capacity: number): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(capacity, "capacity");
    this.shrinkRing(capacity);
  }
}
