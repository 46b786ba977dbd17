/**
 * An index of the holes: it finds what the walk finds, the lowest hole that may fit and the hole before an offset,
 * without walking. Its bytes are drawn in index-format.ts.
 *
 * With the bits of 32 values side by side in 8 words, "which children are at least k", "the largest child" and "the last
 * child that is not empty" take a few operations on whole words, and no loop over children. It costs 2.4 % of the heap.
 * Literals (8, 0x80) and `| 0` spare look-ups of another module's constants, and looks for overflows: a tenth of the time.
 *
 * @module
 */

import { classOf, indexBytes, nodesAbove, PLANES, PRESENT } from "./index-format.ts";
import { HEAD } from "./offsets.ts";

/** Where the index reads the size of a hole. */
export interface Sizes {
  sizeAt(offset: number): number;
}

/** The index, over bytes that may be shared. All zeros is an index of no holes. */
export class HoleIndex {
  /** Offsets below `chunks * 256` can be indexed. */
  readonly chunks: number;
  /** Places where holes start, a word per chunk. */
  private readonly bits: Int32Array;
  private readonly planes: Int32Array;
  private readonly values: Uint8Array;
  /** Per level, 0 for the chunks: where its values, and the planes of its nodes, begin. */
  private readonly valuesFrom: number[] = [];
  private readonly planesFrom: number[] = [];
  private readonly counts: number[] = [];
  /** The level of the one node that has none above. */
  private readonly root: number;
  private readonly bytes: Uint8Array;

  /** @param byteOffset - a multiple of 8; {@link indexBytes} bytes from there are the index's */
  constructor(buffer: ArrayBufferLike, byteOffset: number, chunks: number) {
    this.chunks = chunks;
    const nodes = nodesAbove(chunks);
    this.bits = new Int32Array(buffer, byteOffset, chunks);
    this.planes = new Int32Array(buffer, byteOffset + chunks * 4, nodes * PLANES);
    this.values = new Uint8Array(buffer, byteOffset + chunks * 4 + nodes * PLANES * 4, chunks + nodes);
    this.bytes = new Uint8Array(buffer, byteOffset, indexBytes(chunks));
    let value = 0;
    let plane = 0;
    let count = chunks;
    let level = 0;
    this.valuesFrom.push(0);
    this.planesFrom.push(0);
    this.counts.push(chunks);
    do {
      value += count;
      count = Math.ceil(count / 32);
      this.valuesFrom.push(value);
      this.planesFrom.push(plane);
      this.counts.push(count);
      plane += count * PLANES;
      level++;
    } while (count > 1);
    this.root = level;
  }

  /** Forgets all holes. */
  clear(): void {
    this.bytes.fill(0);
  }

  /** Where this index is not the same as another of as many chunks. */
  differenceFrom(other: HoleIndex): string | undefined {
    const at = this.bytes.findIndex((byte, i) => byte !== other.bytes[i]);
    if (at < 0) return undefined;
    const { length } = this.bits;
    return at < length * 4
      ? `chunk ${Math.floor(at / 4)} has its holes elsewhere`
      : `byte ${at - length * 4} of its tree is ${this.bytes[at]!}, expected ${other.bytes[at]!}`;
  }

  /** The places in a chunk where holes start, as bits. */
  holesIn(chunk: number): number {
    return this.bits[chunk]!;
  }

  /** Adds a hole. */
  insert(offset: number, size: number): void {
    const chunk = offset >>> 8;
    this.bits[chunk]! |= 1 << ((offset >>> 3) & 31);
    const value = 0x80 | classOf(size);
    if (value > this.values[chunk]!) this.setValue(chunk, value);
  }

  /** Takes a hole out. */
  remove(offset: number, size: number, sizes: Sizes): void {
    const chunk = offset >>> 8;
    this.bits[chunk]! &= ~(1 << ((offset >>> 3) & 31));
    if ((0x80 | classOf(size)) === this.values[chunk]!) this.setValue(chunk, this.largestIn(chunk, sizes));
  }

  /** Notes that a hole has another size now. */
  resize(offset: number, oldSize: number, newSize: number, sizes: Sizes): void {
    const chunk = offset >>> 8;
    const oldValue = 0x80 | classOf(oldSize);
    const value = 0x80 | classOf(newSize);
    const largest = this.values[chunk]!;
    if (value >= largest) this.setValue(chunk, value);
    else if (oldValue === largest) this.setValue(chunk, this.largestIn(chunk, sizes));
  }

  /** Notes that a hole has moved up and shrunk: its front was taken. */
  move(from: number, oldSize: number, to: number, newSize: number, sizes: Sizes): void {
    const chunk = from >>> 8;
    if (to >>> 8 !== chunk) {
      this.remove(from, oldSize, sizes);
      this.insert(to, newSize);
      return;
    }
    this.bits[chunk]! ^= (1 << ((from >>> 3) & 31)) | (1 << ((to >>> 3) & 31));
    if ((0x80 | classOf(oldSize)) === this.values[chunk]!) this.setValue(chunk, this.largestIn(chunk, sizes));
  }

  /**
   * The first chunk at or behind another that may have a hole for a size.
   *
   * @returns −1 when none has
   */
  chunkFrom(chunk: number, size: number): number {
    const wanted = classOf(size);
    const { root } = this;
    if (chunk >= this.chunks) return -1;
    let child = chunk;
    let level = 1;
    for (;;) {
      const found = this.atLeast(level, child >>> 5, wanted) & (-1 << (child & 31));
      if (found !== 0) {
        child = (child & ~31) + lowestBit(found);
        break;
      }
      // Nothing more below this node: go on behind it, one level up.
      child = (child >>> 5) + 1;
      if (level === root || child >= this.counts[level]!) return -1;
      level++;
    }
    for (level--; level > 0; level--) child = (child * 32 + lowestBit(this.atLeast(level, child, wanted))) | 0;
    return child;
  }

  /** {@link HoleIndex.chunkFrom} from the heap's beginning. */
  firstChunk(size: number): number {
    const wanted = classOf(size);
    if (this.values[this.valuesFrom[this.root]!]! < (0x80 | wanted)) return -1;
    let child = 0;
    for (let level = this.root; level > 0; level--)
      child = (child * 32 + lowestBit(this.atLeast(level, child, wanted))) | 0;
    return child;
  }

  /** The offset of the last hole that starts below another offset, or {@link HEAD}. */
  holeBefore(offset: number): number {
    let child = offset >>> 8;
    const inChunk = this.bits[child]! & ((1 << ((offset >>> 3) & 31)) - 1);
    if (inChunk !== 0) return child * 256 + (31 - Math.clz32(inChunk)) * 8;
    const { planes, planesFrom, root } = this;
    let level = 1;
    for (;;) {
      const present = planes[(planesFrom[level]! + (child >>> 5) * 8 + 7) | 0]!;
      const before = present & ((1 << (child & 31)) - 1);
      if (before !== 0) {
        child = (child & ~31) + 31 - Math.clz32(before);
        break;
      }
      if (level === root) return HEAD;
      child >>>= 5;
      level++;
    }
    for (level--; level > 0; level--)
      child = child * 32 + 31 - Math.clz32(planes[(planesFrom[level]! + child * 8 + 7) | 0]!);
    return child * 256 + (31 - Math.clz32(this.bits[child]!)) * 8;
  }

  /** Which children of a node are of a class or more, as bits. */
  private atLeast(level: number, node: number, wanted: number): number {
    const { planes } = this;
    const p = (this.planesFrom[level]! + node * 8) | 0;
    let equal = planes[(p + 7) | 0]!;
    let greater = 0;
    let plane = planes[(p + 6) | 0]!;
    let bit = -((wanted >>> 6) & 1);
    greater |= equal & plane & ~bit;
    equal &= ~(plane ^ bit);
    plane = planes[(p + 5) | 0]!;
    bit = -((wanted >>> 5) & 1);
    greater |= equal & plane & ~bit;
    equal &= ~(plane ^ bit);
    plane = planes[(p + 4) | 0]!;
    bit = -((wanted >>> 4) & 1);
    greater |= equal & plane & ~bit;
    equal &= ~(plane ^ bit);
    plane = planes[(p + 3) | 0]!;
    bit = -((wanted >>> 3) & 1);
    greater |= equal & plane & ~bit;
    equal &= ~(plane ^ bit);
    plane = planes[(p + 2) | 0]!;
    bit = -((wanted >>> 2) & 1);
    greater |= equal & plane & ~bit;
    equal &= ~(plane ^ bit);
    plane = planes[(p + 1) | 0]!;
    bit = -((wanted >>> 1) & 1);
    greater |= equal & plane & ~bit;
    equal &= ~(plane ^ bit);
    plane = planes[p]!;
    bit = -(wanted & 1);
    greater |= equal & plane & ~bit;
    equal &= ~(plane ^ bit);
    return greater | equal;
  }

  /** The largest value of a node's children. */
  private largestBelow(p: number): number {
    const { planes } = this;
    let candidates = planes[(p + 7) | 0]!;
    if (candidates === 0) return 0;
    let value = PRESENT;
    for (let b = 6; b >= 0; b--) {
      const narrowed = candidates & planes[p + b]!;
      if (narrowed !== 0) {
        candidates = narrowed;
        value |= 1 << b;
      }
    }
    return value;
  }

  /** The value of a chunk, from the sizes of its holes. */
  private largestIn(chunk: number, sizes: Sizes): number {
    let left = this.bits[chunk]!;
    let largest = 0;
    while (left !== 0) {
      const place = lowestBit(left);
      left &= left - 1;
      const value = 0x80 | classOf(sizes.sizeAt(chunk * 256 + place * 8));
      if (value > largest) largest = value;
    }
    return largest;
  }

  /** Sets the value of a chunk, and of the nodes above as far as they change. */
  private setValue(chunk: number, newValue: number): void {
    const { planes, values, root } = this;
    let child = chunk;
    let value = newValue;
    for (let level = 0; ; level++) {
      const at = (this.valuesFrom[level]! + child) | 0;
      const old = values[at]!;
      if (old === value) return;
      values[at] = value;
      if (level === root) return;
      const changed = old ^ value;
      const place = child & 31;
      child >>>= 5;
      const p = (this.planesFrom[level + 1]! + child * 8) | 0;
      planes[p]! ^= (changed & 1) << place;
      planes[(p + 1) | 0]! ^= ((changed >>> 1) & 1) << place;
      planes[(p + 2) | 0]! ^= ((changed >>> 2) & 1) << place;
      planes[(p + 3) | 0]! ^= ((changed >>> 3) & 1) << place;
      planes[(p + 4) | 0]! ^= ((changed >>> 4) & 1) << place;
      planes[(p + 5) | 0]! ^= ((changed >>> 5) & 1) << place;
      planes[(p + 6) | 0]! ^= ((changed >>> 6) & 1) << place;
      planes[(p + 7) | 0]! ^= (changed >>> 7) << place;
      const above = values[this.valuesFrom[level + 1]! + child]!;
      if (value < above) {
        if (old < above) return;
        value = this.largestBelow(p);
      }
    }
  }
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
