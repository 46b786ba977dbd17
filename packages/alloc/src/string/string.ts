/**
 * Owned text: Rust's `String`, a Vec of bytes that are UTF-8, and `Box<str>`.
 *
 * ```
 *   Box<str>  words  +0 pointer   +8 length in bytes      16 bytes; the block is exactly as long
 * ```
 * @see https://doc.rust-lang.org/std/string/struct.String.html
 * @module
 */
import { globalAllocator, Layout, type GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import { readPtr, u8, WORD, writePtr } from "@kmem/repr";
import { ArgumentError, checkUsize, type TryReserveError } from "../core/errors.ts";
import { OWNED, type Loan } from "../core/owner.ts";
import type { Slice } from "../slice/slice.ts";
import { BoxedSlice, Vec } from "../vec/vec.ts";
import { charsOfUtf16, checkChar } from "./char.ts";
import { Str } from "./str.ts";
import { StringCuts } from "./string-cuts.ts";
import { Utf16Error, Utf8Error } from "./utf8-error.ts";
import { decodeUtf8, encodeUtf8, REPLACEMENT, utf8Fault, utf8Length } from "./utf8.ts";

/**
 * A growable text.
 *
 * @example
 * const text = String.from("aé");
 * text.pushStr("€");
 * text.length // => 6
 * text.toString() // => "aé€"
 */
export class String extends StringCuts {
  private constructor(allocator: GlobalAlloc, loan?: Loan) {
    super(allocator, loan);
  }

  /** An empty text; allocates nothing. */
  static new(): String {
    return new String(globalAllocator());
  }

  static newIn(allocator: GlobalAlloc): String {
    return new String(allocator);
  }

  /** An empty text with room for exactly `capacity` bytes. @throws Panic "capacity overflow" */
  static withCapacity(capacity: number): String {
    return String.withCapacityIn(globalAllocator(), capacity);
  }

  static withCapacityIn(allocator: GlobalAlloc, capacity: number): String {
    checkUsize(capacity, "capacity");
    const made = new String(allocator);
    made.raw.allocate(capacity);
    return made;
  }

  /** {@link String.withCapacity}, or why there is no memory. */
  static tryWithCapacity(capacity: number, allocator?: GlobalAlloc): String | TryReserveError {
    checkUsize(capacity, "capacity");
    const made = new String(allocator ?? globalAllocator());
    return made.raw.tryAllocate(capacity) ?? made;
  }

  /** A copy of a JavaScript string, in a block exactly as large as needed. @throws ArgumentError for half surrogate pairs */
  static from(text: string): String {
    return String.fromIn(globalAllocator(), text);
  }

  static fromIn(allocator: GlobalAlloc, text: string): String {
    const made = String.withCapacityIn(allocator, utf8Length(text));
    made.pushStr(text);
    return made;
  }

  /** One character. */
  static fromChar(char: string, allocator?: GlobalAlloc): String {
    checkChar(char);
    return String.fromIn(allocator ?? globalAllocator(), char);
  }

  /** Collects characters and texts; as many bytes as characters are promised are reserved at once. */
  static fromChars(chars: Iterable<string>, allocator?: GlobalAlloc): String {
    const made = new String(allocator ?? globalAllocator());
    return made.filled(() => made.extendChars(chars));
  }

  /** Collects texts, one behind the other. */
  static fromStrs(parts: Iterable<string>, allocator?: GlobalAlloc): String {
    const made = new String(allocator ?? globalAllocator());
    return made.filled(() => made.extend(parts));
  }

  /** Collects owned texts: the first one's block is kept, the others are appended and dropped. */
  static fromStrings(parts: Iterable<String>, allocator?: GlobalAlloc): String {
    const iterator = parts[Symbol.iterator]();
    const first = iterator.next();
    if (first.done === true) return new String(allocator ?? globalAllocator());
    const made = first.value;
    return made.filled(() => {
      for (let next = iterator.next(); next.done !== true; next = iterator.next()) made.appendOwned(next.value);
    });
  }

  /** Takes the bytes of a Vec over. @returns why not, if they are no UTF-8; the Vec is still yours then */
  static fromUtf8(bytes: Vec<number>): String | Utf8Error {
    const fault = utf8Fault(bytesOf(bytes));
    return fault === undefined ? String.fromUtf8Unchecked(bytes) : new Utf8Error(fault);
  }

  /** Takes the bytes of a Vec over. The caller answers for it that they are UTF-8. */
  static fromUtf8Unchecked(bytes: Vec<number>): String {
    const { allocator } = bytes;
    const { ptr, length, capacity } = bytes.intoRawParts();
    return String.fromRawParts(ptr, length, capacity, allocator);
  }

  /**
   * The text of bytes, with U+FFFD in place of what is none: Rust's `from_utf8_lossy`.
   *
   * @returns a JavaScript string when all of it is good, as Rust then borrows; else a String
   */
  static fromUtf8Lossy(bytes: Uint8Array, allocator?: GlobalAlloc): String | string {
    let fault = utf8Fault(bytes);
    if (fault === undefined) return decodeUtf8(bytes);
    const made = String.withCapacityIn(allocator ?? globalAllocator(), bytes.length);
    let from = 0;
    for (; fault !== undefined; fault = utf8Fault(bytes, from)) {
      made.pushBytes(bytes.subarray(from, fault.validUpTo));
      made.pushStr(REPLACEMENT);
      from = fault.validUpTo + (fault.errorLength ?? bytes.length - fault.validUpTo);
    }
    made.pushBytes(bytes.subarray(from));
    return made;
  }

  /** The text of UTF-16 units. @returns why not, if a surrogate stands alone */
  static fromUtf16(units: ArrayLike<number>, allocator?: GlobalAlloc): String | Utf16Error {
    const made = String.withCapacityIn(allocator ?? globalAllocator(), units.length);
    for (const char of charsOfUtf16(units)) {
      if (char === undefined) {
        made.drop();
        return new Utf16Error();
      }
      made.push(char);
    }
    return made;
  }

  /** The text of UTF-16 units, with U+FFFD for surrogates that stand alone. */
  static fromUtf16Lossy(units: ArrayLike<number>, allocator?: GlobalAlloc): String {
    const made = new String(allocator ?? globalAllocator());
    // As many characters are promised as there would be with nothing but pairs.
    made.reserve(Math.ceil(units.length / 2));
    for (const char of charsOfUtf16(units)) made.push(char ?? REPLACEMENT);
    return made;
  }

  /** Texts one behind the other, in a block exactly as large as needed. */
  static concat(parts: Iterable<Str | string>, allocator?: GlobalAlloc): String {
    return String.join(parts, "", allocator);
  }

  /** Texts with a separator between them, in a block exactly as large as needed. */
  static join(parts: Iterable<Str | string>, separator: string, allocator?: GlobalAlloc): String {
    const all = Array.from(parts, (part) => (typeof part === "string" ? encodeUtf8(part) : part.toBytes()));
    const gap = encodeUtf8(separator);
    const length = all.reduce((sum, part) => sum + part.length, gap.length * Math.max(0, all.length - 1));
    const { allocator: own } = parts as { allocator?: GlobalAlloc };
    const made = String.withCapacityIn(allocator ?? own ?? globalAllocator(), length);
    all.forEach((part, i) => {
      if (i > 0) made.pushBytes(gap);
      made.pushBytes(part);
    });
    return made;
  }

  /** Takes over a block of UTF-8; the caller answers for it. */
  static fromRawParts(ptr: Ptr, length: number, capacity: number, allocator?: GlobalAlloc): String {
    const made = new String(allocator ?? globalAllocator());
    made.raw.assume(ptr, capacity);
    made.count = length;
    return made;
  }

  /** @internal A handle over words that lie in memory. */
  static borrow(loan: Loan): String {
    return new String(loan.lender.allocator, loan);
  }

  get typeName(): string {
    return "String";
  }

  /** Appends owned texts, and drops each. */
  extendStrings(parts: Iterable<String>): void {
    for (const part of parts) this.appendOwned(part);
  }

  /** The bytes, in the same block. The String is moved. */
  intoBytes(): Vec<number> {
    const { ptr, length, capacity } = this.intoRawParts();
    return Vec.fromRawParts(u8, ptr, length, capacity, this.allocator);
  }

  /** Gives the text up for ever: nobody will drop it. @returns its bytes, which stay where they are: Rust's `leak` */
  leak(): Slice<number> {
    return this.intoBytes().leak();
  }

  /** The text in a block exactly as large as needed. The String is moved. */
  intoBoxedStr(): BoxedStr {
    this.requireOwned();
    this.shrinkToFit();
    const { ptr, length } = this.intoRawParts();
    return BoxedStr.fromRaw(ptr, length, this.allocator);
  }

  /** Gives the block away: its address, length and capacity. The String is moved. */
  intoRawParts(): { ptr: Ptr; length: number; capacity: number } {
    this.requireOwned();
    const { ptr, capacity } = this.raw;
    this.forget();
    return { ptr, length: this.count, capacity };
  }

  /** The text in a String of its own; this one is empty afterwards: Rust's `mem::take`. */
  take(): String {
    if (this.state !== OWNED) this.enter();
    const taken = String.fromRawParts(this.raw.ptr, this.count, this.raw.capacity, this.allocator);
    this.raw.forget();
    this.count = 0;
    this.changed();
    return taken;
  }

  override clone(): String {
    return this.toOwnedString();
  }

  protected emptyString(capacity: number): String {
    return String.withCapacityIn(this.allocator, capacity);
  }

  /** Appends another's text and drops it. */
  private appendOwned(other: String): void {
    if (!(other instanceof String))
      throw new ArgumentError("alloc/argument", `expected a String, got ${typeof other}`, other);
    try {
      this.pushBytes(other.toBytes());
    } finally {
      other.drop();
    }
  }

  /** Runs what fills a String that was just made; drops it when that fails. */
  private filled(fill: () => void): this {
    try {
      fill();
    } catch (error) {
      if (this.isOwned) this.drop();
      throw error;
    }
    return this;
  }
}

/** Rust's `Box<str>`: a text in a block of exactly its length. Made by {@link String.intoBoxedStr}. */
export class BoxedStr extends Str {
  private constructor(allocator: GlobalAlloc, loan?: Loan) {
    super(allocator, loan);
  }

  static from(text: string): BoxedStr {
    return BoxedStr.fromIn(globalAllocator(), text);
  }

  static fromIn(allocator: GlobalAlloc, text: string): BoxedStr {
    return String.fromIn(allocator, text).intoBoxedStr();
  }

  /** Takes back what {@link BoxedStr.intoRaw} gave; the caller answers for it. */
  static fromRaw(ptr: Ptr, length: number, allocator?: GlobalAlloc): BoxedStr {
    const box = new BoxedStr(allocator ?? globalAllocator());
    box.slots.moveTo(ptr);
    box.count = length;
    return box;
  }

  /** @internal A handle over words that lie in memory. */
  static borrow(loan: Loan): BoxedStr {
    return new BoxedStr(loan.lender.allocator, loan);
  }

  get typeName(): string {
    return "Box<str>";
  }

  /** Gives the block away. The box is moved. */
  intoRaw(): { ptr: Ptr; length: number } {
    this.requireOwned();
    this.forget();
    return { ptr: this.slots.start, length: this.count };
  }

  /** Gives the text up for ever: nobody will drop it. @returns its bytes, which stay where they are: Rust's `leak` */
  leak(): Slice<number> {
    return this.intoBoxedBytes().leak();
  }

  /** The same block as a String, full to its capacity. The box is moved. */
  intoString(): String {
    const { ptr, length } = this.intoRaw();
    return String.fromRawParts(ptr, length, length, this.allocator);
  }

  /** The bytes, in the same block. The box is moved. */
  intoBoxedBytes(): BoxedSlice<number> {
    const { ptr, length } = this.intoRaw();
    return BoxedSlice.fromRaw(u8, ptr, length, this.allocator);
  }

  override clone(): BoxedStr {
    return this.toOwnedString().intoBoxedStr();
  }

  protected emptyString(capacity: number): String {
    return String.withCapacityIn(this.allocator, capacity);
  }

  protected load(slot: Ptr): void {
    const { memory } = this.slots;
    const ptr = readPtr(memory, slot);
    const length = memory.readUsize(slot + WORD);
    if (ptr !== this.slots.start || length !== this.count) this.epoch++;
    this.slots.moveTo(ptr);
    this.count = length;
  }

  protected store(slot: Ptr): void {
    writePtr(this.slots.memory, slot, this.slots.start);
    this.slots.memory.writeUsize(slot + WORD, this.count);
  }

  protected release(): void {
    if (this.count > 0) this.allocator.dealloc(this.slots.start, Layout.fromSizeAlignUnchecked(this.count, 1));
  }
}

function bytesOf(vec: Vec<number>): Uint8Array {
  const bytes = new Uint8Array(vec.length);
  if (bytes.length > 0) vec.allocator.memory.readBytes(vec.asPtr(), bytes);
  return bytes;
}
