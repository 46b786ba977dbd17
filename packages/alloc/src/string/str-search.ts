/**
 * Searching text and taking it apart. Places are in bytes; parts are JavaScript strings.
 *
 * @module
 */
import type { Type } from "@kmem/repr";
import { checkUsize } from "../core/errors.ts";
import { parseText, type ParseError } from "./parse.ts";
import { pieces, piecesFromBack, prefixLength, spansFromBack, spansOf, suffixLength, type Pattern } from "./pattern.ts";
import { StrBytes } from "./str-bytes.ts";
import { isAsciiWhitespace, isWhitespace } from "./unicode.ts";
import { utf8Length } from "./utf8.ts";

/** A text that can be searched. */
export abstract class StrSearch extends StrBytes {
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

  /** {@link StrSearch.matches}, from the back. */
  rmatches(pattern: Pattern): string[] {
    const text = this.toString();
    return spansFromBack(text, pattern).map(([start, end]) => text.slice(start, end));
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

  /** {@link StrSearch.rsplit} without an empty piece behind the last one. */
  rsplitTerminator(pattern: Pattern): string[] {
    const found = this.rsplit(pattern);
    if (found[0] === "") found.shift();
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

  /** Without ASCII whitespace on either side. */
  trimAscii(): string {
    return trimBack(this.trimAsciiStart(), isAsciiWhitespace);
  }

  trimAsciiStart(): string {
    return trimFront(this.toString(), isAsciiWhitespace);
  }

  trimAsciiEnd(): string {
    return trimBack(this.toString(), isAsciiWhitespace);
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
