/**
 * The way to the level 1 table that was last mapped into.
 *
 * @module
 */
import type { Memory } from "@kmem/memory";
import type { VirtAddr } from "../../addr.ts";
import type { TableWindow } from "./table-window.ts";

const NO_WORDS = new Uint32Array(0);
/** The number of no region. */
const NONE = 0x4000_0000;

/**
 * Three entries, the table that they lead to, and the flags that they all have.
 *
 * It is only good while the entries hold what they held, which each use compares: so nobody has to say when tables change.
 * The halves of entries are kept as signed integers, which V8 stores without a box.
 */
export class LastWay {
  private readonly memory: Memory;
  /** Number of the region of 2 MiB that the table maps. */
  private region: number = NONE;
  private generation = -1;
  /** Flags among the low twelve that all three have. */
  private flags = 0;
  private table: Uint32Array = NO_WORDS;
  private first = 0;
  // The entries, by level: where each is, and its halves.
  private words4: Uint32Array = NO_WORDS;
  private words3: Uint32Array = NO_WORDS;
  private words2: Uint32Array = NO_WORDS;
  private at4 = 0;
  private at3 = 0;
  private at2 = 0;
  private low4 = 0;
  private low3 = 0;
  private low2 = 0;
  private high4 = 0;
  private high3 = 0;
  private high2 = 0;

  constructor(memory: Memory) {
    this.memory = memory;
  }

  /**
   * Writes an entry of 4 KiB, if this way leads to its table and it is unused; for all else there is the general way.
   *
   * All parameters are small integers: they are passed without a box.
   *
   * @param region - number of the region of 2 MiB that the page is in
   * @param index - of the entry's low word in its table
   * @param parentFlags - that the entries on the way shall have
   * @returns whether it was written
   */
  put(region: number, index: number, low: number, high: number, parentFlags: number): boolean {
    if (
      region !== this.region ||
      (parentFlags & ~this.flags) !== 0 ||
      this.generation !== this.memory.generation ||
      !this.isUnchanged()
    )
      return false;
    const { table } = this;
    const at = this.first + index;
    if (table[at] !== 0 || table[at + 1] !== 0) return false;
    table[at + 1] = high;
    table[at] = low;
    return true;
  }

  forget(): void {
    this.region = NONE;
  }

  /** An entry on a new way, from level 4 down. */
  note(level: 2 | 3 | 4, words: Uint32Array, at: number): void {
    const low = words[at]! | 0;
    const high = words[at + 1]! | 0;
    if (level === 4) {
      this.words4 = words;
      this.at4 = at;
      this.low4 = low;
      this.high4 = high;
    } else if (level === 3) {
      this.words3 = words;
      this.at3 = at;
      this.low3 = low;
      this.high3 = high;
    } else {
      this.words2 = words;
      this.at2 = at;
      this.low2 = low;
      this.high2 = high;
    }
  }

  /** The new way is complete. */
  remember(address: VirtAddr, table: TableWindow): void {
    this.region = regionOf(address);
    this.generation = this.memory.generation;
    this.flags = this.low4 & this.low3 & this.low2 & 0xfff;
    this.table = table.words;
    this.first = table.first;
  }

  private isUnchanged(): boolean {
    const { words2, words3, words4, at2, at3, at4 } = this;
    return (
      (words2[at2]! | 0) === this.low2 &&
      (words2[at2 + 1]! | 0) === this.high2 &&
      (words3[at3]! | 0) === this.low3 &&
      (words3[at3 + 1]! | 0) === this.high3 &&
      (words4[at4]! | 0) === this.low4 &&
      (words4[at4 + 1]! | 0) === this.high4
    );
  }
}

/** Number of the region of 2 MiB that an address is in. The literal makes the division a multiplication. */
export function regionOf(address: VirtAddr): number {
  return Math.floor(address / 0x20_0000) | 0;
}
