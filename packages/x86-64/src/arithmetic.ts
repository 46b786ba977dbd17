/**
 * Arithmetic on u64s, and the checks that addresses of both kinds share.
 *
 * @module
 */
import { isPowerOfTwo } from "@kmem/memory";
import { AddressError, type AddressErrorCode } from "./errors.ts";

/** Level of a page table. */
export type Level = 1 | 2 | 3 | 4;

/**
 * Rounds a u64 down.
 *
 * @param n - a power of two, 1 … 2^63
 * @throws {@link AddressError} `address/align`; `address/overflow` unless `value` has 64 bits
 */
export function alignDownU64(value: bigint, n: bigint): bigint {
  checkedWord(value, "address/overflow");
  if (typeof n !== "bigint" || n <= 0n || (n & (n - 1n)) !== 0n || n >= 1n << 64n)
    throw new AddressError("address/align", "expected a power of two as alignment, got", n);
  return value & ~(n - 1n);
}

/** Rounds a u64 up. @throws {@link AddressError} `address/align`; `address/overflow` when the result exceeds 64 bits */
export function alignUpU64(value: bigint, n: bigint): bigint {
  const down = alignDownU64(value, n);
  const up = down === value ? value : down + n;
  if (up >= 1n << 64n) throw new AddressError("address/overflow", "the result exceeds 64 bits", up);
  return up;
}

export function checkedAlign(n: number): number {
  if (!isPowerOfTwo(n)) throw new AddressError("address/align", "expected a power of two as alignment, got", n);
  return n;
}

/** @throws {@link AddressError} `address/level` */
export function checkedLevel(level: Level): Level {
  if (!Number.isInteger(level) || level < 1 || level > 4)
    throw new AddressError("address/level", "expected the level of a page table, 1 … 4, got", level);
  return level;
}

/** @throws {@link AddressError} `address/overflow` unless this is a count */
export function checkedCount(count: number | bigint, of = "bytes"): number {
  const number = typeof count === "bigint" ? Number(count) : count;
  if (!Number.isInteger(number) || number < 0)
    throw new AddressError("address/overflow", `expected a number of ${of} of 0 or more, got`, count);
  return number;
}

/** A u64, or its two's complement below 0. */
export function checkedWord(value: bigint, code: AddressErrorCode): bigint {
  if (typeof value !== "bigint" || value >= 1n << 64n || value < -(1n << 63n))
    throw new AddressError(code, "expected a word of 64 bits, got", value);
  return value;
}
