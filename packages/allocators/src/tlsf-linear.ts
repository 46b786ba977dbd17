/**
 * TLSF's common cases where the range and the control block are one run of bytes each, in one typed array.
 *
 * The same steps as in tlsf-allocator.ts and tlsf-lists.ts, without a call or a look-up for each word: that is worth a factor of
 * three. Both leave the same bytes, which a test compares. Rare cases return 0 before anything is changed, and go there.
 *
 * @module
 */
import { IS_FREE, LEFT_IS_FREE, listOf, MIN_BLOCK, SIZE } from "./tlsf-format.ts";

export class TlsfLinear {
  /** The words; the header of a block is `words[(block >> 2) + delta]`. */
  private readonly words: Int32Array;
  private readonly delta: number;
  /** Indices of the first-level map, the second-level maps and the heads; the number of lists. */
  private readonly map: number;
  private readonly rows: number;
  private readonly heads: number;
  private readonly count: number;
  private readonly first: number;
  private readonly end: number;

  constructor(words: Int32Array, delta: number, map: number, rowCount: number, first: number, end: number) {
    this.words = words;
    this.delta = delta;
    this.map = map;
    this.rows = map + 1;
    this.heads = map + 1 + rowCount;
    this.count = rowCount * 32;
    this.first = first;
    this.end = end;
  }

  /** Allocates a block of `need` bytes from the first list whose every block fits. @returns its offset, or 0 */
  take(need: number): number {
    const { words, delta, rows, heads, end } = this;
    let list = need < 256 ? need >>> 3 : listOf(need + (1 << (26 - Math.clz32(need))) - 1);
    if (list >= this.count) return 0;
    let row = list >>> 5;
    let inRow = words[rows + row]! & (-1 << (list & 31));
    if (inRow === 0) {
      const above = words[this.map]! & (-2 << row);
      if (above === 0) return 0;
      row = 31 - Math.clz32(above & -above);
      inRow = words[rows + row]!;
    }
    list = (row << 5) + (31 - Math.clz32(inRow & -inRow));
    const block = words[heads + list]!;
    if (block < this.first || block >= end) return 0;
    const at = (block >> 2) + delta;
    const length = words[at]! & SIZE;
    const next = words[at + 1]!;
    if (next >>> 0 >= end || length < need || length > end - block) return 0;

    words[heads + list] = next;
    if (next !== 0) words[(next >> 2) + delta + 2] = 0;
    else this.unmark(list);
    const rest = length - need;
    if (rest < MIN_BLOCK) {
      words[at] = length;
      words[at + (length >> 2)]! &= ~LEFT_IS_FREE;
      return block;
    }
    words[at] = need;
    const restAt = at + (need >> 2);
    words[restAt] = rest | IS_FREE;
    words[at + (length >> 2) - 1] = block + need;
    this.insert(block + need, restAt, rest);
    return block;
  }

  /**
   * Frees the block of a layout.
   *
   * @param need - the bytes that the layout needs
   * @returns false, with nothing changed, when something speaks against it
   */
  release(block: number, need: number): boolean {
    const { words, delta, first, end } = this;
    if ((block & 7) !== 4 || block < first || block >= end) return false;
    let at = (block >> 2) + delta;
    const header = words[at]!;
    let size = header & SIZE;
    if ((header & 5) !== 0 || (size !== need && size !== need + 8) || size > end - block) return false;
    const behindAt = at + (size >> 2);
    const behind = words[behindAt]!;
    if ((behind & LEFT_IS_FREE) !== 0) return false;
    let left = 0;
    if ((header & LEFT_IS_FREE) !== 0) {
      left = words[at - 1]!;
      if (left < first || left >= block || words[(left >> 2) + delta] !== ((block - left) | IS_FREE)) return false;
      if (!this.areLinksInside((left >> 2) + delta)) return false;
    }
    if ((behind & IS_FREE) !== 0 && !this.areLinksInside(behindAt)) return false;

    words[at] = header | IS_FREE;
    if ((behind & IS_FREE) !== 0) {
      this.remove(behindAt, behind & SIZE);
      size += behind & SIZE;
    }
    if (left !== 0) {
      const leftSize = block - left;
      at = (left >> 2) + delta;
      this.remove(at, leftSize);
      size += leftSize;
      block = left;
    }
    words[at] = size | IS_FREE;
    const endAt = at + (size >> 2);
    words[endAt - 1] = block;
    words[endAt]! |= LEFT_IS_FREE;
    this.insert(block, at, size);
    return true;
  }

  private areLinksInside(at: number): boolean {
    const { words, end } = this;
    return words[at + 1]! >>> 0 < end && words[at + 2]! >>> 0 < end;
  }

  private insert(block: number, at: number, size: number): void {
    const { words, rows, heads } = this;
    const list = listOf(size);
    const head = words[heads + list]!;
    words[at + 1] = head;
    words[at + 2] = 0;
    words[heads + list] = block;
    if (head !== 0) {
      words[(head >> 2) + this.delta + 2] = block;
      return;
    }
    words[rows + (list >>> 5)]! |= 1 << (list & 31);
    words[this.map]! |= 1 << (list >>> 5);
  }

  private remove(at: number, size: number): void {
    const { words, delta } = this;
    const next = words[at + 1]!;
    const previous = words[at + 2]!;
    if (next !== 0) words[(next >> 2) + delta + 2] = previous;
    if (previous !== 0) {
      words[(previous >> 2) + delta + 1] = next;
      return;
    }
    const list = listOf(size);
    words[this.heads + list] = next;
    if (next === 0) this.unmark(list);
  }

  private unmark(list: number): void {
    const { words, rows } = this;
    const row = list >>> 5;
    const inRow = words[rows + row]! & ~(1 << (list & 31));
    words[rows + row] = inRow;
    if (inRow === 0) words[this.map]! &= ~(1 << row);
  }
}
