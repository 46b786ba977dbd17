/**
 * Virtual addresses.
 *
 * ```
 *   63 …… 48 47   39 38   30 29   21 20   12 11      0
 *   sign     level 4 level 3 level 2 level 1  offset
 * ```
 * A canonical one is a sign-extended 48-bit integer, so the upper half is negative: `0xffff_8000_0000_0000` is −2^47.
 *
 * @see Intel SDM vol. 1, 3.3.7.1 (canonical addressing); https://docs.rs/x86_64/0.15.4/x86_64/addr/struct.VirtAddr.html
 * @module
 */
import { alignDown, alignUp, hex } from "@kmem/memory";
import {
  alignDownU64,
  alignUpU64,
  checkedAlign,
  checkedCount,
  checkedLevel,
  checkedWord,
  type Level,
} from "./arithmetic.ts";
import { AddressError } from "./errors.ts";
import { debugTuple } from "./structures/debug-struct.ts";

declare const VIRTUAL: unique symbol;

/** A canonical virtual address: −2^47 … 2^47 − 1. */
export type VirtAddr = number & { readonly [VIRTUAL]: true };

const TWO_47 = 2 ** 47;
const TWO_48 = 2 ** 48;
/** Counts beyond it may lead from one half to the other, as the gap is larger. */
const MAX_SAFE = Number.MAX_SAFE_INTEGER;
/** Bytes that an entry of each level covers: 4 KiB at level 1. */
const ENTRY_SIZES = [NaN, 2 ** 12, 2 ** 21, 2 ** 30, 2 ** 39] as const;

/** Whether `value` is a canonical virtual address. */
export function isCanonical(value: number): value is VirtAddr {
  // Literals: unlike a module's constants, they are part of the compiled code.
  return Number.isInteger(value) && value >= -0x8000_0000_0000 && value < 0x8000_0000_0000;
}

/** Makers of virtual addresses, and what can be asked of one. */
export const VirtAddr = {
  ZERO: 0 as VirtAddr,

  /** @throws {@link AddressError} `address/not-canonical` */
  new(value: number | bigint): VirtAddr {
    const address = VirtAddr.tryNew(value);
    if (address === undefined)
      throw new AddressError("address/not-canonical", "expected a canonical virtual address, got", value);
    return address;
  },

  /** @returns `undefined` when `value` is not canonical */
  tryNew(value: number | bigint): VirtAddr | undefined {
    const number = typeof value === "bigint" ? signedNumber(value) : value;
    return isCanonical(number) ? number : undefined;
  },

  /** Keeps the low 48 bits and repeats bit 47 above them. @throws {@link AddressError} when `value` is no integer */
  newTruncate(value: number | bigint): VirtAddr {
    if (typeof value === "bigint")
      return Number(BigInt.asIntN(48, checkedWord(value, "address/not-canonical"))) as VirtAddr;
    if (!Number.isSafeInteger(value))
      throw new AddressError("address/not-canonical", "expected an integer, got", value);
    const low = ((value % TWO_48) + TWO_48) % TWO_48;
    return (low >= TWO_47 ? low - TWO_48 : low) as VirtAddr;
  },

  /** The address as Rust has it: 64 bits without a sign. */
  asU64(address: VirtAddr): bigint {
    return BigInt.asUintN(64, BigInt(VirtAddr.new(address)));
  },

  isNull(address: VirtAddr): boolean {
    return VirtAddr.new(address) === 0;
  },

  /** @param n - a power of two @throws {@link AddressError} `address/align` */
  alignDown(address: VirtAddr, n: number | bigint): VirtAddr {
    if (typeof n === "bigint") return VirtAddr.newTruncate(alignDownU64(VirtAddr.asU64(address), n));
    return VirtAddr.newTruncate(alignDown(VirtAddr.new(address), checkedAlign(n)));
  },

  /** From the end of the lower half it leads to the start of the upper half. @throws {@link AddressError} */
  alignUp(address: VirtAddr, n: number | bigint): VirtAddr {
    if (typeof n === "bigint") return VirtAddr.newTruncate(alignUpU64(VirtAddr.asU64(address), n));
    const up = alignUp(VirtAddr.new(address), checkedAlign(n));
    if (address < 0 && up >= 0) throw new AddressError("address/overflow", "the result exceeds 64 bits, from", address);
    return VirtAddr.newTruncate(up);
  },

  isAligned(address: VirtAddr, n: number | bigint): boolean {
    return VirtAddr.alignDown(address, n) === address;
  },

  /** Index in the table of a level, 0 … 511. @throws {@link AddressError} `address/not-canonical`, `address/level` */
  tableIndex(address: VirtAddr, level: Level): number {
    return Math.floor(VirtAddr.new(address) / ENTRY_SIZES[checkedLevel(level)]) & 511;
  },
  p1Index: (address: VirtAddr): number => VirtAddr.tableIndex(address, 1),
  p2Index: (address: VirtAddr): number => VirtAddr.tableIndex(address, 2),
  p3Index: (address: VirtAddr): number => VirtAddr.tableIndex(address, 3),
  p4Index: (address: VirtAddr): number => VirtAddr.tableIndex(address, 4),

  /** Offset in its 4 KiB page. */
  pageOffset(address: VirtAddr): number {
    return VirtAddr.new(address) & 4095;
  },

  /**
   * Adds bytes.
   *
   * @throws {@link AddressError} `address/overflow` when the sum, as a u64, overflows or is not canonical: the gap counts;
   * {@link VirtAddr.forwardChecked} jumps over it
   */
  add(address: VirtAddr, bytes: number | bigint): VirtAddr {
    const count = checkedCount(bytes);
    if (typeof bytes === "bigint" || count > MAX_SAFE) return canonicalWord(VirtAddr.asU64(address) + BigInt(bytes));
    return inHalf(VirtAddr.new(address), address + count);
  },

  /** Takes bytes away; as {@link VirtAddr.add}. */
  sub(address: VirtAddr, bytes: number | bigint): VirtAddr {
    const count = checkedCount(bytes);
    if (typeof bytes === "bigint" || count > MAX_SAFE) return canonicalWord(VirtAddr.asU64(address) - BigInt(bytes));
    return inHalf(VirtAddr.new(address), address - count);
  },

  /** Bytes from `from` to `address`, as u64s: the gap counts too. @throws {@link AddressError} when negative */
  diff(address: VirtAddr, from: VirtAddr): bigint {
    const bytes = VirtAddr.asU64(address) - VirtAddr.asU64(from);
    if (bytes < 0n) throw new AddressError("address/overflow", "the difference is negative", bytes);
    return bytes;
  },

  /** Order as u64s: the upper half is above the lower. @returns negative, 0 or positive */
  compare(a: VirtAddr, b: VirtAddr): number {
    return position(a) - position(b);
  },

  /**
   * The address `bytes` further on, where the first of the upper half follows the last of the lower.
   *
   * @returns `undefined` behind the last address
   */
  forwardChecked(address: VirtAddr, bytes: number | bigint): VirtAddr | undefined {
    return atPosition(position(address) + boundedCount(bytes));
  },

  /** The address `bytes` back; as {@link VirtAddr.forwardChecked}. */
  backwardChecked(address: VirtAddr, bytes: number | bigint): VirtAddr | undefined {
    return atPosition(position(address) - boundedCount(bytes));
  },

  /** Bytes from `from` to `to`, not counting the gap. @returns `undefined` when `to` comes before */
  stepsBetween(from: VirtAddr, to: VirtAddr): number | undefined {
    const steps = position(to) - position(from);
    return steps < 0 ? undefined : steps;
  },

  /** As Rust's `{:?}`; pretty, `{:#?}`: the address on a line of its own. */
  debug(address: VirtAddr, pretty?: boolean): string {
    return debugTuple("VirtAddr", hex(address), pretty === true);
  },

  /** As Rust's `{:?}`. */
  toString(address: VirtAddr): string {
    return VirtAddr.debug(address);
  },
} as const;

/** A u64 as the number with the same bits; NaN where that is no canonical address. */
function signedNumber(value: bigint): number {
  const isWord = value < 1n << 64n && value >= -(1n << 63n);
  const signed = BigInt.asIntN(64, value);
  return isWord && BigInt.asIntN(48, signed) === signed ? Number(signed) : NaN;
}

/** More bytes than there are addresses all lead nowhere, so they may be taken for one more than that. */
function boundedCount(bytes: number | bigint): number {
  return Math.min(checkedCount(bytes), TWO_48 + 1);
}

/** Place among the canonical addresses in their order, 0 … 2^48 − 1. */
function position(address: VirtAddr): number {
  return VirtAddr.new(address) < 0 ? address + TWO_48 : address;
}

function atPosition(place: number): VirtAddr | undefined {
  if (place < 0 || place >= TWO_48) return undefined;
  return (place < TWO_47 ? place : place - TWO_48) as VirtAddr;
}

/** A u64 as address. */
function canonicalWord(word: bigint): VirtAddr {
  const address = word >= 0n && word < 1n << 64n ? VirtAddr.tryNew(word) : undefined;
  if (address === undefined)
    throw new AddressError("address/overflow", "the result is not a canonical virtual address", word);
  return address;
}

/** `to`, when it is canonical and in the same half of the address space as `from`. */
function inHalf(from: VirtAddr, to: number): VirtAddr {
  if (!isCanonical(to) || from < 0 !== to < 0)
    throw new AddressError("address/overflow", "the result is not a canonical virtual address", to);
  return to;
}
