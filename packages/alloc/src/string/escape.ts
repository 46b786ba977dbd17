/**
 * Characters as Rust escapes them.
 *
 * @module
 */
import { isGraphemeExtend, isPrintable } from "./unicode.ts";

const SHORT: Readonly<Record<string, string>> = { "\t": "\\t", "\r": "\\r", "\n": "\\n", "\\": "\\\\" };

/** `\u{…}`. @example escapeUnicode("é") // => "\\u{e9}" */
export function escapeUnicode(char: string): string {
  return `\\u{${char.codePointAt(0)!.toString(16)}}`;
}

/** Everything but printable ASCII is escaped, quotes too. @example escapeDefault("\"") // => "\\\"" */
export function escapeDefault(char: string): string {
  if (char === "'" || char === '"') return `\\${char}`;
  return SHORT[char] ?? (char >= " " && char <= "~" ? char : escapeUnicode(char));
}

/** Which quotes and marks {@link escapeDebug} escapes. */
export interface DebugEscapes {
  readonly single: boolean;
  readonly double: boolean;
  /** Marks that would join the character before them. */
  readonly extend: boolean;
}

const ALL: DebugEscapes = { single: true, double: true, extend: true };

/** What `{:?}` cannot print is escaped. @example escapeDebug("\0") // => "\\0" */
export function escapeDebug(char: string, { single, double, extend }: DebugEscapes = ALL): string {
  if (char === "\0") return "\\0";
  if ((char === "'" && single) || (char === '"' && double)) return `\\${char}`;
  const short = SHORT[char];
  if (short !== undefined) return short;
  if (extend && isGraphemeExtend(char)) return escapeUnicode(char);
  return isPrintable(char) ? char : escapeUnicode(char);
}

/** Text in quotes as `{:?}` writes it: runs of ordinary characters in one piece, and each escape in one. */
export function writeQuoted(to: { writeStr(piece: string): void }, text: string, quote: '"' | "'"): void {
  const escapes: DebugEscapes = { single: quote === "'", double: quote === '"', extend: true };
  to.writeStr(quote);
  let from = 0;
  let at = 0;
  for (const char of text) {
    const next = at + char.length;
    const escaped = escapeDebug(char, escapes);
    if (escaped !== char) {
      if (from < at) to.writeStr(text.slice(from, at));
      to.writeStr(escaped);
      from = next;
    }
    at = next;
  }
  if (from < at) to.writeStr(text.slice(from));
  to.writeStr(quote);
}
