/**
 * Text with several owners: Rust's `Arc<str>`, and its `Weak<str>`.
 *
 * @module
 */
import { globalAllocator, type GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import { readPtr, u8, WORD, type Type } from "@kmem/repr";
import type { Loan } from "../core/owner.ts";
import { ownerType } from "../core/owner-type.ts";
import { ATOMIC, countUp, type Counts } from "../rc/counts.ts";
import { dropStrong, NOWHERE, valueOffset } from "../rc/shared-block.ts";
import { WeakBase } from "../rc/weak-base.ts";
import { sharedFromString, sharedFromText, SharedStr } from "./shared-str.ts";
import type { BoxedStr, String } from "./string.ts";

/** One of several owners of a text, in several threads. */
export class ArcStr extends SharedStr {
  private constructor(allocator: GlobalAlloc, block: Ptr, count: number, loan?: Loan) {
    super(allocator, block, count, loan);
  }

  static from(text: string): ArcStr {
    return ArcStr.fromIn(globalAllocator(), text);
  }

  static fromIn(allocator: GlobalAlloc, text: string): ArcStr {
    const { block, count } = sharedFromText(allocator, text);
    return new ArcStr(allocator, block, count);
  }

  /** Moves a String's text into a block with counts; the String's block is given back. */
  static fromString(text: String): ArcStr {
    const { block, count } = sharedFromString(text);
    return new ArcStr(text.allocator, block, count);
  }

  static fromBoxedStr(box: BoxedStr): ArcStr {
    return ArcStr.fromString(box.intoString());
  }

  /** Takes back what {@link ArcStr.intoRaw} gave; the caller answers for it. */
  static fromRaw(ptr: Ptr, length: number, allocator?: GlobalAlloc): ArcStr {
    return new ArcStr(allocator ?? globalAllocator(), ptr - valueOffset(u8), length);
  }

  /** @internal A handle over words that lie in memory. */
  static borrow(loan: Loan): ArcStr {
    return new ArcStr(loan.lender.allocator, 0, 0, loan);
  }

  get typeName(): string {
    return "Arc<str>";
  }

  override clone(): ArcStr {
    return new ArcStr(this.allocator, this.countUp(), this.count);
  }

  downgrade(): ArcWeakStr {
    return ArcWeakStr.fromBlock(this.countWeakUp(), this.count, this.allocator);
  }

  /** Gives the handle away: the address of the text, and its bytes. */
  intoRaw(): { ptr: Ptr; length: number } {
    return { ptr: this.giveAway(), length: this.count };
  }

  protected get counts(): Counts {
    return ATOMIC;
  }
}

/** A handle of a text that does not keep it alive. */
export class ArcWeakStr extends WeakBase<number> {
  private constructor(allocator: GlobalAlloc, block: Ptr, count: number, loan?: Loan) {
    super(u8, allocator, block, count, loan);
  }

  /** @internal */
  static fromBlock(block: Ptr, count: number, allocator: GlobalAlloc): ArcWeakStr {
    return new ArcWeakStr(allocator, block, count);
  }

  /** @internal A handle over words that lie in memory. */
  static borrow(loan: Loan): ArcWeakStr {
    return new ArcWeakStr(loan.lender.allocator, NOWHERE, 0, loan);
  }

  get typeName(): string {
    return "Weak<str>";
  }

  /** A strong handle, if the text is still there. */
  upgrade(): ArcStr | undefined {
    if (!this.tryCountStrongUp()) return undefined;
    return ArcStr.fromRaw(this.block + valueOffset(u8), this.count, this.allocator);
  }

  override clone(): ArcWeakStr {
    return new ArcWeakStr(this.allocator, this.countUp(), this.count);
  }

  protected get counts(): Counts {
    return ATOMIC;
  }

  protected get isFat(): boolean {
    return true;
  }
}

/** The type of an {@link ArcStr} that is an element. @example arcStr.name // => "Arc<str>" */
export const arcStr: Type<ArcStr> = ownerType<ArcStr>({
  name: "Arc<str>",
  size: 2 * WORD,
  niche: { offset: 0, size: 8, first: 0, count: 1 },
  is: (value) => value instanceof ArcStr,
  borrow: (loan) => ArcStr.borrow(loan),
  adopt: (memory, at, allocator) =>
    ArcStr.fromRaw(readPtr(memory, at) + valueOffset(u8), memory.readUsize(at + WORD), allocator),
  compare: (a, b) => a.compareTo(b),
  clone(memory, from, to) {
    countUp(ATOMIC, memory, readPtr(memory, from));
    memory.copy(to, from, 2 * WORD);
  },
  drop: (memory, at, allocator) => dropStrong(ATOMIC, u8, readPtr(memory, at), memory.readUsize(at + WORD), allocator),
});
