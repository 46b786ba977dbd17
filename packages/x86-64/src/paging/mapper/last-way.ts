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
  /** The words that all of it lies in, as it does in plain memory and in a machine's. */
  private words: Uint32Array = NO_WORDS;
  private first = 0;
  // The entries, by level: where each is, and its halves.
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
    if (region !== this.region || (parentFlags & ~this.flags) !== 0 || this.generation !== this.memory.generation)
      return false;
    const { words, at2, at3, at4 } = this;
    const at = this.first + index;
    // One comparison for all that must be as it was: of the six halves, and of the two that must be 0.
    const changed =
      (words[at2]! ^ this.low2) |
      (words[at2 + 1]! ^ this.high2) |
      (words[at3]! ^ this.low3) |
      (words[at3 + 1]! ^ this.high3) |
      (words[at4]! ^ this.low4) |
      (words[at4 + 1]! ^ this.high4) |
      words[at]! |
      words[at + 1]!;
    if (changed !== 0) return false;
    words[at + 1] = high;
    words[at] = low;
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
      this.words = words;
      this.at4 = at;
      this.low4 = low;
      this.high4 = high;
    } else if (level === 3) {
      this.at3 = at;
      this.low3 = low;
      this.high3 = high;
    } else {
      this.at2 = at;
      this.low2 = low;
      this.high2 = high;
    }
    if (words !== this.words) this.words = NO_WORDS;
  }

  /** The new way is complete. */
  remember(address: VirtAddr, table: TableWindow): void {
    if (table.words !== this.words) return;
    this.region = regionOf(address);
    this.generation = this.memory.generation;
    this.flags = this.low4 & this.low3 & this.low2 & 0xfff;
    this.first = table.first;
  }
}

/** Number of the region of 2 MiB that an address is in. The literal makes the division a multiplication. */
export function regionOf(address: VirtAddr): number {
  return Math.floor(address / 0x20_0000) | 0;
}
