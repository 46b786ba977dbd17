/**
 * What a text can be searched for, and where it is found: Rust's `Pattern`.
 *
 * Places are in UTF-16 units of a JavaScript string, which both ways of counting have at the same characters.
 *
 * @see https://doc.rust-lang.org/std/str/pattern/trait.Pattern.html
 * @module
 */

/** A text, or which characters. */
export type Pattern = string | ((char: string) => boolean);

/** Where something was found: from, to. */
export type Span = readonly [start: number, end: number];

/** Where a pattern occurs, from the front; occurrences do not overlap. Empty text occurs between all characters. */
export function spansOf(text: string, pattern: Pattern): Span[] {
  if (pattern === "") return boundariesOf(text).map((at) => [at, at]);
  const spans: Span[] = [];
  if (typeof pattern === "string") {
    for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + pattern.length))
      spans.push([at, at + pattern.length]);
    return spans;
  }
  let at = 0;
  for (const char of text) {
    if (pattern(char)) spans.push([at, at + char.length]);
    at += char.length;
  }
  return spans;
}

/** Where a pattern occurs, from the back: the last one first. */
export function spansFromBack(text: string, pattern: Pattern): Span[] {
  if (typeof pattern !== "string" || pattern === "") return spansOf(text, pattern).reverse();
  const spans: Span[] = [];
  for (let at = text.lastIndexOf(pattern); at >= 0;) {
    spans.push([at, at + pattern.length]);
    at = at < pattern.length ? -1 : text.lastIndexOf(pattern, at - pattern.length);
  }
  return spans;
}

/** Units that a pattern takes at the front of a text, −1 when it is not there. */
export function prefixLength(text: string, pattern: Pattern): number {
  if (typeof pattern === "string") return text.startsWith(pattern) ? pattern.length : -1;
  const code = text.codePointAt(0);
  if (code === undefined) return -1;
  const char = String.fromCodePoint(code);
  return pattern(char) ? char.length : -1;
}

/** Units that a pattern takes at the back of a text, −1 when it is not there. */
export function suffixLength(text: string, pattern: Pattern): number {
  if (typeof pattern === "string") return text.endsWith(pattern) ? pattern.length : -1;
  const char = lastChar(text);
  return char !== "" && pattern(char) ? char.length : -1;
}

/** The last character, "" of an empty text. */
export function lastChar(text: string): string {
  const { length } = text;
  const isPair = length > 1 && (text.charCodeAt(length - 1) & 0xfc00) === 0xdc00;
  return text.slice(length - (isPair ? 2 : 1));
}

/** Where characters begin, and the end. */
function boundariesOf(text: string): number[] {
  const at: number[] = [];
  let next = 0;
  for (const char of text) {
    at.push(next);
    next += char.length;
  }
  at.push(next);
  return at;
}

/** The pieces between occurrences. */
export function pieces(text: string, spans: readonly Span[]): string[] {
  const found: string[] = [];
  let from = 0;
  for (const [start, end] of spans) {
    found.push(text.slice(from, start));
    from = end;
  }
  found.push(text.slice(from));
  return found;
}

/** The pieces between occurrences from the back: the last piece first. */
export function piecesFromBack(text: string, spans: readonly Span[]): string[] {
  const found: string[] = [];
  let to = text.length;
  for (const [start, end] of spans) {
    found.push(text.slice(end, to));
    to = start;
  }
  found.push(text.slice(0, to));
  return found;
}
