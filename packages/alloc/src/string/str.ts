/**
 * Reading text that lies in memory: what Rust's `str` can do.
 *
 * A part of a text is given as a JavaScript string; what Rust would allocate is a {@link String} in the same heap.
 *
 * @see https://doc.rust-lang.org/std/primitive.str.html
 * @module
 */
import { Panic } from "@kmem/memory";
import { checkUsize } from "../core/errors.ts";
import { escapeDebug, escapeDefault, escapeUnicode, writeQuoted } from "./escape.ts";
import { pieces, spansOf, type Pattern } from "./pattern.ts";
import { StrSearch } from "./str-search.ts";
import type { String as OwnedString } from "./string.ts";
import { asciiLowercase, asciiUppercase } from "./unicode.ts";
import { encodeUtf8, utf8Length } from "./utf8.ts";

/** Any text in memory: String, `Box<str>`. */
export abstract class Str extends StrSearch {
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
}

/** Rust's order of byte strings. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1;
  return Math.sign(a.length - b.length);
}
