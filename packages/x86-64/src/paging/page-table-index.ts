/**
 * Indices, offsets and levels: the parts that a virtual address is made of.
 *
 * All three are plain numbers; here are their makers and what Rust can do with them.
 *
 * @see https://docs.rs/x86_64/0.15.4/x86_64/structures/paging/struct.PageTableIndex.html and its neighbours
 * @module
 */
import { checkedCount, checkedLevel, type Level } from "../addr.ts";
import { AddressError } from "../errors.ts";

const ENTRIES = 512;
const OFFSETS = 4096;

/** Index of an entry in its table, 0 … 511. */
export const PageTableIndex = {
  /** @throws {@link AddressError} `address/index` */
  new: (index: number): number => checked(index, ENTRIES),
  /** The index modulo 512. */
  newTruncate: (index: number): number => truncated(index, ENTRIES),
  /** @returns `undefined` past 511 */
  forwardChecked: (index: number, count: number | bigint): number | undefined =>
    stepped(index, checkedCount(count, "steps")),
  /** @returns `undefined` below 0 */
  backwardChecked: (index: number, count: number | bigint): number | undefined =>
    stepped(index, -checkedCount(count, "steps")),
} as const;

/** Offset of a byte in a page of 4 KiB, 0 … 4095. */
export const PageOffset = {
  /** @throws {@link AddressError} `address/index` */
  new: (offset: number): number => checked(offset, OFFSETS),
  /** The offset modulo 4096. */
  newTruncate: (offset: number): number => truncated(offset, OFFSETS),
} as const;

/** Level of a page table, 1 … 4. All throw {@link AddressError} `address/level` for another. */
export const PageTableLevel = {
  /** @returns `undefined` below level 1 */
  nextLowerLevel: (level: Level): Level | undefined => (checkedLevel(level) > 1 ? ((level - 1) as Level) : undefined),
  /** @returns `undefined` above level 4 */
  nextHigherLevel: (level: Level): Level | undefined => (checkedLevel(level) < 4 ? ((level + 1) as Level) : undefined),
  /** Bytes of address space that a table of the level covers. */
  tableAddressSpaceAlignment: (level: Level): number => 2 ** (9 * checkedLevel(level) + 12),
  /** Bytes of address space that one entry of it covers. */
  entryAddressSpaceAlignment: (level: Level): number => 2 ** (9 * checkedLevel(level) + 3),
  /** As Rust's `{:?}`. */
  toString: (level: Level): string => ["One", "Two", "Three", "Four"][checkedLevel(level) - 1]!,
} as const;

function checked(value: number, count: number): number {
  if (!Number.isInteger(value) || value < 0 || value >= count)
    throw new AddressError("address/index", `expected 0 … ${count - 1}, got`, value);
  return value;
}

function truncated(value: number, count: number): number {
  if (!Number.isSafeInteger(value)) throw new AddressError("address/index", "expected an integer, got", value);
  return ((value % count) + count) % count;
}

function stepped(index: number, count: number): number | undefined {
  const to = checked(index, ENTRIES) + count;
  return to >= 0 && to < ENTRIES ? to : undefined;
}
