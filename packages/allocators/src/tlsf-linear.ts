/**
 * TLSF's common cases where the range and the control block are one run of bytes each, in one typed array.
 *
 * The same steps as in tlsf-allocator.ts and tlsf-lists.ts, without a call or a look-up for each word: that is worth a factor of
 * three. Both leave the same bytes, which a test compares. Rare cases return 0 before anything is changed, and go there.
 *
 * A tenth of the time was saved by literals (1, 2, −8, 16 are `IS_FREE`, `LEFT_IS_FREE`, `SIZE`, `MIN_BLOCK` of tlsf-format.ts:
 * what comes from another module is looked up each time) and by `| 0` behind sums, which spares a look for overflows.
 *
 * @module
 */
import type { Ptr } from "@kmem/memory";
import { listFrom, listOf } from "./tlsf-format.ts";

export class TlsfLinear {
  /** The words; the header of a block is `words[(block >> 2) + delta]`. */
  private readonly words: Int32Array;
  /** What the caller gets is this much above a block's offset. A small integer where it can be: V8 adds those faster. */
  readonly base: Ptr;
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
    this.base = base === (base | 0) ? base | 0 : base;
    this.delta = delta | 0;
    this.map = map | 0;
    this.rows = (map + 1) | 0;
    this.heads = (map + 1 + rowCount) | 0;
    this.count = (rowCount * 32) | 0;
    this.first = first | 0;
    this.end = end | 0;
  }

  /**
   * Allocates from the first list whose every block fits.
   *
   * @param size - bytes; whatever a caller passes
   * @returns the block's offset; 0 where it is left to the usual way, with nothing changed
   */
  allocate(size: number): number {
    // Signed, which compares faster than unsigned.
    if (typeof size !== "number" || (size | 0) !== size || size < 0 || size > 0x7fff_0000) return 0;
    const need = size < 5 ? 16 : (size + 11) & -8;
    const { words, delta, rows, heads, end } = this;
    let list = need < 256 ? need >>> 3 : listFrom(need);
    if (list >= this.count) return 0;
    let row = list >>> 5;
    let inRow = words[(rows + row) | 0]! & (-1 << (list & 31));
    if (inRow === 0) {
      const above = words[this.map]! & (-2 << row);
      if (above === 0) return 0;
      row = 31 - Math.clz32(above & -above);
      inRow = words[(rows + row) | 0]!;
    }
    list = ((row << 5) + (31 - Math.clz32(inRow & -inRow))) | 0;
    const headAt = (heads + list) | 0;
    const block = words[headAt]!;
    if (block < this.first || block >= end) return 0;
    const at = ((block >> 2) + delta) | 0;
    const length = words[at]! & -8;
    const next = words[(at + 1) | 0]!;
    if (next >>> 0 >= end || length < need || length > ((end - block) | 0)) return 0;

    words[headAt] = next;
    const some = (next | -next) >> 31;
    words[(at + 2 + (((next >> 2) + delta - at) & some)) | 0] = 0;
    const rowAt = (rows + row) | 0;
    const marks = words[rowAt]! & ~((some + 1) << (list & 31));
    words[rowAt] = marks;
    if (marks === 0) words[this.map]! &= ~(1 << row);
    const rest = (length - need) | 0;
    const behindAt = (at + (length >> 2)) | 0;
    if (rest < 16) {
      words[at] = length;
      words[behindAt]! &= ~2;
      return block;
    }
    words[at] = need;
    const restAt = (at + (need >> 2)) | 0;
    words[restAt] = rest | 1;
    words[(behindAt - 1) | 0] = (block + need) | 0;
    this.insert((block + need) | 0, restAt, rest);
    return block;
  }

  /**
   * Frees a block of an alignment up to 8.
   *
   * @param size - bytes; it and the address are whatever a caller passes
   * @returns false, with nothing changed, when something speaks against it
   */
  free(address: Ptr, size: number): boolean {
    if (typeof size !== "number" || (size | 0) !== size || size < 0 || size > 0x7fff_0000) return false;
    if (typeof address !== "number") return false;
    const need = size < 5 ? 16 : (size + 11) & -8;
    const exact = address - this.base;
    let block = exact | 0;
    if (block !== exact) return false;
    const { words, delta, first, end } = this;
    if ((block & 7) !== 4 || block < first || block >= end) return false;
    let at = ((block >> 2) + delta) | 0;
    const header = words[at]!;
    let length = header & -8;
    if ((header & 5) !== 0 || ((length - need) & ~8) !== 0 || length > ((end - block) | 0)) return false;
    const behindAt = (at + (length >> 2)) | 0;
    const behind = words[behindAt]!;
    if ((behind & 2) !== 0) return false;
    let left = 0;
    if ((header & 2) !== 0) {
      left = words[(at - 1) | 0]!;
      if (left < first || left >= block) return false;
      const leftAt = ((left >> 2) + delta) | 0;
      if (words[leftAt] !== ((block - left) | 1 | 0)) return false;
      if (words[(leftAt + 1) | 0]! >>> 0 >= end || words[(leftAt + 2) | 0]! >>> 0 >= end) return false;
    }
    if ((behind & 1) !== 0) {
      if (words[(behindAt + 1) | 0]! >>> 0 >= end || words[(behindAt + 2) | 0]! >>> 0 >= end) return false;
      this.remove(behindAt, behind & -8);
      length = (length + (behind & -8)) | 0;
    }
    if (left !== 0) {
      // The header vanishes inside of a larger block: it says that it is free, in case that it is freed again.
      words[at] = header | 1;
      const leftLength = (block - left) | 0;
      at = ((left >> 2) + delta) | 0;
      this.remove(at, leftLength);
      length = (length + leftLength) | 0;
      block = left;
    }
    words[at] = length | 1;
    const endAt = (at + (length >> 2)) | 0;
    words[(endAt - 1) | 0] = block;
    words[endAt]! |= 2;
    this.insert(block, at, length);
    return true;
  }

  // Whether a list has another block is as good as random: a branch on it would be mispredicted half of the times. So
  // without one, `some` (−1 for a link, 0 for none) chooses where the other's link would be written, or else to a link of
  // this block's own that is written anew after, or is of no use any more.

  private insert(block: number, at: number, size: number): void {
    const { words, rows, heads } = this;
    const list = listOf(size);
    const headAt = (heads + list) | 0;
    const head = words[headAt]!;
    words[(at + 2 + (((head >> 2) + this.delta - at) & ((head | -head) >> 31))) | 0] = block;
    words[(at + 1) | 0] = head;
    words[(at + 2) | 0] = 0;
    words[headAt] = block;
    const rowAt = (rows + (list >>> 5)) | 0;
    const marks = words[rowAt]!;
    words[rowAt] = marks | (1 << (list & 31));
    if (marks === 0) words[this.map]! |= 1 << (list >>> 5);
  }

  private remove(at: number, size: number): void {
    const { words, delta } = this;
    const next = words[(at + 1) | 0]!;
    const previous = words[(at + 2) | 0]!;
    if (next !== 0) words[((next >> 2) + delta + 2) | 0] = previous;
    if (previous !== 0) {
      words[((previous >> 2) + delta + 1) | 0] = next;
      return;
    }
    const list = listOf(size);
    words[(this.heads + list) | 0] = next;
    if (next === 0) this.unmark(list);
  }

  private unmark(list: number): void {
    const { words, rows } = this;
    const row = list >>> 5;
    const rowAt = (rows + row) | 0;
    const inRow = words[rowAt]! & ~(1 << (list & 31));
    words[rowAt] = inRow;
    if (inRow === 0) words[this.map]! &= ~(1 << row);
  }
}
