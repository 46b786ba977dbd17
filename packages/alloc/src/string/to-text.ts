/**
 * Values to text: Rust's `to_string`.
 *
 * @see https://doc.rust-lang.org/std/string/trait.ToString.html
 * @module
 */
import { globalAllocator, type GlobalAlloc } from "@kmem/global-alloc";
import type { Type } from "@kmem/repr";
import { ArgumentError } from "../core/errors.ts";
import { String } from "./string.ts";

/** Digits of the largest value of the signed types: what Rust makes room for. */
const SIGNED_DIGITS: Readonly<Record<string, number>> = { i8: 3, i16: 5, i32: 10, i64: 19, isize: 19, i128: 39 };

/** A float as Rust's `Display` writes it: shortest digits that read back as the same, never with an exponent. */
export function floatText(value: number, isSingle = false): string {
  return floatParts(value, isSingle).join("");
}

/** {@link floatText} in the pieces in which Rust writes them: sign, digits, zeros. */
export function floatParts(float: number, isSingle = false): string[] {
  // An f32 is what is left of a JavaScript number in 32 bits.
  const value = isSingle ? Math.fround(float) : float;
  if (Number.isNaN(value)) return ["NaN"];
  const sign = value < 0 || Object.is(value, -0) ? ["-"] : [];
  if (!Number.isFinite(value)) return [...sign, "inf"];
  const { digits, point } = shortestDigits(Math.abs(value), isSingle);
  if (digits === "") return [...sign, "0"];
  if (point <= 0) return [...sign, "0.", ...zeros(-point), digits];
  if (point >= digits.length) return [...sign, digits, ...zeros(point - digits.length)];
  return [...sign, digits.slice(0, point), ".", digits.slice(point)];
}

function zeros(count: number): string[] {
  return count === 0 ? [] : ["0".repeat(count)];
}

/**
 * The shortest digits that read back as the same number: 0.`digits` · 10^`point`. No digits for 0.
 *
 * @param value - finite, not negative
 */
export function shortestDigits(value: number, isSingle: boolean): { readonly digits: string; readonly point: number } {
  const text = isSingle ? shortestSingle(value) : value.toString();
  const [mantissa, exponent = "0"] = text.split("e") as [string, string?];
  const [whole, fraction = ""] = mantissa.split(".") as [string, string?];
  const all = whole + fraction;
  const digits = all.replace(/^0+/, "");
  const point = whole.length + Number(exponent) - (all.length - digits.length);
  return { digits: digits.replace(/0+$/, ""), point };
}

/** Shortest digits that read back as the same f32. */
function shortestSingle(value: number): string {
  for (let precision = 1; precision < 9; precision++) {
    const text = value.toPrecision(precision);
    if (Math.fround(Number(text)) === value) return Number(text).toString();
  }
  return value.toPrecision(9).replace(/\.?0+($|e)/, "$1");
}

/**
 * The text of a value, in a String with the room that Rust gives it.
 *
 * @param type - a primitive type; `"u128"` and `"i128"` stand for the types that only Rust has
 * @throws ArgumentError for types without text
 * @example toStringOf(i32, -7).toString() // => "-7"
 */
export function toStringOf<T>(type: Type<T> | "u128" | "i128", value: T | bigint): String {
  return toStringIn(globalAllocator(), type, value);
}

/** {@link toStringOf}, in a given heap. */
export function toStringIn<T>(allocator: GlobalAlloc, type: Type<T> | "u128" | "i128", value: T | bigint): String {
  const name = typeof type === "string" ? type : type.name;
  if (typeof type !== "string") type.check?.(value as T);
  if (name === "f64" || name === "f32") {
    const made = String.newIn(allocator);
    for (const part of floatParts(value as number, name === "f32")) made.pushStr(part);
    return made;
  }
  if (typeof value !== "number" && typeof value !== "bigint" && typeof value !== "boolean" && typeof value !== "string")
    throw new ArgumentError("alloc/argument", `expected a type that has a text, got ${name}`, type);
  const text = `${value}`;
  const digits = SIGNED_DIGITS[name];
  if (digits === undefined) return String.fromIn(allocator, text);
  const made = String.withCapacityIn(allocator, digits + (text.startsWith("-") ? 1 : 0));
  made.pushStr(text);
  return made;
}
