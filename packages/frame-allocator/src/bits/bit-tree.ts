/**
 * A set of small integers whose lowest member is found in constant time: bits, and over each 32 of them one bit that
 * says whether any is set.
 *
 * ```
 *   row 2     1                                              any in here?
 *             └─ 32 bits ─┐
 *   row 1     1 0 1 0 ……                                     any in this word of row 0?
 *             │   └──────────────┐
 *   row 0     00010010 …… │ 00000000 …… │ 11111111 …… │      one bit for each integer
 *             word 0        word 1        word 2
 * ```
 * In memory the rows follow each other, row 0 first, each of whole u64s. Finding the lowest looks at one word of each
 * row: 3 rows for 128 MiB of frames, 4 for 4 GiB, 6 for 4 TiB.
 *
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";
import { BitRow, lowestBit, rowSize } from "./bit-row.ts";

/** Bytes of a tree. @param length - how many integers, from 0 up; 1 or more */
export function treeSize(length: number): number {
  return rowLengths(length).reduce((sum, bits) => sum + rowSize(bits), 0);
}

/** A set of the integers 0 … length − 1; indices are not checked. */
export class BitTree {
  /** The members as bits. */
  readonly members: BitRow;
  private readonly rows: readonly BitRow[];

  /** Reads what lies there: zeros are the empty set. @param at - a multiple of 8 */
  constructor(memory: Memory, at: Ptr, length: number) {
    let rowAt = at;
    this.rows = rowLengths(length).map((bits) => {
      const row = new BitRow(memory, rowAt, bits);
      rowAt += rowSize(bits);
      return row;
    });
    this.members = this.rows[0]!;
  }

  has(index: number): boolean {
    return this.members.has(index);
  }

  /** Lowest member. @returns −1 when there is none */
  lowest(): number {
    const top = this.rows.length - 1;
    return this.rows[top]!.word(0) === 0 ? -1 : this.lowestBelow(top, 0);
  }

  /** Lowest member from `from` up. @param from - 0 … length @returns −1 when there is none */
  next(from: number): number {
    let index = from;
    for (let level = 0; level < this.rows.length; level++) {
      const row = this.rows[level]!;
      if (index >= row.length) return -1;
      const bits = row.word(index >>> 5) & (-1 << (index & 31));
      if (bits !== 0) {
        const found = (index & ~31) + lowestBit(bits);
        return level === 0 ? found : this.lowestBelow(level - 1, found);
      }
      index = (index >>> 5) + 1;
    }
    return -1;
  }

  insert(index: number): void {
    for (let level = 0; level < this.rows.length; level++) {
      const row = this.rows[level]!;
      const bits = row.word(index >>> 5);
      row.setWord(index >>> 5, bits | (1 << (index & 31)));
      if (bits !== 0) return;
      index >>>= 5;
    }
  }

  remove(index: number): void {
    for (let level = 0; level < this.rows.length; level++) {
      const row = this.rows[level]!;
      const bits = row.word(index >>> 5) & ~(1 << (index & 31));
      row.setWord(index >>> 5, bits);
      if (bits !== 0) return;
      index >>>= 5;
    }
  }

  /** Inserts `from` … `to - 1`. */
  insertRange(from: number, to: number): void {
    for (let level = 0; level < this.rows.length && from < to; level++) {
      this.rows[level]!.set(from, to);
      to = ((to - 1) >>> 5) + 1;
      from >>>= 5;
    }
  }

  /** Removes `from` … `to - 1`. */
  removeRange(from: number, to: number): void {
    for (let level = 0; level < this.rows.length && from < to; level++) {
      const row = this.rows[level]!;
      row.clear(from, to);
      // The words at both ends may have kept bits of others.
      const last = (to - 1) >>> 5;
      to = row.word(last) === 0 ? last + 1 : last;
      from >>>= 5;
      if (from < to && row.word(from) !== 0) from++;
    }
  }

  /** How many members; O(length). */
  count(): number {
    let count = 0;
    for (let at = this.next(0); at >= 0; at = this.next(at + 1)) count++;
    return count;
  }

  /** Whether each row says of the one below what is there; O(length). */
  isSound(): boolean {
    return this.rows.slice(1).every((row, i) => {
      const below = this.rows[i]!;
      for (let index = 0; index < row.length; index++) if (row.has(index) !== (below.word(index) !== 0)) return false;
      return true;
    });
  }

  /** Lowest member under a word that is not 0. */
  private lowestBelow(level: number, wordIndex: number): number {
    let index = wordIndex;
    for (let row = level; row >= 0; row--) index = index * 32 + lowestBit(this.rows[row]!.word(index));
    return index;
  }
}

/** Bits of each row: the last is a single word. */
function rowLengths(length: number): number[] {
  const lengths = [length];
  for (let bits = length; bits > 32; lengths.push(bits)) bits = Math.ceil(bits / 32);
  return lengths;
}
