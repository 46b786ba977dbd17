/**
 * A value with several owners, also in several workers: Rust's `Arc<T>`, and its `Weak<T>`.
 *
 * ```
 *   words  +0 pointer to the block                                       8 bytes
 *   block  +0 strong count   +8 weak count   +16 or more: value
 * ```
 * @see https://doc.rust-lang.org/std/sync/struct.Arc.html
 * @module
 */
import { globalAllocator, Layout, type GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import { readPtr, WORD, type Type } from "@kmem/repr";
import { BoxUninit } from "../box/box-uninit.ts";
import { Box } from "../box/box.ts";
import { giveBlock, takeBlock, tryTakeBlock } from "../core/block.ts";
import type { TryReserveError } from "../core/errors.ts";
import type { Loan } from "../core/owner.ts";
import { ownerType, perType, sameType } from "../core/owner-type.ts";
import { countUp, ATOMIC, type Counts } from "../rc/counts.ts";
import { dropStrong, initCounts, NOWHERE, sharedLayout, takeShared, valueOffset } from "../rc/shared-block.ts";
import { SharedOne } from "../rc/shared-one.ts";
import { WeakBase } from "../rc/weak-base.ts";

/**
 * One of several owners of a value, also in several workers.
 *
 * @example
 * const value = Arc.new(u32, 5);
 * const other = value.clone();
 * Arc.strongCount(value) // => 2
 */
export class Arc<T> extends SharedOne<T> {
  private constructor(type: Type<T>, allocator: GlobalAlloc, block: Ptr, loan?: Loan) {
    super(type, allocator, block, 1, loan);
  }

  /** Moves a value into a block with counts. @throws calls the alloc error handler when there is no memory; the value is still yours then */
  static new<T>(type: Type<T>, value: T): Arc<T> {
    return Arc.newIn(globalAllocator(), type, value);
  }

  static newIn<T>(allocator: GlobalAlloc, type: Type<T>, value: T): Arc<T> {
    type.check?.(value, allocator);
    return Arc.newUninitIn(allocator, type).write(value);
  }

  /** {@link Arc.new}, or why there is no memory; the value is still yours then. */
  static tryNew<T>(type: Type<T>, value: T, allocator?: GlobalAlloc): Arc<T> | TryReserveError {
    const from = allocator ?? globalAllocator();
    type.check?.(value, from);
    const block = tryTakeBlock(from, sharedLayout(type, 1));
    return typeof block === "number" ? uninit(from, type, block).write(value) : block;
  }

  /** A block for a value that is written later. */
  static newUninit<T>(type: Type<T>): BoxUninit<T, Arc<T>> {
    return Arc.newUninitIn(globalAllocator(), type);
  }

  static newUninitIn<T>(allocator: GlobalAlloc, type: Type<T>): BoxUninit<T, Arc<T>> {
    return uninit(allocator, type, takeBlock(allocator, sharedLayout(type, 1)));
  }

  /** {@link Arc.newUninit} with bytes that are 0. */
  static newZeroed<T>(type: Type<T>, allocator?: GlobalAlloc): BoxUninit<T, Arc<T>> {
    const from = allocator ?? globalAllocator();
    return uninit(from, type, takeBlock(from, sharedLayout(type, 1), true));
  }

  /**
   * Makes a value that holds weak handles of itself.
   *
   * @param make - gets a weak handle that cannot be upgraded yet; it must clone what it keeps
   */
  static newCyclic<T>(type: Type<T>, make: (self: ArcWeak<T>) => T, allocator?: GlobalAlloc): Arc<T> {
    const from = allocator ?? globalAllocator();
    const block = takeShared(from, type, 1, 0);
    const self = ArcWeak.fromRaw(type, block + valueOffset(type), from);
    try {
      const value = make(self);
      type.write(from.memory, block + valueOffset(type), value, from);
    } catch (error) {
      self[Symbol.dispose]();
      throw error;
    }
    // What the handle counted for is now what the strong handles hold together.
    self.relinquish();
    ATOMIC.store(from.memory, block, 1);
    return new Arc(type, from, block);
  }

  /** Moves a box's value into a block with counts; the box's block is given back. */
  static fromBox<T>(box: Box<T>): Arc<T> {
    box.checkMovable();
    const { type, allocator } = box;
    const block = takeShared(allocator, type, 1, 1);
    const at = box.intoRaw();
    if (type.size > 0) allocator.memory.copy(block + valueOffset(type), at, type.size);
    giveBlock(allocator, at, Layout.new(type));
    return new Arc(type, allocator, block);
  }

  /** Takes back what {@link Arc.intoRaw} gave, here or in another worker; the caller answers for it. */
  static fromRaw<T>(type: Type<T>, ptr: Ptr, allocator?: GlobalAlloc): Arc<T> {
    return new Arc(type, allocator ?? globalAllocator(), ptr - valueOffset(type));
  }

  /** Counts one strong handle more, given the address of the value: for handing handles out by address. */
  static incrementStrongCount<T>(type: Type<T>, ptr: Ptr, allocator?: GlobalAlloc): void {
    countUp(ATOMIC, (allocator ?? globalAllocator()).memory, ptr - valueOffset(type));
  }

  /** Ends a strong handle, given the address of the value. */
  static decrementStrongCount<T>(type: Type<T>, ptr: Ptr, allocator?: GlobalAlloc): void {
    dropStrong(ATOMIC, type, ptr - valueOffset(type), 1, allocator ?? globalAllocator());
  }

  static strongCount(of: Arc<unknown>): number {
    return of.strongCount;
  }

  static weakCount(of: Arc<unknown>): number {
    return of.weakCount;
  }

  static ptrEq<T>(a: Arc<T>, b: Arc<T>): boolean {
    return a.ptrEq(b);
  }

  /** @internal A handle over words that lie in memory. */
  static borrow<T>(type: Type<T>, loan: Loan): Arc<T> {
    return new Arc(type, loan.lender.allocator, 0, loan);
  }

  get typeName(): string {
    return `Arc<${this.type.name}>`;
  }

  /** One owner more; the value is not copied. */
  override clone(): Arc<T> {
    return new Arc(this.type, this.allocator, this.countUp());
  }

  /** A handle that does not keep the value alive. */
  downgrade(): ArcWeak<T> {
    return ArcWeak.fromBlock(this.type, this.countWeakUp(), this.allocator);
  }

  protected get counts(): Counts {
    return ATOMIC;
  }
}

/** A handle of a value that does not keep it alive. */
export class ArcWeak<T> extends WeakBase<T> {
  private constructor(type: Type<T>, allocator: GlobalAlloc, block: Ptr, loan?: Loan) {
    super(type, allocator, block, 1, loan);
  }

  /** A handle of nothing; allocates nothing. */
  static new<T>(type: Type<T>, allocator?: GlobalAlloc): ArcWeak<T> {
    return new ArcWeak(type, allocator ?? globalAllocator(), NOWHERE);
  }

  /** Takes back what {@link ArcWeak.intoRaw} gave; the caller answers for it. */
  static fromRaw<T>(type: Type<T>, ptr: Ptr, allocator?: GlobalAlloc): ArcWeak<T> {
    return new ArcWeak(type, allocator ?? globalAllocator(), ptr === NOWHERE ? NOWHERE : ptr - valueOffset(type));
  }

  /** @internal */
  static fromBlock<T>(type: Type<T>, block: Ptr, allocator: GlobalAlloc): ArcWeak<T> {
    return new ArcWeak(type, allocator, block);
  }

  /** @internal A handle over words that lie in memory. */
  static borrow<T>(type: Type<T>, loan: Loan): ArcWeak<T> {
    return new ArcWeak(type, loan.lender.allocator, NOWHERE, loan);
  }

  get typeName(): string {
    return `Weak<${this.type.name}>`;
  }

  /** A strong handle, if the value is still there. */
  upgrade(): Arc<T> | undefined {
    if (!this.tryCountStrongUp()) return undefined;
    return Arc.fromRaw(this.type, this.block + valueOffset(this.type), this.allocator);
  }

  override clone(): ArcWeak<T> {
    return new ArcWeak(this.type, this.allocator, this.countUp());
  }

  protected get counts(): Counts {
    return ATOMIC;
  }

  protected get isFat(): boolean {
    return false;
  }
}

/** The type of an Arc that is an element. @example arc(u32).name // => "Arc<u32>" */
export const arc: <T>(type: Type<T>) => Type<Arc<T>> = perType((type) =>
  ownerType<Arc<unknown>>({
    get name() {
      return `Arc<${type.name}>`;
    },
    size: WORD,
    niche: { offset: 0, size: 8, first: 0, count: 1 },
    is: (value) => value instanceof Arc && sameType(value.type as Type<unknown>, type),
    borrow: (loan) => Arc.borrow(type, loan),
    adopt: (memory, at, allocator) => Arc.fromRaw(type, readPtr(memory, at) + valueOffset(type), allocator),
    compare: (a, b) => a.compareTo(b),
    clone(memory, from, to) {
      countUp(ATOMIC, memory, readPtr(memory, from));
      memory.copy(to, from, WORD);
    },
    drop: (memory, at, allocator) => dropStrong(ATOMIC, type, readPtr(memory, at), 1, allocator),
  }),
) as <T>(type: Type<T>) => Type<Arc<T>>;

/** The type of a {@link ArcWeak} that is an element. */
export const arcWeak: <T>(type: Type<T>) => Type<ArcWeak<T>> = perType((type) =>
  ownerType<ArcWeak<unknown>>({
    get name() {
      return `Weak<${type.name}>`;
    },
    size: WORD,
    niche: { offset: 0, size: 8, first: 0, count: 1 },
    is: (value) => value instanceof ArcWeak && sameType(value.type as Type<unknown>, type),
    borrow: (loan) => ArcWeak.borrow(type, loan),
    adopt: (memory, at, allocator) => ArcWeak.fromBlock(type, readPtr(memory, at), allocator),
    compare: (a, b) => a.asPtr() - b.asPtr(),
    clone(memory, from, to, allocator) {
      const source = ArcWeak.fromBlock(type, readPtr(memory, from), allocator);
      source.clone().moveTo(to);
      source.relinquish();
    },
  }),
) as <T>(type: Type<T>) => Type<ArcWeak<T>>;

function uninit<T>(allocator: GlobalAlloc, type: Type<T>, block: Ptr): BoxUninit<T, Arc<T>> {
  const offset = valueOffset(type);
  return new BoxUninit(type, allocator, block + offset, {
    finish(ptr) {
      initCounts(allocator.memory, block, 1);
      return Arc.fromRaw(type, ptr, allocator);
    },
    free: () => giveBlock(allocator, block, sharedLayout(type, 1)),
  });
}
