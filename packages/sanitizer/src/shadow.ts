/**
 * The shadow map: for each byte of memory, what the program may do with it.
 *
 * ```
 *   memory   │ red zone │ block of 5 bytes, 2 of them written │ red zone │ the allocator's
 *   shadow   │ 3 3 3 3  │ 2 2 1 1 1                           │ 3 3 3 3  │ 0 …
 * ```
 * One byte of shadow for one byte of memory, in pages of 4096 that are made when a block first touches them. Tools that
 * know only "accessible or not" keep one byte for eight; here each byte also carries whether it was written, blocks have
 * sizes of any number of bytes, and one look-up answers both questions.
 *
 * @module
 */
import type { Ptr } from "@kmem/memory";

// States. A byte may be touched unless it has the bit BAD; what is not FRESH then may be read.
/** Not of a block: the allocator's own, or nothing of the heap. Not judged. */
export const UNKNOWN = 0;
/** Of a live block, not written yet. */
export const FRESH = 1;
/** Of a live block, written. */
export const WRITTEN = 2;
/** Of the red zone beside a block, live or in quarantine. */
export const RED = 4;
/** Of a freed block in quarantine. */
export const FREED = 5;
/** Of a freed block that the allocator has back. */
export const RETURNED = 6;
/** Inside the heap's range, and no block has been there. */
export const WILD = 7;
/** The bit of all states that must not be touched. */
export const BAD = 4;

/** The same for four bytes at once. */
const FOUR = 0x0101_0101;

/** Where a search found nothing. No address: fractional ones are none. */
export const NOWHERE = 0.5;

export const PAGE_SIZE = 4096;

/** The states of 4096 bytes, by one and by four. */
export interface ShadowPage {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
}

const NOTHING: ShadowPage = makePage(UNKNOWN);

/** A range of addresses. */
export interface Range {
  /** Lowest address. */
  readonly start: Ptr;
  /** Bytes. */
  readonly size: number;
}

export class Shadow {
  private readonly pages = new Map<Ptr, ShadowPage>();
  private readonly heap: Range | undefined;
  private readonly wildPage = makePage(WILD);
  // The page looked at last.
  private shownAt: Ptr = NaN;
  private shown: ShadowPage = NOTHING;

  /** @param heap - where bytes are {@link WILD} until a block takes them; without it they are {@link UNKNOWN} */
  constructor(heap: Range | undefined) {
    this.heap = heap;
    if (heap === undefined || heap.size === 0) return;
    // Its first and last page may lie in it by a part only; of the others none is made before a block is there.
    for (const at of [heap.start, heap.start + heap.size - 1]) this.pageToWrite(startOfPage(at));
  }

  stateOf(at: Ptr): number {
    return this.page(startOfPage(at)).bytes[at & (PAGE_SIZE - 1)]!;
  }

  /** The states from `pageStart` on. Where no block ever was, pages are shared: only {@link FRESH} bytes may be changed. */
  page(pageStart: Ptr): ShadowPage {
    if (pageStart === this.shownAt) return this.shown;
    this.shown = this.pages.get(pageStart) ?? (this.isWild(pageStart) ? this.wildPage : NOTHING);
    this.shownAt = pageStart;
    return this.shown;
  }

  fill(at: Ptr, length: number, state: number): void {
    const end = at + length;
    for (let from = at; from < end; from = startOfPage(from) + PAGE_SIZE) {
      const pageStart = startOfPage(from);
      this.pageToWrite(pageStart).bytes.fill(state, from - pageStart, Math.min(PAGE_SIZE, end - pageStart));
    }
  }

  /** Marks the bytes of live blocks among these as written. */
  markWritten(at: Ptr, length: number): void {
    const end = at + length;
    for (let from = at; from < end; from = startOfPage(from) + PAGE_SIZE) {
      const pageStart = startOfPage(from);
      const page = this.page(pageStart);
      if (page === NOTHING || page === this.wildPage) continue;
      const { bytes, words } = page;
      const stop = Math.min(PAGE_SIZE, end - pageStart);
      for (let i = from - pageStart; i < stop;) {
        if ((i & 3) === 0 && i + 4 <= stop && fourLack(words, i >>> 2, BAD)) {
          markFour(words, i >>> 2);
          i += 4;
        } else {
          if (bytes[i] === FRESH) bytes[i] = WRITTEN;
          i++;
        }
      }
    }
  }

  /**
   * Says that bytes which may all be touched were copied, possibly overlapping: written ones arrive as written, the
   * others as not.
   *
   * @returns whether bytes that were written no longer are
   */
  copy(to: Ptr, from: Ptr, length: number): boolean {
    if (this.firstWith(from, length, FRESH) === NOWHERE) {
      this.markWritten(to, length);
      return false;
    }
    const states = Uint8Array.from({ length }, (_, i) => this.stateOf(from + i));
    let hasLost = false;
    for (let i = 0; i < length; i++) {
      const { bytes } = this.page(startOfPage(to + i));
      const index = (to + i) & (PAGE_SIZE - 1);
      const before = bytes[index];
      if (before !== FRESH && before !== WRITTEN) continue;
      const after = states[i] === FRESH ? FRESH : WRITTEN;
      if (before === WRITTEN && after === FRESH) hasLost = true;
      bytes[index] = after;
    }
    return hasLost;
  }

  /**
   * Looks for a byte whose state has any of `bits`: {@link BAD}, or, where there is none of these, {@link FRESH}.
   *
   * @returns the first address, or {@link NOWHERE}
   */
  firstWith(at: Ptr, length: number, bits: number): Ptr {
    const end = at + length;
    if (length > PAGE_SIZE * (2 * this.pages.size + 1024)) return this.firstKnownWith(at, end, bits);
    for (let from = at; from < end; from = startOfPage(from) + PAGE_SIZE) {
      const found = this.firstInPage(startOfPage(from), at, end, bits);
      if (found !== NOWHERE) return found;
    }
    return NOWHERE;
  }

  /** The first byte that is a block's already, in quarantine too, or {@link NOWHERE}. */
  firstTaken(at: Ptr, length: number): Ptr {
    for (let i = at; i < at + length; i++) {
      const state = this.stateOf(i);
      if (state !== UNKNOWN && state < RETURNED) return i;
    }
    return NOWHERE;
  }

  private firstInPage(pageStart: Ptr, at: Ptr, end: Ptr, bits: number): Ptr {
    const page = this.page(pageStart);
    if (page === NOTHING) return NOWHERE;
    const { bytes, words } = page;
    const stop = Math.min(PAGE_SIZE, end - pageStart);
    for (let i = Math.max(0, at - pageStart); i < stop; i++) {
      while ((i & 3) === 0 && i + 4 <= stop && (words[i >>> 2]! & (bits * FOUR)) === 0) i += 4;
      if (i < stop && (bytes[i]! & bits) !== 0) return pageStart + i;
    }
    return NOWHERE;
  }

  /** The same for a range much larger than all that is known: only the known pages are looked at, and the first. */
  private firstKnownWith(at: Ptr, end: Ptr, bits: number): Ptr {
    const first = startOfPage(at);
    const known = [...this.pages.keys()].filter((page) => page > first && page < end).sort((a, b) => a - b);
    for (const pageStart of [first, ...known]) {
      const found = this.firstInPage(pageStart, at, end, bits);
      if (found !== NOWHERE) return found;
    }
    return NOWHERE;
  }

  private isWild(pageStart: Ptr): boolean {
    const { heap } = this;
    return heap !== undefined && pageStart >= heap.start && pageStart + PAGE_SIZE <= heap.start + heap.size;
  }

  private pageToWrite(pageStart: Ptr): ShadowPage {
    const known = this.pages.get(pageStart);
    if (known !== undefined) return known;
    const made = makePage(UNKNOWN);
    const { heap } = this;
    if (heap !== undefined) {
      const from = Math.max(0, heap.start - pageStart);
      const to = Math.min(PAGE_SIZE, heap.start + heap.size - pageStart);
      if (from < to) made.bytes.fill(WILD, from, to);
    }
    this.pages.set(pageStart, made);
    this.shownAt = NaN;
    return made;
  }
}

/** Marks four bytes that may be touched: FRESH (1) becomes WRITTEN (2), UNKNOWN and WRITTEN stay. */
export function markFour(words: Uint32Array, index: number): void {
  const word = words[index]!;
  if ((word & (FRESH * FOUR)) !== 0) words[index] = word + (word & (FRESH * FOUR));
}

/** Whether none of four bytes has any of `bits`. */
export function fourLack(words: Uint32Array, index: number, bits: number): boolean {
  return (words[index]! & (bits * FOUR)) === 0;
}

function makePage(state: number): ShadowPage {
  const bytes = new Uint8Array(PAGE_SIZE).fill(state);
  return { bytes, words: new Uint32Array(bytes.buffer) };
}

/** Start of the page of `at`. JavaScript's `&` keeps the low bits right for negative addresses and large ones alike. */
function startOfPage(at: Ptr): Ptr {
  return at - (at & 4095);
}
