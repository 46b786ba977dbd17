/**
 * Page tables and their entries, over any memory.
 *
 * ```
 *   table   512 entries of 8 bytes: one page
 *   entry   63 …… 52 │ 51 ………………… 12 │ 11 …… 0
 *           flags    │ frame address │ flags
 * ```
 * A table is not copied: reading and writing go to the bytes, which may be a kernel's memory, a file, or the memory of a
 * virtual machine.
 *
 * @see Intel SDM vol. 3A, 4.5; https://docs.rs/x86_64/0.15.4/x86_64/structures/paging/page_table
 * @module
 */
import { hex, LinearMemory, type Memory, type Ptr } from "@kmem/memory";
import { PhysAddr, type Level } from "../addr.ts";
import { AddressError } from "../errors.ts";
import { debugStruct } from "../structures/debug-struct.ts";
import { FrameError, PhysicalMemoryError } from "./errors.ts";
import {
  checkedWord,
  checkFlags,
  highBits,
  lowBits,
  packHalves,
  PageTableFlags,
  type FlagWord,
} from "./page-table-flags.ts";
import { PhysFrame } from "./phys-frame.ts";

/** Entries of a table. */
export const ENTRY_COUNT = 512;
/** Bytes of a table. */
export const TABLE_SIZE = 4096;

const HUGE = 0x80;

/** One entry: where it lies, and what can be done with it. */
export class PageTableEntry {
  readonly memory: Memory;
  /** Address of its 8 bytes. */
  readonly at: Ptr;

  /** @throws {@link AddressError} `address/not-aligned` unless `at` is a multiple of 8 */
  constructor(memory: Memory, at: Ptr) {
    if (!Number.isSafeInteger(at) || at % 8 !== 0)
      throw new AddressError("address/not-aligned", "expected the address of an entry, a multiple of 8, got", at);
    this.memory = memory;
    this.at = at;
  }

  /** The whole entry, a u64. Setting throws {@link AddressError} `address/flags` for what has not 64 bits. */
  get bits(): bigint {
    return this.memory.readU64(this.at);
  }
  set bits(word: bigint) {
    checkedWord(word);
    this.memory.writeU64(this.at, word);
  }

  /** Whether the entry is 0, which is not the same as not present. */
  isUnused(): boolean {
    return this.memory.readU32(this.at) === 0 && this.memory.readU32(this.at + 4) === 0;
  }

  setUnused(): void {
    writeEntry(this.memory, this.at, 0, 0);
  }

  flags(): PageTableFlags {
    return packHalves(this.memory.readU32(this.at), this.memory.readU32(this.at + 4));
  }

  /** The flags with what their level makes of them: bit 7 is HUGE_PAGE or PAT. */
  flagsAtLevel(level: Level | 5): LeveledFlags {
    return flagsAtLevel(this.bits, level);
  }

  addr(): PhysAddr {
    return addressIn(this.memory.readU32(this.at), this.memory.readU32(this.at + 4));
  }

  /**
   * The frame of 4 KiB that the entry names.
   *
   * @throws {@link FrameError} `frame/not-present`, or `frame/huge-frame` when the entry maps a huge page
   */
  frame(): PhysFrame {
    const low = this.memory.readU32(this.at);
    if ((low & 1) === 0) throw new FrameError("frame/not-present", this.addr());
    if ((low & HUGE) !== 0) throw new FrameError("frame/huge-frame", this.addr());
    return PhysFrame.fromStartAddress(this.addr());
  }

  /** @throws {@link AddressError} `address/not-aligned` unless `address` is a multiple of 4096 */
  setAddr(address: PhysAddr, flags: FlagWord): void {
    checkFlags(flags);
    if (PhysAddr.new(address) % TABLE_SIZE !== 0)
      throw new AddressError("address/not-aligned", "expected the address of a frame of 4KiB, got", address);
    writeEntry(this.memory, this.at, lowOf(address) | lowBits(flags), highOf(address) | highBits(flags));
  }

  /** @throws {@link AddressError} `address/flags` when `flags` has HUGE_PAGE */
  setFrame(frame: PhysFrame, flags: FlagWord): void {
    checkFlags(flags);
    if ((lowBits(flags) & HUGE) !== 0)
      throw new AddressError("address/flags", "expected flags without HUGE_PAGE, got", flags);
    this.setAddr(frame.startAddress, flags);
  }

  /** Replaces the flags and keeps the address. */
  setFlags(flags: FlagWord): void {
    checkFlags(flags);
    const address = this.addr();
    writeEntry(this.memory, this.at, lowOf(address) | lowBits(flags), highOf(address) | highBits(flags));
  }

  /** As Rust's `{:?}`; pretty, `{:#?}`: each part on a line of its own. */
  debug(pretty = false): string {
    const fields = [
      ["addr", PhysAddr.debug(this.addr(), pretty)],
      ["flags", PageTableFlags.debug(this.flags(), pretty)],
    ] as const;
    return debugStruct("PageTableEntry", fields, pretty);
  }

  /** As Rust's `{:?}`. */
  toString(): string {
    return this.debug();
  }
}

/** A table of 512 entries. */
export class PageTable implements Iterable<PageTableEntry> {
  readonly memory: Memory;
  /** Address of the first entry; a multiple of 4096. */
  readonly address: Ptr;

  /**
   * The table at `address`, as it is.
   *
   * @throws {@link AddressError} `address/not-aligned`
   */
  constructor(memory: Memory, address: Ptr) {
    if (!Number.isSafeInteger(address) || address % TABLE_SIZE !== 0)
      throw new AddressError(
        "address/not-aligned",
        "expected the address of a page table, a multiple of 4096, got",
        address,
      );
    this.memory = memory;
    this.address = address;
  }

  /**
   * The table in raw bytes: a file, or the memory of a virtual machine.
   *
   * @param offset - a multiple of 4096
   * @throws {@link AddressError} `address/not-aligned`; {@link PhysicalMemoryError} when it is not wholly in the bytes
   */
  static over(buffer: ArrayBufferLike, offset: number): PageTable {
    const table = new PageTable(new LinearMemory(buffer), offset);
    if (offset < 0 || offset + TABLE_SIZE > buffer.byteLength) throw new PhysicalMemoryError(offset);
    return table;
  }

  /** @param index - 0 … 511 @throws {@link AddressError} `address/index` */
  entry(index: number): PageTableEntry {
    if (!Number.isInteger(index) || index < 0 || index >= ENTRY_COUNT)
      throw new AddressError("address/index", `index out of bounds: the len is ${ENTRY_COUNT} but the index is`, index);
    return new PageTableEntry(this.memory, this.address + index * 8);
  }

  *[Symbol.iterator](): IterableIterator<PageTableEntry> {
    for (let index = 0; index < ENTRY_COUNT; index++) yield this.entry(index);
  }

  /** Whether all entries are 0. */
  isEmpty(): boolean {
    for (let offset = 0; offset < TABLE_SIZE; offset += 4)
      if (this.memory.readU32(this.address + offset) !== 0) return false;
    return true;
  }

  /** Writes 0 to all entries. */
  zero(): void {
    this.memory.fill(this.address, 0, TABLE_SIZE);
  }

  toString(): string {
    return `PageTable(${hex(this.address)})`;
  }
}

/** What bit 7 and the PAT bit of an entry mean depends on its level. */
export interface LeveledFlags {
  readonly flags: PageTableFlags;
  /** The entry maps a page itself. */
  readonly isLeaf: boolean;
  /** Page attribute table bit of a leaf: bit 7 at level 1, bit 12 above. */
  readonly pat: boolean;
  /** Protection key of a leaf, 0 … 15. */
  readonly protectionKey: number;
}

/**
 * Reads an entry's flags with its level, which tells PAT from HUGE_PAGE.
 *
 * @param level - of the table that the entry is in
 * @throws {@link AddressError} `address/flags` unless `entry` has 64 bits; `address/level`
 * @example flagsAtLevel(0x83n, 2).isLeaf // => true
 * @example flagsAtLevel(0x83n, 1).pat // => true
 */
export function flagsAtLevel(entry: bigint, level: Level | 5): LeveledFlags {
  if (!Number.isInteger(level) || level < 1 || level > 5)
    throw new AddressError("address/level", "expected the level of a page table, 1 … 5, got", level);
  const flags = PageTableFlags.fromBitsTruncate(entry);
  const isLeaf = level === 1 || (level < 4 && (entry & 0x80n) !== 0n);
  const pat = isLeaf && (entry & (level === 1 ? 0x80n : 0x1000n)) !== 0n;
  return { flags, isLeaf, pat, protectionKey: isLeaf ? Number((entry >> 59n) & 0xfn) : 0 };
}

/** The address in an entry, given its two halves. */
export function addressIn(low: number, high: number): PhysAddr {
  return ((high & 0xf_ffff) * 0x1_0000_0000 + ((low & 0xffff_f000) >>> 0)) as PhysAddr;
}

/** Low half of an address. */
export function lowOf(address: number): number {
  return address | 0;
}

/** High half of a physical address. A literal, so that the division becomes a multiplication. */
export function highOf(address: number): number {
  return (address / 0x1_0000_0000) | 0;
}

function writeEntry(memory: Memory, at: Ptr, low: number, high: number): void {
  // The half with PRESENT last, so that no walk in between sees a present entry with half an address.
  memory.writeU32(at + 4, high);
  memory.writeU32(at, low);
}
