/**
 * The flags of a page table entry.
 *
 * ```
 *   entry   63 │ 62 … 59 │ 58 … 52 │ 51 ………… 12 │ 11 … 9 │ 8  7  6  5  4   3   2  1  0
 *           NX │ key     │ free    │ address    │ free   │ G PS  D  A PCD PWT U  W  P
 *
 *   packed  23 ………………………………… 12 │ 11 ………………………………………………………………………… 0
 *           bits 63 … 52 of the entry │ bits 11 … 0
 * ```
 * Flags are the twelve high and the twelve low bits of an entry in one integer, so that `PRESENT | WRITABLE` is plain
 * arithmetic on small numbers. A word with bits in between (Rust's `from_bits_retain`) stays a `bigint`: every function
 * here, and every mapper, takes either.
 *
 * @see Intel SDM vol. 3A, 4.5.4, table 4-15 ff.; https://docs.rs/x86_64/0.15.4/x86_64/structures/paging/page_table/struct.PageTableFlags.html
 * @module
 */
import { AddressError } from "../errors.ts";
import { debugTuple } from "../structures/debug-struct.ts";

/** Packed flags: 24 bits. */
export type PageTableFlags = number;
/** Packed flags, or a whole word of which all 64 bits count. */
export type FlagWord = PageTableFlags | bigint;

const NAMES = [
  ["PRESENT", 0],
  ["WRITABLE", 1],
  ["USER_ACCESSIBLE", 2],
  ["WRITE_THROUGH", 3],
  ["NO_CACHE", 4],
  ["ACCESSED", 5],
  ["DIRTY", 6],
  ["HUGE_PAGE", 7],
  ["GLOBAL", 8],
  ["BIT_9", 9],
  ["BIT_10", 10],
  ["BIT_11", 11],
  ["BIT_52", 52],
  ["BIT_53", 53],
  ["BIT_54", 54],
  ["BIT_55", 55],
  ["BIT_56", 56],
  ["BIT_57", 57],
  ["BIT_58", 58],
  ["BIT_59", 59],
  ["BIT_60", 60],
  ["BIT_61", 61],
  ["BIT_62", 62],
  ["NO_EXECUTE", 63],
] as const;
export type FlagName = (typeof NAMES)[number][0];

/** All flags, packed. */
const ALL = 0xff_ffff;
const KNOWN = 0xfff0_0000_0000_0fffn;
const WORD = 0xffff_ffff_ffff_ffffn;

export const PageTableFlags = {
  PRESENT: 0x1,
  WRITABLE: 0x2,
  USER_ACCESSIBLE: 0x4,
  WRITE_THROUGH: 0x8,
  NO_CACHE: 0x10,
  ACCESSED: 0x20,
  DIRTY: 0x40,
  /** In a table of level 2 or 3: the entry maps a page. In level 1 the same bit is PAT. */
  HUGE_PAGE: 0x80,
  GLOBAL: 0x100,
  BIT_9: 0x200,
  BIT_10: 0x400,
  BIT_11: 0x800,
  BIT_52: 0x1000,
  BIT_53: 0x2000,
  BIT_54: 0x4000,
  BIT_55: 0x8000,
  BIT_56: 0x10000,
  BIT_57: 0x20000,
  BIT_58: 0x40000,
  BIT_59: 0x80000,
  BIT_60: 0x100000,
  BIT_61: 0x200000,
  BIT_62: 0x400000,
  NO_EXECUTE: 0x800000,

  empty: (): PageTableFlags => 0,
  all: (): PageTableFlags => ALL,

  /** The word as in an entry. @throws {@link AddressError} `address/flags`, as all that take flags */
  toBits(flags: FlagWord): bigint {
    checkFlags(flags);
    if (typeof flags === "bigint") return flags;
    return BigInt(flags & 0xfff) | (BigInt(flags >>> 12) << 52n);
  },

  /** @returns `undefined` when `bits` has a bit that is no flag */
  fromBits(bits: bigint): PageTableFlags | undefined {
    return (checkedWord(bits) & ~KNOWN) === 0n ? pack(bits) : undefined;
  },

  /** Drops the bits that are no flags. */
  fromBitsTruncate(bits: bigint): PageTableFlags {
    return pack(checkedWord(bits));
  },

  /** Keeps all 64 bits: packed where they fit, else the word itself. */
  fromBitsRetain(bits: bigint): FlagWord {
    return PageTableFlags.fromBits(bits) ?? bits;
  },

  /** @returns `undefined` for a name that is none */
  fromName(name: string): PageTableFlags | undefined {
    const found = NAMES.find(([each]) => each === name);
    return found === undefined ? undefined : pack(1n << BigInt(found[1]));
  },

  /** Names of the flags that are set, from the lowest bit up. */
  names(flags: FlagWord): FlagName[] {
    const bits = PageTableFlags.toBits(flags);
    return NAMES.filter(([, bit]) => ((bits >> BigInt(bit)) & 1n) === 1n).map(([name]) => name);
  },

  /** Names and bits of all flags, as they are declared. */
  constants(): [FlagName, PageTableFlags][] {
    return NAMES.map(([name, bit]) => [name, pack(1n << BigInt(bit))]);
  },

  isEmpty: (flags: FlagWord): boolean => PageTableFlags.toBits(flags) === 0n,
  isAll: (flags: FlagWord): boolean => PageTableFlags.contains(flags, PageTableFlags.all()),

  /** Whether all of `other` is set. */
  contains(flags: FlagWord, other: FlagWord): boolean {
    checkFlags(flags);
    checkFlags(other);
    if (typeof flags === "number" && typeof other === "number") return (flags & other) === other;
    const wanted = PageTableFlags.toBits(other);
    return (PageTableFlags.toBits(flags) & wanted) === wanted;
  },

  /** Whether any of `other` is set. */
  intersects(flags: FlagWord, other: FlagWord): boolean {
    return (PageTableFlags.toBits(flags) & PageTableFlags.toBits(other)) !== 0n;
  },

  union: (a: FlagWord, b: FlagWord): FlagWord => combine(a, b, (x, y) => x | y),
  intersection: (a: FlagWord, b: FlagWord): FlagWord => combine(a, b, (x, y) => x & y),
  difference: (a: FlagWord, b: FlagWord): FlagWord => combine(a, b, (x, y) => x & ~y),
  symmetricDifference: (a: FlagWord, b: FlagWord): FlagWord => combine(a, b, (x, y) => x ^ y),
  /** All flags that are not set. */
  complement: (flags: FlagWord): PageTableFlags => pack(~PageTableFlags.toBits(flags) & KNOWN),

  /** Order of the words. @returns −1, 0 or 1 */
  compare(a: FlagWord, b: FlagWord): -1 | 0 | 1 {
    const [x, y] = [PageTableFlags.toBits(a), PageTableFlags.toBits(b)];
    return x < y ? -1 : x > y ? 1 : 0;
  },

  /** As Rust's `{:?}`; pretty, `{:#?}`: the names on a line of their own. */
  debug(flags: FlagWord, pretty?: boolean): string {
    const unknown = PageTableFlags.toBits(flags) & ~KNOWN;
    const parts: string[] = PageTableFlags.names(flags);
    if (unknown !== 0n) parts.push(`0x${unknown.toString(16)}`);
    return debugTuple("PageTableFlags", parts.length === 0 ? "0x0" : parts.join(" | "), pretty === true);
  },

  /** As Rust's `{:?}`: `PageTableFlags(PRESENT | WRITABLE)`. */
  toString(flags: FlagWord): string {
    return PageTableFlags.debug(flags);
  },
} as const;

// The next three are small, with what bigints need apart, so that they become part of every mapping.

/** Low 32 bits of the entry with these flags and no address. */
export function lowBits(flags: FlagWord): number {
  return typeof flags === "number" ? flags & 0xfff : lowBitsOfWord(flags);
}

/** High 32 bits likewise. */
export function highBits(flags: FlagWord): number {
  return typeof flags === "number" ? (flags >>> 12) << 20 : lowBitsOfWord(flags >> 32n);
}

/** @throws {@link AddressError} `address/flags` unless these are flags */
export function checkFlags(flags: FlagWord): void {
  if (typeof flags !== "number" || flags >>> 0 !== flags || flags > ALL) checkFlagWord(flags);
}

/** The flags of an entry, given its two halves. */
export function packHalves(low: number, high: number): PageTableFlags {
  return (low & 0xfff) | ((high >>> 20) << 12);
}

function lowBitsOfWord(word: bigint): number {
  return Number(word & 0xffff_ffffn) | 0;
}

function checkFlagWord(flags: unknown): void {
  if (typeof flags === "bigint" && flags >= 0n && flags <= WORD) return;
  // What is of another type is shown as it is.
  const value = flags as FlagWord;
  throw new AddressError("address/flags", "expected flags: packed in 24 bits, or a word of 64 bits, got", value);
}

function pack(bits: bigint): PageTableFlags {
  return Number(bits & 0xfffn) | (Number((bits >> 52n) & 0xfffn) << 12);
}

/** @throws {@link AddressError} `address/flags` unless this is a u64 */
export function checkedWord(bits: bigint): bigint {
  if (typeof bits !== "bigint" || bits < 0n || bits > WORD)
    throw new AddressError("address/flags", "expected a word of 64 bits, got", bits);
  return bits;
}

function combine(a: FlagWord, b: FlagWord, operator: (x: bigint, y: bigint) => bigint): FlagWord {
  return PageTableFlags.fromBitsRetain(operator(PageTableFlags.toBits(a), PageTableFlags.toBits(b)) & WORD);
}
