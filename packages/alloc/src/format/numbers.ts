/**
 * Numbers and addresses, by each trait.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import type { Formatter } from "./formatter.ts";
import { floatParts, integerExponentParts } from "./number-parts.ts";
import type { Trait } from "./spec.ts";

/** Hexadecimal digits of an address, with the prefix. */
const POINTER_WIDTH = 18;

const RADIXES: Readonly<Partial<Record<Trait, readonly [radix: number, prefix: string]>>> = {
  LowerHex: [16, "0x"],
  UpperHex: [16, "0x"],
  Octal: [8, "0o"],
  Binary: [2, "0b"],
};

/** Whether a number without a type is taken for an integer. */
export function isInteger(value: number | bigint): boolean {
  return typeof value === "bigint" || (Number.isSafeInteger(value) && !Object.is(value, -0));
}

/** @param type - Rust's name of it; without, the smallest of 32, 64 and 128 bits that holds the value */
export function writeInteger(f: Formatter, trait: Trait, value: number | bigint, type: string | undefined): void {
  const by = trait === "Debug" ? debugTrait(f) : trait;
  const isNonNegative = value >= 0;
  if (by === "Display") {
    const digits = String(value);
    f.padIntegral(isNonNegative, "", isNonNegative ? digits : digits.slice(1));
  } else if (by === "LowerExp" || by === "UpperExp") {
    const { options } = f;
    const whole = BigInt(value);
    f.padNumber({
      sign: isNonNegative ? (options.plus ? "+" : "") : "-",
      parts: integerExponentParts(isNonNegative ? whole : -whole, options.precision, by === "LowerExp" ? "e" : "E"),
    });
  } else {
    const [radix, prefix] = RADIXES[by]!;
    const digits = unsignedDigits(value, radix, type);
    f.padIntegral(true, prefix, by === "UpperHex" ? digits.toUpperCase() : digits);
  }
}

/** Negative values as their two's complement. */
function unsignedDigits(value: number | bigint, radix: number, type: string | undefined): string {
  if (value >= 0) return value.toString(radix);
  const bits = type === undefined ? bitsFor(value) : type.endsWith("size") ? 64 : Number(type.slice(1));
  return BigInt.asUintN(bits, BigInt(value)).toString(radix);
}

function bitsFor(value: number | bigint): number {
  return value >= -0x8000_0000 ? 32 : value >= -(2n ** 63n) ? 64 : 128;
}

function debugTrait(f: Formatter): Trait {
  const { debugHex } = f.options;
  return debugHex === "lower" ? "LowerHex" : debugHex === "upper" ? "UpperHex" : "Display";
}

export function writeFloat(f: Formatter, trait: Trait, value: number, isSingle: boolean): void {
  const style =
    trait === "Display"
      ? "decimal"
      : trait === "Debug"
        ? "debug"
        : trait === "LowerExp"
          ? "lower-exp"
          : trait === "UpperExp"
            ? "upper-exp"
            : undefined;
  if (style === undefined) throw new Panic(`${isSingle ? "f32" : "f64"} does not implement ${trait}`);
  const { precision, plus } = f.options;
  f.padNumber(floatParts(isSingle ? Math.fround(value) : value, isSingle, style, precision, plus));
}

/** An address: a number, a bigint, or where an object with `asPtr` points. */
export function addressOf(value: unknown): number | bigint | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  if (typeof value === "bigint") return value >= 0n ? value : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  if ("shape" in value && "value" in value) return addressOf(value.value);
  const { asPtr } = value as { readonly asPtr?: () => number };
  return typeof asPtr === "function" ? asPtr.call(value) : undefined;
}

/** An address as `0x…`; with `#`, in full width. */
export function writePointer(f: Formatter, value: unknown): void {
  const address = addressOf(value);
  if (address === undefined) throw new Panic(`${typeof value} does not implement Pointer`);
  const { options } = f;
  const full = options.alternate ? { zero: true, width: options.width ?? POINTER_WIDTH } : {};
  writeInteger(f.with({ ...full, alternate: true }), "LowerHex", address, "usize");
}
