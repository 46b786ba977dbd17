/**
 * A growable block of element slots: what Vec, VecDeque, BinaryHeap and String have in common.
 *
 * ```
 *   ptr ──▶ ├ slot 0 ┼ slot 1 ┼ … ┼ slot cap−1 ┤      one block of cap · size bytes, aligned for the element
 * ```
 * An empty one has no block: `ptr` dangles at the element's alignment. Zero-size elements never have one, and their
 * capacity is {@link USIZE_MAX}. How many slots hold values only the collection knows.
 *
 * Growing for n more than `len`: nothing if they fit, else to max(2 · cap, len + n, m) with m = 8 for elements of one
 * byte, 4 up to 1024 bytes, else 1, as Rust 1.95 does it.
 *
 * @module
 */
import { handleAllocError, Layout, MAX_SIZE, type GlobalAlloc } from "@kmem/global-alloc";
import { NULL, type Ptr } from "@kmem/memory";
import { Slots, type Lender, type Type } from "@kmem/repr";
import { capacityOverflow, TryReserveError, USIZE_MAX } from "./errors.ts";

/** Smallest capacity that growing gives. */
export function minNonZeroCapacity(size: number): number {
  return size === 1 ? 8 : size <= 1024 ? 4 : 1;
}

export class RawVec<T> {
  readonly type: Type<T>;
  readonly allocator: GlobalAlloc;
  /** The slots, for reading and writing elements. */
  readonly slots: Slots<T>;
  /** Elements that the block has room for. */
  capacity: number;

  /**
   * @param lender - the collection that this is the buffer of
   * @param slots - its slots, if it has made them already
   */
  constructor(type: Type<T>, lender: Lender, slots?: Slots<T>) {
    this.type = type;
    this.allocator = lender.allocator;
    this.slots = slots ?? new Slots(type, lender, type.align);
    this.capacity = type.size === 0 ? USIZE_MAX : 0;
  }

  /** Address of the block, or the dangling address. */
  get ptr(): Ptr {
    return this.slots.start;
  }

  /** The layout of the block now. */
  get layout(): Layout {
    return Layout.fromSizeAlignUnchecked(this.capacity * this.type.size, this.type.align);
  }

  /** Takes over a block, or none when `capacity` is 0. Allocates nothing. */
  assume(ptr: Ptr, capacity: number): void {
    this.slots.moveTo(ptr);
    this.capacity = this.type.size === 0 ? USIZE_MAX : capacity;
  }

  /** Gives up the block without freeing it. */
  forget(): void {
    this.slots.moveTo(this.type.align);
    this.capacity = this.type.size === 0 ? USIZE_MAX : 0;
  }

  /**
   * Takes a first block, of exactly `capacity`. There must be none.
   *
   * @param zeroed - whether its bytes must be 0
   * @throws Panic "capacity overflow"; calls the alloc error handler when there is no memory
   */
  allocate(capacity: number, zeroed = false): void {
    const error = this.tryAllocate(capacity, zeroed);
    if (error !== undefined) fail(error);
  }

  tryAllocate(capacity: number, zeroed = false): TryReserveError | undefined {
    const { size, align } = this.type;
    if (size === 0 || capacity === 0) return undefined;
    if (capacity * size > MAX_SIZE - align) return new TryReserveError();
    const layout = Layout.fromSizeAlignUnchecked(capacity * size, align);
    const at = zeroed ? this.allocator.allocZeroed(layout) : this.allocator.alloc(layout);
    if (at === NULL) return new TryReserveError(layout);
    this.slots.moveTo(at);
    this.capacity = capacity;
    return undefined;
  }

  /** Makes room for one more; for `push`, when `len` equals the capacity. */
  growOne(length: number): void {
    this.reserve(length, 1);
  }

  /** Makes room for `additional` more than `length`, growing generously. @throws as {@link RawVec.allocate} */
  reserve(length: number, additional: number | bigint): void {
    const error = this.tryReserve(length, additional);
    if (error !== undefined) fail(error);
  }

  /** Makes room for exactly `additional` more than `length`. @throws as {@link RawVec.allocate} */
  reserveExact(length: number, additional: number | bigint): void {
    const error = this.tryReserveExact(length, additional);
    if (error !== undefined) fail(error);
  }

  /** @returns why there is no room, if there is none; nothing has changed then */
  tryReserve(length: number, additional: number | bigint): TryReserveError | undefined {
    if (this.type.size === 0) return fitsUsize(length, additional) ? undefined : new TryReserveError();
    if (this.capacity - length >= additional) return undefined;
    const needed = length + Number(additional);
    return this.setCapacity(Math.max(this.capacity * 2, needed, minNonZeroCapacity(this.type.size)));
  }

  tryReserveExact(length: number, additional: number | bigint): TryReserveError | undefined {
    if (this.type.size === 0) return fitsUsize(length, additional) ? undefined : new TryReserveError();
    if (this.capacity - length >= additional) return undefined;
    return this.setCapacity(length + Number(additional));
  }

  /**
   * Makes the block smaller: exactly `capacity`, which must not be more than now. The block is given back when that
   * is 0, and reallocated otherwise, even to its own size.
   *
   * @throws calls the alloc error handler when the allocator refuses; nothing has changed then
   */
  shrink(capacity: number): void {
    const { size } = this.type;
    if (size === 0 || this.capacity === 0) return;
    if (capacity === 0) this.free();
    else {
      const error = this.setCapacity(capacity);
      if (error !== undefined) fail(error);
    }
  }

  /** Gives the block back. */
  free(): void {
    if (this.type.size > 0 && this.capacity > 0) this.allocator.dealloc(this.slots.start, this.layout);
    this.forget();
  }

  private setCapacity(capacity: number): TryReserveError | undefined {
    const { size, align } = this.type;
    if (capacity * size > MAX_SIZE - align) return new TryReserveError();
    if (this.capacity === 0) return this.tryAllocate(capacity);
    const at = this.allocator.realloc(this.slots.start, this.layout, capacity * size);
    if (at === NULL) return new TryReserveError(Layout.fromSizeAlignUnchecked(capacity * size, align));
    this.slots.moveTo(at);
    this.capacity = capacity;
    return undefined;
  }
}

/** Throws what Rust's infallible twins do: the panic, or the alloc error handler's. */
export function fail(error: TryReserveError): never {
  if (error.layout === undefined) capacityOverflow();
  handleAllocError(error.layout);
}

/** Whether `length + additional` is a usize: numbers are exact only below 2^53. */
function fitsUsize(length: number, additional: number | bigint): boolean {
  const max = 0xffff_ffff_ffff_ffffn;
  const more = BigInt(additional);
  return BigInt(length) + (more > max ? max : more) <= max;
}
