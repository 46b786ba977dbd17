/**
 * The bytes of a text, and places in them: what every kind of text in memory has.
 *
 * ```
 *   words  … pointer, length in bytes
 *   block  ├ 61 │ c3 a9 │ e2 82 ac │ …       "aé€": UTF-8; places and lengths are in bytes
 *          0    1       3          6          the places between characters
 * ```
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import { Panic, type Ptr } from "@kmem/memory";
import { Slots, u8 } from "@kmem/repr";
import { checkUsize, usizeText } from "../core/errors.ts";
import { IndexIter, type ExactIter } from "../core/iter.ts";
import { checkUnchanged, Owner, OWNED, type Loan } from "../core/owner.ts";
import { CharIter } from "./char-iter.ts";
import { escapeDebug } from "./escape.ts";
import type { String as OwnedString } from "./string.ts";
import { codeAt, decodeUtf8, utf8Length } from "./utf8.ts";

/** Bytes of a text in messages. */
const MESSAGE_LENGTH = 256;

/** A text whose characters can be read. */
export abstract class StrBytes extends Owner implements Iterable<string> {
  protected readonly slots: Slots<number>;

  /** Bytes. */
  protected count = 0;

  protected constructor(allocator: GlobalAlloc, loan?: Loan) {
    super(allocator, loan);
    this.slots = new Slots(u8, this, 1);
  }

  /** An empty String in the same heap. */
  protected abstract emptyString(capacity: number): OwnedString;

  /** Bytes. */
  get length(): number {
    if (this.state !== OWNED) this.enter();
    return this.count;
  }

  isEmpty(): boolean {
    return this.length === 0;
  }

  /** Address of the first byte; dangling when there is none. */
  asPtr(): Ptr {
    if (this.state !== OWNED) this.enter();
    return this.slots.start;
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
    // An empty text has no block, so there is nothing to read from.
    if (this.count > 0) this.slots.memory.readBytes(this.slots.start, bytes);
    return bytes;
  }

  /** The same text in a block of its own, exactly as large as needed: Rust's `to_owned`, `to_string`, `clone`. */
  toOwnedString(): OwnedString {
    if (this.state !== OWNED) this.enter();
    const bytes = this.toBytes();
    const made = this.emptyString(bytes.length);
    made.pushBytes(bytes);
    return made;
  }

  // Places

  /** Whether a character begins at `index`, or the text ends there. */
  isCharBoundary(index: number): boolean {
    if (this.state !== OWNED) this.enter();
    checkUsize(index, "index");
    if (index === 0 || index === this.count) return true;
    return index < this.count && (this.slots.get(index) & 0xc0) !== 0x80;
  }

  /** The nearest boundary at or before `index`; the end when `index` is behind it. */
  floorCharBoundary(index: number): number {
    let at = Math.min(index, this.length);
    while (!this.isCharBoundary(at)) at--;
    return at;
  }

  /** The nearest boundary at or behind `index`. */
  ceilCharBoundary(index: number): number {
    let at = Math.min(index, this.length);
    while (!this.isCharBoundary(at)) at++;
    return at;
  }

  /** The text from byte `start` to `end`. @throws Panic when it is not inside, or cuts a character */
  slice(start: number, end: number = this.length): string {
    if (this.state !== OWNED) this.enter();
    this.checkSlice(start, end);
    return decodeUtf8(this.toBytes(), start, end);
  }

  /** The text from byte `start` to `last` inclusive. @throws as {@link Str.slice} */
  sliceInclusive(start: number, last: number): string {
    const { length } = this;
    if (last < length) return this.slice(start, last + 1);
    if (last === length && start <= length && this.isCharBoundary(start))
      throw new Panic(`end byte index ${last} is out of bounds of ${this.shortened()}`);
    this.sliceFault(start, last, last);
  }

  /** {@link Str.slice}, or `undefined` where that panics. */
  get(start: number, end: number = this.length): string | undefined {
    checkUsize(start, "start");
    checkUsize(end, "end");
    return start <= end && this.isCharBoundary(start) && this.isCharBoundary(end) ? this.slice(start, end) : undefined;
  }

  /** The text before byte `at`, and the rest. @throws Panic as {@link Str.slice} */
  splitAt(at: number): [string, string] {
    return [this.slice(0, at), this.slice(at)];
  }

  /** {@link Str.splitAt}, or `undefined` where that panics. */
  splitAtChecked(at: number): [string, string] | undefined {
    return this.get(at) === undefined ? undefined : this.splitAt(at);
  }

  // Iterating

  /** The bytes as numbers. */
  bytes(): ExactIter<number> {
    const { epoch } = this;
    return new IndexIter(this.length, (index) => {
      checkUnchanged(this, epoch);
      return this.slots.get(index);
    });
  }

  /** The characters; from both ends. */
  chars(): CharIter<string> {
    return new CharIter(this, this.toBytes(), (_at, char) => char);
  }

  /** The characters, each with the place of its first byte. */
  charIndices(): CharIter<[number, string]> {
    return new CharIter(this, this.toBytes(), (at, char) => [at, char]);
  }

  [Symbol.iterator](): CharIter<string> {
    return this.chars();
  }

  /** UTF-16 units. */
  encodeUtf16(): number[] {
    const text = this.toString();
    return Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  }

  isAscii(): boolean {
    return this.toBytes().every((byte) => byte < 0x80);
  }

  /** @throws Panic unless `start..end` is a part of the text */
  protected checkSlice(start: number, end: number): void {
    checkUsize(start, "start");
    checkUsize(end, "end");
    if (start > end || !this.isCharBoundary(start) || !this.isCharBoundary(end)) this.sliceFault(start, end, end);
  }

  /** The panic of Rust's `str` for a range that is none. */
  protected sliceFault(start: number, end: number, shownEnd: number): never {
    const { length } = this;
    const text = this.shortened();
    if (start > length) throw new Panic(`start byte index ${usizeText(start)} is out of bounds of ${text}`);
    if (end > length || shownEnd >= 2 ** 64)
      throw new Panic(`end byte index ${usizeText(shownEnd)} is out of bounds of ${text}`);
    if (start > end) throw new Panic(`begin > end (${start} > ${end}) when slicing ${text}`);
    const [what, at] = this.isCharBoundary(start) ? ["end", end] : ["start", start];
    const from = this.floorCharBoundary(at);
    const char = String.fromCodePoint(codeAt(this.toBytes(), from));
    const to = from + utf8Length(char);
    throw new Panic(
      `${what} byte index ${at} is not a char boundary; it is inside ${debugChar(char)} (bytes ${from}..${to}) of ${text}`,
    );
  }

  /** The text for a message, cut when it is long. */
  private shortened(): string {
    if (this.length <= MESSAGE_LENGTH) return `\`${this.toString()}\``;
    return `\`${this.slice(0, this.floorCharBoundary(MESSAGE_LENGTH))}\`[...]`;
  }
}

function debugChar(char: string): string {
  return `'${escapeDebug(char, { single: true, double: false, extend: true })}'`;
}
