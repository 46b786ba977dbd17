/**
 * Text to values: Rust's `str::parse`, with its errors.
 *
 * @see https://doc.rust-lang.org/std/str/trait.FromStr.html
 * @module
 */
import { KmemError, Panic } from "@kmem/memory";
import type { Type } from "@kmem/repr";
import { ArgumentError } from "../core/errors.ts";
import { fractionOf } from "../format/float-digits.ts";

export type ParseErrorCode =
  | "parse/empty"
  | "parse/invalid-digit"
  | "parse/overflow"
  | "parse/underflow"
  | "parse/zero"
  | "parse/invalid-float"
  | "parse/bool"
  | "parse/char";

/** Text that is no value of the type asked for. */
export class ParseError extends KmemError {
  readonly code: ParseErrorCode;
  private readonly debug: string;
  constructor(code: ParseErrorCode, message: string, debug: string) {
    super(message);
    this.name = "ParseError";
    this.code = code;
    this.debug = debug;
  }

  /** As Rust's `{:?}`. */
  rustDebug(): string {
    return this.debug;
  }
}

type IntErrorKind = "Empty" | "InvalidDigit" | "PosOverflow" | "NegOverflow";

const INT_ERRORS: Readonly<Record<IntErrorKind, readonly [ParseErrorCode, string]>> = {
  Empty: ["parse/empty", "cannot parse integer from empty string"],
  InvalidDigit: ["parse/invalid-digit", "invalid digit found in string"],
  PosOverflow: ["parse/overflow", "number too large to fit in target type"],
  NegOverflow: ["parse/underflow", "number too small to fit in target type"],
};

function intError(kind: IntErrorKind): ParseError {
  const [code, message] = INT_ERRORS[kind];
  return new ParseError(code, message, `ParseIntError { kind: ${kind} }`);
}

/** Range of each integer type. */
const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  u8: unsigned(8n),
  u16: unsigned(16n),
  u32: unsigned(32n),
  u64: unsigned(64n),
  // What a JavaScript number holds exactly: kmem's usize and isize are no larger.
  usize: [0n, BigInt(Number.MAX_SAFE_INTEGER)],
  i8: signed(8n),
  i16: signed(16n),
  i32: signed(32n),
  i64: signed(64n),
  isize: [BigInt(Number.MIN_SAFE_INTEGER), BigInt(Number.MAX_SAFE_INTEGER)],
};

function unsigned(bits: bigint): readonly [bigint, bigint] {
  return [0n, (1n << bits) - 1n];
}

function signed(bits: bigint): readonly [bigint, bigint] {
  return [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n];
}

const FLOAT = /^[+-]?(?:(?:inf|infinity|nan)|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i;

/**
 * The value that a text says.
 *
 * @returns the value, or why it is none
 * @throws ArgumentError for a type that is not parsed
 * @example parseText(u8, "255") // => 255
 * @example parseText(u8, "256").message // => "number too large to fit in target type"
 */
export function parseText<T>(type: Type<T>, text: string): T | ParseError {
  const { name } = type;
  const range = RANGES[name];
  if (range !== undefined) return parseInteger(text, range, 10, name) as T | ParseError;
  if (name === "f64" || name === "f32") return parseFloatText(text, name === "f32") as T | ParseError;
  if (name === "bool") return parseBool(text) as T | ParseError;
  if (name === "char") return parseChar(text) as T | ParseError;
  throw new ArgumentError("alloc/argument", `expected a type that text can be parsed to, got ${name}`, type);
}

/** An integer in another base: Rust's `from_str_radix`. @param radix - 2 … 36 @example parseRadix(i32, "-7f", 16) // => -127 */
export function parseRadix<T extends number | bigint>(type: Type<T>, text: string, radix: number): T | ParseError {
  const range = RANGES[type.name];
  if (range === undefined)
    throw new ArgumentError("alloc/argument", `expected an integer type, got ${type.name}`, type);
  if (!Number.isInteger(radix) || radix < 2 || radix > 36)
    throw new Panic(`from_ascii_radix: radix must lie in the range \`[2, 36]\` - found ${radix}`);
  return parseInteger(text, range, radix, type.name) as T | ParseError;
}

function parseInteger(
  text: string,
  [min, max]: readonly [bigint, bigint],
  radix: number,
  name: string,
): number | bigint | ParseError {
  if (text === "") return intError("Empty");
  const isNegative = text.startsWith("-") && min < 0n;
  const digits = isNegative || text.startsWith("+") ? text.slice(1) : text;
  if (digits === "") return intError("InvalidDigit");
  let value = 0n;
  // The first thing wrong from the left is what is said: `256x` is too large for a u8, `25x6` is no number.
  for (const char of digits) {
    const digit = parseInt(char, 36);
    if (char.length !== 1 || Number.isNaN(digit) || digit >= radix) return intError("InvalidDigit");
    value = value * BigInt(radix) + BigInt(digit);
    if (isNegative ? -value < min : value > max) return intError(isNegative ? "NegOverflow" : "PosOverflow");
  }
  const result = isNegative ? -value : value;
  return name.endsWith("64") ? result : Number(result);
}

function parseFloatText(text: string, isSingle: boolean): number | ParseError {
  if (text === "")
    return new ParseError("parse/empty", "cannot parse float from empty string", "ParseFloatError { kind: Empty }");
  if (!FLOAT.test(text))
    return new ParseError("parse/invalid-float", "invalid float literal", "ParseFloatError { kind: Invalid }");
  const sign = text.startsWith("-") ? -1 : 1;
  const digits = text.replace(/^[+-]/, "").toLowerCase();
  const value = digits.startsWith("inf") ? Infinity : digits === "nan" ? NaN : Number(digits);
  return sign * (isSingle ? toSingle(digits, value) : value);
}

/**
 * The f32 that is nearest to a text. Rounding its f64 once more errs where that lies half-way between two f32: then the
 * text itself says to which side it goes.
 *
 * @param value - of the text as an f64; not negative
 */
function toSingle(text: string, value: number): number {
  const nearest = Math.fround(value);
  if (nearest === value || Number.isNaN(value)) return nearest;
  single.setFloat32(0, nearest);
  single.setUint32(0, single.getUint32(0) + (nearest < value ? 1 : -1));
  const other = single.getFloat32(0);
  if (asBound(nearest) - value !== value - asBound(other)) return nearest;
  const side = compareExactly(text, value);
  if (side === 0) return nearest;
  return side > 0 ? Math.max(nearest, other) : Math.min(nearest, other);
}

const single = new DataView(new ArrayBuffer(4));

/** Infinity stands where the f32 behind the largest would be. */
function asBound(value: number): number {
  return value === Infinity ? 2 ** 128 : value;
}

/** Sign of text − value. @param text - digits, perhaps with a point and an exponent; not far from `value` */
function compareExactly(text: string, value: number): number {
  const [mantissa, exponent = "0"] = text.split("e") as [string, string?];
  const [whole, fraction = ""] = mantissa.split(".") as [string, string?];
  const power = Number(exponent) - fraction.length;
  const { numerator, denominator } = fractionOf(value);
  const ours = BigInt(whole + fraction) * denominator * 10n ** BigInt(Math.max(0, power));
  const theirs = numerator * 10n ** BigInt(Math.max(0, -power));
  return ours === theirs ? 0 : ours > theirs ? 1 : -1;
}

function parseBool(text: string): boolean | ParseError {
  if (text === "true" || text === "false") return text === "true";
  return new ParseError("parse/bool", "provided string was not `true` or `false`", "ParseBoolError");
}

function parseChar(text: string): string | ParseError {
  if (text === "")
    return new ParseError("parse/char", "cannot parse char from empty string", "ParseCharError { kind: EmptyString }");
  const char = String.fromCodePoint(text.codePointAt(0)!);
  if (char === text) return char;
  return new ParseError("parse/char", "too many characters in string", "ParseCharError { kind: TooManyChars }");
}
