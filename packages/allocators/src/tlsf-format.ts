/**
 * TLSF's bytes: a list of free blocks for each class of sizes, and two levels of bitmaps over the lists.
 *
 * ```
 *   control block: the common fields, then
 *     +28  first-level map   u32    bit f: some list of row f has blocks
 *     +32  second-level maps u32 each row    bit s: list (f, s) has blocks
 *     …    heads             u32 × 32 each row
 *
 *   row 0    sizes below 256: a list for each multiple of 8
 *   row f    sizes from 2^(f+7) to twice that: 32 lists, each a 32nd of the row
 *
 *   a block, in use:  │ header │ bytes of the caller …                              │
 *   a block, free:    │ header │ next │ previous │ …              │ own offset      │
 *                     +0       +4     +8                          +size − 4
 *   header = size | LEFT_IS_FREE (2) | IS_FREE (1)
 * ```
 * Sizes are multiples of 8 and count the header. What is called a block's offset is its header's, from the page that the
 * range begins in; 0 is none. What the caller gets begins 4 bytes further, at a multiple of 8.
 *
 * @see M. Masmano et al., "TLSF: a new dynamic memory allocator for real-time systems" (2004),
 *   http://www.gii.upv.es/tlsf/files/papers/ecrts04_tlsf.pdf
 * @module
 */
import { OWN_AT } from "./control-block.ts";

export const IS_FREE = 1;
export const LEFT_IS_FREE = 2;
/** Of a header, what is not flags. */
export const SIZE: number = ~7;
/** Smallest range: a block, its end, and what aligning the two can cost. */
export const LEAST = 32;
/** Smallest block in bytes. */
export const MIN_BLOCK = 16;

/** Where the second-level maps begin in the control block. */
const ROWS_AT = OWN_AT + 4;
/** How many rows a range of `size` bytes needs. */
export function rowsFor(size: number): number {
  return size < 256 ? 1 : 25 - Math.clz32(size);
}

/** Bytes of the control block for a range of `size` bytes. */
export function controlSizeFor(size: number): number {
  return Math.ceil((ROWS_AT + rowsFor(size) * 4 * 33) / 8) * 8;
}

/**
 * The list of a size: row × 32 + column.
 *
 * Without a branch, which random sizes would make the processor mispredict: `size >>> shift` is 32 … 63 from 256 on, so it
 * already counts one row.
 */
export function listOf(size: number): number {
  const shift = 26 - Math.clz32(size | 256);
  return ((shift - 3) << 5) + (size >>> shift);
}

/** The first list whose every block has at least so many bytes; a multiple of 8. */
export function listFrom(need: number): number {
  return listOf(need + (1 << (26 - Math.clz32(need | 256))) - 1);
}

/** Bytes of the smallest block for so many bytes of the caller. */
export function needOf(size: number): number {
  return size <= 12 ? MIN_BLOCK : (size + 11) & SIZE;
}
