/**
 * Physical addresses.
 *
 * ```
 *   63 …… 52 51                          12 11      0
 *   0        frame                           offset
 * ```
 *
 * @see https://docs.rs/x86_64/0.15.4/x86_64/addr/struct.PhysAddr.html
 * @module
 */
import { alignDown, alignUp, hex } from "@kmem/memory";
import { alignDownU64, alignUpU64, checkedAlign, checkedCount, checkedWord } from "./arithmetic.ts";
import { AddressError } from "./errors.ts";
import { debugTuple } from "./structures/debug-struct.ts";

declare const PHYSICAL: unique symbol;

/** A physical address: 0 … 2^52 − 1. */
export type PhysAddr = number & { readonly [PHYSICAL]: true };

const TWO_52 = 2 ** 52;

/** Whether `value` is a physical address. */
export function isPhysical(value: number): value is PhysAddr {
  return Number.isInteger(value) && value >= 0 && value < 0x10_0000_0000_0000;
}

/** Makers of physical addresses, and what can be asked of one. */
export const PhysAddr = {
  ZERO: 0 as PhysAddr,

  /** @throws {@link AddressError} `address/not-physical` */
  new(value: number | bigint): PhysAddr {
    const address = PhysAddr.tryNew(value);
    if (address === undefined)
      throw new AddressError("address/not-physical", "expected a physical address below 2^52, got", value);
    return address;
  },

  /** @returns `undefined` when a bit above 51 is set */
  tryNew(value: number | bigint): PhysAddr | undefined {
    const number = typeof value === "bigint" ? (value >= 0n && value < 1n << 52n ? Number(value) : NaN) : value;
    return isPhysical(number) ? number : undefined;
  },

  /** Keeps the low 52 bits. @throws {@link AddressError} when `value` is no integer */
  newTruncate(value: number | bigint): PhysAddr {
    if (typeof value === "bigint")
      return Number(BigInt.asUintN(52, checkedWord(value, "address/not-physical"))) as PhysAddr;
    if (!Number.isSafeInteger(value)) throw new AddressError("address/not-physical", "expected an integer, got", value);
    return (((value % TWO_52) + TWO_52) % TWO_52) as PhysAddr;
  },

  asU64(address: PhysAddr): bigint {
    return BigInt(PhysAddr.new(address));
  },

  isNull(address: PhysAddr): boolean {
    return PhysAddr.new(address) === 0;
  },

  /** @param n - a power of two @throws {@link AddressError} `address/align` */
  alignDown(address: PhysAddr, n: number | bigint): PhysAddr {
    if (typeof n === "bigint") return Number(alignDownU64(PhysAddr.asU64(address), n)) as PhysAddr;
    return alignDown(PhysAddr.new(address), checkedAlign(n)) as PhysAddr;
  },

  /** @throws {@link AddressError} `address/overflow` when the result has a bit above 51 */
  alignUp(address: PhysAddr, n: number | bigint): PhysAddr {
    if (typeof n === "bigint") return physical(Number(alignUpU64(PhysAddr.asU64(address), n)));
    return physical(alignUp(PhysAddr.new(address), checkedAlign(n)));
  },

  isAligned(address: PhysAddr, n: number | bigint): boolean {
    return PhysAddr.alignDown(address, n) === address;
  },

  /** Adds bytes. @throws {@link AddressError} `address/overflow` when the sum has a bit above 51 */
  add(address: PhysAddr, bytes: number | bigint): PhysAddr {
    return physical(PhysAddr.new(address) + checkedCount(bytes));
  },

  /** Takes bytes away. @throws {@link AddressError} `address/overflow` when the result is negative */
  sub(address: PhysAddr, bytes: number | bigint): PhysAddr {
    return physical(PhysAddr.new(address) - checkedCount(bytes));
  },

  /** Bytes from `from` to `address`. @throws {@link AddressError} when negative */
  diff(address: PhysAddr, from: PhysAddr): number {
    if (PhysAddr.new(address) < PhysAddr.new(from))
      throw new AddressError("address/overflow", "the difference is negative", address - from);
    return address - from;
  },

  /** As Rust's `{:?}`; pretty, `{:#?}`: the address on a line of its own. */
  debug(address: PhysAddr, pretty?: boolean): string {
    return debugTuple("PhysAddr", hex(address), pretty === true);
  },

  /** As Rust's `{:?}`. */
  toString(address: PhysAddr): string {
    return PhysAddr.debug(address);
  },
} as const;

function physical(value: number): PhysAddr {
  if (!isPhysical(value)) throw new AddressError("address/overflow", "the result is not a physical address", value);
  return value;
}
