/**
 * An index of the holes: it finds what the walk finds, the lowest hole that may fit and the hole before an offset,
 * without walking. Its bytes are drawn in index-format.ts.
 *
 * Four values are compared, or the larger of two taken, in one operation on a word. So "which of the 32 children are at
 * least k" and "the largest child" need no loop over children and no branch. It costs 2 % of the heap. Literals and `| 0`
 * spare look-ups of another module's constants, and looks for overflows: a tenth of the time.
 *
 * @module
 */

import { classOf, indexBytes, nodesAbove, NODE_WORDS } from "./index-format.ts";
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
  /** Which children of a node have holes, a word per node. */
  private readonly present: Int32Array;
  /** The values of a node's children, eight words per node. */
  private readonly values: Int32Array;
  /** Per level, from 1: the first of its nodes, and how many children those have together. */
  private readonly nodesFrom: number[] = [0];
  private readonly counts: number[] = [0];
  /** The level of the one node that has none above. */
  private readonly root: number;
  private readonly bytes: Uint8Array;

  /** @param byteOffset - a multiple of 8; {@link indexBytes} bytes from there are the index's */
  constructor(buffer: ArrayBufferLike, byteOffset: number, chunks: number) {
    this.chunks = chunks;
    const nodes = nodesAbove(chunks);
    this.bits = new Int32Array(buffer, byteOffset, chunks);
    this.present = new Int32Array(buffer, byteOffset + chunks * 4, nodes);
    this.values = new Int32Array(buffer, byteOffset + (chunks + nodes) * 4, nodes * NODE_WORDS);
    this.bytes = new Uint8Array(buffer, byteOffset, indexBytes(chunks));
    let node = 0;
    let count = chunks;
    let level = 0;
    do {
      this.nodesFrom.push(node);
      this.counts.push(count);
      count = Math.ceil(count / 32);
      node += count;
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
    const value = classOf(size);
    if (value > this.valueOf(chunk)) this.setValue(chunk, value);
  }

  /** Takes a hole out. */
  remove(offset: number, size: number, sizes: Sizes): void {
    const chunk = offset >>> 8;
    this.bits[chunk]! &= ~(1 << ((offset >>> 3) & 31));
    if (classOf(size) === this.valueOf(chunk)) this.setValue(chunk, this.largestIn(chunk, sizes));
  }

  /** Notes that a hole has another size now. */
  resize(offset: number, oldSize: number, newSize: number, sizes: Sizes): void {
    const chunk = offset >>> 8;
    const value = classOf(newSize);
    const largest = this.valueOf(chunk);
    if (value >= largest) this.setValue(chunk, value);
    else if (classOf(oldSize) === largest) this.setValue(chunk, this.largestIn(chunk, sizes));
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
    if (classOf(oldSize) === this.valueOf(chunk)) this.setValue(chunk, this.largestIn(chunk, sizes));
  }

  /**
   * The first chunk at or behind another that may have a hole for a size.
   *
   * @returns −1 when none has
   */
  chunkFrom(chunk: number, size: number): number {
    const less = lessFor(size);
    const { root } = this;
    if (chunk >= this.chunks) return -1;
    let child = chunk;
    let level = 1;
    for (;;) {
      const found = this.atLeast(level, child >>> 5, less) & (-1 << (child & 31));
      if (found !== 0) {
        child = (child & ~31) + lowestBit(found);
        break;
      }
      // Nothing more below this node: go on behind it, one level up.
      child = (child >>> 5) + 1;
      if (level === root) return -1;
      level++;
      if (child >= this.counts[level]!) return -1;
    }
    for (level--; level > 0; level--) child = (child * 32 + lowestBit(this.atLeast(level, child, less))) | 0;
    return child;
  }

  /** {@link HoleIndex.chunkFrom} from the heap's beginning. */
  firstChunk(size: number): number {
    const less = lessFor(size);
    const { root } = this;
    const found = this.atLeast(root, 0, less);
    if (found === 0) return -1;
    let child = lowestBit(found);
    for (let level = root - 1; level > 0; level--)
      child = (child * 32 + lowestBit(this.atLeast(level, child, less))) | 0;
    return child;
  }

  /** The offset of the last hole that starts below another offset, or {@link HEAD}. */
  holeBefore(offset: number): number {
    let child = offset >>> 8;
    const inChunk = this.bits[child]! & ((1 << ((offset >>> 3) & 31)) - 1);
    if (inChunk !== 0) return child * 256 + (31 - Math.clz32(inChunk)) * 8;
    const { present, nodesFrom, root } = this;
    let level = 1;
    for (;;) {
      const before = present[(nodesFrom[level]! + (child >>> 5)) | 0]! & ((1 << (child & 31)) - 1);
      if (before !== 0) {
        child = (child & ~31) + 31 - Math.clz32(before);
        break;
      }
      if (level === root) return HEAD;
      child >>>= 5;
      level++;
    }
    for (level--; level > 0; level--) child = child * 32 + 31 - Math.clz32(present[(nodesFrom[level]! + child) | 0]!);
    return child * 256 + (31 - Math.clz32(this.bits[child]!)) * 8;
  }

  /** The largest class in a chunk, 0 when no hole starts there. */
  private valueOf(chunk: number): number {
    return (this.values[((chunk >>> 5) * 8 + (chunk & 7)) | 0]! >>> (chunk & 24)) & 127;
  }

  /** Which children of a node are of a class or more, as bits; {@link lessFor} tells the class. */
  private atLeast(level: number, node: number, less: number): number {
    const { values } = this;
    const v = ((this.nodesFrom[level]! + node) * 8) | 0;
    return (
      (((values[v]! + less) & EIGHTHS) >>> 7) |
      (((values[(v + 1) | 0]! + less) & EIGHTHS) >>> 6) |
      (((values[(v + 2) | 0]! + less) & EIGHTHS) >>> 5) |
      (((values[(v + 3) | 0]! + less) & EIGHTHS) >>> 4) |
      (((values[(v + 4) | 0]! + less) & EIGHTHS) >>> 3) |
      (((values[(v + 5) | 0]! + less) & EIGHTHS) >>> 2) |
      (((values[(v + 6) | 0]! + less) & EIGHTHS) >>> 1) |
      ((values[(v + 7) | 0]! + less) & EIGHTHS)
    );
  }

  /** The largest value of a node's children. */
  private largestBelow(v: number): number {
    const { values } = this;
    const left = larger(larger(values[v]!, values[(v + 1) | 0]!), larger(values[(v + 2) | 0]!, values[(v + 3) | 0]!));
    const right = larger(
      larger(values[(v + 4) | 0]!, values[(v + 5) | 0]!),
      larger(values[(v + 6) | 0]!, values[(v + 7) | 0]!),
    );
    const four = larger(left, right);
    const two = larger(four, four >>> 16);
    return larger(two, two >>> 8) & 127;
  }

  /** The value of a chunk, from the sizes of its holes. */
  private largestIn(chunk: number, sizes: Sizes): number {
    let left = this.bits[chunk]!;
    let largest = 0;
    while (left !== 0) {
      const place = lowestBit(left);
      left &= left - 1;
      const value = classOf(sizes.sizeAt(chunk * 256 + place * 8));
      if (value > largest) largest = value;
    }
    return largest;
  }

  /** Sets the value of a chunk, and of the nodes above as far as they change. */
  private setValue(chunk: number, newValue: number): void {
    const { present, values, nodesFrom, root } = this;
    let child = chunk;
    let value = newValue;
    for (let level = 1; ; level++) {
      const node = (nodesFrom[level]! + (child >>> 5)) | 0;
      const at = (node * 8 + (child & 7)) | 0;
      const word = values[at]!;
      const old = (word >>> (child & 24)) & 127;
      if (old === value) return;
      // A whole word: a byte that is stored cannot soon be loaded with its neighbours.
      values[at] = word ^ ((old ^ value) << (child & 24));
      present[node] = (present[node]! & ~(1 << (child & 31))) | (((0 - value) >>> 31) << (child & 31));
      if (level === root) return;
      child >>>= 5;
      const above = (values[((nodesFrom[level + 1]! + (child >>> 5)) * 8 + (child & 7)) | 0]! >>> (child & 24)) & 127;
      if (value < above) {
        if (old < above) return;
        value = this.largestBelow((node * 8) | 0);
      }
    }
  }
}

/** The highest bit of each byte. */
const EIGHTHS = 0x8080_8080 | 0;

/** What makes, added to four values at once, those reach the highest bit of their bytes that are at least a size's class. */
function lessFor(size: number): number {
  return Math.imul(128 - classOf(size), 0x0101_0101);
}

/** The larger ones of four pairs of values. */
function larger(a: number, b: number): number {
  const isLarger = ((a | EIGHTHS) - b) & EIGHTHS;
  return b ^ ((a ^ b) & (isLarger - (isLarger >>> 7)));
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
