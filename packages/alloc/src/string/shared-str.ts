/**
 * Text with several owners: what `Rc<str>` and `Arc<str>` have in common.
 *
 * ```
 *   words  +0 pointer to the block   +8 length in bytes                   16 bytes
 *   block  +0 strong count   +8 weak count   +16 UTF-8
 * ```
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import { u8 } from "@kmem/repr";
import { OWNED, type Loan } from "../core/owner.ts";
import { sharedFrom, sharedFromVec } from "../rc/shared-slice.ts";
import { Shared } from "../rc/shared.ts";
import { compareBytes } from "./str.ts";
import { String } from "./string.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

export abstract class SharedStr extends Shared<number> {
  protected constructor(allocator: GlobalAlloc, block: Ptr, count: number, loan?: Loan) {
    super(u8, allocator, block, count, loan);
  }

  /** Bytes. */
  get length(): number {
    if (this.state !== OWNED) this.enter();
    return this.count;
  }

  /** The whole text. */
  override toString(): string {
    return decodeUtf8(this.toBytes());
  }

  toJSON(): string {
    return this.toString();
  }

  /** A copy of the bytes. */
  toBytes(): Uint8Array {
    if (this.state !== OWNED) this.enter();
    const bytes = new Uint8Array(this.count);
    if (this.count > 0) this.slots.memory.readBytes(this.slots.start, bytes);
    return bytes;
  }

  /** A copy in a String of its own. Written through `Display`, it starts empty and grows, as Rust's `to_string`. */
  toOwnedString(): String {
    const copy = String.newIn(this.allocator);
    copy.pushStr(this.toString());
    return copy;
  }

  equals(other: SharedStr | string): boolean {
    return this.compareTo(other) === 0;
  }

  compareTo(other: SharedStr | string): number {
    return compareBytes(this.toBytes(), typeof other === "string" ? encodeUtf8(other) : other.toBytes());
  }

  inspectContents(show: (value: unknown) => string): string {
    return ` ${show(this.toString())}`;
  }

  protected get isFat(): boolean {
    return true;
  }
}

/** A block with a text. */
export function sharedFromText(allocator: GlobalAlloc, text: string): { block: Ptr; count: number } {
  return sharedFrom(allocator, u8, encodeUtf8(text));
}

/** A block with the text of a String, whose own block is given back. */
export function sharedFromString(text: String): { block: Ptr; count: number } {
  return sharedFromVec(text.intoBytes());
}
