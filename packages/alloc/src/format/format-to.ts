/**
 * Writes arguments into the places of a format string, piece by piece, without an allocator.
 *
 * @see https://doc.rust-lang.org/std/fmt/
 * @module
 */
import { FormatError } from "./errors.ts";
import { Formatter } from "./formatter.ts";
import { COUNT_MAX, parsePattern } from "./parse-pattern.ts";
import type { ArgumentName, Count, Options, Pattern, Placeholder } from "./spec.ts";
import { NamedArguments, Typed } from "./typed.ts";
import { hasTrait, writeValue } from "./values.ts";
import type { Write } from "./write.ts";

/**
 * Writes `pattern`, with its placeholders filled, to anything that takes text: Rust's `write!`.
 *
 * @param args - in order; arguments with names come last, as {@link named}
 * @throws FormatError for a bad pattern, or arguments that do not fit it; nothing was written then
 * @throws what `out` or a value's own writing throws
 */
export function formatTo(out: Write, pattern: string, ...args: readonly unknown[]): void {
  const parsed = parsePattern(pattern);
  writePlaces(out, parsed, resolve(parsed, args));
}

/** A format string as a JavaScript string. @throws FormatError @example formatText("{:>4}|{:#x}", 7, 255) // => "   7|0xff" */
export function formatText(pattern: string, ...args: readonly unknown[]): string {
  let text = "";
  formatTo({ writeStr: (piece) => (text += piece) }, pattern, ...args);
  return text;
}

/** @internal Writes a pattern whose places {@link resolve} has found. */
export function writePlaces(out: Write, pattern: Pattern, places: readonly Place[]): void {
  let next = 0;
  for (const piece of pattern.pieces) {
    if (typeof piece === "string") out.writeStr(piece);
    else {
      const { value, options } = places[next++]!;
      writeValue(new Formatter(out, options), piece.trait, value);
    }
  }
}

/** A placeholder with what it asks for. */
export interface Place {
  readonly value: unknown;
  readonly options: Options;
}

/** @internal Finds every placeholder's argument, width and precision, and refuses what does not fit. */
export function resolve(pattern: Pattern, args: readonly unknown[]): Place[] {
  const last = args[args.length - 1];
  const names = last instanceof NamedArguments ? last.values : undefined;
  const positional = names === undefined ? args.length : args.length - 1;
  const { source, used } = pattern;
  const find = (name: ArgumentName): unknown => {
    if (typeof name === "number" ? name < positional : names?.has(name) === true)
      return typeof name === "number" ? args[name] : names!.get(name);
    throw new FormatError(
      "format/missing-argument",
      typeof name === "number"
        ? `invalid reference to positional argument ${name} (there ${positional === 1 ? "is 1 argument" : `are ${positional} arguments`})`
        : `there is no argument named \`${name}\``,
      source,
      undefined,
      name,
    );
  };
  const places: Place[] = [];
  for (const piece of pattern.pieces) if (typeof piece !== "string") places.push(placeOf(piece, find, source));
  for (let i = 0; i < positional; i++)
    if (!used.has(i))
      throw new FormatError("format/unused-argument", `argument ${i} is never used`, source, undefined, args[i]);
  for (const [name, value] of names ?? [])
    if (!used.has(name))
      throw new FormatError("format/unused-argument", `argument \`${name}\` is never used`, source, undefined, value);
  return places;
}

function placeOf(piece: Placeholder, find: (name: ArgumentName) => unknown, source: string): Place {
  const value = find(piece.argument);
  if (!hasTrait(piece.trait, value))
    throw new FormatError(
      "format/trait",
      `${describe(value)} does not implement ${piece.trait}`,
      source,
      piece.position,
      value,
    );
  const { options, width, precision } = piece;
  if (!isFromArgument(width) && !isFromArgument(precision)) return { value, options };
  return {
    value,
    options: { ...options, width: countOf(width, find, source), precision: countOf(precision, find, source) },
  };
}

function isFromArgument(count: Count | undefined): boolean {
  return count !== undefined && "from" in count;
}

function countOf(count: Count | undefined, find: (name: ArgumentName) => unknown, source: string): number | undefined {
  if (count === undefined || "fixed" in count) return count?.fixed;
  const given = find(count.from);
  const value = given instanceof Typed ? given.value : given;
  const number = typeof value === "bigint" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number) || number < 0 || number > COUNT_MAX)
    throw new FormatError(
      "format/count",
      `expected a width or precision of 0 … ${COUNT_MAX}, got ${describe(value)}`,
      source,
      undefined,
      value,
    );
  return number;
}

function describe(value: unknown): string {
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null) return "None";
  const { typeName } = (value ?? {}) as { readonly typeName?: unknown };
  return typeof typeName === "string" ? typeName : typeof value;
}
