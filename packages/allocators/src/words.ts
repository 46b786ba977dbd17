/**
 * A range of memory as 32-bit words, reached without a call into the memory.
 *
 * ```
 *   word at byte offset o of the range:   i32[(o >>> 2) + deltas[o >>> shift]]
 * ```
 * Words read as signed, which keeps offsets small integers. A range that is one run of bytes has one delta (and `shift` 31, for two); in paged memory each page has its own, found
 * when the page is first met. All are forgotten when the memory's `generation` changes. What cannot be reached so (a
 * page that lies in other arrays) is read and written through the memory.
 *
 * @module
 */
import { alignDown, type Memory, type Ptr } from "@kmem/memory";

const PAGE_SHIFT = 12;
const LINEAR_SHIFT = 31;
/** The delta of a page that is not found: any index with it is below 0 and reads `undefined`. */
const UNKNOWN = -0x7fff_ffff;

/** Words of `length` bytes from `start`. Offsets count from {@link Words.origin}. */
export class Words {
  readonly memory: Memory;
  /** The address of offset 0: `start`, or the page that it lies in. */
  readonly origin: Ptr;
  private readonly start: Ptr;
  private readonly end: Ptr;

  i32!: Int32Array;
  deltas: Int32Array = new Int32Array(0);
  shift: number = LINEAR_SHIFT;
  private generation = -1;

  /** @param start - a multiple of 4 */
  constructor(memory: Memory, start: Ptr, length: number) {
    this.memory = memory;
    this.origin = alignDown(start, 1 << PAGE_SHIFT);
    this.start = start;
    this.end = start + length;
    this.sync();
  }

  /** Catches up with a memory that has moved: call it first in each operation. */
  sync(): void {
    if (this.memory.generation !== this.generation) this.forget();
  }

  /** Whether all words have the same delta. */
  get isLinear(): boolean {
    return this.shift === LINEAR_SHIFT;
  }

  get(offset: number): number {
    const word = this.i32[(offset >>> 2) + this.deltas[offset >>> this.shift]!];
    return word ?? this.getFar(offset);
  }

  set(offset: number, word: number): void {
    const delta = this.deltas[offset >>> this.shift]!;
    if (delta !== UNKNOWN) this.i32[(offset >>> 2) + delta] = word;
    else this.setFar(offset, word);
  }

  private getFar(offset: number): number {
    return this.find(offset) ? this.get(offset) : this.memory.readU32(this.origin + offset);
  }

  private setFar(offset: number, word: number): void {
    if (this.find(offset)) this.set(offset, word);
    else this.memory.writeU32(this.origin + offset, word);
  }

  /** Asks the memory for the page of an offset. @returns whether it is reached directly from now on */
  private find(offset: number): boolean {
    const page = offset >>> this.shift;
    const { views, firstIndex, address, byteLength } = this.memory.window(this.origin + offset, true);
    if (this.memory.generation !== this.generation) {
      // A fault handler that ran inside of `window` has changed the mapping.
      this.forget();
      return this.find(offset);
    }
    const from = Math.max(this.origin + page * (1 << PAGE_SHIFT), this.start);
    const to = Math.min(this.origin + (page + 1) * (1 << PAGE_SHIFT), this.end);
    if (this.shift === LINEAR_SHIFT || views.i32 !== this.i32 || address > from || address + byteLength < to)
      return false;
    this.deltas[page] = (firstIndex + (this.origin + offset - address)) / 4 - (offset >>> 2);
    return true;
  }

  /** Begins anew: where everything lies is not known. */
  private forget(): void {
    const { memory, start, end, origin } = this;
    this.generation = memory.generation;
    const { views, firstIndex, address, byteLength } = memory.window(start, true);
    this.generation = memory.generation;
    this.i32 = views.i32;
    const isLinear = address <= start && address + byteLength >= end;
    this.shift = isLinear ? LINEAR_SHIFT : PAGE_SHIFT;
    const pages = isLinear ? 2 : Math.ceil((end - origin) / (1 << PAGE_SHIFT));
    if (this.deltas.length !== pages) this.deltas = new Int32Array(pages);
    this.deltas.fill(isLinear ? (firstIndex + (start - address) - (start - origin)) / 4 : UNKNOWN);
  }
}
