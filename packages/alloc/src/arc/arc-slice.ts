/**
 * Values side by side with several owners: Rust's `Arc<[T]>`, and its `Weak<[T]>`.
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
import { countUp, ATOMIC, type Counts } from "../rc/counts.ts";
import { dropStrong, NOWHERE, valueOffset } from "../rc/shared-block.ts";
import { sharedFrom, sharedFromSlice, sharedFromVec, SharedSlice } from "../rc/shared-slice.ts";
import { WeakBase } from "../rc/weak-base.ts";
import type { SliceBase } from "../slice/slice-base.ts";
import type { BoxedSlice, Vec } from "../vec/vec.ts";

/** One of several owners of elements. */
export class ArcSlice<T> extends SharedSlice<T> {
  private constructor(type: Type<T>, allocator: GlobalAlloc, block: Ptr, count: number, loan?: Loan) {
    super(type, allocator, block, count, loan);
  }

  /** An iterable's values: in one block at once when their number is known, else by way of a Vec. */
  static from<T>(type: Type<T>, values: Iterable<T>): ArcSlice<T> {
    return ArcSlice.fromIn(globalAllocator(), type, values);
  }

  static fromIn<T>(allocator: GlobalAlloc, type: Type<T>, values: Iterable<T>): ArcSlice<T> {
    const { block, count } = sharedFrom(allocator, type, values);
    return new ArcSlice(type, allocator, block, count);
  }

  /** Clones of a slice's elements. */
  static fromSlice<T>(source: SliceBase<T>): ArcSlice<T> {
    const { block, count } = sharedFromSlice(source);
    return new ArcSlice(source.type, source.allocator, block, count);
  }

  /** Moves a Vec's elements into a block with counts; the Vec's block is given back. */
  static fromVec<T>(vec: Vec<T>): ArcSlice<T> {
    const { block, count } = sharedFromVec(vec);
    return new ArcSlice(vec.type, vec.allocator, block, count);
  }

  static fromBoxedSlice<T>(box: BoxedSlice<T>): ArcSlice<T> {
    return ArcSlice.fromVec(box.intoVec());
  }

  /** Takes back what {@link ArcSlice.intoRaw} gave; the caller answers for it. */
  static fromRaw<T>(type: Type<T>, ptr: Ptr, length: number, allocator?: GlobalAlloc): ArcSlice<T> {
    return new ArcSlice(type, allocator ?? globalAllocator(), ptr - valueOffset(type), length);
  }

  /** @internal A handle over words that lie in memory. */
  static borrow<T>(type: Type<T>, loan: Loan): ArcSlice<T> {
    return new ArcSlice(type, loan.lender.allocator, 0, 0, loan);
  }

  get typeName(): string {
    return `Arc<[${this.type.name}]>`;
  }

  override clone(): ArcSlice<T> {
    return new ArcSlice(this.type, this.allocator, this.countUp(), this.count);
  }

  downgrade(): ArcWeakSlice<T> {
    return ArcWeakSlice.fromBlock(this.type, this.countWeakUp(), this.count, this.allocator);
  }

  protected get counts(): Counts {
    return ATOMIC;
  }
}

/** A handle of elements that does not keep them alive. */
export class ArcWeakSlice<T> extends WeakBase<T> {
  private constructor(type: Type<T>, allocator: GlobalAlloc, block: Ptr, count: number, loan?: Loan) {
    super(type, allocator, block, count, loan);
  }

  /** @internal */
  static fromBlock<T>(type: Type<T>, block: Ptr, count: number, allocator: GlobalAlloc): ArcWeakSlice<T> {
    return new ArcWeakSlice(type, allocator, block, count);
  }

  /** @internal A handle over words that lie in memory. */
  static borrow<T>(type: Type<T>, loan: Loan): ArcWeakSlice<T> {
    return new ArcWeakSlice(type, loan.lender.allocator, NOWHERE, 0, loan);
  }

  get typeName(): string {
    return `Weak<[${this.type.name}]>`;
  }

  /** A strong handle, if the elements are still there. */
  upgrade(): ArcSlice<T> | undefined {
    if (!this.tryCountStrongUp()) return undefined;
    return ArcSlice.fromRaw(this.type, this.block + valueOffset(this.type), this.count, this.allocator);
  }

  override clone(): ArcWeakSlice<T> {
    return new ArcWeakSlice(this.type, this.allocator, this.countUp(), this.count);
  }

  protected get counts(): Counts {
    return ATOMIC;
  }

  protected get isFat(): boolean {
    return true;
  }
}

/** The type of an {@link ArcSlice} that is an element. @example arcSlice(u8).name // => "Arc<[u8]>" */
export const arcSlice: <T>(element: Type<T>) => Type<ArcSlice<T>> = perType((element) =>
  ownerType<ArcSlice<unknown>>({
    get name() {
      return `Arc<[${element.name}]>`;
    },
    size: 2 * WORD,
    niche: { offset: 0, size: 8, first: 0, count: 1 },
    is: (value) => value instanceof ArcSlice && sameType(value.type as Type<unknown>, element),
    borrow: (loan) => ArcSlice.borrow(element, loan),
    adopt: (memory, at, allocator) =>
      ArcSlice.fromRaw(element, readPtr(memory, at) + valueOffset(element), memory.readUsize(at + WORD), allocator),
    compare: (a, b) => a.compareTo(b),
    clone(memory, from, to) {
      countUp(ATOMIC, memory, readPtr(memory, from));
      memory.copy(to, from, 2 * WORD);
    },
    drop: (memory, at, allocator) =>
      dropStrong(ATOMIC, element, readPtr(memory, at), memory.readUsize(at + WORD), allocator),
  }),
) as <T>(element: Type<T>) => Type<ArcSlice<T>>;
