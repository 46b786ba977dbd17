/**
 * Taking parts out of a String, and writing over them.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import { checkUsize } from "../core/errors.ts";
import { OWNED } from "../core/owner.ts";
import { checkRange } from "../core/range.ts";
import { fromCode } from "./char.ts";
import type { Str } from "./str.ts";
import { StringDrain } from "./string-drain.ts";
import { StringGrowth } from "./string-growth.ts";
import type { String as OwnedString } from "./string.ts";
import { asciiLowercase, asciiUppercase } from "./unicode.ts";
import { codeAt, encodeUtf8, utf8Length, widthOf } from "./utf8.ts";

/** A text that can shrink. */
export abstract class StringCuts extends StringGrowth {
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

  /** Keeps the characters for which `keep` holds; when `keep` throws, those it has kept so far, as in Rust. */
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
      if (kept > 0) this.slots.memory.writeBytes(this.slots.start, bytes.subarray(0, kept));
      this.count = kept;
      this.changed();
    }
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
  splitOff(at: number): OwnedString {
    if (this.state !== OWNED) this.enter();
    if (!this.isCharBoundary(at)) throw new Panic("assertion failed: self.is_char_boundary(at)");
    const rest = this.emptyString(this.count - at);
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

  /** Makes this a copy of `source`, in the block that it has, if that is large enough. */
  cloneFrom(source: Str): void {
    const bytes = source.toBytes();
    this.clear();
    this.pushBytes(bytes);
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

  /** Writes a text over this one, which has as many bytes. */
  private overwrite(text: string): void {
    if (text !== "") this.slots.memory.writeBytes(this.slots.start, encodeUtf8(text));
    this.changed();
  }
}

function widthOfLead(lead: number): number {
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}
