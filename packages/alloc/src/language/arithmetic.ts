/**
 * Integer arithmetic as Rust's debug builds do it: what does not fit panics.
 *
 * The first argument says the integers' type; values are numbers, or bigints for `u64` and `i64`. `usize` and `isize`
 * are checked against 64 bits, although JavaScript's numbers are exact only up to 2^53.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import type { Type } from "@kmem/repr";
import { ArgumentError } from "../core/errors.ts";
import type { RustDebug } from "./debug-text.ts";
import { err, ok, type Result } from "./results.ts";

type Int = number | bigint;
const RADIX_MIN = 2;
const RADIX_MAX = 36;

/** A number that another integer type cannot hold. */
export class TryFromIntError extends Error implements RustDebug {
  constructor() {
    super("out of range integral type conversion attempted");
    this.name = "TryFromIntError";
  }

  rustDebug(): string {
    return "TryFromIntError(())";
  }
}

/** @throws Panic "attempt to add with overflow" @example add(u8, 250, 5) // => 255 */
export function add<N extends Int>(type: Type<N>, a: N, b: N): N {
  return within(type, exact(a) + exact(b), "add");
}

/** @throws Panic "attempt to subtract with overflow" */
export function subtract<N extends Int>(type: Type<N>, a: N, b: N): N {
  return within(type, exact(a) - exact(b), "subtract");
}

/** @throws Panic "attempt to multiply with overflow" */
export function multiply<N extends Int>(type: Type<N>, a: N, b: N): N {
  return within(type, exact(a) * exact(b), "multiply");
}

/** Rounds towards 0. @throws Panic "attempt to divide by zero", "attempt to divide with overflow" */
export function divide<N extends Int>(type: Type<N>, a: N, b: N): N {
  if (exact(b) === 0n) throw new Panic("attempt to divide by zero");
  return within(type, exact(a) / exact(b), "divide");
}

/** The sign is that of `a`. @throws Panic when `b` is 0, or on the overflow of the division */
export function remainder<N extends Int>(type: Type<N>, a: N, b: N): N {
  if (exact(b) === 0n) throw new Panic("attempt to calculate the remainder with a divisor of zero");
  within(type, exact(a) / exact(b), "calculate the remainder");
  return within(type, exact(a) % exact(b), "calculate the remainder");
}

/** @throws Panic "attempt to negate with overflow" */
export function negate<N extends Int>(type: Type<N>, a: N): N {
  return within(type, -exact(a), "negate");
}

/** Rust's `abs`. @throws Panic "attempt to negate with overflow" */
export function abs<N extends Int>(type: Type<N>, a: N): N {
  return exact(a) < 0n ? negate(type, a) : a;
}

/** Bits that leave at the top are lost. @throws Panic "attempt to shift left with overflow" for `type`'s bits or more */
export function shiftLeft<N extends Int>(type: Type<N>, a: N, bits: number): N {
  const { width, isSigned } = rangeOf(type);
  if (!(bits >= 0 && bits < width)) throw new Panic("attempt to shift left with overflow");
  const shifted = exact(a) << BigInt(bits);
  return convert(type, isSigned ? BigInt.asIntN(width, shifted) : BigInt.asUintN(width, shifted));
}

/** @throws Panic "attempt to shift right with overflow" for `type`'s bits or more */
export function shiftRight<N extends Int>(type: Type<N>, a: N, bits: number): N {
  const { width } = rangeOf(type);
  if (!(bits >= 0 && bits < width)) throw new Panic("attempt to shift right with overflow");
  return convert(type, exact(a) >> BigInt(bits));
}

/** @throws Panic "attempt to add with overflow" @example sum(u8, [1, 2, 3]) // => 6 */
export function sum<N extends Int>(type: Type<N>, values: Iterable<N>): N {
  let total = convert(type, 0n);
  for (const value of values) total = add(type, total, value);
  return total;
}

/** The value, or the nearer end. @throws Panic "min > max. min = …, max = …" @example clamp(7, 1, 5) // => 5 */
export function clamp<N extends Int>(value: N, min: N, max: N): N {
  if (min > max) throw new Panic(`min > max. min = ${String(min)}, max = ${String(max)}`);
  return value < min ? min : value > max ? max : value;
}

/** The value as another integer type, if that can hold it: Rust's `try_from`. */
export function tryFrom<N extends Int>(type: Type<N>, value: Int): Result<N, TryFromIntError> {
  const { min, max } = rangeOf(type);
  const whole = exact(value);
  return whole >= min && whole <= max ? ok(convert(type, whole)) : err(new TryFromIntError());
}

/** The digit's value, or `undefined` when the char is none in that radix. @throws Panic @example toDigit("f", 16) // => 15 */
export function toDigit(char: string, radix: number): number | undefined {
  if (!isRadix(radix)) throw new Panic("to_digit: invalid radix -- radix must be in the range 2 to 36 inclusive");
  const digit = /^[0-9a-z]$/i.test(char) ? parseInt(char, RADIX_MAX) : NaN;
  return digit < radix ? digit : undefined;
}

/** The char of a digit, or `undefined` when there is none in that radix. @throws Panic @example fromDigit(15, 16) // => "f" */
export function fromDigit(digit: number, radix: number): string | undefined {
  if (!(radix <= RADIX_MAX)) throw new Panic("from_digit: radix is too high (maximum 36)");
  return Number.isInteger(digit) && digit >= 0 && digit < radix ? digit.toString(RADIX_MAX) : undefined;
}

function isRadix(radix: number): boolean {
  return Number.isInteger(radix) && radix >= RADIX_MIN && radix <= RADIX_MAX;
}

function exact(value: Int): bigint {
  if (typeof value === "number" && !Number.isInteger(value))
    throw new ArgumentError("alloc/argument", `expected a whole number, got ${value}`, value);
  return BigInt(value);
}

function within<N extends Int>(type: Type<N>, result: bigint, what: string): N {
  const { min, max } = rangeOf(type);
  if (result < min || result > max) throw new Panic(`attempt to ${what} with overflow`);
  return convert(type, result);
}

/** Kinds of @kmem/repr: odd ones up to 5, 9 and 11 are unsigned; 9 and 10 are bigints. */
function rangeOf(type: Type<Int>): { width: number; isSigned: boolean; min: bigint; max: bigint } {
  const { kind = 0, size } = type;
  const isInteger = (kind >= 1 && kind <= 6) || (kind >= 9 && kind <= 12);
  if (!isInteger) throw new ArgumentError("alloc/argument", `expected an integer type, got ${type.name}`, type);
  const width = 8 * size;
  const isSigned = kind % 2 === 0;
  const span = 1n << BigInt(isSigned ? width - 1 : width);
  return { width, isSigned, min: isSigned ? -span : 0n, max: span - 1n };
}

function convert<N extends Int>(type: Type<N>, value: bigint): N {
  return (type.kind === 9 || type.kind === 10 ? value : Number(value)) as N;
}
