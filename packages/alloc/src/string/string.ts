/**
 * Owned text: Rust's `String`, a Vec of bytes that are UTF-8, and `Box<str>`.
 *
 * ```
 *   String    words  +0 capacity   +8 pointer   +16 length in bytes      24 bytes
 *             block  ├ 61 │ c3 a9 │ e2 82 ac │ unused … ┤                capacity bytes
 *   Box<str>  words  +0 pointer   +8 length in bytes                     16 bytes
 * ```
 * @see https://doc.rust-lang.org/std/string/struct.String.html
 * @module
 */
import { globalAllocator, Layout, type GlobalAlloc } from "@kmem/global-alloc";
import { Panic, type Memory, type Ptr } from "@kmem/memory";
import { readPtr, u8, WORD, writePtr, type Type } from "@kmem/repr";
import { ArgumentError, BorrowError, checkUsize, type TryReserveError } from "../core/errors.ts";
import { OWNED, type Loan } from "../core/owner.ts";
import { ownerType } from "../core/owner-type.ts";
import { checkRange } from "../core/range.ts";
import { RawVec } from "../core/raw-vec.ts";
import { lowerBoundOf, sizeHintOf } from "../core/size-hint.ts";
import { formatTo } from "../format/format-to.ts";
import { BoxedSlice, Vec } from "../vec/vec.ts";
import { CAPACITY_NICHE, VEC_LENGTH, VEC_PTR, VEC_SIZE } from "../vec/vec-core.ts";
import { Str } from "./str.ts";
import { StringDrain } from "./string-drain.ts";
import { asciiLowercase, asciiUppercase } from "./unicode.ts";
import { Utf16Error, Utf8Error } from "./utf8-error.ts";
import {
  codeAt,
  decodeUtf8,
  encodeUtf8,
  REPLACEMENT,
  utf8Fault,
  utf8Length,
  widthOf,
  writeAscii,
  writeUtf8,
} from "./utf8.ts";

/**
 * A growable text.
 *
 * @example
 * const text = String.from("aé");
 * text.pushStr("€");
 * text.length // => 6
 * text.toString() // => "aé€"
 */
export class String extends Str {
  private readonly raw: RawVec<number>;

  private constructor(allocator: GlobalAlloc, loan?: Loan) {
    super(allocator, loan);
    this.raw = new RawVec(u8, this, this.slots);
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

  /** Bytes that there is room for. */
  get capacity(): number {
    if (this.state !== OWNED) this.enter();
    return this.raw.capacity;
  }

  // Growing

  /** Appends a character. @throws ArgumentError when it is none; calls the alloc error handler when there is no memory */
  push(char: string): void {
    checkChar(char);
    this.pushStr(char);
  }

  /** Appends a text. @throws as {@link String.push}; nothing has changed then */
  pushStr(text: string): void {
    if (this.state !== OWNED) this.enter();
    const { count, raw } = this;
    const { slots } = raw;
    // Most text is ASCII and fits: then it is looked at once. What is written behind the end does not count if it is not.
    const units = typeof text === "string" ? text.length : 0;
    if (units > 0 && units <= raw.capacity - count && slots.run(count, true) >= units)
      if (writeAscii(text, slots.runArray as Uint8Array, slots.runIndex(count))) {
        this.count = count + units;
        this.changed();
        return;
      }
    const length = utf8Length(text);
    if (raw.capacity - count < length) raw.reserve(count, length);
    if (length > 0)
      if (slots.run(count, true) >= length) writeUtf8(text, slots.runArray as Uint8Array, slots.runIndex(count));
      else slots.memory.writeBytes(slots.addressOf(count), encodeUtf8(text));
    this.count = count + length;
    this.changed();
  }

  /** Appends a text if there is memory for it. @returns why not, if not; nothing has changed then */
  tryPushStr(text: string): TryReserveError | undefined {
    const error = this.tryReserve(utf8Length(text));
    if (error === undefined) this.pushStr(text);
    return error;
  }

  /** @internal Appends bytes that are UTF-8, in one piece. */
  pushBytes(bytes: Uint8Array): void {
    if (this.state !== OWNED) this.enter();
    const { count } = this;
    this.raw.reserve(count, bytes.length);
    if (bytes.length > 0) this.slots.memory.writeBytes(this.slots.addressOf(count), bytes);
    this.count = count + bytes.length;
    this.changed();
  }

  /** Appends a text, for formatters. */
  writeStr(text: string): void {
    this.pushStr(text);
  }

  /** Appends a format string with its places filled: Rust's `write!`. @throws FormatError; nothing has changed then */
  writeFmt(pattern: string, ...args: readonly unknown[]): void {
    if (this.state !== OWNED) this.enter();
    formatTo(this, pattern, ...args);
  }

  /** Appends texts, one after the other. */
  extend(parts: Iterable<string>): void {
    for (const part of parts) this.pushStr(part);
  }

  /** Appends characters, after reserving as many bytes as characters are promised. */
  extendChars(chars: Iterable<string>): void {
    const lower = Array.isArray(chars) ? chars.length : lowerBoundOf(chars, sizeHintOf(chars)[0]);
    this.reserve(lower);
    for (const char of chars) this.push(char);
  }

  /** Appends owned texts, and drops each. */
  extendStrings(parts: Iterable<String>): void {
    for (const part of parts) this.appendOwned(part);
  }

  /** Appends a copy of the bytes `start..end`. @throws Panic when they are no part */
  extendFromWithin(start: number, end: number): void {
    if (this.state !== OWNED) this.enter();
    this.checkCut(start, end, "start", "end");
    this.pushBytes(this.toBytes().subarray(start, end));
  }

  /** Puts a character at byte `at`. @throws Panic when `at` is no boundary */
  insert(at: number, char: string): void {
    checkChar(char);
    this.insertStr(at, char);
  }

  /** Puts a text at byte `at`. @throws Panic when `at` is no boundary */
  insertStr(at: number, text: string): void {
    if (this.state !== OWNED) this.enter();
    if (!this.isCharBoundary(at)) throw new Panic("assertion failed: self.is_char_boundary(idx)");
    const bytes = encodeUtf8(text);
    const { count, slots } = this;
    this.raw.reserve(count, bytes.length);
    slots.move(at + bytes.length, at, count - at);
    if (bytes.length > 0) slots.memory.writeBytes(slots.addressOf(at), bytes);
    this.count = count + bytes.length;
    this.changed();
  }

  // Shrinking

  /** Removes and gives the last character, or `undefined`. */
  pop(): string | undefined {
    if (this.state !== OWNED) this.enter();
    if (this.count === 0) return undefined;
    let at = this.count - 1;
    while ((this.slots.get(at) & 0xc0) === 0x80) at--;
    const char = this.charAt(at);
    this.count = at;
    this.changed();
    return char;
  }

  /** Removes and gives the character at byte `at`. @throws Panic when there is none */
  remove(at: number): string {
    if (this.state !== OWNED) this.enter();
    this.checkSlice(at, this.count);
    if (at === this.count) throw new Panic("cannot remove a char from the end of a string");
    const char = this.charAt(at);
    const next = at + utf8Length(char);
    this.slots.move(at, next, this.count - next);
    this.count -= next - at;
    this.changed();
    return char;
  }

  /** Keeps the first `length` bytes. @throws Panic when that cuts a character */
  truncate(length: number): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(length, "length");
    if (length >= this.count) return;
    if (!this.isCharBoundary(length)) throw new Panic("assertion failed: self.is_char_boundary(new_len)");
    this.count = length;
    this.changed();
  }

  /** Makes it empty; the capacity stays. */
  clear(): void {
    this.truncate(0);
  }

  /** Keeps the characters for which `keep` holds. */
  retain(keep: (char: string) => boolean): void {
    if (this.state !== OWNED) this.enter();
    const bytes = this.toBytes();
    let kept = 0;
    this.lock();
    try {
      for (let at = 0; at < bytes.length;) {
        const code = codeAt(bytes, at);
        const width = widthOf(code);
        if (keep(fromCode(code))) {
          bytes.copyWithin(kept, at, at + width);
          kept += width;
        }
        at += width;
      }
    } finally {
      this.unlock();
    }
    if (kept > 0) this.slots.memory.writeBytes(this.slots.start, bytes.subarray(0, kept));
    this.count = kept;
    this.changed();
  }

  /** Removes the bytes `start..end` and gives their characters; what is not taken goes too. @throws Panic for no part */
  drain(start: number, end: number): StringDrain {
    if (this.state !== OWNED) this.enter();
    this.checkCut(start, end, "start", "end");
    const drain = new StringDrain(this.toBytes().subarray(start, end), () => {
      this.unlock();
      this.cut(start, end);
    });
    this.lock(drain);
    return drain;
  }

  /** Replaces the bytes `start..end` by a text. @throws Panic for no part */
  replaceRange(start: number, end: number, text: string): void {
    if (this.state !== OWNED) this.enter();
    checkRange(start, end, this.count);
    if (!this.isCharBoundary(start)) throw new Panic("start of range should be a character boundary");
    if (!this.isCharBoundary(end)) throw new Panic("end of range should be a character boundary");
    const bytes = encodeUtf8(text);
    const { count, slots } = this;
    const grown = bytes.length - (end - start);
    if (grown > 0) this.raw.reserve(count, grown);
    slots.move(start + bytes.length, end, count - end);
    if (bytes.length > 0) slots.memory.writeBytes(slots.addressOf(start), bytes);
    this.count = count + grown;
    this.changed();
  }

  /** Cuts the text at byte `at` and gives the rest, in a block of its own. @throws Panic when `at` is no boundary */
  splitOff(at: number): String {
    if (this.state !== OWNED) this.enter();
    if (!this.isCharBoundary(at)) throw new Panic("assertion failed: self.is_char_boundary(at)");
    const rest = String.withCapacityIn(this.allocator, this.count - at);
    rest.pushBytes(this.toBytes().subarray(at));
    this.count = at;
    this.changed();
    return rest;
  }

  makeAsciiLowercase(): void {
    this.overwrite(asciiLowercase(this.toString()));
  }

  makeAsciiUppercase(): void {
    this.overwrite(asciiUppercase(this.toString()));
  }

  // Room

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

  // Giving away

  /** The bytes, in the same block. The String is moved. */
  intoBytes(): Vec<number> {
    const { ptr, length, capacity } = this.intoRawParts();
    return Vec.fromRawParts(u8, ptr, length, capacity, this.allocator);
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

  /** Makes this a copy of `source`, in the block that it has, if that is large enough. */
  cloneFrom(source: Str): void {
    const bytes = source.toBytes();
    this.clear();
    this.pushBytes(bytes);
  }

  protected emptyString(capacity: number): String {
    return String.withCapacityIn(this.allocator, capacity);
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

  private charAt(at: number): string {
    const width = widthOfLead(this.slots.get(at));
    const bytes = new Uint8Array(width);
    this.slots.memory.readBytes(this.slots.addressOf(at), bytes);
    return fromCode(codeAt(bytes, 0));
  }

  /** Takes the bytes `start..end` out. */
  private cut(start: number, end: number): void {
    if (this.state !== OWNED) this.enter();
    this.slots.move(start, end, this.count - end);
    this.count -= end - start;
    this.changed();
  }

  /** The checks of Rust's `drain`. */
  private checkCut(start: number, end: number, startName: string, endName: string): void {
    checkRange(start, end, this.count);
    if (!this.isCharBoundary(start)) throw new Panic(`assertion failed: self.is_char_boundary(${startName})`);
    if (!this.isCharBoundary(end)) throw new Panic(`assertion failed: self.is_char_boundary(${endName})`);
  }

  /** Writes a text over this one, which has as many bytes. */
  private overwrite(text: string): void {
    if (text !== "") this.slots.memory.writeBytes(this.slots.start, encodeUtf8(text));
    this.changed();
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

/** The type of a String that is an element. @example string.size // => 24 */
export const string: Type<String> = ownerType<String>({
  name: "String",
  size: VEC_SIZE,
  niche: CAPACITY_NICHE,
  is: (value) => value instanceof String,
  borrow: (loan) => String.borrow(loan),
  adopt,
  compare: (a, b) => a.compareTo(b),
  clone(memory, from, to, allocator) {
    const source = adopt(memory, from, allocator);
    const copy = source.clone();
    source.moveTo(from);
    copy.moveTo(to);
  },
  cloneFrom(memory, from, to, allocator) {
    const source = adopt(memory, from, allocator);
    const target = adopt(memory, to, allocator);
    try {
      target.cloneFrom(source);
    } finally {
      target.moveTo(to);
      source.moveTo(from);
    }
  },
});

/** The type of a boxed text that is an element. @example boxStr.size // => 16 */
export const boxStr: Type<BoxedStr> = ownerType<BoxedStr>({
  name: "Box<str>",
  size: 2 * WORD,
  niche: { offset: 0, size: 8, first: 0, count: 1 },
  is: (value) => value instanceof BoxedStr,
  borrow: (loan) => BoxedStr.borrow(loan),
  adopt: (memory, at, allocator) => BoxedStr.fromRaw(readPtr(memory, at), memory.readUsize(at + WORD), allocator),
  compare: (a, b) => a.compareTo(b),
  clone(memory, from, to, allocator) {
    const source = BoxedStr.fromRaw(readPtr(memory, from), memory.readUsize(from + WORD), allocator);
    const copy = source.clone();
    source.moveTo(from);
    copy.moveTo(to);
  },
});

function adopt(memory: Memory, at: Ptr, allocator: GlobalAlloc): String {
  const length = memory.readUsize(at + VEC_LENGTH);
  return String.fromRawParts(readPtr(memory, at + VEC_PTR), length, memory.readUsize(at), allocator);
}

function bytesOf(vec: Vec<number>): Uint8Array {
  const bytes = new Uint8Array(vec.length);
  if (bytes.length > 0) vec.allocator.memory.readBytes(vec.asPtr(), bytes);
  return bytes;
}

/** The characters of UTF-16 units; `undefined` for a surrogate that stands alone. */
function* charsOfUtf16(units: ArrayLike<number>): Generator<string | undefined, void> {
  for (let i = 0; i < units.length; i++) {
    const unit = units[i]!;
    if ((unit & 0xf800) !== 0xd800) yield fromCode(unit);
    else {
      const next = units[i + 1] ?? 0;
      const isPair = unit < 0xdc00 && (next & 0xfc00) === 0xdc00;
      yield isPair ? fromCode(0x1_0000 + ((unit & 0x3ff) << 10) + (next & 0x3ff)) : undefined;
      if (isPair) i++;
    }
  }
}

/** @throws ArgumentError unless it is one Unicode scalar value */
function checkChar(char: string): void {
  const code = typeof char === "string" ? char.codePointAt(0) : undefined;
  const isOne = code !== undefined && char.length === (code > 0xffff ? 2 : 1) && (code & 0xff_f800) !== 0xd800;
  if (!isOne)
    throw new ArgumentError("alloc/argument", `expected one Unicode character, got ${JSON.stringify(char)}`, char);
}

function fromCode(code: number): string {
  return globalThis.String.fromCodePoint(code);
}

function widthOfLead(lead: number): number {
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}
