/**
 * Appending to a String, and inserting.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import type { TryReserveError } from "../core/errors.ts";
import { OWNED } from "../core/owner.ts";
import { lowerBoundOf, sizeHintOf } from "../core/size-hint.ts";
import { formatTo } from "../format/format-to.ts";
import { checkChar } from "./char.ts";
import { StringRoom } from "./string-room.ts";
import { encodeUtf8, utf8Length, writeAscii, writeUtf8 } from "./utf8.ts";

/** A text that can grow. */
export abstract class StringGrowth extends StringRoom {
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
}
