/**
 * The way to the level 1 table that was last changed.
 *
 * @module
 */
import type { Memory } from "@kmem/memory";
import type { VirtAddr } from "../../addr.ts";
import type { TableWindow } from "./table-window.ts";

const NO_WORDS = new Uint32Array(0);
const NO_ENTRIES = new Float64Array(0);
/** The number of no region. */
const NONE = 0x4000_0000;
const PRESENT = 1;

/**
 * Three entries, the table that they lead to, and the flags that they all have.
 *
 * It is only good while the entries hold what they held, which each use compares: so nobody has to say when tables change.
 * Entries are compared as the doubles that their bits stand for, each in one step: halves took a third of the time that
 * mapping a page takes. Doubles that are equal have equal bits, except for ±0, and a present entry is neither.
 */
export class LastWay {
  /** The words that all of it lies in, as it does in plain memory and in a machine's. */
  words: Uint32Array = NO_WORDS;
  private readonly memory: Memory;
  /** Number of the region of 2 MiB that the table maps. */
  private region: number = NONE;
  private generation = -1;
  /** Flags among the low twelve that all three have. */
  private flags = 0;
  /** First word of the table. */
  private first = 0;
  /** The same bytes as {@link words}. */
  private entries: Float64Array = NO_ENTRIES;
  // By level: where the entry is in `entries`, and what it held.
  private at4 = 0;
  private at3 = 0;
  private at2 = 0;
  private entry4 = 0.5;
  private entry3 = 0.5;
  private entry2 = 0.5;

  constructor(memory: Memory) {
    this.memory = memory;
  }

  /**
   * Finds the entry of a page of 4 KiB, if this way leads to its table; for all else there is the general way.
   *
   * All parameters are small integers: they are passed without a box.
   *
   * @param region - number of the region of 2 MiB that the page is in
   * @param index - of the entry's low word in its table
   * @param parentFlags - that the entries on the way shall have
   * @returns where its low word is in {@link words}; −1: this is not the way
   */
  find(region: number, index: number, parentFlags: number): number {
    if (region !== this.region || (parentFlags & ~this.flags) !== 0 || this.generation !== this.memory.generation)
      return -1;
    const { entries } = this;
    if (entries[this.at2] !== this.entry2 || entries[this.at3] !== this.entry3 || entries[this.at4] !== this.entry4)
      return -1;
    return (this.first + index) | 0;
  }

  forget(): void {
    this.region = NONE;
  }

  /** An entry on a new way, from level 4 down, with the index of its low word. */
  note(level: 2 | 3 | 4, words: Uint32Array, at: number): void {
    if (level === 4) {
      if (words !== this.words) this.use(words);
      this.flags = 0xfff;
    }
    this.flags &= words === this.words && (at & 1) === 0 ? words[at]! : 0;
    const index = at >> 1;
    // NaN is never found again.
    const entry = this.entries[index] ?? NaN;
    if (level === 4) {
      this.at4 = index;
      this.entry4 = entry;
    } else if (level === 3) {
      this.at3 = index;
      this.entry3 = entry;
    } else {
      this.at2 = index;
      this.entry2 = entry;
    }
  }

  /** The new way is complete. */
  remember(address: VirtAddr, table: TableWindow): void {
    if (table.words !== this.words || (this.flags & PRESENT) === 0) return;
    this.region = regionOf(address);
    this.generation = this.memory.generation;
    this.first = table.first;
  }

  private use(words: Uint32Array): void {
    const isAligned = words.byteOffset % 8 === 0;
    this.words = words;
    this.entries = isAligned ? new Float64Array(words.buffer, words.byteOffset, words.length >> 1) : NO_ENTRIES;
  }
}

/** Number of the region of 2 MiB that an address is in. The literal makes the division a multiplication. */
export function regionOf(address: VirtAddr): number {
  return Math.floor(address / 0x20_0000) | 0;
}
