/**
 * Rounding of addresses and sizes.
 *
 * It is done with `%`: JavaScript's `&` keeps 32 bits.
 *
 * @module
 */
import { MemoryError } from "./errors.ts";

const TWO_32 = 0x1_0000_0000;

/** Whether `value` is 1, 2, 4, … 2^52. */
export function isPowerOfTwo(value: number): boolean {
  if (!Number.isSafeInteger(value) || value <= 0) return false;
  if (value < TWO_32) return (value & (value - 1)) === 0;
  return value % TWO_32 === 0 && isPowerOfTwo(value / TWO_32);
}

/**
 * Rounds down to a multiple of `align`, a power of two.
 *
 * @throws {@link MemoryError} `memory/alignment` for any other `align`, `memory/not-safe` when `value` or the result is
 *   no safe integer
 * @example alignDown(15, 8) // => 8
 */
export function alignDown(value: number, align: number): number {
  if (!isPowerOfTwo(align) || !Number.isSafeInteger(value)) throw refusal(value, align);
  const over = value % align;
  const down = over < 0 ? value - over - align : value - over;
  if (!Number.isSafeInteger(down)) throw refusal(down, align);
  return down;
}

/**
 * Rounds up to a multiple of `align`, a power of two.
 *
 * @throws {@link MemoryError} as {@link alignDown}
 * @example alignUp(9, 8) // => 16
 */
export function alignUp(value: number, align: number): number {
  if (!isPowerOfTwo(align) || !Number.isSafeInteger(value)) throw refusal(value, align);
  const over = value % align;
  const up = over > 0 ? value - over + align : value - over;
  if (!Number.isSafeInteger(up)) throw refusal(up, align);
  return up;
}

function refusal(value: number, align: number): MemoryError {
  if (!isPowerOfTwo(align))
    return new MemoryError("memory/alignment", `expected an alignment that is a power of two, got ${String(align)}`);
  return new MemoryError("memory/not-safe", `expected a safe integer to align, got ${String(value)}`);
}
