/** Values that must be refused, whoever is given them. */
import { hex } from "@kmem/memory";

/** No integers, or not even numbers. */
export const NO_INTEGERS: readonly unknown[] = [NaN, 0.5, -1.5, Infinity, -Infinity, "1", true, null, undefined, {}];

export const NOT_CANONICAL: readonly unknown[] = [
  ...NO_INTEGERS,
  2 ** 47,
  -(2 ** 47) - 1,
  0x7fff_ffff_ffff + 0x1000,
  2 ** 53,
  2 ** 64,
  -(2 ** 64),
];
/** Where a `bigint` is taken too. */
export const NOT_CANONICAL_WORDS: readonly unknown[] = [
  ...NOT_CANONICAL,
  0x8000_0000_0000n,
  0xffff_7fff_ffff_ffffn,
  2n ** 64n,
  -(2n ** 47n) - 1n,
  -(2n ** 64n),
];
export const NOT_PHYSICAL: readonly unknown[] = [...NO_INTEGERS, -1, -4096, 2 ** 52, 2 ** 53, 2 ** 64];
export const NOT_PHYSICAL_WORDS: readonly unknown[] = [...NOT_PHYSICAL, -1n, 2n ** 52n, 2n ** 64n];
export const NO_COUNTS: readonly unknown[] = [...NO_INTEGERS, -1, -4096, -1n, -(2n ** 64n)];
export const NO_ALIGNMENTS: readonly unknown[] = [...NO_INTEGERS, 0, 3, 12, -8, 2 ** 53 + 2, 0n, 3n, -8n, 2n ** 64n];
export const NO_TRUNCATABLE: readonly unknown[] = [...NO_INTEGERS, 2 ** 53, -(2 ** 60), 2n ** 64n, -(2n ** 63n) - 1n];
export const NO_LEVELS: readonly unknown[] = [...NO_INTEGERS, 0, -1, 6, 2 ** 32 + 1, 1n];
export const NO_INDICES: readonly unknown[] = [...NO_INTEGERS, -1, 512, 2 ** 32, 2 ** 64, 1n];
export const NO_OFFSETS: readonly unknown[] = [...NO_INTEGERS, -1, 4096, 2 ** 32, 1n];
export const NO_FLAGS: readonly unknown[] = [...NO_INTEGERS, -1, 0x100_0000, 2 ** 32 + 1, 2 ** 53, -1n, 2n ** 64n];
export const NO_WORDS: readonly unknown[] = [...NO_INTEGERS, 1, -1n, 2n ** 64n];
export const MISALIGNED: readonly unknown[] = [...NO_INTEGERS, 1, 8, 0x1008, 0xfff, 2 ** 53];
/** Of a field of 16 bits and less. */
export const NO_FIELDS: readonly unknown[] = [...NO_INTEGERS, -1, 0x1_0000, 2 ** 32, 2 ** 53, 1n];
/** No frames of 4 KiB. */
export const NO_FRAMES: readonly unknown[] = [...NO_INTEGERS, -1, 4096, { startAddress: 1 }, { startAddress: -4096 }];
/** Of a register. */
export const NO_BITS: readonly unknown[] = [...NO_INTEGERS, -1, 2 ** 53, 2 ** 64, 1n];

/** How an error's message shows a value. */
export function shown(value: unknown): string {
  if (typeof value === "bigint") return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
  if (typeof value !== "number" || !Number.isInteger(value)) return String(value);
  return Number.isSafeInteger(value) ? hex(value) : shown(BigInt(value));
}
