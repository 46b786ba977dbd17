/**
 * The bits of a segment descriptor, and those of the flat segments.
 *
 * ```
 *   63 ……… 56 │ 55 54 53 52 │ 51 ……… 48 │ 47 │ 46 45 │ 44 │ 43 42 41 40 │ 39 …… 16 │ 15 ……… 0
 *   base 31…24 │  G  D  L  A │ limit 19…16 │  P │  DPL  │  S │  X  C  W  A │ base 23…0 │ limit 15…0
 * ```
 * Descriptors have 64 bits that all mean something, so these flags are `bigint`s, combined with `|`.
 *
 * @see Intel SDM volume 3A, 3.4.5; https://docs.rs/x86_64/0.15.4/x86_64/structures/gdt/struct.DescriptorFlags.html
 * @module
 */
import { debugTuple } from "./debug-struct.ts";
import { checkWord } from "./errors.ts";

/** In the order in which the crate declares them, which is that of their text. */
const FLAGS = {
  /** The CPU has used the segment. */
  ACCESSED: 0x100_0000_0000n,
  /** Data: may be written. 32-bit code: may be read. */
  WRITABLE: 0x200_0000_0000n,
  /** Code: may be called from lower privilege levels, and runs with theirs. 32-bit data: grows down. */
  CONFORMING: 0x400_0000_0000n,
  /** Code, not data. */
  EXECUTABLE: 0x800_0000_0000n,
  /** Code or data, not a system segment. */
  USER_SEGMENT: 0x1000_0000_0000n,
  /** Both bits of the descriptor's privilege level. */
  DPL_RING_3: 0x6000_0000_0000n,
  /** Without it, loading the segment raises #NP. */
  PRESENT: 0x8000_0000_0000n,
  /** Free for the kernel. */
  AVAILABLE: 0x10_0000_0000_0000n,
  /** 64-bit code. */
  LONG_MODE: 0x20_0000_0000_0000n,
  /** 32-bit operands, not 16-bit; clear for 64-bit code. */
  DEFAULT_SIZE: 0x40_0000_0000_0000n,
  /** The limit counts units of 4096 bytes. */
  GRANULARITY: 0x80_0000_0000_0000n,
  LIMIT_0_15: 0xffffn,
  LIMIT_16_19: 0xf_0000_0000_0000n,
  BASE_0_23: 0xff_ffff_0000n,
  BASE_24_31: 0xff00_0000_0000_0000n,
} as const;

/** Flat: base 0 and all of 4 GiB. */
const COMMON =
  FLAGS.USER_SEGMENT |
  FLAGS.PRESENT |
  FLAGS.WRITABLE |
  FLAGS.ACCESSED |
  FLAGS.LIMIT_0_15 |
  FLAGS.LIMIT_16_19 |
  FLAGS.GRANULARITY;
const KERNEL_DATA = COMMON | FLAGS.DEFAULT_SIZE;
const KERNEL_CODE32 = COMMON | FLAGS.EXECUTABLE | FLAGS.DEFAULT_SIZE;
const KERNEL_CODE64 = COMMON | FLAGS.EXECUTABLE | FLAGS.LONG_MODE;

/** What `DescriptorFlags` has: the flags, flat segments made of them, and their text. */
export type DescriptorFlags = typeof FLAGS & {
  readonly KERNEL_DATA: bigint;
  readonly KERNEL_CODE32: bigint;
  readonly KERNEL_CODE64: bigint;
  readonly USER_DATA: bigint;
  readonly USER_CODE32: bigint;
  readonly USER_CODE64: bigint;
  /** Every bit: each belongs to a flag. */
  readonly all: bigint;
  /** The names of the flags of which all bits are set. @throws {@link StructureError} `structure/flags` unless a u64 */
  names(bits: bigint): string[];
  /** Rust's `Debug`; bits of flags that are not wholly set are hex. @throws {@link StructureError} `structure/flags` */
  debug(bits: bigint, pretty?: boolean): string;
};

/**
 * @example DescriptorFlags.KERNEL_CODE64 // => 0x00af_9b00_0000_ffffn
 * @example DescriptorFlags.debug(0x2000_0000_ffffn) // => "DescriptorFlags(LIMIT_0_15 | 0x200000000000)"
 */
export const DescriptorFlags: DescriptorFlags = Object.freeze({
  ...FLAGS,
  KERNEL_DATA,
  KERNEL_CODE32,
  KERNEL_CODE64,
  USER_DATA: KERNEL_DATA | FLAGS.DPL_RING_3,
  USER_CODE32: KERNEL_CODE32 | FLAGS.DPL_RING_3,
  USER_CODE64: KERNEL_CODE64 | FLAGS.DPL_RING_3,
  all: 0xffff_ffff_ffff_ffffn,
  names: (bits: bigint): string[] => whole(bits).map(([name]) => name),
  debug(bits: bigint, pretty = false): string {
    const found = whole(bits);
    const parts = found.map(([name]) => name);
    const rest = found.reduce((left, [, flag]) => left & ~flag, bits);
    if (rest !== 0n || parts.length === 0) parts.push(`0x${rest.toString(16)}`);
    return debugTuple("DescriptorFlags", parts.join(" | "), pretty);
  },
});

function whole(bits: bigint): [string, bigint][] {
  checkWord("structure/flags", "flags", bits);
  return Object.entries(FLAGS).filter(([, flag]) => (bits & flag) === flag);
}
