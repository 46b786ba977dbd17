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

/** Not of a block: the allocator's own, or nothing of the heap. Not judged. */
export const UNKNOWN = 0;
/** Of a live block, not written yet. */
export const FRESH = 1;
/** Of a live block, written. */
export const WRITTEN = 2;
/** Of the red zone beside a block, live or in quarantine. */
export const RED = 3;
/** Of a freed block in quarantine. */
export const FREED = 4;
/** Of a freed block that the allocator has back. */
export const RETURNED = 5;
/** Inside the heap's range, and no block has been there. */
export const WILD = 6;

/** Where a search found nothing. No address: fractional ones are none. */
export const NOWHERE = 0.5;

const PAGE_SIZE = 4096;
const NOTHING: Uint8Array = new Uint8Array(PAGE_SIZE);

/** A range of addresses. */
export interface Range {
  /** Lowest address. */
  readonly start: Ptr;
  /** Bytes. */
  readonly size: number;
}

export class Shadow {
  private readonly pages = new Map<Ptr, Uint8Array>();
  private readonly heap: Range | undefined;
  private readonly wildPage = new Uint8Array(PAGE_SIZE).fill(WILD);
  // The page looked at last.
  private shownAt: Ptr = NaN;
  private shown: Uint8Array = NOTHING;

  /** @param heap - where bytes are {@link WILD} until a block takes them; without it they are {@link UNKNOWN} */
  constructor(heap: Range | undefined) {
    this.heap = heap;
    if (heap === undefined || heap.size === 0) return;
    // Its first and last page may lie in it by a part only; of the others none is made before a block is there.
    for (const at of [heap.start, heap.start + heap.size - 1]) this.pageToWrite(startOfPage(at));
  }

  stateOf(at: Ptr): number {
    return this.page(startOfPage(at))[at & 4095] ?? UNKNOWN;
  }

  /** The 4096 states from `pageStart` on; not to be changed. */
  page(pageStart: Ptr): Uint8Array {
    if (pageStart === this.shownAt) return this.shown;
    this.shown = this.pages.get(pageStart) ?? (this.isWild(pageStart) ? this.wildPage : NOTHING);
    this.shownAt = pageStart;
    return this.shown;
  }

  fill(at: Ptr, length: number, state: number): void {
    eachPart(at, length, (pageStart, from, to) => {
      this.pageToWrite(pageStart).fill(state, from, to);
    });
  }

  /** Marks the bytes of live blocks among these as written. */
  markWritten(at: Ptr, length: number): void {
    for (let done = 0; done < length;) {
      const pageStart = startOfPage(at + done);
      const page = this.page(pageStart);
      const stop = Math.min(PAGE_SIZE, at + length - pageStart);
      let i = at + done - pageStart;
      done += stop - i;
      if (page === NOTHING || page === this.wildPage) continue;
      for (; i < stop; i++) if (page[i] === FRESH) page[i] = WRITTEN;
    }
  }

  /**
   * Says that bytes were copied, possibly overlapping: written ones arrive as written, the others as not.
   *
   * @returns whether bytes that were written no longer are
   */
  copy(to: Ptr, from: Ptr, length: number): boolean {
    const states = new Uint8Array(length);
    let i = 0;
    eachPart(from, length, (pageStart, first, stop) => {
      states.set(this.page(pageStart).subarray(first, stop), i);
      i += stop - first;
    });
    i = 0;
    let hasLost = false;
    eachPart(to, length, (pageStart, first, stop) => {
      const page = this.page(pageStart);
      for (let j = first; j < stop; j++) {
        const before = page[j];
        const after = states[i++] === FRESH ? FRESH : WRITTEN;
        if (before === after || (before !== FRESH && before !== WRITTEN)) continue;
        page[j] = after;
        if (after === FRESH) hasLost = true;
      }
    });
    return hasLost;
  }

  /**
   * Looks for a byte that must not be touched.
   *
   * @param mustBeWritten - whether {@link FRESH} bytes are looked for instead
   * @returns the first address, or {@link NOWHERE}
   */
  firstBad(at: Ptr, length: number, mustBeWritten: boolean): Ptr {
    for (const pageStart of this.pagesOf(at, length)) {
      const page = this.page(pageStart);
      if (page === NOTHING) continue;
      const stop = Math.min(PAGE_SIZE, at + length - pageStart);
      for (let i = Math.max(0, at - pageStart); i < stop; i++) {
        const state = page[i]!;
        if (mustBeWritten ? state === FRESH : state >= RED) return pageStart + i;
      }
    }
    return NOWHERE;
  }

  /** The first byte that is a block's already, in quarantine too, or {@link NOWHERE}. */
  firstTaken(at: Ptr, length: number): Ptr {
    for (const pageStart of this.pagesOf(at, length)) {
      const page = this.page(pageStart);
      const stop = Math.min(PAGE_SIZE, at + length - pageStart);
      for (let i = Math.max(0, at - pageStart); i < stop; i++) {
        const state = page[i]!;
        if (state !== UNKNOWN && state < RETURNED) return pageStart + i;
      }
    }
    return NOWHERE;
  }

  /** Starts of the pages that a range touches; of a range much larger than all we know, only those that are known. */
  private pagesOf(at: Ptr, length: number): Ptr[] {
    const first = startOfPage(at);
    const count = Math.ceil((at + length - first) / PAGE_SIZE);
    if (count <= 2 * this.pages.size + 1024) return Array.from({ length: count }, (_, i) => first + i * PAGE_SIZE);
    return [first, ...this.pages.keys()].filter((page) => page >= first && page < at + length).sort((a, b) => a - b);
  }

  private isWild(pageStart: Ptr): boolean {
    const { heap } = this;
    return heap !== undefined && pageStart >= heap.start && pageStart + PAGE_SIZE <= heap.start + heap.size;
  }

  private pageToWrite(pageStart: Ptr): Uint8Array {
    const known = this.pages.get(pageStart);
    if (known !== undefined) return known;
    const made = new Uint8Array(PAGE_SIZE);
    const { heap } = this;
    if (heap !== undefined) {
      const from = Math.max(0, heap.start - pageStart);
      const to = Math.min(PAGE_SIZE, heap.start + heap.size - pageStart);
      if (from < to) made.fill(WILD, from, to);
    }
    this.pages.set(pageStart, made);
    this.shownAt = NaN;
    return made;
  }
}

/** Start of the page of `at`. JavaScript's `&` keeps the low bits right for negative addresses and large ones alike. */
function startOfPage(at: Ptr): Ptr {
  return at - (at & 4095);
}

/** Calls `visit` with the start of each page of a range, and the indices in that page. */
function eachPart(at: Ptr, length: number, visit: (pageStart: Ptr, from: number, to: number) => void): void {
  const end = at + length;
  for (let pageStart = startOfPage(at); pageStart < end; pageStart += PAGE_SIZE)
    visit(pageStart, Math.max(0, at - pageStart), Math.min(PAGE_SIZE, end - pageStart));
}
