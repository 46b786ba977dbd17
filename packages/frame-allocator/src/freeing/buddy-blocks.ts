/**
 * The blocks of a buddy allocator, by the index of their first frame: taking, splitting, giving back, joining.
 *
 * Indices and orders are not checked: that is the allocator's part.
 *
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";
import type { BitTree } from "../bits/bit-tree.ts";
import { buddyParts, FREE, ORDER_MASK, TAKEN } from "./buddy-layout.ts";
import { addFree, damaged, readFree, type Coverage } from "./header.ts";

/** What a frame is part of. */
export type BlockState = "free" | "taken" | "none";

/** Blocks of 2^order frames, in memory. */
export class BuddyBlocks {
  private readonly memory: Memory;
  private readonly at: Ptr;
  private readonly covered: number;
  private readonly usable: number;
  private readonly maxOrder: number;
  private readonly free: readonly BitTree[];
  private readonly blocksAt: Ptr;

  constructor(memory: Memory, at: Ptr, coverage: Coverage) {
    this.memory = memory;
    this.at = at;
    this.covered = coverage.covered;
    this.usable = coverage.usable;
    this.maxOrder = coverage.maxOrder;
    const { free, blocksAt } = buddyParts(memory, at, coverage);
    this.free = free;
    this.blocksAt = blocksAt;
  }

  /** Takes the lowest block of the smallest order that serves. @returns its index; -1 when there is none */
  take(wanted: number): number {
    let order = wanted;
    let found = -1;
    for (; order <= this.maxOrder; order++) {
      found = this.free[order]!.lowest();
      if (found >= 0) break;
    }
    if (found < 0) return -1;
    const index = found * 2 ** order;
    this.free[order]!.remove(found);
    while (order > wanted) this.addFreeBlock(index + 2 ** --order, order);
    this.setBlock(index, TAKEN | wanted);
    addFree(this.memory, this.at, -(2 ** wanted));
    return index;
  }

  /** Of a block in use keeps the first `count` frames, as a block for each bit of `count`, and gives the rest back. */
  keepFirst(start: number, order: number, count: number): void {
    let at = start;
    let rest = count;
    this.setBlock(at, 0);
    for (let half = order - 1; rest > 0; half--) {
      const size = 2 ** half;
      if (rest < size) {
        this.addFreeBlock(at + size, half);
        continue;
      }
      this.setBlock(at, TAKEN | half);
      at += size;
      rest -= size;
      // What is behind the last frame kept, up to the end of the block that was halved.
      if (rest === 0) this.addFreeBlock(at, half);
    }
    addFree(this.memory, this.at, 2 ** order - count);
  }

  /** Gives a block back, and joins it with its buddy as long as that is free. */
  giveBack(start: number, ownOrder: number): void {
    let index = start;
    let order = ownOrder;
    this.setBlock(index, 0);
    for (; order < this.maxOrder; order++) {
      const buddy = index ^ (1 << order);
      if (buddy >= this.covered || this.block(buddy) !== (FREE | order)) break;
      this.free[order]!.remove(buddy >>> order);
      this.setBlock(buddy, 0);
      index &= ~(1 << order);
    }
    this.addFreeBlock(index, order);
    addFree(this.memory, this.at, 2 ** ownOrder);
  }

  /** Makes the largest aligned blocks of a range free that fit. */
  addRange(start: number, end: number): void {
    for (let index = start; index < end;) {
      let order = 0;
      while (order < this.maxOrder && index % 2 ** (order + 1) === 0 && index + 2 ** (order + 1) <= end) order++;
      // Joins with a neighbouring range that touches this one.
      this.giveBack(index, order);
      index += 2 ** order;
    }
  }

  /** Whether a block in use of that order starts there. */
  isTakenAs(index: number, order: number): boolean {
    return index >= 0 && index < this.covered && this.block(index) === (TAKEN | order);
  }

  /** What block a frame lies in. @param index - anything */
  stateOf(index: number): BlockState {
    if (index < 0 || index >= this.covered) return "none";
    for (let order = 0; order <= this.maxOrder; order++) {
      const block = this.block(index - (index % 2 ** order));
      if (block !== 0 && (block & ORDER_MASK) >= order) return (block & FREE) !== 0 ? "free" : "taken";
    }
    return "none";
  }

  /** How many free blocks there are of each order; O(frames). */
  freeCounts(): number[] {
    return this.free.map((blocks) => blocks.count());
  }

  /** The free frames as ranges of indices, joined where they touch; O(frames). */
  *freeRanges(): Generator<readonly [start: number, end: number]> {
    let [start, end] = [0, 0];
    for (let index = 0; index < this.covered;) {
      const block = this.block(index);
      const frames = block === 0 ? 1 : 2 ** (block & ORDER_MASK);
      if ((block & FREE) !== 0) {
        if (index !== end) {
          if (start < end) yield [start, end];
          start = index;
        }
        end = index + frames;
      }
      index += frames;
    }
    if (start < end) yield [start, end];
  }

  /** Looks through all bytes for a contradiction. @throws FrameAllocatorError `frame-allocator/damaged` */
  check(): void {
    if (this.free.some((tree) => !tree.isSound())) throw damaged(this.at, "a summary bit is wrong");
    const counts = this.free.map(() => 0);
    let [free, taken] = [0, 0];
    for (let index = 0; index < this.covered;) {
      const block = this.block(index);
      const order = block & ORDER_MASK;
      const frames = block === 0 ? 1 : 2 ** order;
      if (block !== 0) {
        const isFree = (block & FREE) !== 0;
        const isRight = order <= this.maxOrder && index % frames === 0 && index + frames <= this.covered;
        if (!isRight || isFree === ((block & TAKEN) !== 0)) throw damaged(this.at, "a block cannot be");
        for (let inner = 1; inner < frames; inner++)
          if (this.block(index + inner) !== 0) throw damaged(this.at, "a block lies in another");
        if (isFree !== this.free[order]!.has(index / frames)) throw damaged(this.at, "a set of free blocks is wrong");
        if (isFree) {
          counts[order]!++;
          free += frames;
          if (order < this.maxOrder && this.block(index ^ frames) === (FREE | order))
            throw damaged(this.at, "two free buddies are not joined");
        } else taken += frames;
      }
      index += frames;
    }
    if (this.freeCounts().some((count, order) => count !== counts[order]!))
      throw damaged(this.at, "a set of free blocks is wrong");
    if (free !== readFree(this.memory, this.at) || free + taken !== this.usable)
      throw damaged(this.at, "the number of free frames is wrong");
  }

  private addFreeBlock(index: number, order: number): void {
    this.setBlock(index, FREE | order);
    this.free[order]!.insert(index >>> order);
  }

  private block(index: number): number {
    return this.memory.readU8(this.blocksAt + index);
  }

  private setBlock(index: number, block: number): void {
    this.memory.writeU8(this.blocksAt + index, block);
  }
}
