/**
 * Values to text: Rust's `to_string`.
 *
 * @see https://doc.rust-lang.org/std/string/trait.ToString.html
 * @module
 */
import { globalAllocator, type GlobalAlloc } from "@kmem/global-alloc";
import type { Type } from "@kmem/repr";
import { ArgumentError } from "../core/errors.ts";
import { floatParts } from "../format/number-parts.ts";
import { String } from "./string.ts";

/** Digits of the largest value of the signed types: what Rust makes room for. */
const SIGNED_DIGITS: Readonly<Record<string, number>> = { i8: 3, i16: 5, i32: 10, i64: 19, isize: 19, i128: 39 };

/** A float as Rust's `Display` writes it: shortest digits that read back as the same, never with an exponent. */
export function floatText(value: number, isSingle = false): string {
  return floatPieces(value, isSingle).join("");
}

/** {@link floatText} in the pieces in which Rust writes them: sign, digits, zeros. */
function floatPieces(value: number, isSingle: boolean): string[] {
  // An f32 is what is left of a JavaScript number in 32 bits.
  const { sign, parts } = floatParts(isSingle ? Math.fround(value) : value, isSingle, "decimal", undefined, false);
  return [sign, ...parts];
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
    for (const piece of floatPieces(value as number, name === "f32")) made.pushStr(piece);
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
