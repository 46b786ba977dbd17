/**
 * The translation lookaside buffer: 4096 translations of 4 KiB, each in the one slot that its address names.
 *
 * ```
 *   virtual address   … │ 23 … 12 │ 11 … 0
 *                          slot      offset          slot = bits 23 … 12 ⊕ the address space's salt
 *
 *   pages[slot]       the page translated, or NaN
 *   frames[slot]      its physical address            rights[slot]   what all levels together permit
 *   readTags[slot]    the page again, once a read was permitted in the present mode; else NaN
 *   writeTags[slot]   likewise for a write, and the entry's dirty bit is set
 * ```
 * An access looks at one tag only: this is the fast path of all simulated memory. A tag is a page address, so no
 * separate valid bit is needed. What depends on the mode (privilege level, WP, SMAP, protection keys) is decided when a
 * tag is set; a change of mode drops the tags and keeps the translations.
 *
 * Each address space (PCID) has a salt of its own, and a page's slot differs between any two of them. So slot and page
 * together tell the address space, and changing CR3 without a flush costs nothing.
 *
 * A larger page is cached in pieces of 4 KiB; `invlpg` drops all of its pieces (SDM 3A, 4.10.4.1).
 *
 * @module
 */
import type { Ptr } from "@kmem/memory";
import { GLOBAL, LARGE, SIZE_1G, SIZE_2M } from "./access.ts";
import type { StateTransfer } from "./state/transfer.ts";

const SLOTS = 4096;
const PAGE_SIZE = 4096;
const BYTES_2M = 0x20_0000;
const BYTES_1G = 0x4000_0000;
/** First address above the lower canonical half. */
const CANONICAL_END = 0x8000_0000_0000;
const ALL_RIGHTS = 0xf_ffff;
/** Odd: multiplying by it gives each of the 4096 PCIDs a salt of its own. */
const SALT_FACTOR = 0x9e5;
/** Their product is 1 modulo 4096. */
const SALT_INVERSE = 0xbed;

/** Translations, with the tags of the fast path. */
export class TranslationCache {
  readonly readTags: Float64Array = new Float64Array(SLOTS).fill(NaN);
  readonly writeTags: Float64Array = new Float64Array(SLOTS).fill(NaN);
  readonly pages: Float64Array = new Float64Array(SLOTS).fill(NaN);
  readonly frames: Int32Array = new Int32Array(SLOTS);
  readonly rights: Int32Array = new Int32Array(SLOTS);
  /** Of the present address space. */
  salt = 0;
  /** Changes when windows handed out may no longer be used. */
  generation = 0;

  private saltsInUse = false;
  private windowsOut = false;
  /** A translation was replaced since windows were handed out: a window may outlive its translation. */
  private evicted = false;
  /** How many pieces of 2 MiB pages are cached, by region modulo 4096. */
  private readonly pieces2M = new Uint16Array(SLOTS);
  private pieces1G = 0;

  /**
   * Keeps a translation, in place of what is in its slot.
   *
   * @param readTag - `page` when the fast path may serve reads from now on, else NaN; `writeTag` likewise
   */
  insert(page: Ptr, frame: number, rights: number, readTag: number, writeTag: number): void {
    const { pages } = this;
    const slot = ((page >>> 12) & (SLOTS - 1)) ^ this.salt;
    const before = pages[slot]!;
    const rightsBefore = this.rights[slot]!;
    if (before !== page) {
      if (before === before) this.evicted = true;
      pages[slot] = page;
    }
    if (((rights | rightsBefore) & LARGE) !== 0) {
      this.count(before, rightsBefore, -1);
      this.count(page, rights, 1);
    }
    this.frames[slot] = frame;
    this.rights[slot] = rights;
    this.readTags[slot] = readTag;
    this.writeTags[slot] = writeTag;
  }

  /** A window was handed out: from now on a flush of what it may show changes `generation`. */
  noteWindow(): void {
    if (this.windowsOut) return;
    this.windowsOut = true;
    this.evicted = false;
  }

  /** Chooses the address space whose translations are found from now on. */
  select(pcid: number): void {
    this.salt = (pcid * SALT_FACTOR) & (SLOTS - 1);
    if (pcid !== 0) this.saltsInUse = true;
    this.retireWindows();
  }

  /** The mode has changed: what was permitted must be decided anew. */
  forgetTags(): void {
    this.readTags.fill(NaN);
    this.writeTags.fill(NaN);
    this.retireWindows();
  }

  /** Drops the page that holds `address`, of whatever size, in the present address space; and if it is global, everywhere. */
  flush(address: Ptr): void {
    const page = address - (address & (PAGE_SIZE - 1));
    const slot = ((address >>> 12) & (SLOTS - 1)) ^ this.salt;
    let found = false;
    if (this.pages[slot] === page) {
      found = true;
      this.drop(slot);
    }
    if (this.pieces2M[region2M(page)]! > 0 && this.dropPieces(page, BYTES_2M, SIZE_2M)) found = true;
    if (this.pieces1G > 0 && this.dropPieces(page, BYTES_1G, SIZE_1G)) found = true;
    if (this.saltsInUse && this.dropGlobalTwins(page)) found = true;
    if (found || this.evicted) this.retireWindows();
  }

  /** Drops everything; or everything that is not global. */
  flushAll(globalToo: boolean): void {
    for (let slot = 0; slot < SLOTS; slot++) if (globalToo || (this.rights[slot]! & GLOBAL) === 0) this.drop(slot);
    if (globalToo) this.saltsInUse = this.salt !== 0;
    this.retireWindows();
  }

  /** Drops what is not global of one address space. */
  flushSpace(pcid: number): void {
    const salt = (pcid * SALT_FACTOR) & (SLOTS - 1);
    for (let slot = 0; slot < SLOTS; slot++)
      if ((this.rights[slot]! & GLOBAL) === 0 && this.saltOf(slot) === salt) this.drop(slot);
    this.retireWindows();
  }

  /** Drops the page that holds `address` in one address space, unless it is global. */
  flushInSpace(pcid: number, address: Ptr): void {
    const salt = (pcid * SALT_FACTOR) & (SLOTS - 1);
    for (let slot = 0; slot < SLOTS; slot++) {
      const rights = this.rights[slot]!;
      if ((rights & GLOBAL) !== 0 || this.saltOf(slot) !== salt) continue;
      const size = (rights & SIZE_1G) !== 0 ? BYTES_1G : (rights & SIZE_2M) !== 0 ? BYTES_2M : PAGE_SIZE;
      if (Math.floor(this.pages[slot]! / size) === Math.floor(address / size)) this.drop(slot);
    }
    this.retireWindows();
  }

  /**
   * @internal saves or loads it: flags, the number of translations, then each by its slot. Loading expects it empty.
   *
   * @param ramSize - bytes; a frame lies below
   */
  transfer(state: StateTransfer, ramSize: number): void {
    this.saltsInUse = state.flag(this.saltsInUse);
    let used = 0;
    for (let slot = 0; slot < SLOTS; slot++) if (this.isUsed(slot)) used++;
    const count = state.u16(used, SLOTS);
    for (let i = 0, before = -1; i < count; i++) {
      let slot = before + 1;
      while (slot < SLOTS && !this.isUsed(slot)) slot++;
      slot = state.u16(slot, SLOTS - 1);
      state.check(slot > before, "slots in ascending order");
      this.transferSlot(state, slot, ramSize);
      before = slot;
    }
  }

  private transferSlot(state: StateTransfer, slot: number, ramSize: number): void {
    const page = state.integer(this.pages[slot]!, -CANONICAL_END, CANONICAL_END - PAGE_SIZE);
    const frame = state.u32(this.frames[slot]!, ramSize - PAGE_SIZE);
    state.check((page & (PAGE_SIZE - 1)) === 0 && (frame & (PAGE_SIZE - 1)) === 0, "a page and its frame");
    this.pages[slot] = page;
    this.frames[slot] = frame;
    this.rights[slot] = state.u32(this.rights[slot]!, ALL_RIGHTS);
    this.readTags[slot] = state.flag(this.readTags[slot] === page) ? page : NaN;
    this.writeTags[slot] = state.flag(this.writeTags[slot] === page) ? page : NaN;
    if (state.isLoading) this.count(page, this.rights[slot], 1);
  }

  /** The slots that hold a translation, ascending. */
  *usedSlots(): Generator<number, void> {
    for (let slot = 0; slot < SLOTS; slot++) if (this.isUsed(slot)) yield slot;
  }

  /** The address space (PCID) that a slot's translation belongs to; a global one is in force in all. */
  pcidOf(slot: number): number {
    return (this.saltOf(slot) * SALT_INVERSE) & (SLOTS - 1);
  }

  private isUsed(slot: number): boolean {
    const page = this.pages[slot]!;
    return page === page;
  }

  private drop(slot: number): void {
    const page = this.pages[slot]!;
    const rights = this.rights[slot]!;
    this.count(page, rights, -1);
    this.pages[slot] = NaN;
    this.readTags[slot] = NaN;
    this.writeTags[slot] = NaN;
    this.rights[slot] = 0;
  }

  private count(page: Ptr, rights: number, change: number): void {
    if ((rights & SIZE_2M) !== 0) this.pieces2M[region2M(page)]! += change;
    else if ((rights & SIZE_1G) !== 0) this.pieces1G += change;
  }

  /** Drops the pieces of the larger page that holds `page`. */
  private dropPieces(page: Ptr, size: number, kind: number): boolean {
    const start = Math.floor(page / size) * size;
    let found = false;
    for (let slot = 0; slot < SLOTS; slot++) {
      const piece = this.pages[slot]!;
      const rights = this.rights[slot]!;
      if ((rights & kind) === 0 || piece < start || piece >= start + size) continue;
      if ((rights & GLOBAL) === 0 && this.saltOf(slot) !== this.salt) continue;
      this.drop(slot);
      found = true;
    }
    return found;
  }

  private dropGlobalTwins(page: Ptr): boolean {
    let found = false;
    for (let slot = 0; slot < SLOTS; slot++)
      if (this.pages[slot] === page && (this.rights[slot]! & GLOBAL) !== 0) {
        this.drop(slot);
        found = true;
      }
    return found;
  }

  /** The salt of the address space that the slot's translation belongs to. */
  private saltOf(slot: number): number {
    return slot ^ ((this.pages[slot]! >>> 12) & (SLOTS - 1));
  }

  private retireWindows(): void {
    if (!this.windowsOut) return;
    this.generation++;
    this.windowsOut = false;
  }
}

function region2M(page: Ptr): number {
  return Math.floor(page / BYTES_2M) & (SLOTS - 1);
}
