/**
 * The bits of a page-table entry, in its two halves.
 *
 * ```
 *   high   31 │ 30 … 27 │ 26 … 20 │ 19 … 0          low   31 … 12 │ 11 … 9 │ 8 │ 7  │ 6 │ 5 │ 4   3   │ 2 │ 1 │ 0
 *          NX │   key   │ ignored │ frame, 51 … 32        frame   │ ignored│ G │ PS │ D │ A │ PCD PWT │ U │ W │ P
 * ```
 *
 * @see Intel SDM volume 3A, 4.5, tables 4-15 to 4-20
 * @module
 */
import { NO_EXECUTE } from "./access.ts";

/** Low half of an entry. */
export const PRESENT = 0x1;
export const ACCESSED = 0x20;
export const PAGE_SIZE_BIT = 0x80;
export const FRAME_LOW: number = ~0xfff;
/** Must be zero in the low half of a level 4 entry, of one that maps 1 GiB, of one that maps 2 MiB. */
export const RESERVED_LEVEL_4 = 0x80;
export const RESERVED_1G = 0x3fff_e000;
export const RESERVED_2M = 0x1f_e000;
/** High half of an entry. */
export const HIGH_FRAME = 0xf_ffff;
export const HIGH_NX: number = 0x8000_0000 | 0;
export const HIGH_KEY_SHIFT = 27;

/** {@link NO_EXECUTE} when the high half says so, else 0. */
export function noExecuteOf(high: number): number {
  return high < 0 ? NO_EXECUTE : 0;
}
