/**
 * Places among all canonical addresses in their order: the upper half follows the lower.
 *
 * ```
 *   address    0 … 2^47 − 1 │ −2^47 … −1
 *   position   0 … 2^47 − 1 │ 2^47 … 2^48 − 1
 * ```
 * A range of positions has no gap, and the index in a table is a quotient.
 *
 * @module
 */
import type { Level, VirtAddr } from "../../addr.ts";

/** Bytes that an entry of each level covers. */
export const ENTRY_SIZES: Readonly<Record<Level, number>> = {
  1: 0x1000,
  2: 0x20_0000,
  3: 0x4000_0000,
  4: 0x80_0000_0000,
};

/** Position of an address. */
export function positionOf(address: VirtAddr): number {
  return address < 0 ? address + 2 ** 48 : address;
}

/** Address at a position. */
export function addressAt(position: number): VirtAddr {
  return (position < 2 ** 47 ? position : position - 2 ** 48) as VirtAddr;
}

/** Index in the table of a level, 0 … 511. */
export function indexAt(position: number, level: Level): number {
  return Math.floor(position / ENTRY_SIZES[level]) & 511;
}
