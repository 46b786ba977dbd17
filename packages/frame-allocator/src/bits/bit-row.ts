/**
 * Bits in a row, in memory.
 *
 * ```
 *   word      0                 1
 *   bit       0 1 2 3 …… 31     32 33 34 …… 63
 *             lowest bit of the u32 first
 * ```
 * Indices are not checked: that is the caller's part.
 *
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";

/** All bits of a word. */
const ALL = -1;

/** Bytes of a row: whole u64s. */
export function rowSize(length: number): number {
  return Math.ceil(length / 64) * 8;
}

/** A row of bits. */
export class BitRow {
  /** How many bits. */
  readonly length: number;
  private readonly memory: Memory;
  private readonly at: Ptr;

  /** @param at - a multiple of 4 */
  constructor(memory: Memory, at: Ptr, length: number) {
    this.memory = memory;
    this.at = at;
    this.length = length;
  }

  /** The word of 32 bits at an index of words. */
  word(index: number): number {
    return this.memory.readU32(this.at + index * 4);
  }

  setWord(index: number, bits: number): void {
    this.memory.writeU32(this.at + index * 4, bits);
  }

  has(index: number): boolean {
    return ((this.word(index >>> 5) >>> (index & 31)) & 1) !== 0;
  }

  /** Sets the bits `from` … `to - 1`. */
  set(from: number, to: number): void {
    this.change(from, to, ALL);
  }

  /** Clears the bits `from` … `to - 1`. */
  clear(from: number, to: number): void {
    this.change(from, to, 0);
  }

  /** Lowest bit of `from` … `to - 1` that is set. @returns `to` when there is none */
  firstSet(from: number, to: number): number {
    return this.first(from, to, 0);
  }

  /** Lowest bit of `from` … `to - 1` that is clear. @returns `to` when there is none */
  firstClear(from: number, to: number): number {
    return this.first(from, to, ALL);
  }

  /** @param flip - what to turn over before looking for a set bit */
  private first(from: number, to: number, flip: number): number {
    let mask = ALL << (from & 31);
    for (let index = from >>> 5; index * 32 < to; index++) {
      const bits = (this.word(index) ^ flip) & mask;
      if (bits !== 0) return Math.min(to, index * 32 + lowestBit(bits));
      mask = ALL;
    }
    return to;
  }

  private change(from: number, to: number, bits: number): void {
    if (from >= to) return;
    const first = from >>> 5;
    const last = (to - 1) >>> 5;
    const head = ALL << (from & 31);
    const tail = ALL >>> (31 - ((to - 1) & 31));
    if (first === last) return this.changeWord(first, head & tail, bits);
    this.changeWord(first, head, bits);
    if (last > first + 1) this.memory.fill(this.at + (first + 1) * 4, bits & 0xff, (last - first - 1) * 4);
    this.changeWord(last, tail, bits);
  }

  private changeWord(index: number, mask: number, bits: number): void {
    this.setWord(index, (this.word(index) & ~mask) | (bits & mask));
  }
}

/** Place of the lowest set bit of a word, 0 … 31. @param bits - not 0 */
export function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
