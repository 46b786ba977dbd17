/**
 * The bytes of a heap, within reach: the control block and the hole headers, as typed-array words.
 *
 * ```
 *   a hole:   +0  size in bytes   u64
 *             +8  address of the next hole, 0 for none   u64
 * ```
 * Inside, an address is a 32-bit offset from `origin`, the page boundary at or below the heap's bottom: integer
 * arithmetic instead of floating point. Where the page of an offset lies in the typed array is remembered per page
 * until the memory's `generation` changes; memory that is one run of bytes counts as a single page.
 *
 * @module
 */
import { alignDown, hex, type Memory, type Ptr } from "@kmem/memory";
import { joinWords, BOTTOM, END, EPOCH, FIRST, FIRST_GAP, HOLES, isHeap, isInside, USED } from "./control-block.ts";
import { HeapCorruptionError } from "./errors.ts";
import { NONE, UNKNOWN } from "./offsets.ts";
import { gapsOf, type Gap } from "./regions.ts";

const PAGE_SHIFT = 12;
/** The shift under which a heap of 4 GiB is two pages. */
const LINEAR_SHIFT = 31;
const TWO_32 = 0x1_0000_0000;
const NOTHING = new Uint32Array(0);

/** Access to one heap; every handle on the heap has its own. */
export class HeapView {
  readonly memory: Memory;
  readonly controlAt: Ptr;
  /** Whether hole links beyond the end are followed: they arise from frees that only upstream accepts. */
  readonly trustsLinks: boolean;
  /** Whether other threads can reach the heap, so that changes are journaled. */
  readonly isShared: boolean;

  /** The control block's words are `control[c + …]`. */
  control: Uint32Array = NOTHING;
  c = 0;
  // Where those lie that each operation needs: a sum, and a look-up of another module's constant, less for each.
  firstAt = 0;
  usedAt = 0;
  holesAt = 0;
  epochAt = 0;
  /** Of the control block, when this handle last looked. */
  epoch: number;
  /** Counts how often this handle had to read the control block anew. */
  reloads = 0;
  /** Counts how often the pages were found to have moved. */
  moves = 0;

  bottom: Ptr = 0;
  /** `bottom` + the usable size. */
  end: Ptr = 0;
  /** What lies between the heap's regions; a heap of one region has none. */
  gaps: readonly Gap[] = [];
  /** The address of offset 0. */
  origin: Ptr = 0;
  originLow = 0;
  originHigh = 0;
  /** Offsets of `bottom` and `end`. */
  bottomOffset = 0;
  endOffset = 0;

  /** The word at offset `o` is `words[(o >>> 2) + deltas[o >>> shift]]`. */
  words: Uint32Array = NOTHING;
  deltas: Int32Array = new Int32Array(1).fill(UNKNOWN);
  shift: number;
  /** The run of offsets that {@link HeapView.openRun} found: their words are `words[(o >>> 2) + runDelta]`. */
  runDelta = 0;
  /** Headers of holes from this up to {@link HeapView.runLimit}, exclusive, lie in the run. */
  private runStart = 0;
  runLimit = 0;
  /** Links of this offset and beyond are damaged. */
  private linkLimit = 0;
  /** What a link's low word minus `originLow` is below this, as a signed integer, is an offset without further ado. */
  quickLimit = 0;
  private generation = -1;
  private isLoaded = false;

  constructor(memory: Memory, controlAt: Ptr, trustsLinks: boolean) {
    this.memory = memory;
    this.controlAt = controlAt;
    this.trustsLinks = trustsLinks;
    this.isShared = memory.isShared;
    this.shift = LINEAR_SHIFT;
    this.epoch = -1;
  }

  /** Catches up with what others did: call it first in each operation. */
  sync(): void {
    if (this.memory.generation !== this.generation) this.locateControl();
    if (this.control[this.epochAt] !== this.epoch) this.followOthers();
  }

  /** Another handle has changed the heap, which mostly leaves it where it is. */
  private followOthers(): void {
    const { control, c } = this;
    if (
      this.isLoaded &&
      joinWords(control[c + BOTTOM]!, control[c + BOTTOM + 1]!) === this.bottom &&
      joinWords(control[c + END]!, control[c + END + 1]!) === this.end &&
      (control[c + FIRST_GAP]! | control[c + FIRST_GAP + 1]! | this.gaps.length) === 0
    ) {
      this.epoch = control[c + EPOCH]!;
      this.reloads++;
    } else this.reload();
  }

  /** Reads the control block anew. */
  reload(): void {
    this.locateControl();
    const { control, c } = this;
    const bottom = joinWords(control[c + BOTTOM]!, control[c + BOTTOM + 1]!);
    const end = joinWords(control[c + END]!, control[c + END + 1]!);
    if (!isHeap(bottom, end) || !isInside(this.memory, bottom, end - bottom))
      throw new HeapCorruptionError(
        `bottom ${hex(bottom)} and end ${hex(end)} in the control block are no heap`,
        this.controlAt,
      );
    this.isLoaded = true;
    this.epoch = control[c + EPOCH]!;
    this.bottom = bottom;
    this.end = end;
    this.origin = asSmall(alignDown(this.bottom, 1 << PAGE_SHIFT));
    this.originLow = this.origin >>> 0;
    this.originHigh = Math.floor(this.origin / TWO_32) >>> 0;
    this.bottomOffset = (this.bottom - this.origin) | 0;
    this.endOffset = asSmall(this.end - this.origin);
    const hasGaps = (control[c + FIRST_GAP]! | control[c + FIRST_GAP + 1]!) !== 0;
    const gaps = hasGaps ? gapsOf(this.memory, this.controlAt, this.bottom, this.end) : [];
    if (gaps === undefined)
      throw new HeapCorruptionError("the records of its gaps contradict themselves", this.controlAt + FIRST_GAP * 4);
    this.gaps = gaps;
    this.reloads++;
    this.linkLimit = this.trustsLinks ? TWO_32 : this.endOffset;
    // An address that is a multiple of 2^32 has the same low word as "none".
    this.quickLimit = Math.min(this.linkLimit, 0x7fff_ffff, TWO_32 - this.originLow) | 0;
    this.forgetPages();
  }

  /** Makes the control block say where the heap is. */
  begin(bottom: Ptr, size: number): void {
    const { control, c } = this;
    control[c + BOTTOM] = bottom;
    control[c + BOTTOM + 1] = Math.floor(bottom / TWO_32);
    control[c + END] = bottom + size;
    control[c + END + 1] = Math.floor((bottom + size) / TWO_32);
    control[c + FIRST_GAP] = 0;
    control[c + FIRST_GAP + 1] = 0;
    this.bumpEpoch();
    this.reload();
  }

  /** Counts one change: other handles will notice. */
  bumpEpoch(): void {
    this.epoch = this.control[this.epochAt] = (this.epoch + 1) >>> 0;
  }

  /** The address of an offset. */
  address(offset: number): Ptr {
    return this.origin + offset;
  }

  /**
   * The index in `words` of the word at an offset.
   *
   * @returns −1 when the word must be reached through the memory: its page is not in `words`
   */
  at(offset: number): number {
    const delta = this.deltas[offset >>> this.shift];
    return delta !== undefined && delta !== UNKNOWN ? (offset >>> 2) + delta : this.findPage(offset);
  }

  /** Finds how far the words from an offset on can be reached directly; for none `runLimit` is not above it. */
  openRun(offset: number): void {
    if (offset < this.runStart || offset >= this.runLimit) this.findRun(offset);
  }

  private findRun(offset: number): void {
    const { quickLimit, shift } = this;
    this.runLimit = 0;
    if (offset >= quickLimit) return;
    const page = offset >>> shift;
    let delta = this.deltas[page]!;
    if (delta === UNKNOWN) {
      this.findPage(offset);
      delta = this.deltas[page]!;
      if (delta === UNKNOWN) return;
    }
    this.runDelta = delta;
    this.runStart = page << shift;
    // A header at the last 8 bytes of a page lies in two pages.
    this.runLimit = shift === LINEAR_SHIFT ? quickLimit : Math.min(quickLimit, (page + 1) * (1 << shift) - 8);
  }

  /** The size of the hole at an offset, in bytes. */
  sizeAt(offset: number): number {
    const index = this.at(offset);
    return index >= 0 ? this.words[index]! : this.memory.readU32(this.origin + offset);
  }

  /** The offset of the hole behind the one at an offset, or {@link NONE}. */
  nextAt(offset: number): number {
    const index = this.at(offset + 8);
    if (index >= 0) return this.follow(this.words[index]!, this.words[index + 1]!, offset);
    const link = this.origin + offset + 8;
    return this.follow(this.memory.readU32(link), this.memory.readU32(link + 4), offset);
  }

  /** The offset of the first hole, or {@link NONE}. */
  first(): number {
    const { control, firstAt } = this;
    return this.follow(control[firstAt]!, control[firstAt + 1]!, -8);
  }

  /**
   * The offset that a link points at.
   *
   * Links must ascend, so a walk ends whatever the bytes hold.
   *
   * @param from - the offset of the hole that holds the link
   */
  follow(low: number, high: number, from: number): number {
    if (low === 0 && high === 0) return NONE;
    const offset = (low - this.originLow) >>> 0;
    if (offset <= from || offset >= this.linkLimit || (offset & 7) !== 0) throw this.badLink(low, high, from);
    return offset;
  }

  badLink(low: number, high: number, from: number): HeapCorruptionError {
    const shown = `0x${high.toString(16)}${low.toString(16).padStart(8, "0")}`;
    return new HeapCorruptionError(
      `expected the address of a hole further up in the heap, got ${shown}`,
      from < 0 ? this.controlAt + FIRST * 4 : this.origin + from + 8,
    );
  }

  /** Finds the control block's words anew, and forgets where the heap's pages are. */
  private locateControl(): void {
    do {
      // A fault handler that runs inside of `window` may change the mapping once more.
      this.generation = this.memory.generation;
      const { views, firstIndex, address } = this.memory.window(this.controlAt, true);
      this.control = views.u32;
      // `| 0`: quotients are integers, and V8 is to store and add them as such.
      this.c = ((firstIndex + (this.controlAt - address)) / 4) | 0;
    } while (this.memory.generation !== this.generation);
    this.firstAt = this.c + FIRST;
    this.usedAt = this.c + USED;
    this.holesAt = this.c + HOLES;
    this.epochAt = this.c + EPOCH;
    this.forgetPages();
  }

  private forgetPages(): void {
    this.moves++;
    this.runLimit = 0;
    const { bottom, end } = this;
    if (bottom === 0) return;
    const { views, address, byteLength } = this.memory.window(bottom, true);
    this.words = views.u32;
    this.shift = address <= bottom && address + byteLength >= end ? LINEAR_SHIFT : PAGE_SHIFT;
    const pages = this.shift === LINEAR_SHIFT ? 2 : Math.ceil(this.endOffset / (1 << PAGE_SHIFT));
    if (this.deltas.length !== pages) this.deltas = new Int32Array(pages);
    this.deltas.fill(UNKNOWN);
  }

  /** Asks the memory for the page of an offset, and remembers it if it is whole. @returns as {@link HeapView.at} */
  private findPage(offset: number): number {
    const address = this.origin + offset;
    let window = this.memory.window(address, true);
    while (this.memory.generation !== this.generation) {
      this.locateControl();
      window = this.memory.window(address, true);
    }
    const before = address - window.address;
    if (window.views.u32 !== this.words || window.byteLength - before < 8) return -1;
    const index = (window.firstIndex + before) / 4;
    const page = offset >>> this.shift;
    const start = Math.max(this.origin + page * 2 ** this.shift, this.bottom);
    const stop = Math.min(this.origin + (page + 1) * 2 ** this.shift, this.end);
    if (window.address <= start && window.address + window.byteLength >= stop)
      this.deltas[page] = index - (offset >>> 2);
    return index;
  }
}

/** The same number, as the small integer that it may be: V8 keeps what comes out of a division or `%` as a double. */
function asSmall(value: number): number {
  const small = value | 0;
  return small === value ? small : value;
}
