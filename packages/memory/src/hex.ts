/**
 * How addresses are printed.
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
