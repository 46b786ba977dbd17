/**
 * UTF-8: text as bytes and back.
 *
 * ```
 *   U+0000 …      0xxxxxxx
 *   U+0080 …      110xxxxx 10xxxxxx
 *   U+0800 …      1110xxxx 10xxxxxx 10xxxxxx            without U+D800 … U+DFFF
 *   U+10000 …     11110xxx 10xxxxxx 10xxxxxx 10xxxxxx   up to U+10FFFF
 * ```
 * @see https://www.unicode.org/versions/Unicode16.0.0/core-spec/chapter-3/#G7404 table 3-7
 * @module
 */
import { ArgumentError } from "../core/errors.ts";

/** Stands for what could not be decoded: U+FFFD. */
export const REPLACEMENT = "\ufffd";

/** Bytes of a character. @param code - a Unicode scalar value @example widthOf(0x20ac) // => 3 */
export function widthOf(code: number): number {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
}

/**
 * Bytes of a text.
 *
 * @throws {@link ArgumentError} `alloc/argument` for what is no string, or has half of a surrogate pair
 * @example utf8Length("a€") // => 4
 */
export function utf8Length(text: string): number {
  if (typeof text !== "string")
    throw new ArgumentError("alloc/argument", `expected a string, got ${String(text)}`, text);
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) length++;
    else if ((unit & 0xf800) !== 0xd800) length += 2;
    else {
      const next = text.charCodeAt(++i);
      if (unit >= 0xdc00 || (next & 0xfc00) !== 0xdc00)
        throw new ArgumentError("alloc/argument", "expected Unicode text, got half of a surrogate pair", text);
      length += 2;
    }
  }
  return length;
}

/** Writes a text into `bytes` from `at` on, as long as it is ASCII. @returns whether all of it is, and was written */
export function writeAscii(text: string, bytes: Uint8Array, at: number): boolean {
  const { length } = text;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return false;
    bytes[at + i] = unit;
  }
  return true;
}

/** Writes the bytes of a text, which {@link utf8Length} has accepted, into `bytes` from `at` on. */
export function writeUtf8(text: string, bytes: Uint8Array, at: number): void {
  const { length } = text;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes[at++] = unit;
    else if (unit < 0x800) {
      bytes[at++] = 0xc0 | (unit >> 6);
      bytes[at++] = 0x80 | (unit & 0x3f);
    } else if ((unit & 0xf800) !== 0xd800) {
      bytes[at++] = 0xe0 | (unit >> 12);
      bytes[at++] = 0x80 | ((unit >> 6) & 0x3f);
      bytes[at++] = 0x80 | (unit & 0x3f);
    } else {
      const code = 0x1_0000 + ((unit & 0x3ff) << 10) + (text.charCodeAt(++i) & 0x3ff);
      bytes[at++] = 0xf0 | (code >> 18);
      bytes[at++] = 0x80 | ((code >> 12) & 0x3f);
      bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[at++] = 0x80 | (code & 0x3f);
    }
  }
}

/** The bytes of a text. @throws as {@link utf8Length} @example encodeUtf8("é") // => Uint8Array.of(0xc3, 0xa9) */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text));
  writeUtf8(text, bytes, 0);
  return bytes;
}

/** Characters that are handed to `String.fromCharCode` at once. */
const CHUNK = 4096;

/** The text of bytes that are UTF-8. */
export function decodeUtf8(bytes: Uint8Array, from = 0, to: number = bytes.length): string {
  const units = new Uint16Array(Math.min(CHUNK, to - from) + 1);
  let text = "";
  let count = 0;
  for (let at = from; at < to;) {
    const lead = bytes[at]!;
    if (lead < 0x80) {
      units[count++] = lead;
      at++;
    } else {
      const code = codeAt(bytes, at);
      at += widthOf(code);
      if (code > 0xffff) {
        units[count++] = 0xd7c0 + (code >> 10);
        units[count++] = 0xdc00 | (code & 0x3ff);
      } else units[count++] = code;
    }
    if (count >= CHUNK) {
      text += String.fromCharCode.apply(undefined, units.subarray(0, count) as unknown as number[]);
      count = 0;
    }
  }
  return text + String.fromCharCode.apply(undefined, units.subarray(0, count) as unknown as number[]);
}

/** The character that starts at `at`, in bytes that are UTF-8. */
export function codeAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  if (lead < 0x80) return lead;
  const second = bytes[at + 1]! & 0x3f;
  if (lead < 0xe0) return ((lead & 0x1f) << 6) | second;
  const third = bytes[at + 2]! & 0x3f;
  if (lead < 0xf0) return ((lead & 0x0f) << 12) | (second << 6) | third;
  return ((lead & 0x07) << 18) | (second << 12) | (third << 6) | (bytes[at + 3]! & 0x3f);
}

/** Where bytes stop being UTF-8. */
export interface Utf8Fault {
  /** Bytes before it that are. */
  readonly validUpTo: number;
  /** Bytes that are wrong; `undefined` when the text ends in the middle of a character. */
  readonly errorLength: number | undefined;
}

/** The first fault from `from` on, or `undefined`. */
export function utf8Fault(bytes: Uint8Array, from = 0): Utf8Fault | undefined {
  for (let at = from; at < bytes.length;) {
    const lead = bytes[at]!;
    if (lead < 0x80) {
      at++;
      continue;
    }
    const width = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (width === 0) return { validUpTo: at, errorLength: 1 };
    for (let i = 1; i < width; i++)
      if (!follows(lead, bytes[at + i], i))
        return { validUpTo: at, errorLength: at + i === bytes.length ? undefined : i };
    at += width;
  }
  return undefined;
}

/** Whether `byte` may be the i-th behind `lead`. */
function follows(lead: number, byte: number | undefined, i: number): boolean {
  if (byte === undefined) return false;
  if (i > 1) return (byte & 0xc0) === 0x80;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return byte >= low && byte <= high;
}
