/**
 * The room that a String has: its words, its capacity, and changing that.
 *
 * ```
 *   String    words  +0 capacity   +8 pointer   +16 length in bytes      24 bytes
 *             block  ├ 61 │ c3 a9 │ e2 82 ac │ unused … ┤                capacity bytes
 * ```
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import { Panic, type Ptr } from "@kmem/memory";
import { readPtr, u8, writePtr } from "@kmem/repr";
import { BorrowError, checkUsize, type TryReserveError } from "../core/errors.ts";
import { OWNED, type Loan } from "../core/owner.ts";
import { checkRange } from "../core/range.ts";
import { RawVec } from "../core/raw-vec.ts";
import { CAPACITY_NICHE, VEC_LENGTH, VEC_PTR } from "../vec/vec-core.ts";
import { Str } from "./str.ts";

/** A text with a capacity. */
export abstract class StringRoom extends Str {
  protected readonly raw: RawVec<number>;

  protected constructor(allocator: GlobalAlloc, loan?: Loan) {
    super(allocator, loan);
    this.raw = new RawVec(u8, this, this.slots);
  }

  /** Bytes that there is room for. */
  get capacity(): number {
    if (this.state !== OWNED) this.enter();
    return this.raw.capacity;
  }

  /** Makes room for `additional` more bytes, growing generously. @throws Panic "capacity overflow" */
  reserve(additional: number | bigint): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(additional, "additional");
    this.raw.reserve(this.count, additional);
    this.changed();
  }

  /** Makes room for exactly `additional` more bytes. @throws as {@link String.reserve} */
  reserveExact(additional: number | bigint): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(additional, "additional");
    this.raw.reserveExact(this.count, additional);
    this.changed();
  }

  /** {@link String.reserve}, without a panic. @returns why there is no room, if there is none; nothing has changed then */
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
    if (this.raw.capacity > this.count) this.raw.shrink(this.count);
    this.changed();
  }

  /** Gives back what is beyond `capacity` and not needed. */
  shrinkTo(capacity: number): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(capacity, "capacity");
    if (this.raw.capacity > capacity) this.raw.shrink(Math.max(this.count, capacity));
    this.changed();
  }

  protected load(slot: Ptr): void {
    const { memory } = this.slots;
    if (memory.readU32(slot + CAPACITY_NICHE.offset) >= CAPACITY_NICHE.first)
      throw new BorrowError("alloc/stale-borrow", this.typeName, "this String is no longer there");
    const ptr = readPtr(memory, slot + VEC_PTR);
    const length = memory.readUsize(slot + VEC_LENGTH);
    if (ptr !== this.raw.ptr || length !== this.count) this.epoch++;
    this.raw.assume(ptr, memory.readUsize(slot));
    this.count = length;
  }

  protected store(slot: Ptr): void {
    const { memory } = this.slots;
    memory.writeUsize(slot, this.raw.capacity);
    writePtr(memory, slot + VEC_PTR, this.raw.ptr);
    memory.writeUsize(slot + VEC_LENGTH, this.count);
  }

  protected release(): void {
    this.raw.free();
  }

  /** The checks of Rust's `drain`. */
  protected checkCut(start: number, end: number, startName: string, endName: string): void {
    checkRange(start, end, this.count);
    if (!this.isCharBoundary(start)) throw new Panic(`assertion failed: self.is_char_boundary(${startName})`);
    if (!this.isCharBoundary(end)) throw new Panic(`assertion failed: self.is_char_boundary(${endName})`);
  }
}
