/**
 * Taking blocks out of holes and giving them back, as `linked_list_allocator` 0.10.5 does it.
 *
 * The usual cases, here, write the words of the list directly, at indices that the search has found. The others (a rest
 * in front, pages out of sight) are left to list-changes.ts.
 *
 * @see https://github.com/rust-osdev/linked-list-allocator/blob/v0.10.5/src/hole.rs
 * @module
 */
import { LayoutError } from "@kmem/global-alloc";
import { alignUp, isPowerOfTwo, NULL, type Ptr } from "@kmem/memory";
import { BLOCK_ALIGN, MIN_BLOCK_SIZE } from "./align.ts";
import { aliasesHole, moreThanUsed, whyNotFreeable } from "./bad-free.ts";
import { SAME, sealJournal } from "./commit.ts";
import { MAX_HEAP_SIZE, SEALED } from "./control-block.ts";
import { ListChanges } from "./list-changes.ts";
import { HEAD, NONE, SKIP, UNKNOWN } from "./offsets.ts";

/** Larger alignments and sizes are rare and take the slow way. */
const MAX_QUICK_ALIGN = 0x4000_0000;
const MAX_QUICK_SIZE = 0x7fff_0000;

/** The engine of one handle on a heap. */
export class FirstFit extends ListChanges {
  /** @returns the address of a block, or `NULL`. @throws {@link LayoutError} */
  allocate(size: number, align: number): Ptr {
    this.sync();
    if (!isQuickSize(size) || !isQuickAlign(align)) return this.allocateRare(size, align);
    const need = size <= MIN_BLOCK_SIZE ? MIN_BLOCK_SIZE : (size + 7) & ~7;
    const hole = this.findFit(need, align - 1);
    return hole < 0 ? NULL : this.take(hole, need);
  }

  /** Gives a block back. @throws {@link BadFreeError} */
  free(at: Ptr, size: number, align: number): void {
    this.sync();
    const offset = this.quickOffset(at, size, align);
    if (offset < 0) {
      this.freeRare(at, size, align);
      return;
    }
    const need = size <= MIN_BLOCK_SIZE ? MIN_BLOCK_SIZE : (size + 7) & ~7;
    const next = this.findAround(offset);
    const used = this.expectFree(next, offset, need, at, size, align);
    this.insert(next, offset, need, used);
  }

  /** Refuses what {@link FirstFit.free} would, and changes nothing. @throws {@link BadFreeError} */
  expectFreeable(at: Ptr, size: number, align: number): void {
    this.sync();
    if (this.quickOffset(at, size, align) < 0) this.expectPossible(at, size, align);
    const need = Math.max(MIN_BLOCK_SIZE, alignUp(size, BLOCK_ALIGN));
    const offset = at - this.origin;
    this.expectFree(this.findAround(offset), offset, need, at, size, align);
  }

  /** The offset of a block that looks well at first sight; −1 for others, which are rare. */
  private quickOffset(at: Ptr, size: number, align: number): number {
    if (typeof at !== "number" || !isQuickSize(size) || !isQuickAlign(align) || this.gaps.length !== 0) return -1;
    const exact = at - this.origin;
    const offset = exact | 0;
    const need = size <= MIN_BLOCK_SIZE ? MIN_BLOCK_SIZE : (size + 7) & ~7;
    return offset !== exact ||
      ((offset | (this.originLow + offset)) & ((align - 1) | 7)) !== 0 ||
      offset < this.bottomOffset ||
      offset + need > this.endOffset
      ? -1
      : offset;
  }

  /** Takes `need` bytes at `start` out of the hole found. */
  private take(hole: number, need: number): Ptr {
    const { control, c, words, deltas, shift, start, size, previous, link } = this;
    const rest = hole + size - start - need;
    const back = start + need;
    // Where the words lie that are read and written, without a call: so the compiler looks at each array once.
    const holeDelta = deltas[(hole + 8) >>> shift]!;
    const sizeDelta = rest === 0 ? 0 : deltas[back >>> shift]!;
    const nextDelta = rest === 0 ? 0 : deltas[(back + 8) >>> shift]!;
    if (start !== hole || holeDelta === UNKNOWN || sizeDelta === UNKNOWN || nextDelta === UNKNOWN || link < 0) {
      this.takeRare(hole, need);
      return this.origin + start;
    }
    const holeLink = ((hole + 8) >>> 2) + holeDelta;
    let low = words[holeLink]!;
    let high = words[holeLink + 1]!;
    const { isShared } = this;
    if (isShared) {
      const next = this.follow(low, high, hole);
      const used = control[this.usedAt]! + need;
      if (rest !== 0) sealJournal(control, c, used, previous, back, back, rest, next, SKIP, 0, 0, SAME, 0);
      else sealJournal(control, c, used, previous, next, SKIP, 0, 0, SKIP, 0, 0, SAME, 0);
    }
    if (rest !== 0) {
      const sizeIndex = (back >>> 2) + sizeDelta;
      const nextIndex = ((back + 8) >>> 2) + nextDelta;
      words[sizeIndex] = rest;
      words[sizeIndex + 1] = 0;
      words[nextIndex] = low;
      words[nextIndex + 1] = high;
      low = (this.originLow + back) >>> 0;
      high = low < this.originLow ? this.originHigh + 1 : this.originHigh;
    } else control[this.holesAt]!--;
    if (previous === HEAD) {
      control[this.firstAt] = low;
      control[this.firstAt + 1] = high;
    } else {
      words[link] = low;
      words[link + 1] = high;
    }
    control[this.usedAt]! += need;
    control[this.epochAt] = this.epoch = (this.epoch + 1) >>> 0;
    if (isShared) control[c + SEALED] = 0;
    if (this.keeper.isLive) this.keeper.noteTaken(hole, size, 0, back, rest);
    return this.origin + start;
  }

  /** Makes a hole behind the one found, and joins it with those that it touches. */
  private insert(next: number, offset: number, need: number, used: number): void {
    const { control, c, words, deltas, shift, previous, previousSize, link } = this;
    const joinsNext = offset + need === next;
    const joinsPrevious = previous + previousSize === offset;
    const place = joinsPrevious ? previous : offset;
    const sizeDelta = deltas[place >>> shift]!;
    const nextDelta = deltas[(place + 8) >>> shift]!;
    const behindDelta = joinsNext ? deltas[next >>> shift]! : 0;
    const behindLinkDelta = joinsNext ? deltas[(next + 8) >>> shift]! : 0;
    if (
      (next < 0 && this.endOffset !== offset + need) ||
      (previous < 0 && offset !== this.bottomOffset && offset - this.bottomOffset < MIN_BLOCK_SIZE) ||
      sizeDelta === UNKNOWN ||
      nextDelta === UNKNOWN ||
      behindDelta === UNKNOWN ||
      behindLinkDelta === UNKNOWN ||
      link < 0
    ) {
      this.insertRare(next, offset, need, used);
      return;
    }
    const sizeIndex = (place >>> 2) + sizeDelta;
    const nextIndex = ((place + 8) >>> 2) + nextDelta;
    let nextSize = 0;
    let low: number;
    let high: number;
    if (joinsNext) {
      const behindLink = ((next + 8) >>> 2) + behindLinkDelta;
      nextSize = words[(next >>> 2) + behindDelta]!;
      low = words[behindLink]!;
      high = words[behindLink + 1]!;
    } else if (previous === HEAD) {
      low = control[this.firstAt]!;
      high = control[this.firstAt + 1]!;
    } else {
      low = words[link]!;
      high = words[link + 1]!;
    }
    const joined = joinsPrevious ? previousSize + need + nextSize : need + nextSize;
    const { isShared } = this;
    if (isShared) {
      const behind = joinsNext ? this.follow(low, high, next) : next;
      if (joinsPrevious) sealJournal(control, c, used, SKIP, 0, place, joined, behind, SKIP, 0, 0, SAME, 0);
      else sealJournal(control, c, used, previous, place, place, joined, behind, SKIP, 0, 0, SAME, 0);
    }
    words[sizeIndex] = joined;
    words[sizeIndex + 1] = 0;
    words[nextIndex] = low;
    words[nextIndex + 1] = high;
    if (!joinsPrevious) {
      const own = (this.originLow + offset) >>> 0;
      const ownHigh = own < this.originLow ? this.originHigh + 1 : this.originHigh;
      if (previous === HEAD) {
        control[this.firstAt] = own;
        control[this.firstAt + 1] = ownHigh;
      } else {
        words[link] = own;
        words[link + 1] = ownHigh;
      }
      if (!joinsNext) control[this.holesAt]!++;
    } else if (joinsNext) control[this.holesAt]!--;
    control[this.usedAt] = used;
    control[this.epochAt] = this.epoch = (this.epoch + 1) >>> 0;
    if (isShared) control[c + SEALED] = 0;
    if (this.keeper.isLive)
      this.keeper.noteFreed(previous, joinsPrevious ? previousSize : 0, offset, need, next, nextSize);
  }

  /** Sizes and alignments beyond 2^30: they fail, are refused, or fit by luck. */
  private allocateRare(size: number, align: number): Ptr {
    if (!isPowerOfTwo(align)) throw new LayoutError("layout/align", align);
    if (!Number.isSafeInteger(size) || size < 0) throw new LayoutError("layout/size", size);
    if (size > MAX_HEAP_SIZE) return NULL;
    // The search here walks, but what it finds is taken out of the index too.
    this.keeper.ready();
    const need = Math.max(MIN_BLOCK_SIZE, alignUp(size, BLOCK_ALIGN));
    let previous = HEAD;
    for (let hole = this.first(); hole !== NONE; hole = this.nextAt(hole)) {
      const address = this.origin + hole;
      const length = this.sizeAt(hole);
      const over = (address + MIN_BLOCK_SIZE) % align;
      // Beyond 2^53 the sum is not exact, and larger than any hole's end all the same.
      const aligned = over > 0 ? address + MIN_BLOCK_SIZE - over + align : address + MIN_BLOCK_SIZE - over;
      const start = address % align === 0 ? address : aligned;
      const rest = address + length - start - need;
      if (rest === 0 || rest >= MIN_BLOCK_SIZE) {
        this.setPrevious(previous);
        this.size = length;
        this.start = start - this.origin;
        return this.take(hole, need);
      }
      previous = hole;
    }
    return NULL;
  }

  /**
   * Frees that look wrong at first sight, lie beyond 2 GiB, or are of a heap with several regions.
   *
   * @throws {@link BadFreeError}
   */
  private freeRare(at: Ptr, size: number, align: number): void {
    this.expectPossible(at, size, align);
    const offset = at - this.origin;
    const need = Math.max(MIN_BLOCK_SIZE, alignUp(size, BLOCK_ALIGN));
    const next = this.findAround(offset);
    const used = this.expectFree(next, offset, need, at, size, align);
    if (next > 0x7fff_ffff || offset + need > 0x7fff_ffff) this.insertRare(next, offset, need, used);
    else this.insert(next, offset, need, used);
  }

  private expectPossible(at: Ptr, size: number, align: number): void {
    const reason = whyNotFreeable(this, at, size, align, !this.trustsLinks);
    if (reason !== undefined) throw reason;
  }

  /** Refuses a free that overlaps the holes found. @returns the bytes in use after it */
  private expectFree(next: number, offset: number, need: number, at: Ptr, size: number, align: number): number {
    const reachesNext = next >= 0 && offset + need > next;
    if (this.previous + this.previousSize > offset || reachesNext)
      throw aliasesHole(at, size, align, this.origin + (reachesNext ? next : this.previous));
    const used = this.control[this.usedAt]! - need;
    if (used < 0) throw moreThanUsed(at, size, align, used + need);
    return used;
  }
}

// Callers without types pass strings and bigints, which arithmetic would convert or throw a bare TypeError at.
function isQuickSize(size: number): boolean {
  return typeof size === "number" && size >>> 0 === size && size <= MAX_QUICK_SIZE;
}

function isQuickAlign(align: number): boolean {
  return (
    typeof align === "number" &&
    align > 0 &&
    align <= MAX_QUICK_ALIGN &&
    (align & (align - 1)) === 0 &&
    align >>> 0 === align
  );
}
