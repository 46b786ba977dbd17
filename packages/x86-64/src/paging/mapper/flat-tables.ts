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
  private readonly forWriting: boolean;
  private generation = -1;
  /** First words of the first and the last table that the window has room for. */
  private lowest = 0;
  private highest = -1;
  private difference = 0;
  private root = 0;

  /**
   * @param offset - what is to be added to a frame's address to reach it in `memory`
   * @param forWriting - whether entries will be written through {@link words}
   */
  constructor(memory: Memory, level4: Ptr, offset: number, forWriting: boolean) {
    this.memory = memory;
    this.level4 = level4;
    this.offset = offset;
    this.forWriting = forWriting;
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
    // Written out for each level, and so too long (more than 460 bytes of bytecode) for V8 to make it part of its callers,
    // which are then small enough to become part of theirs: so the address needs no box on its way here.
    // Bit 0 is PRESENT, bit 7 HUGE_PAGE: literals are part of the compiled code, a module's constants are looked up.
    if (this.generation !== this.memory.generation && !this.locate()) return UNUSUAL;
    const { words, difference, lowest, highest } = this;
    let at = this.root + ((upper >>> 8) & 0x3fe);
    let low = words[at]!;
    if ((low & 1) === 0) return NOT_MAPPED;
    let table = ((low & 0xffff_f000) >>> 2) + difference;
    if ((words[at + 1]! & 0xf_ffff) !== 0 || table < lowest || table > highest || (low & 0x80) !== 0) return UNUSUAL;

    at = table + ((upper & 0x1ff) << 1);
    low = words[at]!;
    if ((low & 1) === 0) return NOT_MAPPED;
    if ((low & 0x80) !== 0) {
      this.leafMask = 0x3fff_ffff;
      return at;
    }
    table = ((low & 0xffff_f000) >>> 2) + difference;
    if ((words[at + 1]! & 0xf_ffff) !== 0 || table < lowest || table > highest) return UNUSUAL;

    at = table + ((lower >>> 20) & 0x3fe);
    low = words[at]!;
    if ((low & 1) === 0) return NOT_MAPPED;
    if ((low & 0x80) !== 0) {
      this.leafMask = 0x1f_ffff;
      return at;
    }
    table = ((low & 0xffff_f000) >>> 2) + difference;
    if ((words[at + 1]! & 0xf_ffff) !== 0 || table < lowest || table > highest) return UNUSUAL;

    at = table + ((lower >>> 11) & 0x3fe);
    this.leafMask = 0xfff;
    low = words[at]!;
    if ((low & 1) !== 0) return at;
    return low === 0 && words[at + 1] === 0 ? NOT_MAPPED : at;
  }

  /** @returns whether the window that holds the level 4 table can be used */
  private locate(): boolean {
    this.generation = -1;
    this.highest = -1;
    const { level4, memory, offset } = this;
    const { views, address, firstIndex, byteLength } = windowAt(memory, level4, this.forWriting);
    const difference = (firstIndex + offset - address) / 4;
    if (level4 + TABLE_SIZE > address + byteLength || Math.abs(difference) > MAX_WORDS) return false;
    this.words = views.u32;
    // `| 0`: quotients are integers, and V8 is to store them as such.
    this.difference = difference | 0;
    this.lowest = (firstIndex / 4) | 0;
    this.highest = ((firstIndex + byteLength - TABLE_SIZE) / 4) | 0;
    this.root = ((firstIndex + (level4 - address)) / 4) | 0;
    this.generation = memory.generation;
    return true;
  }
}
