/**
 * Finding an entry where all tables lie in one window.
 *
 * ```
 *   word of a table = frame address / 4 + difference
 * ```
 * Plain memory is one window, and there a walk needs nothing but its eight reads and small integers. Whatever is unusual
 * (a table elsewhere, a memory of many windows) goes the general way.
 *
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";
import { TABLE_SIZE } from "../page-table.ts";
import { windowAt } from "./table-window.ts";

/** What {@link FlatTables.leaf} answers when there is no such entry. */
export const NOT_MAPPED = -1;
/** What it answers when the general way must be taken. */
export const UNUSUAL = -2;

const NO_WORDS = new Uint32Array(0);
/** Words whose numbers are small integers even after adding two of them. */
const MAX_WORDS = 0x2000_0000;

/** The window's words, and where tables are in them. */
export class FlatTables {
  words: Uint32Array = NO_WORDS;
  /** Bytes, less 1, of the page that the entry found last maps. */
  leafMask = 0xfff;
  private readonly memory: Memory;
  private readonly level4: Ptr;
  private readonly offset: number;
  private generation = -1;
  /** First word of the last table that the window has room for. */
  private highest = 0;
  private difference = 0;
  private root = 0;

  /**
   * @param offset - what is to be added to a frame's address to reach it in `memory`
   */
  constructor(memory: Memory, level4: Ptr, offset: number) {
    this.memory = memory;
    this.level4 = level4;
    this.offset = offset;
  }

  /**
   * Finds the entry that maps an address.
   *
   * The address comes as small integers, which are passed without a box.
   *
   * @param upper - the address / 2^30, rounded down
   * @param lower - its low 32 bits
   * @returns the entry's index in {@link words}; {@link NOT_MAPPED}, {@link UNUSUAL}
   */
  leaf(upper: number, lower: number): number {
    // Short enough for V8 to make it part of its callers. Literals are part of the compiled code, a module's constants are
    // looked up: bit 0 is PRESENT, bit 7 HUGE_PAGE. A frame above 4 GiB is noticed when its table has been looked for below.
    if (this.generation !== this.memory.generation && !this.locate()) return -2;
    const { words, difference, highest } = this;
    let at = (this.root + ((upper >>> 8) & 0x3fe)) | 0;
    let low = words[at]!;
    let high = words[at + 1]!;
    let table = (((low >>> 12) << 10) + difference) | 0;
    if ((low & 0x81) !== 1 || table >>> 0 > highest) return this.ending(low, 0, at, 0);
    at = (table + ((upper & 0x1ff) << 1)) | 0;
    low = words[at]!;
    table = (((low >>> 12) << 10) + difference) | 0;
    if ((low & 0x81) !== 1 || table >>> 0 > highest) return this.ending(low, high, at, 0x3fff_ffff);
    high |= words[at + 1]!;
    at = (table + ((lower >>> 20) & 0x3fe)) | 0;
    low = words[at]!;
    table = (((low >>> 12) << 10) + difference) | 0;
    if ((low & 0x81) !== 1 || table >>> 0 > highest) return this.ending(low, high, at, 0x1f_ffff);
    if (((high | words[at + 1]!) & 0xf_ffff) !== 0) return -2;
    at = (table + ((lower >>> 11) & 0x3fe)) | 0;
    if (words[at] === 0 && words[at + 1] === 0) return -1;
    this.leafMask = 0xfff;
    return at;
  }

  /**
   * What {@link leaf} answers where the way does not go on.
   *
   * @param low - half of the entry at `at`
   * @param high - halves of those above it
   * @param mask - bytes, less 1, of the page that such an entry can map; 0: none
   */
  private ending(low: number, high: number, at: number, mask: number): number {
    if ((high & 0xf_ffff) !== 0) return UNUSUAL;
    if ((low & 1) === 0) return NOT_MAPPED;
    if ((low & 0x80) === 0 || mask === 0) return UNUSUAL;
    this.leafMask = mask;
    return at;
  }

  /** @returns whether the window that holds the level 4 table can be used */
  private locate(): boolean {
    this.generation = -1;
    const { level4, memory, offset } = this;
    const { views, address, firstIndex, byteLength } = windowAt(memory, level4, false);
    const difference = (offset - address) / 4;
    if (level4 + TABLE_SIZE > address + byteLength || Math.abs(difference) > MAX_WORDS) return false;
    // Only what is in the window, so that word 0 is the lowest. `| 0`: quotients are integers, and V8 is to store them so.
    this.words = views.u32.subarray(firstIndex / 4, (firstIndex + byteLength) / 4);
    this.difference = difference | 0;
    this.highest = ((byteLength - TABLE_SIZE) / 4) | 0;
    this.root = ((level4 - address) / 4) | 0;
    this.generation = memory.generation;
    return true;
  }
}
