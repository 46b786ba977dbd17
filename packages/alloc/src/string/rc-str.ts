/**
 * Text with several owners: Rust's `Rc<str>`, and its `Weak<str>`.
 *
 * @module
 */
import { globalAllocator, type GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import { readPtr, u8, WORD, type Type } from "@kmem/repr";
import type { Loan } from "../core/owner.ts";
import { ownerType } from "../core/owner-type.ts";
import { PLAIN, countUp, type Counts } from "../rc/counts.ts";
import { dropStrong, NOWHERE, valueOffset } from "../rc/shared-block.ts";
import { WeakBase } from "../rc/weak-base.ts";
import { sharedFromString, sharedFromText, SharedStr } from "./shared-str.ts";
import type { BoxedStr, String } from "./string.ts";

/** One of several owners of a text. */
export class RcStr extends SharedStr {
  private constructor(allocator: GlobalAlloc, block: Ptr, count: number, loan?: Loan) {
    super(allocator, block, count, loan);
  }

  static from(text: string): RcStr {
    return RcStr.fromIn(globalAllocator(), text);
  }

  static fromIn(allocator: GlobalAlloc, text: string): RcStr {
    const { block, count } = sharedFromText(allocator, text);
    return new RcStr(allocator, block, count);
  }

  /** Moves a String's text into a block with counts; the String's block is given back. */
  static fromString(text: String): RcStr {
    const { block, count } = sharedFromString(text);
    return new RcStr(text.allocator, block, count);
  }

  static fromBoxedStr(box: BoxedStr): RcStr {
    return RcStr.fromString(box.intoString());
  }

  /** Takes back what {@link RcStr.intoRaw} gave; the caller answers for it. */
  static fromRaw(ptr: Ptr, length: number, allocator?: GlobalAlloc): RcStr {
    return new RcStr(allocator ?? globalAllocator(), ptr - valueOffset(u8), length);
  }

  /** @internal A handle over words that lie in memory. */
  static borrow(loan: Loan): RcStr {
    return new RcStr(loan.lender.allocator, 0, 0, loan);
  }

  get typeName(): string {
    return "Rc<str>";
  }

  override clone(): RcStr {
    return new RcStr(this.allocator, this.countUp(), this.count);
  }

  downgrade(): WeakStr {
    return WeakStr.fromBlock(this.countWeakUp(), this.count, this.allocator);
  }

  /** Gives the handle away: the address of the text, and its bytes. */
  intoRaw(): { ptr: Ptr; length: number } {
    return { ptr: this.giveAway(), length: this.count };
  }

  protected get counts(): Counts {
    return PLAIN;
  }
}

/** A handle of a text that does not keep it alive. */
export class WeakStr extends WeakBase<number> {
  private constructor(allocator: GlobalAlloc, block: Ptr, count: number, loan?: Loan) {
    super(u8, allocator, block, count, loan);
  }

  /** @internal */
  static fromBlock(block: Ptr, count: number, allocator: GlobalAlloc): WeakStr {
    return new WeakStr(allocator, block, count);
  }

  /** @internal A handle over words that lie in memory. */
  static borrow(loan: Loan): WeakStr {
    return new WeakStr(loan.lender.allocator, NOWHERE, 0, loan);
  }

  get typeName(): string {
    return "Weak<str>";
  }

  /** A strong handle, if the text is still there. */
  upgrade(): RcStr | undefined {
    if (!this.tryCountStrongUp()) return undefined;
    return RcStr.fromRaw(this.block + valueOffset(u8), this.count, this.allocator);
  }

  override clone(): WeakStr {
    return new WeakStr(this.allocator, this.countUp(), this.count);
  }

  protected get counts(): Counts {
    return PLAIN;
  }

  protected get isFat(): boolean {
    return true;
  }
}

/** The type of an {@link RcStr} that is an element. @example rcStr.name // => "Rc<str>" */
export const rcStr: Type<RcStr> = ownerType<RcStr>({
  name: "Rc<str>",
  size: 2 * WORD,
  niche: { offset: 0, size: 8, first: 0, count: 1 },
  is: (value) => value instanceof RcStr,
  borrow: (loan) => RcStr.borrow(loan),
  adopt: (memory, at, allocator) =>
    RcStr.fromRaw(readPtr(memory, at) + valueOffset(u8), memory.readUsize(at + WORD), allocator),
  compare: (a, b) => a.compareTo(b),
  clone(memory, from, to) {
    countUp(PLAIN, memory, readPtr(memory, from));
    memory.copy(to, from, 2 * WORD);
  },
  drop: (memory, at, allocator) => dropStrong(PLAIN, u8, readPtr(memory, at), memory.readUsize(at + WORD), allocator),
});
