/**
 * Finding holes: by walking the list, or by the index. Both find the same.
 *
 * The loops here are the heap's hot path. Offsets in them are signed 32-bit integers; what is unusual (a page not seen
 * yet, the list's end, damage, a heap beyond 2 GiB) is left to `HeapView.nextAt`, which knows all cases.
 *
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";
import { MIN_BLOCK_SIZE } from "./align.ts";
import { HeapView } from "./heap-view.ts";
import { IndexKeeper, type IndexMode } from "./index-keeper.ts";
import { HEAD, NONE } from "./offsets.ts";

/** What has been found stays in the fields until the next search. */
export class HoleFinder extends HeapView {
  protected readonly keeper: IndexKeeper;

  /** The hole before the one that was found, or {@link HEAD}. */
  previous: number;
  /** The size of the hole before, 0 for `HEAD`; set by `findAround`. */
  previousSize = 0;
  /** Where the link from the hole before lies: an index in `words`, or for `HEAD` in `control`; −1: unknown. */
  link = 0;
  /** The size of the hole found, in bytes; set by `findFit`. */
  size = 0;
  /** Where the block starts in the hole found; set by `findFit`. */
  start = 0;

  constructor(memory: Memory, controlAt: Ptr, trustsLinks: boolean, mode: IndexMode) {
    super(memory, controlAt, trustsLinks);
    this.previous = HEAD;
    this.keeper = new IndexKeeper(this, mode);
  }

  /**
   * Finds the first hole with room, and sets `previous`, `link`, `size` and `start`.
   *
   * @param need - bytes; a multiple of 8
   * @param mask - the alignment − 1
   * @returns its offset, or {@link NONE}
   */
  findFit(need: number, mask: number): number {
    return this.keeper.ready() ? this.lookUpFit(need, mask) : this.walkToFit(need, mask);
  }

  /**
   * Finds the first hole at or above an offset, and sets `previous`, `previousSize` and `link`.
   *
   * @returns its offset, or {@link NONE}
   */
  findAround(offset: number): number {
    return this.keeper.ready() ? this.lookUpAround(offset) : this.walkTo(offset);
  }

  /** {@link HoleFinder.findFit} without the index. O(holes). */
  private walkToFit(need: number, mask: number): number {
    const { words, originLow, quickLimit, moves } = this;
    let previous = HEAD;
    let link = this.firstAt;
    let hole = this.first();
    while (hole !== NONE) {
      this.openRun(hole);
      const { runDelta: delta, runLimit: limit } = this;
      if (hole < limit) {
        // The hot loop: no call in it, so that the compiler keeps all in registers. A step can begin only when the word
        // before has been read, so its index is computed from that word in as few steps as can be.
        const toLink = (delta + 2 - (originLow >>> 2)) | 0;
        let next = hole;
        let nextLink = ((hole >>> 2) + delta + 2) >>> 0;
        do {
          hole = next;
          const size = words[(nextLink - 2) >>> 0]!;
          if (size >= need) {
            const start = startIn(originLow, hole, mask);
            const rest = hole + size - start - need;
            if (rest === 0 || rest >= 16) {
              this.previous = previous;
              this.link = link;
              this.size = size;
              this.start = start;
              return hole;
            }
          }
          previous = hole;
          link = nextLink;
          const low = words[link]!;
          nextLink = ((low >>> 2) + toLink) >>> 0;
          next = (low - originLow) | 0;
        } while (next > hole && next < limit);
        hole = next > hole && next < quickLimit ? next : this.nextAt(hole);
      } else {
        const size = this.sizeAt(hole);
        if (size >= need && this.fits(hole, size, need, mask)) {
          this.setPrevious(previous);
          return hole;
        }
        previous = hole;
        hole = this.nextAt(hole);
        link = this.at(previous + 8);
      }
      if (moves !== this.moves) return this.walkToFit(need, mask);
    }
    return NONE;
  }

  /** {@link HoleFinder.findAround} without the index. O(holes). */
  walkTo(offset: number): number {
    const { words, originLow, quickLimit, moves } = this;
    let previous = HEAD;
    let link = this.firstAt;
    let hole = this.first();
    while (hole !== NONE && hole < offset) {
      this.openRun(hole);
      const { runDelta: delta, runLimit } = this;
      const limit = offset < runLimit ? offset : runLimit;
      if (hole < limit) {
        const toLink = (delta + 2 - (originLow >>> 2)) | 0;
        let next = hole;
        let nextLink = ((hole >>> 2) + delta + 2) >>> 0;
        do {
          hole = next;
          link = nextLink;
          const low = words[link]!;
          nextLink = ((low >>> 2) + toLink) >>> 0;
          next = (low - originLow) | 0;
        } while (next > hole && next < limit);
        previous = hole;
        hole = next > hole && next < quickLimit ? next : this.nextAt(hole);
      } else {
        previous = hole;
        hole = this.nextAt(hole);
        link = this.at(previous + 8);
      }
      if (moves !== this.moves) return this.walkTo(offset);
    }
    this.previous = previous;
    this.link = link;
    this.previousSize = previous === HEAD ? 0 : this.sizeAt(previous);
    return hole;
  }

  private lookUpFit(need: number, mask: number): number {
    const { index } = this.keeper;
    for (let chunk = index.firstChunk(need); chunk >= 0; chunk = index.chunkFrom(chunk + 1, need)) {
      let left = index.holesIn(chunk);
      while (left !== 0) {
        const hole = chunk * 256 + (31 - Math.clz32(left & -left)) * 8;
        left &= left - 1;
        const size = this.sizeAt(hole);
        if (size >= need && this.fits(hole, size, need, mask)) {
          // Only a hole that goes away or moves needs the link to it changed.
          if (this.start === hole) this.setPrevious(index.holeBefore(hole));
          return hole;
        }
      }
    }
    return NONE;
  }

  private lookUpAround(offset: number): number {
    const previous = this.keeper.index.holeBefore(offset);
    this.setPrevious(previous);
    if (previous === HEAD) return this.first();
    this.previousSize = this.sizeAt(previous);
    return this.nextAt(previous);
  }

  protected setPrevious(previous: number): void {
    this.previous = previous;
    this.previousSize = 0;
    this.link = previous === HEAD ? this.firstAt : this.at(previous + 8);
  }

  /**
   * Whether a block fits into a hole that is not smaller; sets `size` and `start`.
   *
   * A block does not start less than a hole's header behind the hole's start, nor end so close to its end: what is left
   * over on either side must be a hole.
   */
  private fits(hole: number, size: number, need: number, mask: number): boolean {
    const start = startIn(this.originLow, hole, mask);
    const rest = hole + size - start - need;
    if (rest !== 0 && rest < MIN_BLOCK_SIZE) return false;
    this.size = size;
    this.start = start;
    return true;
  }
}

/** The offset at which a block starts in a hole: at the hole's, or as far behind it as another hole needs. */
function startIn(originLow: number, hole: number, mask: number): number {
  const low = (originLow + hole) | 0;
  return (low & mask) === 0 ? hole : hole + MIN_BLOCK_SIZE + (-(low + MIN_BLOCK_SIZE) & mask);
}
