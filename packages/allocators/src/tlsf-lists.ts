/**
 * The free blocks of TLSF in their lists. The bytes are drawn in tlsf-format.ts.
 *
 * @module
 */
import { alignUp, type Memory, type Ptr } from "@kmem/memory";
import { OWN_AT } from "./control-block.ts";
import { CorruptionError } from "./errors.ts";
import { controlSizeFor, listFrom, listOf, MIN_BLOCK, rowsFor, SIZE } from "./tlsf-format.ts";
import { TlsfLinear } from "./tlsf-linear.ts";
import { Words } from "./words.ts";

/** Most blocks looked at when no list fits for certain. */
const MOST_LOOKS = 64;

/** Has no list, so leaves all to the usual way. */
const NO_LINEAR = new TlsfLinear(new Int32Array(0), 0, 0, 0, 0, 0, 0);

/** The free lists of one range. */
export class FreeLists {
  readonly heap: Words;
  readonly control: Words;
  /** How many lists there are. */
  readonly count: number;
  private readonly first: number;
  private readonly end: number;
  private readonly map: number;
  private readonly rows: number;
  private readonly heads: number;

  /**
   * @param first - offset of the lowest block
   * @param end - offset behind the last
   */
  constructor(memory: Memory, controlAt: Ptr, size: number, heap: Words, first: number, end: number) {
    this.heap = heap;
    this.control = new Words(memory, controlAt, controlSizeFor(size));
    this.first = first;
    this.end = end;
    const rows = rowsFor(size);
    this.count = rows * 32;
    this.map = controlAt - this.control.origin + OWN_AT;
    this.rows = this.map + 4;
    this.heads = this.rows + rows * 4;
  }

  /** Access without look-ups, where range and control block are one run of bytes each. */
  linear(): TlsfLinear {
    const { heap, control, first, end } = this;
    if (!heap.isLinear || !control.isLinear || heap.i32 !== control.i32) return NO_LINEAR;
    const map = (this.map >>> 2) + control.deltas[0]!;
    return new TlsfLinear(heap.i32, heap.origin + 4, heap.deltas[0]!, map, this.count / 32, first, end);
  }

  /** The first block of a list, 0 for none. */
  head(list: number): number {
    return this.control.get(this.heads + (list << 2));
  }

  /** Whether the maps say that a list has blocks. */
  isMarked(list: number): boolean {
    const row = list >>> 5;
    const inRow = this.control.get(this.rows + (row << 2));
    return ((this.control.get(this.map) >>> row) & 1) === (inRow === 0 ? 0 : 1) && ((inRow >>> (list & 31)) & 1) === 1;
  }

  /** Puts a free block, whose header is written, into its list. */
  insert(block: number, size: number): void {
    const { heap, control } = this;
    const list = listOf(size);
    const headAt = this.heads + (list << 2);
    const head = control.get(headAt);
    heap.set(block + 4, head);
    heap.set(block + 8, 0);
    control.set(headAt, block);
    if (head !== 0) {
      heap.set(head + 8, block);
      return;
    }
    const row = list >>> 5;
    const rowAt = this.rows + (row << 2);
    const inRow = control.get(rowAt);
    control.set(rowAt, inRow | (1 << (list & 31)));
    if (inRow === 0) control.set(this.map, control.get(this.map) | (1 << row));
  }

  /** Takes a free block out of its list. */
  remove(block: number, size: number): void {
    const { heap } = this;
    const next = heap.get(block + 4);
    const previous = heap.get(block + 8);
    if (next >>> 0 >= this.end || previous >>> 0 >= this.end) throw this.badLink(block);
    if (next !== 0) heap.set(next + 8, previous);
    if (previous !== 0) heap.set(previous + 4, next);
    else this.setHead(listOf(size), next);
  }

  /** Takes a block of at least `need` bytes out of its list, from the first list whose every block fits. @returns 0 for none */
  take(need: number): number {
    const { control } = this;
    let list = listFrom(need);
    if (list >= this.count) return 0;
    let row = list >>> 5;
    let inRow = control.get(this.rows + (row << 2)) & (-1 << (list & 31));
    if (inRow === 0) {
      const above = control.get(this.map) & (-2 << row);
      if (above === 0) return 0;
      row = 31 - Math.clz32(above & -above);
      inRow = control.get(this.rows + (row << 2));
    }
    list = (row << 5) + (31 - Math.clz32(inRow & -inRow));
    const block = control.get(this.heads + (list << 2));
    if (block < this.first || block >= this.end) throw this.badLink(block);
    const next = this.heap.get(block + 4);
    if (next >>> 0 >= this.end) throw this.badLink(block);
    if (next !== 0) this.heap.set(next + 8, 0);
    this.setHead(list, next);
    return block;
  }

  /**
   * Looks through blocks that may fit, from the smallest list on.
   *
   * @param align - of what the caller gets, in bytes; 8 or more
   * @returns the first that fits, still in its list; 0 when none of those looked at does
   */
  search(need: number, align: number): number {
    let looks = 0;
    for (let list = listOf(need); list < this.count; list++)
      for (let block = this.head(list); block !== 0; block = this.heap.get(block + 4)) {
        if (block < this.first || block >= this.end) throw this.badLink(block);
        if ((this.heap.get(block) & SIZE) >= this.gapOf(block, align) + need) return block;
        if (++looks === MOST_LOOKS) return 0;
      }
    return 0;
  }

  /** Bytes from a block to the first in it that is aligned: none, or enough for a block. */
  gapOf(block: number, align: number): number {
    if (align <= 8) return 0;
    const payload = this.heap.origin + block + 4;
    const gap = alignUp(payload, align) - payload;
    return gap > 0 && gap < MIN_BLOCK ? gap + align : gap;
  }

  private setHead(list: number, block: number): void {
    const { control } = this;
    control.set(this.heads + (list << 2), block);
    if (block !== 0) return;
    const row = list >>> 5;
    const rowAt = this.rows + (row << 2);
    const inRow = control.get(rowAt) & ~(1 << (list & 31));
    control.set(rowAt, inRow);
    if (inRow === 0) control.set(this.map, control.get(this.map) & ~(1 << row));
  }

  private badLink(block: number): CorruptionError {
    return new CorruptionError("a link of a free list leads out of the range", this.heap.origin + block);
  }
}
