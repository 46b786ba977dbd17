/**
 * A value with several owners: Rust's `Rc<T>`, and its `Weak<T>`.
 *
 * ```
 *   words  +0 pointer to the block                                       8 bytes
 *   block  +0 strong count   +8 weak count   +16 or more: value
 * ```
 * @see https://doc.rust-lang.org/std/rc/struct.Rc.html
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
import { countUp, PLAIN, type Counts } from "../rc/counts.ts";
import { dropStrong, initCounts, NOWHERE, sharedLayout, takeShared, valueOffset } from "../rc/shared-block.ts";
import { SharedOne } from "../rc/shared-one.ts";
import { WeakBase } from "../rc/weak-base.ts";

/**
 * One of several owners of a value.
 *
 * @example
 * const value = Rc.new(u32, 5);
 * const other = value.clone();
 * Rc.strongCount(value) // => 2
 */
export class Rc<T> extends SharedOne<T> {
  private constructor(type: Type<T>, allocator: GlobalAlloc, block: Ptr, loan?: Loan) {
    super(type, allocator, block, 1, loan);
  }

  /** Moves a value into a block with counts. @throws calls the alloc error handler when there is no memory; the value is still yours then */
  static new<T>(type: Type<T>, value: T): Rc<T> {
    return Rc.newIn(globalAllocator(), type, value);
  }

  static newIn<T>(allocator: GlobalAlloc, type: Type<T>, value: T): Rc<T> {
    type.check?.(value, allocator);
    return Rc.newUninitIn(allocator, type).write(value);
  }

  /** {@link Rc.new}, or why there is no memory; the value is still yours then. */
  static tryNew<T>(type: Type<T>, value: T, allocator?: GlobalAlloc): Rc<T> | TryReserveError {
    const from = allocator ?? globalAllocator();
    type.check?.(value, from);
    const block = tryTakeBlock(from, sharedLayout(type, 1));
    return typeof block === "number" ? uninit(from, type, block).write(value) : block;
  }

  /** A block for a value that is written later. */
  static newUninit<T>(type: Type<T>): BoxUninit<T, Rc<T>> {
    return Rc.newUninitIn(globalAllocator(), type);
  }

  static newUninitIn<T>(allocator: GlobalAlloc, type: Type<T>): BoxUninit<T, Rc<T>> {
    return uninit(allocator, type, takeBlock(allocator, sharedLayout(type, 1)));
  }

  /** {@link Rc.newUninit} with bytes that are 0. */
  static newZeroed<T>(type: Type<T>, allocator?: GlobalAlloc): BoxUninit<T, Rc<T>> {
    const from = allocator ?? globalAllocator();
    return uninit(from, type, takeBlock(from, sharedLayout(type, 1), true));
  }

  /**
   * Makes a value that holds weak handles of itself.
   *
   * @param make - gets a weak handle that cannot be upgraded yet; it must clone what it keeps
   */
  static newCyclic<T>(type: Type<T>, make: (self: Weak<T>) => T, allocator?: GlobalAlloc): Rc<T> {
    const from = allocator ?? globalAllocator();
    const block = takeShared(from, type, 1, 0);
    const self = Weak.fromRaw(type, block + valueOffset(type), from);
    try {
      const value = make(self);
      type.write(from.memory, block + valueOffset(type), value, from);
    } catch (error) {
      self[Symbol.dispose]();
      throw error;
    }
    // What the handle counted for is now what the strong handles hold together.
    self.relinquish();
    PLAIN.store(from.memory, block, 1);
    return new Rc(type, from, block);
  }

  /** Moves a box's value into a block with counts; the box's block is given back. */
  static fromBox<T>(box: Box<T>): Rc<T> {
    box.checkMovable();
    const { type, allocator } = box;
    const block = takeShared(allocator, type, 1, 1);
    const at = box.intoRaw();
    if (type.size > 0) allocator.memory.copy(block + valueOffset(type), at, type.size);
    giveBlock(allocator, at, Layout.new(type));
    return new Rc(type, allocator, block);
  }

  /** Takes back what {@link Rc.intoRaw} gave; the caller answers for it. */
  static fromRaw<T>(type: Type<T>, ptr: Ptr, allocator?: GlobalAlloc): Rc<T> {
    return new Rc(type, allocator ?? globalAllocator(), ptr - valueOffset(type));
  }

  /** Counts one strong handle more, given the address of the value: for handing handles out by address. */
  static incrementStrongCount<T>(type: Type<T>, ptr: Ptr, allocator?: GlobalAlloc): void {
    countUp(PLAIN, (allocator ?? globalAllocator()).memory, ptr - valueOffset(type));
  }

  /** Ends a strong handle, given the address of the value. */
  static decrementStrongCount<T>(type: Type<T>, ptr: Ptr, allocator?: GlobalAlloc): void {
    dropStrong(PLAIN, type, ptr - valueOffset(type), 1, allocator ?? globalAllocator());
  }

  static strongCount(of: Rc<unknown>): number {
    return of.strongCount;
  }

  static weakCount(of: Rc<unknown>): number {
    return of.weakCount;
  }

  static ptrEq<T>(a: Rc<T>, b: Rc<T>): boolean {
    return a.ptrEq(b);
  }

  /** @internal A handle over words that lie in memory. */
  static borrow<T>(type: Type<T>, loan: Loan): Rc<T> {
    return new Rc(type, loan.lender.allocator, 0, loan);
  }

  get typeName(): string {
    return `Rc<${this.type.name}>`;
  }

  /** One owner more; the value is not copied. */
  override clone(): Rc<T> {
    return new Rc(this.type, this.allocator, this.countUp());
  }

  /** A handle that does not keep the value alive. */
  downgrade(): Weak<T> {
    return Weak.fromBlock(this.type, this.countWeakUp(), this.allocator);
  }

  protected get counts(): Counts {
    return PLAIN;
  }
}

/** A handle of a value that does not keep it alive. */
export class Weak<T> extends WeakBase<T> {
  private constructor(type: Type<T>, allocator: GlobalAlloc, block: Ptr, loan?: Loan) {
    super(type, allocator, block, 1, loan);
  }

  /** A handle of nothing; allocates nothing. */
  static new<T>(type: Type<T>, allocator?: GlobalAlloc): Weak<T> {
    return new Weak(type, allocator ?? globalAllocator(), NOWHERE);
  }

  /** Takes back what {@link Weak.intoRaw} gave; the caller answers for it. */
  static fromRaw<T>(type: Type<T>, ptr: Ptr, allocator?: GlobalAlloc): Weak<T> {
    return new Weak(type, allocator ?? globalAllocator(), ptr === NOWHERE ? NOWHERE : ptr - valueOffset(type));
  }

  /** @internal */
  static fromBlock<T>(type: Type<T>, block: Ptr, allocator: GlobalAlloc): Weak<T> {
    return new Weak(type, allocator, block);
  }

  /** @internal A handle over words that lie in memory. */
  static borrow<T>(type: Type<T>, loan: Loan): Weak<T> {
    return new Weak(type, loan.lender.allocator, NOWHERE, loan);
  }

  get typeName(): string {
    return `Weak<${this.type.name}>`;
  }

  /** A strong handle, if the value is still there. */
  upgrade(): Rc<T> | undefined {
    if (!this.tryCountStrongUp()) return undefined;
    return Rc.fromRaw(this.type, this.block + valueOffset(this.type), this.allocator);
  }

  override clone(): Weak<T> {
    return new Weak(this.type, this.allocator, this.countUp());
  }

  protected get counts(): Counts {
    return PLAIN;
  }

  protected get isFat(): boolean {
    return false;
  }
}

/** The type of an Rc that is an element. @example rc(u32).name // => "Rc<u32>" */
export const rc: <T>(type: Type<T>) => Type<Rc<T>> = perType((type) =>
  ownerType<Rc<unknown>>({
    get name() {
      return `Rc<${type.name}>`;
    },
    size: WORD,
    niche: { offset: 0, size: 8, first: 0, count: 1 },
    is: (value) => value instanceof Rc && sameType(value.type as Type<unknown>, type),
    borrow: (loan) => Rc.borrow(type, loan),
    adopt: (memory, at, allocator) => Rc.fromRaw(type, readPtr(memory, at) + valueOffset(type), allocator),
    compare: (a, b) => a.compareTo(b),
    clone(memory, from, to) {
      countUp(PLAIN, memory, readPtr(memory, from));
      memory.copy(to, from, WORD);
    },
    drop: (memory, at, allocator) => dropStrong(PLAIN, type, readPtr(memory, at), 1, allocator),
  }),
) as <T>(type: Type<T>) => Type<Rc<T>>;

/** The type of a {@link Weak} that is an element. */
export const weak: <T>(type: Type<T>) => Type<Weak<T>> = perType((type) =>
  ownerType<Weak<unknown>>({
    get name() {
      return `Weak<${type.name}>`;
    },
    size: WORD,
    niche: { offset: 0, size: 8, first: 0, count: 1 },
    is: (value) => value instanceof Weak && sameType(value.type as Type<unknown>, type),
    borrow: (loan) => Weak.borrow(type, loan),
    adopt: (memory, at, allocator) => Weak.fromBlock(type, readPtr(memory, at), allocator),
    compare: (a, b) => a.asPtr() - b.asPtr(),
    clone(memory, from, to, allocator) {
      const source = Weak.fromBlock(type, readPtr(memory, from), allocator);
      source.clone().moveTo(to);
      source.relinquish();
    },
  }),
) as <T>(type: Type<T>) => Type<Weak<T>>;

function uninit<T>(allocator: GlobalAlloc, type: Type<T>, block: Ptr): BoxUninit<T, Rc<T>> {
  const offset = valueOffset(type);
  return new BoxUninit(type, allocator, block + offset, {
    finish(ptr) {
      initCounts(allocator.memory, block, 1);
      return Rc.fromRaw(type, ptr, allocator);
    },
    free: () => giveBlock(allocator, block, sharedLayout(type, 1)),
  });
}
