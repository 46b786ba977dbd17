/**
 * Sets of flags as plain numbers, with names to read them by.
 *
 * A register's flags are kept as one number, so that combining and testing them is arithmetic. The text is that of the
 * Rust crate `bitflags`: known names joined by ` | `, then what is left as hex.
 *
 * @see https://docs.rs/bitflags/2
 * @module
 */
import { hex } from "@kmem/memory";
import { debugTuple } from "../structures/debug-struct.ts";
import { checkBits } from "../structures/errors.ts";

const TWO_32 = 0x1_0000_0000;

/** Names and bits, in the order in which the crate declares them. Each is a power of two. */
export type FlagBits = Readonly<Record<string, number>>;

/** What can be asked of any set of flags. Both throw {@link StructureError} `structure/flags` unless 0 … 2^53 − 1. */
export interface FlagText {
  /** Every flag that has a name. */
  readonly all: number;
  /** The names of the flags set in `bits`. */
  names(bits: number): string[];
  /** Rust's `Debug`: `Name(A | B | 0x8)`; `Name(0x0)` when nothing is set. */
  debug(bits: number, pretty?: boolean): string;
}

/** The constants and the text in one object. */
export type FlagSet<B extends FlagBits> = B & FlagText;

/** @param name - of the type in Rust */
export function flagSet<B extends FlagBits>(name: string, flags: B): FlagSet<B> {
  const entries = Object.entries(flags);
  const all = entries.reduce((sum, [, bit]) => sum + bit, 0);
  const names = (bits: number): string[] => {
    checkBits(bits);
    return entries.filter(([, bit]) => hasFlag(bits, bit)).map(([each]) => each);
  };
  const text = (bits: number): string => {
    checkBits(bits);
    const unnamed = entries.reduce((rest, [, bit]) => (hasFlag(rest, bit) ? rest - bit : rest), bits);
    const parts = names(bits);
    if (unnamed !== 0 || parts.length === 0) parts.push(hex(unnamed));
    return parts.join(" | ");
  };
  const debug = (bits: number, pretty = false): string => debugTuple(name, text(bits), pretty);
  return Object.freeze({ ...flags, all, names, debug });
}

/** Whether one flag is set. JavaScript's `&` would cut off what is above bit 31. */
export function hasFlag(bits: number, flag: number): boolean {
  return Math.floor(bits / flag) % 2 === 1;
}

/** The bits of a register that have a name. @param all - every flag that has, below 2^32 */
export function namedBits(bits: number, all: number): number {
  return (bits & all) >>> 0;
}

/**
 * What writing flags leaves in a register: them, and the bits that have no name as they were.
 *
 * @throws {@link StructureError} `structure/flags` unless `flags` is 0 … 2^53 − 1
 */
export function withUnnamedBits(old: number, flags: number, all: number): number {
  checkBits(flags);
  const low = ((old & ~all) | flags) >>> 0;
  const high = Math.floor(old / TWO_32) | Math.floor(flags / TWO_32);
  return high * TWO_32 + low;
}
