/**
 * Values side by side with several owners: Rust's `Rc<[T]>`, and its `Weak<[T]>`.
 *
 * ```
 *   words  +0 pointer to the block   +8 length                           16 bytes
 *   block  +0 strong count   +8 weak count   +16 or more: elements
 * ```
 * @module
 */
import { globalAllocator, type GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import { readPtr, WORD, type Type } from "@kmem/repr";
import type { Loan } from "../core/owner.ts";
import { ownerType, perType, sameType } from "../core/owner-type.ts";
import { countUp, PLAIN, type Counts } from "../rc/counts.ts";
import { dropStrong, NOWHERE, valueOffset } from "../rc/shared-block.ts";
import { sharedFrom, sharedFromSlice, sharedFromVec, SharedSlice } from "../rc/shared-slice.ts";
import { WeakBase } from "../rc/weak-base.ts";
import type { SliceBase } from "../slice/slice-base.ts";
import type { BoxedSlice, Vec } from "../vec/vec.ts";

/** One of several owners of elements. */
export class RcSlice<T> extends SharedSlice<T> {
  private constructor(type: Type<T>, allocator: GlobalAlloc, block: Ptr, count: number, loan?: Loan) {
    super(type, allocator, block, count, loan);
  }

  /** An iterable's values: in one block at once when their number is known, else by way of a Vec. */
  static from<T>(type: Type<T>, values: Iterable<T>): RcSlice<T> {
    return RcSlice.fromIn(globalAllocator(), type, values);
  }

  static fromIn<T>(allocator: GlobalAlloc, type: Type<T>, values: Iterable<T>): RcSlice<T> {
    const { block, count } = sharedFrom(allocator, type, values);
    return new RcSlice(type, allocator, block, count);
  }

  /** Clones of a slice's elements. */
  static fromSlice<T>(source: SliceBase<T>): RcSlice<T> {
    const { block, count } = sharedFromSlice(source);
    return new RcSlice(source.type, source.allocator, block, count);
  }

  /** Moves a Vec's elements into a block with counts; the Vec's block is given back. */
  static fromVec<T>(vec: Vec<T>): RcSlice<T> {
    const { block, count } = sharedFromVec(vec);
    return new RcSlice(vec.type, vec.allocator, block, count);
  }

  static fromBoxedSlice<T>(box: BoxedSlice<T>): RcSlice<T> {
    return RcSlice.fromVec(box.intoVec());
  }

  /** Takes back what {@link RcSlice.intoRaw} gave; the caller answers for it. */
  static fromRaw<T>(type: Type<T>, ptr: Ptr, length: number, allocator?: GlobalAlloc): RcSlice<T> {
    return new RcSlice(type, allocator ?? globalAllocator(), ptr - valueOffset(type), length);
  }

  /** @internal A handle over words that lie in memory. */
  static borrow<T>(type: Type<T>, loan: Loan): RcSlice<T> {
    return new RcSlice(type, loan.lender.allocator, 0, 0, loan);
  }

  get typeName(): string {
    return `Rc<[${this.type.name}]>`;
  }

  override clone(): RcSlice<T> {
    return new RcSlice(this.type, this.allocator, this.countUp(), this.count);
  }

  downgrade(): WeakSlice<T> {
    return WeakSlice.fromBlock(this.type, this.countWeakUp(), this.count, this.allocator);
  }

  protected get counts(): Counts {
    return PLAIN;
  }
}

/** A handle of elements that does not keep them alive. */
export class WeakSlice<T> extends WeakBase<T> {
  private constructor(type: Type<T>, allocator: GlobalAlloc, block: Ptr, count: number, loan?: Loan) {
    super(type, allocator, block, count, loan);
  }

  /** @internal */
  static fromBlock<T>(type: Type<T>, block: Ptr, count: number, allocator: GlobalAlloc): WeakSlice<T> {
    return new WeakSlice(type, allocator, block, count);
  }

  /** @internal A handle over words that lie in memory. */
  static borrow<T>(type: Type<T>, loan: Loan): WeakSlice<T> {
    return new WeakSlice(type, loan.lender.allocator, NOWHERE, 0, loan);
  }

  get typeName(): string {
    return `Weak<[${this.type.name}]>`;
  }

  /** A strong handle, if the elements are still there. */
  upgrade(): RcSlice<T> | undefined {
    if (!this.tryCountStrongUp()) return undefined;
    return RcSlice.fromRaw(this.type, this.block + valueOffset(this.type), this.count, this.allocator);
  }

  override clone(): WeakSlice<T> {
    return new WeakSlice(this.type, this.allocator, this.countUp(), this.count);
  }

  protected get counts(): Counts {
    return PLAIN;
  }

  protected get isFat(): boolean {
    return true;
  }
}

/** The type of an {@link RcSlice} that is an element. @example rcSlice(u8).name // => "Rc<[u8]>" */
export const rcSlice: <T>(element: Type<T>) => Type<RcSlice<T>> = perType((element) =>
  ownerType<RcSlice<unknown>>({
    get name() {
      return `Rc<[${element.name}]>`;
    },
    size: 2 * WORD,
    niche: { offset: 0, size: 8, first: 0, count: 1 },
    is: (value) => value instanceof RcSlice && sameType(value.type as Type<unknown>, element),
    borrow: (loan) => RcSlice.borrow(element, loan),
    adopt: (memory, at, allocator) =>
      RcSlice.fromRaw(element, readPtr(memory, at) + valueOffset(element), memory.readUsize(at + WORD), allocator),
    compare: (a, b) => a.compareTo(b),
    clone(memory, from, to) {
      countUp(PLAIN, memory, readPtr(memory, from));
      memory.copy(to, from, 2 * WORD);
    },
    drop: (memory, at, allocator) =>
      dropStrong(PLAIN, element, readPtr(memory, at), memory.readUsize(at + WORD), allocator),
  }),
) as <T>(element: Type<T>) => Type<RcSlice<T>>;
