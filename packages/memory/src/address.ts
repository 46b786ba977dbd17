/**
 * Arithmetic on addresses and sizes.
 *
 * Rounding is done with `%`: JavaScript's `&` keeps 32 bits.
 *
 * @module
 */

const TWO_32 = 0x1_0000_0000;

/**
 * Prints an integer as the hex of a u64, as Rust's `{:#x}` does.
 *
 * @param value - a safe integer; negative ones are the upper half of the address space. Anything else prints as it is.
 * @example hex(0x4444_4444_0000) // => "0x444444440000"
 * @example hex(-0x8000_0000_0000) // => "0xffff800000000000"
 */
export function hex(value: number): string {
  if (!Number.isSafeInteger(value)) return String(value);
  if (value >= 0) return `0x${value.toString(16)}`;
  const high = (Math.floor(value / TWO_32) >>> 0).toString(16);
  const low = (value - Math.floor(value / TWO_32) * TWO_32).toString(16).padStart(8, "0");
  return `0x${high}${low}`;
}

/** Whether `value` is 1, 2, 4, … 2^52. */
export function isPowerOfTwo(value: number): boolean {
  if (!Number.isSafeInteger(value) || value <= 0) return false;
  if (value < TWO_32) return (value & (value - 1)) === 0;
  return value % TWO_32 === 0 && isPowerOfTwo(value / TWO_32);
}

/** Rounds down to a multiple of `align`, a power of two. @example alignDown(15, 8) // => 8 */
export function alignDown(value: number, align: number): number {
  const over = value % align;
  return over < 0 ? value - over - align : value - over;
}

/** Rounds up to a multiple of `align`, a power of two. @example alignUp(9, 8) // => 16 */
export function alignUp(value: number, align: number): number {
  const over = value % align;
  return over > 0 ? value - over + align : value - over;
}
