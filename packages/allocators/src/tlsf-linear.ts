/**
 * TLSF's common cases where the range and the control block are one run of bytes each, in one typed array.
 *
 * The same steps as in tlsf-allocator.ts and tlsf-lists.ts, without a call or a look-up for each word: that is worth a factor of
 * three. Both leave the same bytes, which a test compares. Rare cases return 0 before anything is changed, and go there.
 *
 * @module
 */
import { NULL, type Ptr } from "@kmem/memory";
import { MAX_SIZE } from "./control-block.ts";
import { IS_FREE, LEFT_IS_FREE, listFrom, listOf, MIN_BLOCK, needOf, SIZE } from "./tlsf-format.ts";

export class TlsfLinear {
  /** The words; the header of a block is `words[(block >> 2) + delta]`. */
  private readonly words: Int32Array;
  /** What the caller gets is this much above a block's offset. */
  private readonly base: Ptr;
  private readonly delta: number;
  /** Indices of the first-level map, the second-level maps and the heads; the number of lists. */
  private readonly map: number;
  private readonly rows: number;
  private readonly heads: number;
  private readonly count: number;
  private readonly first: number;
  private readonly end: number;

  constructor(words: Int32Array, base: Ptr, delta: number, map: number, rowCount: number, first: number, end: number) {
    this.words = words;
    this.base = base;
    this.delta = delta;
    this.map = map;
    this.rows = map + 1;
    this.heads = map + 1 + rowCount;
    this.count = rowCount * 32;
    this.first = first;
    this.end = end;
  }

  /**
   * Allocates from the first list whose every block fits.
   *
   * @param size - bytes; whatever a caller passes
   * @returns what the caller gets: an address, aligned to 8; 0 where it is left to the usual way, with nothing changed
   */
  allocate(size: number): Ptr {
    // Signed, which compares faster than unsigned.
    if (typeof size !== "number" || (size | 0) !== size || size < 0 || size > MAX_SIZE) return NULL;
    const need = needOf(size);
    const { words, delta, rows, heads, end } = this;
    let list = listFrom(need);
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
    words[at + 2 + (((next >> 2) + delta - at) & isSome(next))] = 0;
    const marks = words[rows + row]! & ~((isSome(next) + 1) << (list & 31));
    words[rows + row] = marks;
    if (marks === 0) words[this.map]! &= ~(1 << row);
    const rest = length - need;
    if (rest < MIN_BLOCK) {
      words[at] = length;
      words[at + (length >> 2)]! &= ~LEFT_IS_FREE;
      return this.base + block;
    }
    words[at] = need;
    const restAt = at + (need >> 2);
    words[restAt] = rest | IS_FREE;
    words[at + (length >> 2) - 1] = block + need;
    this.insert(block + need, restAt, rest);
    return this.base + block;
  }

  /**
   * Frees a block of an alignment up to 8.
   *
   * @param size - bytes; it and the address are whatever a caller passes
   * @returns false, with nothing changed, when something speaks against it
   */
  free(address: Ptr, size: number): boolean {
    if (typeof size !== "number" || (size | 0) !== size || size < 0 || size > MAX_SIZE) return false;
    if (typeof address !== "number") return false;
    const need = needOf(size);
    const exact = address - this.base;
    let block = exact | 0;
    if (block !== exact) return false;
    const { words, delta, first, end } = this;
    if ((block & 7) !== 4 || block < first || block >= end) return false;
    let at = (block >> 2) + delta;
    const header = words[at]!;
    let length = header & SIZE;
    if ((header & 5) !== 0 || ((length - need) & ~8) !== 0 || length > end - block) return false;
    const behindAt = at + (length >> 2);
    const behind = words[behindAt]!;
    if ((behind & LEFT_IS_FREE) !== 0) return false;
    let left = 0;
    if ((header & LEFT_IS_FREE) !== 0) {
      left = words[at - 1]!;
      if (left < first || left >= block || words[(left >> 2) + delta] !== ((block - left) | IS_FREE)) return false;
      if (!this.areLinksInside((left >> 2) + delta)) return false;
    }
    if ((behind & IS_FREE) !== 0 && !this.areLinksInside(behindAt)) return false;

    if ((behind & IS_FREE) !== 0) {
      this.remove(behindAt, behind & SIZE);
      length += behind & SIZE;
    }
    if (left !== 0) {
      // The header vanishes inside of a larger block: it says that it is free, in case that it is freed again.
      words[at] = header | IS_FREE;
      const leftLength = block - left;
      at = (left >> 2) + delta;
      this.remove(at, leftLength);
      length += leftLength;
      block = left;
    }
    words[at] = length | IS_FREE;
    const endAt = at + (length >> 2);
    words[endAt - 1] = block;
    words[endAt]! |= LEFT_IS_FREE;
    this.insert(block, at, length);
    return true;
  }

  private areLinksInside(at: number): boolean {
    const { words, end } = this;
    return words[at + 1]! >>> 0 < end && words[at + 2]! >>> 0 < end;
  }

  // Whether a list has another block is as good as random: a branch on it would be mispredicted half of the times. So
  // without one, `isSome` chooses where the other's link would be written, or else to a link of this block's own that is
  // written anew after, or is of no use any more.

  private insert(block: number, at: number, size: number): void {
    const { words, rows, heads } = this;
    const list = listOf(size);
    const head = words[heads + list]!;
    words[at + 2 + (((head >> 2) + this.delta - at) & isSome(head))] = block;
    words[at + 1] = head;
    words[at + 2] = 0;
    words[heads + list] = block;
    const rowAt = rows + (list >>> 5);
    const marks = words[rowAt]!;
    words[rowAt] = marks | (1 << (list & 31));
    if (marks === 0) words[this.map]! |= 1 << (list >>> 5);
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

/** −1 for a link, 0 for none: a mask. */
function isSome(link: number): number {
  return (link | -link) >> 31;
}
