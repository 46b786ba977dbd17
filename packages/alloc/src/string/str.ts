/**
 * Reading text that lies in memory: what Rust's `str` can do.
 *
 * ```
 *   words  … pointer, length in bytes
 *   block  ├ 61 │ c3 a9 │ e2 82 ac │ …       "aé€": UTF-8; places and lengths are in bytes
 * ```
 * A part of a text is given as a JavaScript string; what Rust would allocate is a {@link String} in the same heap.
 *
 * @see https://doc.rust-lang.org/std/primitive.str.html
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import { Panic, type Ptr } from "@kmem/memory";
import { Slots, u8, type Type } from "@kmem/repr";
import { checkUsize, usizeText } from "../core/errors.ts";
import { IndexIter, type ExactIter } from "../core/iter.ts";
import { checkUnchanged, Owner, OWNED, type Loan } from "../core/owner.ts";
import { CharIter } from "./char-iter.ts";
import { escapeDebug, escapeDefault, escapeUnicode, writeQuoted } from "./escape.ts";
import { parseText, type ParseError } from "./parse.ts";
import { pieces, piecesFromBack, prefixLength, spansFromBack, spansOf, suffixLength, type Pattern } from "./pattern.ts";
import type { String as OwnedString } from "./string.ts";
import { asciiLowercase, asciiUppercase, isAsciiWhitespace, isWhitespace } from "./unicode.ts";
import { codeAt, decodeUtf8, encodeUtf8, utf8Length, widthOf } from "./utf8.ts";

/** Bytes of a text in messages. */
const MESSAGE_LENGTH = 256;

export abstract class Str extends Owner implements Iterable<string> {
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
    return this.ownedBytes(this.toBytes());
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

  // Searching. Places are in bytes.

  contains(pattern: Pattern): boolean {
    return this.find(pattern) !== undefined;
  }

  startsWith(pattern: Pattern): boolean {
    return prefixLength(this.toString(), pattern) >= 0;
  }

  endsWith(pattern: Pattern): boolean {
    return suffixLength(this.toString(), pattern) >= 0;
  }

  /** Place of the first occurrence, or `undefined`. */
  find(pattern: Pattern): number | undefined {
    const text = this.toString();
    return place(text, typeof pattern === "string" ? text.indexOf(pattern) : (spansOf(text, pattern)[0]?.[0] ?? -1));
  }

  /** Place of the last occurrence, or `undefined`. */
  rfind(pattern: Pattern): number | undefined {
    const text = this.toString();
    return place(
      text,
      typeof pattern === "string" ? text.lastIndexOf(pattern) : (spansFromBack(text, pattern)[0]?.[0] ?? -1),
    );
  }

  matches(pattern: Pattern): string[] {
    const text = this.toString();
    return spansOf(text, pattern).map(([start, end]) => text.slice(start, end));
  }

  matchIndices(pattern: Pattern): [number, string][] {
    const text = this.toString();
    return spansOf(text, pattern).map(([start, end]) => [place(text, start)!, text.slice(start, end)]);
  }

  rmatchIndices(pattern: Pattern): [number, string][] {
    const text = this.toString();
    return spansFromBack(text, pattern).map(([start, end]) => [place(text, start)!, text.slice(start, end)]);
  }

  // Taking apart

  split(pattern: Pattern): string[] {
    const text = this.toString();
    return pieces(text, spansOf(text, pattern));
  }

  rsplit(pattern: Pattern): string[] {
    const text = this.toString();
    return piecesFromBack(text, spansFromBack(text, pattern));
  }

  /** At most `limit` pieces; the last one is the rest. */
  splitn(limit: number, pattern: Pattern): string[] {
    checkUsize(limit, "limit");
    const text = this.toString();
    return limit === 0 ? [] : pieces(text, spansOf(text, pattern).slice(0, limit - 1));
  }

  rsplitn(limit: number, pattern: Pattern): string[] {
    checkUsize(limit, "limit");
    const text = this.toString();
    return limit === 0 ? [] : piecesFromBack(text, spansFromBack(text, pattern).slice(0, limit - 1));
  }

  /** {@link Str.split} without an empty last piece. */
  splitTerminator(pattern: Pattern): string[] {
    const found = this.split(pattern);
    if (found[found.length - 1] === "") found.pop();
    return found;
  }

  /** The pieces, each with what ended it. */
  splitInclusive(pattern: Pattern): string[] {
    const text = this.toString();
    const found: string[] = [];
    let from = 0;
    for (const [, end] of spansOf(text, pattern)) {
      found.push(text.slice(from, end));
      from = end;
    }
    if (from < text.length) found.push(text.slice(from));
    return found;
  }

  /** What is before and behind the first occurrence, or `undefined`. */
  splitOnce(pattern: Pattern): [string, string] | undefined {
    const text = this.toString();
    const [span] = spansOf(text, pattern);
    return span === undefined ? undefined : [text.slice(0, span[0]), text.slice(span[1])];
  }

  rsplitOnce(pattern: Pattern): [string, string] | undefined {
    const text = this.toString();
    const [span] = spansFromBack(text, pattern);
    return span === undefined ? undefined : [text.slice(0, span[0]), text.slice(span[1])];
  }

  splitWhitespace(): string[] {
    return this.split(isWhitespace).filter((piece) => piece !== "");
  }

  splitAsciiWhitespace(): string[] {
    return this.split(isAsciiWhitespace).filter((piece) => piece !== "");
  }

  /** The lines, without `\n` or `\r\n`. */
  lines(): string[] {
    return this.splitInclusive("\n").map((line) => (line.endsWith("\n") ? line.replace(/\r?\n$/, "") : line));
  }

  trim(): string {
    return trimBack(trimFront(this.toString(), isWhitespace), isWhitespace);
  }

  trimStart(): string {
    return trimFront(this.toString(), isWhitespace);
  }

  trimEnd(): string {
    return trimBack(this.toString(), isWhitespace);
  }

  /** Without the pattern at both ends, as often as it stands there. */
  trimMatches(pattern: Pattern): string {
    return trimBack(trimFront(this.toString(), pattern), pattern);
  }

  trimStartMatches(pattern: Pattern): string {
    return trimFront(this.toString(), pattern);
  }

  trimEndMatches(pattern: Pattern): string {
    return trimBack(this.toString(), pattern);
  }

  /** The rest behind the pattern, or `undefined` when the text does not start with it. */
  stripPrefix(pattern: Pattern): string | undefined {
    const text = this.toString();
    const length = prefixLength(text, pattern);
    return length < 0 ? undefined : text.slice(length);
  }

  stripSuffix(pattern: Pattern): string | undefined {
    const text = this.toString();
    const length = suffixLength(text, pattern);
    return length < 0 ? undefined : text.slice(0, text.length - length);
  }

  /** The value that the text says, or why it says none. */
  parse<T>(type: Type<T>): T | ParseError {
    return parseText(type, this.toString());
  }

  // Comparing

  equals(other: Str | string): boolean {
    return this.compareTo(other) === 0;
  }

  /** By bytes, as Rust; that is the order of the characters' numbers. */
  compareTo(other: Str | string): number {
    return compareBytes(this.toBytes(), typeof other === "string" ? encodeUtf8(other) : other.toBytes());
  }

  eqIgnoreAsciiCase(other: Str | string): boolean {
    return asciiLowercase(this.toString()) === asciiLowercase(other.toString());
  }

  // Making other texts

  /** Every occurrence replaced. */
  replace(from: Pattern, to: string): OwnedString {
    const text = this.toString();
    const added = encodeUtf8(to);
    if (typeof from === "string" && from.length === 1 && to.length === 1 && from < "\x80" && to < "\x80")
      return this.owned(pieces(text, spansOf(text, from)).join(to));
    const keeps = typeof from === "string" && utf8Length(from) <= added.length;
    return this.replaced(text, spansOf(text, from), to, keeps ? this.count : 0);
  }

  /** The first `limit` occurrences replaced. */
  replacen(from: Pattern, to: string, limit: number): OwnedString {
    checkUsize(limit, "limit");
    const text = this.toString();
    return this.replaced(text, spansOf(text, from).slice(0, limit), to, 32);
  }

  toLowercase(): OwnedString {
    return this.charByChar(this.toString().toLowerCase(), this.count);
  }

  toUppercase(): OwnedString {
    return this.charByChar(this.toString().toUpperCase(), this.count);
  }

  toAsciiLowercase(): OwnedString {
    return this.owned(asciiLowercase(this.toString()));
  }

  toAsciiUppercase(): OwnedString {
    return this.owned(asciiUppercase(this.toString()));
  }

  /** The text `times` times. @throws Panic "capacity overflow" */
  repeat(times: number): OwnedString {
    checkUsize(times, "times");
    if (this.length * times > Number.MAX_SAFE_INTEGER) throw new Panic("capacity overflow");
    return this.owned(this.toString().repeat(times));
  }

  escapeDebug(): OwnedString {
    let isFirst = true;
    return this.escaped((char) => {
      // Only at the front is there nothing that a mark could join.
      const escape = escapeDebug(char, { single: true, double: true, extend: isFirst });
      isFirst = false;
      return escape;
    });
  }

  /** As `{:?}` writes it: in quotes. Ordinary characters between escapes are appended in one piece. */
  toDebug(): OwnedString {
    return this.makeString(0, (made) => writeQuoted(made, this.toString(), '"'));
  }

  escapeDefault(): OwnedString {
    return this.escaped(escapeDefault);
  }

  escapeUnicode(): OwnedString {
    return this.escaped(escapeUnicode);
  }

  inspectContents(show: (value: unknown) => string): string {
    return ` ${show(this.toString())}`;
  }

  // For subclasses

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

  protected owned(text: string): OwnedString {
    return this.ownedBytes(encodeUtf8(text));
  }

  private ownedBytes(bytes: Uint8Array): OwnedString {
    const made = this.emptyString(bytes.length);
    made.pushBytes(bytes);
    return made;
  }

  private replaced(
    text: string,
    spans: readonly (readonly [number, number])[],
    to: string,
    capacity: number,
  ): OwnedString {
    return this.makeString(capacity, (made) => {
      let from = 0;
      for (const [start, end] of spans) {
        made.pushStr(text.slice(from, start));
        made.pushStr(to);
        from = end;
      }
      made.pushStr(text.slice(from));
    });
  }

  private charByChar(text: string, capacity: number): OwnedString {
    return this.makeString(capacity, (made) => {
      for (const char of text) made.push(char);
    });
  }

  private escaped(escape: (char: string) => string): OwnedString {
    return this.makeString(0, (made) => {
      for (const char of this.toString()) for (const part of escape(char)) made.push(part);
    });
  }

  private makeString(capacity: number, fill: (made: OwnedString) => void): OwnedString {
    const made = this.emptyString(capacity);
    try {
      fill(made);
    } catch (error) {
      made.drop();
      throw error;
    }
    return made;
  }

  /** The text for a message, cut when it is long. */
  private shortened(): string {
    if (this.length <= MESSAGE_LENGTH) return `\`${this.toString()}\``;
    return `\`${this.slice(0, this.floorCharBoundary(MESSAGE_LENGTH))}\`[...]`;
  }
}

/** Rust's order of byte strings. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1;
  return Math.sign(a.length - b.length);
}

function debugChar(char: string): string {
  return `'${escapeDebug(char, { single: true, double: false, extend: true })}'`;
}

/** Bytes before a place in UTF-16 units. */
function place(text: string, units: number): number | undefined {
  return units < 0 ? undefined : utf8Length(text.slice(0, units));
}

function trimFront(text: string, pattern: Pattern): string {
  let rest = text;
  for (let cut = prefixLength(rest, pattern); cut > 0; cut = prefixLength(rest, pattern)) rest = rest.slice(cut);
  return rest;
}

function trimBack(text: string, pattern: Pattern): string {
  let rest = text;
  for (let cut = suffixLength(rest, pattern); cut > 0; cut = suffixLength(rest, pattern))
    rest = rest.slice(0, rest.length - cut);
  return rest;
}

/** Bytes of the character that starts at `at`. */
export function charWidthAt(bytes: Uint8Array, at: number): number {
  return widthOf(codeAt(bytes, at));
}
