/**
 * The sizes of pages and frames.
 *
 * @module
 */

/** Bytes of a page, and the name that Rust prints. */
export interface PageSize {
  readonly bytes: number;
  readonly name: "4KiB" | "2MiB" | "1GiB";
  /** Level of the table whose entry maps such a page. */
  readonly level: 1 | 2 | 3;
}

export interface Size4KiB extends PageSize {
  readonly name: "4KiB";
}
export interface Size2MiB extends PageSize {
  readonly name: "2MiB";
}
export interface Size1GiB extends PageSize {
  readonly name: "1GiB";
}

export const Size4KiB: Size4KiB = { bytes: 0x1000, name: "4KiB", level: 1 };
export const Size2MiB: Size2MiB = { bytes: 0x20_0000, name: "2MiB", level: 2 };
export const Size1GiB: Size1GiB = { bytes: 0x4000_0000, name: "1GiB", level: 3 };

/** Bytes between the start of the page or frame of a size and an address in it. */
export function offsetIn(address: number, { bytes }: PageSize): number {
  // Sizes are powers of two below 2^32, and `&` keeps the low 32 bits; `%` on large numbers would take twenty times as long.
  return address & (bytes - 1);
}
