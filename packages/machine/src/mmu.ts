/**
 * The memory management unit: translates virtual addresses with the tables that CR3 names.
 *
 * ```
 *   virtual   63 … 48 │ 47 … 39 │ 38 … 30 │ 29 … 21 │ 20 … 12 │ 11 … 0
 *             as bit 47   level 4   level 3   level 2   level 1   offset
 *
 *   entry     63 │ 62 … 59 │ 58 … 52 │ 51 … M │ M−1 … 12 │ 11 … 9 │ 8 │ 7  │ 6 │ 5 │ 4   3   │ 2 │ 1 │ 0
 *             NX │   key   │ ignored │ zero   │  frame   │ ignored│ G │ PS │ D │ A │ PCD PWT │ U │ W │ P
 *                                                                     M = MAXPHYADDR
 * ```
 * The walk is the manual's: an entry that is not present ends it, then one with reserved bits; what all levels permit
 * together is judged at the end. A table entry's A bit is set when the walk goes on through it; the last entry's A
 * and D bits when the access is allowed.
 *
 * Translations are cached as hardware does it, and stay in force until they are flushed: in a
 * {@link TranslationCache}, and the way to the last table for 64 regions of 2 MiB (the paging-structure cache).
 * A refused access walks the tables anew before it is refused, and drops what was cached for its address.
 *
 * @see Intel SDM volume 3A, chapter 4 "Paging": 4.5 (walk), 4.6 (rights), 4.7 (error code), 4.8 (A and D), 4.10 (caches)
 * @module
 */
import { Cr0Flags, Cr4Flags, EferFlags, PageFaultErrorCode } from "@kmem/x86-64";
import type { Ptr } from "@kmem/memory";
import {
  DIRTY,
  EXECUTE,
  FAULT,
  GLOBAL,
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
import { MachineError, PhysicalMemoryError } from "./errors.ts";
import type { PhysicalMemory } from "./physical-memory.ts";
import type { StateTransfer } from "./state/transfer.ts";
import { TranslationCache } from "./translation-cache.ts";

const TWO_32 = 0x1_0000_0000;
/** First address above the lower canonical half. */
const CANONICAL_END = 0x8000_0000_0000;
const BYTES_2M = 0x20_0000;
const BYTES_1G = 0x4000_0000;
const BYTES_512G = 0x80_0000_0000;

/** Low half of an entry. */
const PRESENT = 0x1;
const ACCESSED = 0x20;
const PAGE_SIZE_BIT = 0x80;
const FRAME_LOW = ~0xfff;
/** Must be zero in the low half of a level 4 entry, of one that maps 1 GiB, of one that maps 2 MiB. */
const RESERVED_LEVEL_4 = 0x80;
const RESERVED_1G = 0x3fff_e000;
const RESERVED_2M = 0x1f_e000;
/** High half of an entry. */
const HIGH_FRAME = 0xf_ffff;
const HIGH_NX = 0x8000_0000 | 0;
const HIGH_KEY_SHIFT = 27;

const VECTOR_STACK = 12;
const VECTOR_PROTECTION = 13;
const VECTOR_PAGE_FAULT = 14;

/** Regions of 2 MiB whose last table is remembered. */
const REGIONS = 64;

/** What the CPU model offers. */
export interface MmuOptions {
  /** MAXPHYADDR: bits of a physical address, 36 … 52. @defaultValue 40, as QEMU's */
  readonly physicalAddressBits?: number;
  /** Whether level 3 entries can map 1 GiB. @defaultValue true */
  readonly hugePages1G?: boolean;
}

/** Translates addresses, and remembers why it could not. */
export class Mmu {
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
  private readonly ramSize: number;
  /** Bits of an entry's high half that must be zero: the frame's above MAXPHYADDR, and NX while it is off. */
  private reservedHigh = 0;
  private readonly reservedFrameHigh: number;
  private readonly reservedPointer: number;

  private cr0 = 0;
  private cr4 = 0;
  private efer = 0;
  private pkru = 0;
  private privilegeLevel = 0;
  private alignmentCheck = false;

  // What the registers say, as the walk needs it.
  private paging = false;
  private userMode = false;
  private writeProtect = false;
  private fetchProtect = false;
  private accessPrevention = false;
  private keys = false;
  /** In supervisor mode, without SMAP and protection keys: data may be read everywhere. */
  private lenient = true;
  /** {@link GLOBAL} while global pages are on. */
  private globalBit = 0;
  private noExecute = false;
  private root = 0;
  private pcid = 0;

  // The paging-structure cache: for a region of 2 MiB its level 1 table, and what the levels above permit.
  private readonly regionTags = new Float64Array(REGIONS).fill(NaN);
  private readonly regionTables = new Int32Array(REGIONS);
  private readonly regionRights = new Int32Array(REGIONS);
  private regionsKept = false;

  /** The address of an access that misses: as an argument of a call V8 would put it into an object of its own. */
  private readonly missed = new Float64Array(1);
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

  /** Takes over the control registers. The caller has checked them; what a real CPU would flush is flushed. */
  setControl(cr0: number, cr3: number, cr4: number, efer: number): void {
    // MOV to CR0 and CR4, and WRMSR, flush everything when they change how entries are read (SDM 3A, 4.10.4.1).
    const changedCr4 = (this.cr4 ^ cr4) & (Cr4Flags.PAGE_GLOBAL | Cr4Flags.PHYSICAL_ADDRESS_EXTENSION | Cr4Flags.PCID);
    const smepOn = (cr4 & ~this.cr4 & Cr4Flags.SUPERVISOR_MODE_EXECUTION_PROTECTION) !== 0;
    const changedCr0 = ((this.cr0 ^ cr0) & Cr0Flags.PAGING) !== 0;
    const changedNx = ((this.efer ^ efer) & EferFlags.NO_EXECUTE_ENABLE) !== 0;
    const flush = changedCr4 !== 0 || smepOn || changedCr0 || changedNx;
    this.cr0 = cr0;
    this.cr4 = cr4;
    this.efer = efer;
    this.setTable(cr3);
    this.globalBit = (cr4 & Cr4Flags.PAGE_GLOBAL) !== 0 ? GLOBAL : 0;
    this.noExecute = (efer & EferFlags.NO_EXECUTE_ENABLE) !== 0;
    this.reservedHigh = this.noExecute ? this.reservedFrameHigh : this.reservedFrameHigh | HIGH_NX;
    if (flush) this.flushEverything();
    this.updateMode();
  }

  /** Writes CR3, and drops what is not global; with `keepTranslations` (PCIDs in use, bit 63 of the value) nothing. */
  writeCr3(cr3: number, keepTranslations: boolean): void {
    this.setTable(cr3);
    if (keepTranslations) this.forgetRegions();
    else this.flushAll();
  }

  /** Sets what rights depend on besides the control registers. */
  setMode(privilegeLevel: number, alignmentCheck: boolean, pkru: number): void {
    const same =
      privilegeLevel === this.privilegeLevel &&
      (alignmentCheck === this.alignmentCheck || !this.accessPrevention) &&
      (pkru === this.pkru || !this.keys);
    this.privilegeLevel = privilegeLevel;
    this.alignmentCheck = alignmentCheck;
    this.pkru = pkru;
    if (!same) this.updateMode();
  }

  /** `invlpg`. */
  flush(address: Ptr): void {
    this.cache.flush(address);
    this.forgetRegions();
  }

  /** Drops what is not global of the present address space. */
  flushAll(): void {
    if ((this.cr4 & Cr4Flags.PCID) === 0) this.cache.flushAll(false);
    else this.cache.flushSpace(this.pcid);
    this.forgetRegions();
  }

  /** `invpcid`; the kinds are the manual's. */
  flushPcid(kind: 0 | 1 | 2 | 3, pcid: number, address: Ptr): void {
    if (kind === 0) this.cache.flushInSpace(pcid, address);
    else if (kind === 1) this.cache.flushSpace(pcid);
    else this.cache.flushAll(kind === 2);
    this.forgetRegions();
  }

  /**
   * Translates an address for an access to bytes of one page.
   *
   * @param access - `READ`, {@link WRITE} or {@link EXECUTE}, with {@link STACK} or {@link SYSTEM}
   * @returns the physical address, or {@link FAULT}: then `faultVector`, `faultErrorCode` and `faultAddress` say why
   * @throws {@link PhysicalMemoryError} when a table or the frame lies where there is no memory
   */
  translate(at: Ptr, access: number): number {
    const { cache } = this;
    const offset = at & 4095;
    const page = at - offset;
    const slot = ((at >>> 12) & 4095) ^ cache.salt;
    if (cache.pages[slot] === page) {
      const rights = cache.rights[slot]!;
      // A write through a translation whose D bit was clear must set it in memory: it walks.
      if (((access & WRITE) === 0 || (rights & DIRTY) !== 0) && this.refusal(rights, access) === 0) {
        if ((access & SYSTEM) === 0) this.tag(slot, page, access);
        return cache.frames[slot]! + offset;
      }
    }
    this.missed[0] = at;
    return this.walkFromTable(access);
  }

  /** Whether the access is allowed, without setting A or D bits of the last entry: for the first page of two. */
  check(at: Ptr, access: number): boolean {
    const { cache } = this;
    const slot = ((at >>> 12) & 4095) ^ cache.salt;
    if (cache.pages[slot] === at - (at & 4095)) {
      const rights = cache.rights[slot]!;
      if (((access & WRITE) === 0 || (rights & DIRTY) !== 0) && this.refusal(rights, access) === 0) return true;
    }
    return this.walk(at, access, false) !== FAULT;
  }

  /** How many bytes around `at`, translated just now, lie in one page: 4 KiB, 2 MiB or 1 GiB. */
  pageSizeAt(at: Ptr): number {
    const { cache } = this;
    const slot = ((at >>> 12) & 4095) ^ cache.salt;
    const rights = cache.pages[slot] === at - (at & 4095) ? cache.rights[slot]! : 0;
    return (rights & SIZE_1G) !== 0 ? BYTES_1G : (rights & SIZE_2M) !== 0 ? BYTES_2M : 4096;
  }

  /** @internal saves or loads the caches and the last refusal; the control registers are the CPU's */
  transfer(state: StateTransfer): void {
    this.faultVector = state.u8(this.faultVector);
    this.faultErrorCode = state.u32(this.faultErrorCode);
    this.faultAddress = state.integer(this.faultAddress);
    this.cache.transfer(state, this.ramSize);
    for (let slot = 0; slot < REGIONS; slot++) {
      const region = this.regionTags[slot]!;
      if (!state.flag(region === region)) continue;
      this.regionTags[slot] = state.integer(region, -CANONICAL_END, CANONICAL_END - BYTES_2M);
      this.regionTables[slot] = state.u32(this.regionTables[slot]!, this.ramSize - 4096);
      this.regionRights[slot] = state.u32(this.regionRights[slot]!);
      state.check((this.regionTables[slot]! & 4095) === 0, "a page table's address");
      this.regionsKept = true;
    }
  }

  /**
   * The usual walk, made short: the kernel reads or writes a page of 4 KiB whose level 1 table is remembered. Whatever is
   * not as usual is left to {@link walk}, and nothing has changed then.
   */
  private walkFromTable(access: number): number {
    const at = this.missed[0]!;
    const regionSlot = (at >>> 21) & (REGIONS - 1);
    if (this.regionTags[regionSlot] !== at - (at & (BYTES_2M - 1))) return this.walk(at, access, true);
    const { i32, cache } = this;
    const index = (this.regionTables[regionSlot]! >>> 2) + ((at >>> 11) & 0x3fe);
    const low = i32[index]!;
    const high = i32[index + 1]!;
    const frame = low & FRAME_LOW;
    const isInRam = (high & (this.reservedHigh | HIGH_FRAME)) === 0 && frame >= 0 && frame < this.ramSize;
    if ((low & PRESENT) === 0 || !isInRam) return this.walk(at, access, true);

    const above = this.regionRights[regionSlot]!;
    let rights = (above & low & (WRITABLE | USER)) | (above & NO_EXECUTE) | noExecuteOf(high);
    rights |= (low & (DIRTY | this.globalBit)) | (((high >>> HIGH_KEY_SHIFT) & 15) << KEY_SHIFT);
    const written = (access & WRITE) !== 0;
    if (!this.lenient || (access & (EXECUTE | SYSTEM)) !== 0 || (written && (rights & WRITABLE) === 0))
      return this.walk(at, access, true);

    const bits = written ? ACCESSED | DIRTY : ACCESSED;
    if ((low & bits) !== bits) i32[index] = low | bits;
    const offset = at & 4095;
    const page = at - offset;
    cache.insert(page, frame, written ? rights | DIRTY : rights, page, written ? page : NaN);
    return frame + offset;
  }

  /** From the address down to the frame. */
  private walk(at: Ptr, access: number, commit: boolean): number {
    const regionSlot = (at >>> 21) & (REGIONS - 1);
    const region = at - (at & (BYTES_2M - 1));
    let rights: number;
    let table: number;
    // What is no canonical address equals no tag, and without paging there are none.
    if (this.regionTags[regionSlot] === region) {
      rights = this.regionRights[regionSlot]!;
      table = this.regionTables[regionSlot]!;
    } else {
      if (!Number.isSafeInteger(at))
        throw new MachineError("machine/address", `expected a whole number as address, got ${String(at)}`, at);
      if (!this.paging) return this.physical(at, "address");
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
        return this.finish(at, access, commit, entry2, low2, rights | SIZE_2M, BYTES_2M);
      }
      this.setBits(entry2, low2, ACCESSED);

      table = this.tableAt(low2, "level 1 table");
      this.regionTags[regionSlot] = region;
      this.regionTables[regionSlot] = table;
      this.regionRights[regionSlot] = rights;
      this.regionsKept = true;
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
    let rights = combined | (low & (DIRTY | this.globalBit)) | (key << KEY_SHIFT);
    const refusal = this.refusal(rights, access);
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

  /** Lets the fast path serve such accesses; whoever may write may read. */
  private tag(slot: number, page: Ptr, access: number): void {
    if ((access & EXECUTE) !== 0) return;
    this.cache.readTags[slot] = page;
    if ((access & WRITE) !== 0) this.cache.writeTags[slot] = page;
  }

  /** Why `rights` do not permit the access: bits of the error code, P among them; 0 when they do. */
  private refusal(rights: number, access: number): number {
    // The kernel's reads, unless a feature forbids some, and its writes to what is writable.
    if (this.lenient && (access & EXECUTE) === 0 && ((access & WRITE) === 0 || (rights & WRITABLE) !== 0)) return 0;
    const userPage = (rights & USER) !== 0;
    const asUser = this.userMode && (access & SYSTEM) === 0;
    if ((access & EXECUTE) !== 0) {
      const refused = (rights & NO_EXECUTE) !== 0 || (asUser ? !userPage : userPage && this.fetchProtect);
      return refused ? PRESENT : 0;
    }
    const write = (access & WRITE) !== 0;
    let refused = write && (rights & WRITABLE) === 0 && (asUser || this.writeProtect);
    if (!userPage) refused ||= asUser;
    else {
      // SMAP: explicit accesses pass while RFLAGS.AC is set, implicit ones never.
      if (!asUser && this.accessPrevention && ((access & SYSTEM) !== 0 || !this.alignmentCheck)) refused = true;
      if (this.keys) {
        const key = (this.pkru >>> (2 * ((rights >>> KEY_SHIFT) & 15))) & 3;
        if ((key & 1) !== 0 || (write && (key & 2) !== 0 && (asUser || this.writeProtect)))
          return PRESENT | PageFaultErrorCode.PROTECTION_KEY;
      }
    }
    return refused ? PRESENT : 0;
  }

  private refuseReserved(at: Ptr, access: number): number {
    return this.refusePage(at, access, PRESENT | PageFaultErrorCode.MALFORMED_TABLE);
  }

  /** @param cause - bits of the error code besides those that describe the access */
  private refusePage(at: Ptr, access: number, cause: number): number {
    let code = cause;
    if ((access & WRITE) !== 0) code |= PageFaultErrorCode.CAUSED_BY_WRITE;
    if (this.userMode && (access & SYSTEM) === 0) code |= PageFaultErrorCode.USER_MODE;
    if ((access & EXECUTE) !== 0 && (this.noExecute || this.fetchProtect)) code |= PageFaultErrorCode.INSTRUCTION_FETCH;
    this.faultVector = VECTOR_PAGE_FAULT;
    this.faultErrorCode = code;
    this.faultAddress = at;
    // A page fault drops what is cached for its address (SDM 3A, 4.10.4.1).
    this.cache.flush(at);
    this.regionTags[(at >>> 21) & (REGIONS - 1)] = NaN;
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

  private setTable(cr3: number): void {
    this.root = cr3 - (cr3 & 0xfff);
    this.pcid = (this.cr4 & Cr4Flags.PCID) === 0 ? 0 : cr3 & 0xfff;
    this.cache.select(this.pcid);
  }

  private flushEverything(): void {
    this.cache.flushAll(true);
    this.forgetRegions();
  }

  private forgetRegions(): void {
    if (!this.regionsKept) return;
    this.regionTags.fill(NaN);
    this.regionsKept = false;
  }

  private updateMode(): void {
    const { cr0, cr4 } = this;
    this.paging = (cr0 & Cr0Flags.PAGING) !== 0;
    this.userMode = this.privilegeLevel === 3;
    this.writeProtect = (cr0 & Cr0Flags.WRITE_PROTECT) !== 0;
    this.fetchProtect = (cr4 & Cr4Flags.SUPERVISOR_MODE_EXECUTION_PROTECTION) !== 0;
    this.accessPrevention = (cr4 & Cr4Flags.SUPERVISOR_MODE_ACCESS_PREVENTION) !== 0;
    this.keys = (cr4 & Cr4Flags.PROTECTION_KEY_USER) !== 0;
    this.lenient = !this.userMode && !this.accessPrevention && !this.keys;
    this.cache.forgetTags();
  }
}

function noExecuteOf(high: number): number {
  return high < 0 ? NO_EXECUTE : 0;
}
