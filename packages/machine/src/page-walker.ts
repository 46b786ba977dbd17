/**
 * The walk through the page tables, from CR3 to a frame.
 *
 * ```
 *   virtual   63 … 48 │ 47 … 39 │ 38 … 30 │ 29 … 21 │ 20 … 12 │ 11 … 0
 *             as bit 47   level 4   level 3   level 2   level 1   offset
 *
 *   entry     63 │ 62 … 59 │ 58 … 52 │ 51 … M │ M−1 … 12 │ 11 … 9 │ 8 │ 7  │ 6 │ 5 │ 4   3   │ 2 │ 1 │ 0
 *             NX │   key   │ ignored │ zero   │  frame   │ ignored│ G │ PS │ D │ A │ PCD PWT │ U │ W │ P
 *                                                                     M = MAXPHYADDR
 * ```
 * It is the manual's: an entry that is not present ends it, then one with reserved bits; what all levels permit together is
 * judged at the end. A table entry's A bit is set when the walk goes on through it; the last entry's A and D bits when the
 * access is allowed.
 *
 * @see Intel SDM volume 3A, 4.5 (walk), 4.7 (error code), 4.8 (A and D)
 * @module
 */
import { PageFaultErrorCode } from "@kmem/x86-64";
import type { Ptr } from "@kmem/memory";
import {
  DIRTY,
  EXECUTE,
  FAULT,
  KEY_SHIFT,
  NO_EXECUTE,
  SIZE_1G,
  SIZE_2M,
  STACK,
  SYSTEM,
  USER,
  WRITABLE,
  WRITE,
} from "./access.ts";
import { AccessRules } from "./access-rules.ts";
import {
  ACCESSED,
  FRAME_LOW,
  HIGH_FRAME,
  HIGH_KEY_SHIFT,
  HIGH_NX,
  noExecuteOf,
  PAGE_SIZE_BIT,
  PRESENT,
  RESERVED_1G,
  RESERVED_2M,
  RESERVED_LEVEL_4,
} from "./entry-bits.ts";
import { MachineError, PhysicalMemoryError } from "./errors.ts";
import { PagingStructureCache, REGION_SIZE, REGIONS } from "./paging-structure-cache.ts";
import type { PhysicalMemory } from "./physical-memory.ts";
import { TranslationCache } from "./translation-cache.ts";

const TWO_32 = 0x1_0000_0000;
/** First address above the lower canonical half. */
const CANONICAL_END = 0x8000_0000_0000;
const BYTES_1G = 0x4000_0000;
const BYTES_512G = 0x80_0000_0000;

const VECTOR_STACK = 12;
const VECTOR_PROTECTION = 13;
const VECTOR_PAGE_FAULT = 14;

/** What the CPU model offers. */
export interface MmuOptions {
  /** MAXPHYADDR: bits of a physical address, 36 … 52. @defaultValue 40, as QEMU's */
  readonly physicalAddressBits?: number;
  /** Whether level 3 entries can map 1 GiB. @defaultValue true */
  readonly hugePages1G?: boolean;
}

/** Walks tables, keeps what it finds, and remembers why an access was refused. */
export abstract class PageWalker {
  readonly ram: PhysicalMemory;
  readonly cache: TranslationCache = new TranslationCache();
  readonly physicalAddressBits: number;
  readonly hugePages1G: boolean;

  /** Of the access refused last: 12 (#SS), 13 (#GP) or 14 (#PF). */
  faultVector = 0;
  faultErrorCode = 0;
  /** Its address; for an access across two pages the first byte that was refused. */
  faultAddress: Ptr = 0;

  private readonly i32: Int32Array;
  protected readonly ramSize: number;
  /** Bits of an entry's high half that must be zero: the frame's above MAXPHYADDR, and NX while it is off. */
  protected reservedHigh = 0;
  protected readonly reservedFrameHigh: number;
  private readonly reservedPointer: number;

  protected readonly rules: AccessRules = new AccessRules();
  /** Physical address of the level 4 table. */
  protected root = 0;
  protected readonly regions: PagingStructureCache = new PagingStructureCache();

  /** @internal the address of an access that misses: as an argument of a call V8 would put it into an object of its own */
  readonly missed: Float64Array = new Float64Array(1);
  /** High half of the entry read last. */
  private high = 0;

  /** @throws {@link MachineError} `machine/option` */
  constructor(ram: PhysicalMemory, options: MmuOptions = {}) {
    const { physicalAddressBits = 40, hugePages1G = true } = options;
    if (!Number.isInteger(physicalAddressBits) || physicalAddressBits < 36 || physicalAddressBits > 52)
      throw new MachineError(
        "machine/option",
        `physicalAddressBits: expected 36 … 52, got ${String(physicalAddressBits)}`,
        physicalAddressBits,
      );
    this.ram = ram;
    this.i32 = ram.views.i32;
    this.ramSize = ram.byteLength;
    this.physicalAddressBits = physicalAddressBits;
    this.hugePages1G = hugePages1G;
    this.reservedFrameHigh = HIGH_FRAME & ~(2 ** (physicalAddressBits - 32) - 1);
    this.reservedPointer = hugePages1G ? 0 : PAGE_SIZE_BIT;
    this.reservedHigh = this.reservedFrameHigh | HIGH_NX;
  }

  /**
   * The usual walk, made short: the kernel reads or writes a page of 4 KiB whose level 1 table is remembered. Whatever is
   * not as usual is left to {@link walk}, and nothing has changed then.
   */
  protected walkFromTable(access: number): number {
    const at = this.missed[0]!;
    const regionSlot = (at >>> 21) & (REGIONS - 1);
    if (this.regions.tags[regionSlot] !== at - (at & (REGION_SIZE - 1))) return this.walk(at, access, true);
    const { i32, cache, rules } = this;
    const index = (this.regions.tables[regionSlot]! >>> 2) + ((at >>> 11) & 0x3fe);
    const low = i32[index]!;
    const high = i32[index + 1]!;
    const frame = low & FRAME_LOW;
    const isInRam = (high & (this.reservedHigh | HIGH_FRAME)) === 0 && frame >= 0 && frame < this.ramSize;
    if ((low & PRESENT) === 0 || !isInRam) return this.walk(at, access, true);

    const above = this.regions.rights[regionSlot]!;
    let rights = (above & low & (WRITABLE | USER)) | (above & NO_EXECUTE) | noExecuteOf(high);
    rights |= (low & (DIRTY | rules.globalBit)) | (((high >>> HIGH_KEY_SHIFT) & 15) << KEY_SHIFT);
    const written = (access & WRITE) !== 0;
    if (!rules.lenient || (access & (EXECUTE | SYSTEM)) !== 0 || (written && (rights & WRITABLE) === 0))
      return this.walk(at, access, true);

    const bits = written ? ACCESSED | DIRTY : ACCESSED;
    if ((low & bits) !== bits) i32[index] = low | bits;
    const offset = at & 4095;
    const page = at - offset;
    cache.insert(page, frame, written ? rights | DIRTY : rights, page, written ? page : NaN);
    return frame + offset;
  }

  /** From the address down to the frame. */
  protected walk(at: Ptr, access: number, commit: boolean): number {
    const regionSlot = (at >>> 21) & (REGIONS - 1);
    const region = at - (at & (REGION_SIZE - 1));
    let rights: number;
    let table: number;
    // What is no canonical address equals no tag, and without paging there are none.
    if (this.regions.tags[regionSlot] === region) {
      rights = this.regions.rights[regionSlot]!;
      table = this.regions.tables[regionSlot]!;
    } else {
      if (!Number.isSafeInteger(at))
        throw new MachineError("machine/address", `expected a whole number as address, got ${String(at)}`, at);
      if (!this.rules.paging) return this.physical(at, "address");
      if (at >= CANONICAL_END || at < -CANONICAL_END) return this.refuseNonCanonical(at, access);

      const entry4 = this.physical(this.root, "level 4 table") + (Math.floor(at / BYTES_512G) & 511) * 8;
      const low4 = this.enter(entry4, RESERVED_LEVEL_4, at, access);
      if (low4 === 0) return FAULT;
      rights = (low4 & (WRITABLE | USER)) | noExecuteOf(this.high);
      this.setBits(entry4, low4, ACCESSED);

      const entry3 = this.tableAt(low4, "level 3 table") + (Math.floor(at / BYTES_1G) & 511) * 8;
      const low3 = this.enter(entry3, this.reservedPointer, at, access);
      if (low3 === 0) return FAULT;
      rights = (rights & low3 & (WRITABLE | USER)) | ((rights & NO_EXECUTE) | noExecuteOf(this.high));
      if ((low3 & PAGE_SIZE_BIT) !== 0) {
        if ((low3 & RESERVED_1G) !== 0) return this.refuseReserved(at, access);
        return this.finish(at, access, commit, entry3, low3, rights | SIZE_1G, BYTES_1G);
      }
      this.setBits(entry3, low3, ACCESSED);

      const entry2 = this.tableAt(low3, "level 2 table") + ((at >>> 21) & 511) * 8;
      const low2 = this.enter(entry2, 0, at, access);
      if (low2 === 0) return FAULT;
      rights = (rights & low2 & (WRITABLE | USER)) | ((rights & NO_EXECUTE) | noExecuteOf(this.high));
      if ((low2 & PAGE_SIZE_BIT) !== 0) {
        if ((low2 & RESERVED_2M) !== 0) return this.refuseReserved(at, access);
        return this.finish(at, access, commit, entry2, low2, rights | SIZE_2M, REGION_SIZE);
      }
      this.setBits(entry2, low2, ACCESSED);

      table = this.tableAt(low2, "level 1 table");
      this.regions.keep(regionSlot, region, table, rights);
    }
    const entry1 = table + ((at >>> 12) & 511) * 8;
    const low1 = this.enter(entry1, 0, at, access);
    if (low1 === 0) return FAULT;
    rights = (rights & low1 & (WRITABLE | USER)) | ((rights & NO_EXECUTE) | noExecuteOf(this.high));
    return this.finish(at, access, commit, entry1, low1, rights, 4096);
  }

  /** Reads an entry into `high` and the low half returned; 0 when the walk ends with a fault. */
  private enter(entry: number, reservedLow: number, at: Ptr, access: number): number {
    const low = this.i32[entry >>> 2]!;
    const high = this.i32[(entry >>> 2) + 1]!;
    if ((low & PRESENT) === 0) {
      this.refusePage(at, access, 0);
      return 0;
    }
    if ((high & this.reservedHigh) !== 0 || (low & reservedLow) !== 0) {
      this.refuseReserved(at, access);
      return 0;
    }
    this.high = high;
    return low;
  }

  /** Judges the access by the rights of all levels, marks the last entry and keeps the translation. */
  private finish(
    at: Ptr,
    access: number,
    commit: boolean,
    entry: number,
    low: number,
    combined: number,
    size: number,
  ): number {
    const key = (this.high >>> HIGH_KEY_SHIFT) & 15;
    let rights = combined | (low & (DIRTY | this.rules.globalBit)) | (key << KEY_SHIFT);
    const refusal = this.rules.refusal(rights, access);
    if (refusal !== 0) return this.refusePage(at, access, refusal);

    // Where in the page the access is; a larger page's frame has no bits there.
    const inPage = at & (size - 1);
    const frameLow = low & FRAME_LOW & ~(size - 1);
    const frameHigh = this.high & HIGH_FRAME;
    const physical = frameLow + inPage;
    if (!commit) return 0;

    const written = (access & WRITE) !== 0;
    this.setBits(entry, low, written ? ACCESSED | DIRTY : ACCESSED);
    if (frameHigh !== 0 || physical < 0 || physical >= this.ramSize)
      return this.physical(frameHigh * TWO_32 + (frameLow >>> 0) + inPage, "frame");
    if (written) rights |= DIRTY;
    const offset = at & 4095;
    const page = at - offset;
    // The fast path serves reads and writes by the program; whoever may write may read.
    const tag = (access & (SYSTEM | EXECUTE)) !== 0 ? NaN : page;
    this.cache.insert(page, physical - offset, rights, tag, written ? tag : NaN);
    return physical;
  }

  private setBits(entry: number, low: number, bits: number): void {
    if ((low & bits) !== bits) this.i32[entry >>> 2] = low | bits;
  }

  private refuseReserved(at: Ptr, access: number): number {
    return this.refusePage(at, access, PRESENT | PageFaultErrorCode.MALFORMED_TABLE);
  }

  /** @param cause - bits of the error code besides those that describe the access */
  private refusePage(at: Ptr, access: number, cause: number): number {
    this.faultVector = VECTOR_PAGE_FAULT;
    this.faultErrorCode = this.rules.errorCode(access, cause);
    this.faultAddress = at;
    // A page fault drops what is cached for its address (SDM 3A, 4.10.4.1).
    this.cache.flush(at);
    this.regions.forget(at);
    return FAULT;
  }

  private refuseNonCanonical(at: Ptr, access: number): number {
    this.faultVector = (access & STACK) !== 0 ? VECTOR_STACK : VECTOR_PROTECTION;
    this.faultErrorCode = 0;
    this.faultAddress = at;
    return FAULT;
  }

  /** The table that an entry names. */
  private tableAt(low: number, what: string): number {
    const table = (low & FRAME_LOW) >>> 0;
    const high = this.high & HIGH_FRAME;
    if (high === 0 && table < this.ramSize) return table;
    return this.physical(high * TWO_32 + table, what);
  }

  /** @throws {@link PhysicalMemoryError} unless there is memory at this physical address */
  private physical(address: number, what: string): number {
    if (address < 0 || address >= this.ramSize) throw new PhysicalMemoryError(what, address, this.ramSize);
    return address;
  }
}
