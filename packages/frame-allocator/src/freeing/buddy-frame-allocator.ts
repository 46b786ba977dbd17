/**
 * A buddy allocator of frames: blocks of 2^order frames, split in halves when taken, joined with the other half (the
 * buddy) when given back.
 *
 * ```
 *   order 4   ┌───────────────────────────────┐     16 frames, all free
 *
 *   after allocateFrame():
 *   order 3                   ┌───────────────┐     free[3] = {8}
 *   order 2           ┌───────┐                     free[2] = {4}
 *   order 1       ┌───┐                             free[1] = {2}
 *   order 0     ┌─┐                                 free[0] = {1}
 *             ▓▓                                    frame 0 in use
 *   frame     0 1 2   4       8               16
 * ```
 * The buddy of the block of order k at index i is at `i ^ 2^k`. A request takes the lowest block of the smallest order
 * that serves.
 *
 * @see Knuth, The Art of Computer Programming, vol. 1, 2.5: the buddy system
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";
import { PhysFrame, PhysFrameRange, Size4KiB, type PageSize, type PhysAddr } from "@kmem/x86-64";
import { BadFrameError, type BadFrameCode } from "../errors.ts";
import { FRAME_SIZE, FrameRange } from "../memory-map/frame-range.ts";
import type { MemoryMap } from "../memory-map/memory-map.ts";
import { BuddyBlocks, type BlockState } from "./buddy-blocks.ts";
import { buddySize } from "./buddy-layout.ts";
import type { FrameAllocatorAllSizes, FramePool } from "./frame-allocator-all-sizes.ts";
import { checkAddress, readFree, readHeader, usableFrames, writeHeader, type Coverage } from "./header.ts";
import { checkAlign, checkCount, lengthOfRun, orderOf, orderOfFrame, SizedFrames } from "./request.ts";

/** "kmFY", little-endian. */
const MAGIC = 0x5946_6d6b;
/** What it means that a block given back is not in use as such, by what its first frame lies in. */
const BLAME: Record<BlockState, BadFrameCode> = {
  free: "bad-frame/double-free",
  taken: "bad-frame/other-size",
  none: "bad-frame/foreign",
};

/** Splits and joins blocks of frames; all of its state lies in memory. */
export class BuddyFrameAllocator implements FrameAllocatorAllSizes {
  readonly usableFrames: number;
  /** Order of the largest block that can be, 0 … 18. */
  readonly maxOrder: number;
  private readonly memory: Memory;
  private readonly at: Ptr;
  /** Physical address of the frame with index 0. */
  private readonly firstAddress: number;
  private readonly covered: number;
  private readonly blocks: BuddyBlocks;

  private constructor(memory: Memory, at: Ptr, coverage: Coverage) {
    this.memory = memory;
    this.at = at;
    this.usableFrames = coverage.usable;
    this.maxOrder = coverage.maxOrder;
    this.firstAddress = coverage.first * FRAME_SIZE;
    this.covered = coverage.covered;
    this.blocks = new BuddyBlocks(memory, at, coverage);
  }

  /**
   * Bytes that the allocator of a map needs for itself.
   *
   * @throws FrameAllocatorError `frame-allocator/span`; MemoryMapError
   */
  static sizeFor(memoryMap: MemoryMap): number {
    return buddySize(usableFrames(memoryMap));
  }

  /**
   * Writes an allocator of a map's usable frames into memory, all of them free.
   *
   * The caller answers for it that the map is right, that nobody uses the frames it calls usable, and that the
   * allocator's own bytes are in none of them: `markRegion` of the map takes some out.
   *
   * @param at - a multiple of 8; {@link BuddyFrameAllocator.sizeFor} bytes from there become the allocator's
   * @throws FrameAllocatorError `frame-allocator/address`, `frame-allocator/span`; MemoryMapError; MemoryError when the
   * bytes are not in memory
   */
  static new(memory: Memory, at: Ptr, memoryMap: MemoryMap): BuddyFrameAllocator {
    checkAddress(at);
    const frames = usableFrames(memoryMap);
    writeHeader(memory, at, MAGIC, frames, buddySize(frames));
    const allocator = new BuddyFrameAllocator(memory, at, frames);
    for (const { startFrameNumber, length } of frames.ranges)
      allocator.blocks.addRange(startFrameNumber - frames.first, startFrameNumber - frames.first + length);
    return allocator;
  }

  /**
   * The allocator that lies at `at`; several handles may be in use at the same time, but only in one thread.
   *
   * @throws FrameAllocatorError `frame-allocator/address`, `frame-allocator/magic`, `frame-allocator/version`,
   * `frame-allocator/damaged`; MemoryError
   */
  static attach(memory: Memory, at: Ptr): BuddyFrameAllocator {
    return new BuddyFrameAllocator(memory, at, readHeader(memory, at, MAGIC, buddySize));
  }

  get freeFrames(): number {
    return readFree(this.memory, this.at);
  }

  /** O(orders): at most 18 halvings. */
  allocateFrame(): PhysFrame | undefined;
  allocateFrame<S extends PageSize>(size: S): PhysFrame<S> | undefined;
  allocateFrame(size: PageSize = Size4KiB): PhysFrame<PageSize> | undefined {
    const index = this.blocks.take(orderOf(size));
    if (index < 0) return undefined;
    return PhysFrame.fromStartAddressUnchecked((this.firstAddress + index * FRAME_SIZE) as PhysAddr, size);
  }

  /** O(orders): at most 18 joins. A frame must be given back in the size in which it was taken. */
  deallocateFrame(frame: PhysFrame<PageSize>): void {
    const order = orderOfFrame(frame);
    const start = (frame.startAddress - this.firstAddress) / FRAME_SIZE;
    if (!this.blocks.isTakenAs(start, order)) throw this.badFrame(start, start, 2 ** order);
    this.blocks.giveBack(start, order);
  }

  /**
   * O(orders). The run is the start of a block of the next power of two (or of `align`, when that is more); the rest of
   * the block stays free. So there is none longer than 1 GiB, and a free run that is in no such block is not found.
   */
  allocateFrames(count: number, align = 1): PhysFrameRange | undefined {
    checkCount(count);
    checkAlign(align);
    if (count > this.freeFrames) return undefined;
    const order = 32 - Math.clz32(Math.max(count, align) - 1);
    const start = this.blocks.take(order);
    if (start < 0) return undefined;
    if (count < 2 ** order) this.blocks.keepFirst(start, order, count);
    return new PhysFrameRange(this.frameAt(start), this.frameAt(start + count));
  }

  /** O(orders · log count). A run must be given back as a whole. */
  deallocateFrames(frames: PhysFrameRange): void {
    const count = lengthOfRun(frames);
    const start = (frames.start.startAddress - this.firstAddress) / FRAME_SIZE;
    if (count > this.covered) throw this.badFrame(Math.max(start, this.covered), start, count);
    // A run consists of a block for each bit of its length, the largest first.
    for (let rest = count, at = start; rest > 0;) {
      const order = floorLog2(rest);
      if (!this.blocks.isTakenAs(at, order)) throw this.badFrame(at, start, count);
      at += 2 ** order;
      rest -= 2 ** order;
    }
    for (let rest = count, at = start; rest > 0;) {
      const order = floorLog2(rest);
      this.blocks.giveBack(at, order);
      at += 2 ** order;
      rest -= 2 ** order;
    }
  }

  forSize<S extends PageSize>(size: S): FramePool<S> {
    return new SizedFrames<S>(this, size);
  }

  /** How many free blocks there are of each order, as Linux shows them in /proc/buddyinfo; O(frames). */
  freeBlocks(): number[] {
    return this.blocks.freeCounts();
  }

  /** O(frames). */
  *freeRanges(): Generator<FrameRange> {
    const first = this.firstAddress / FRAME_SIZE;
    for (const [start, end] of this.blocks.freeRanges()) yield FrameRange.fromFrameNumbers(first + start, first + end);
  }

  /** Looks through all bytes for a contradiction. @throws FrameAllocatorError `frame-allocator/damaged` */
  check(): void {
    this.blocks.check();
  }

  /** @param index - of the first frame of a block that is not in use as such */
  private badFrame(index: number, start: number, count: number): BadFrameError {
    const state = this.blocks.stateOf(index);
    const address = (frame: number): number => this.firstAddress + frame * FRAME_SIZE;
    return new BadFrameError(BLAME[state], address(index), address(start), count * FRAME_SIZE);
  }

  private frameAt(index: number): PhysFrame {
    return PhysFrame.fromStartAddressUnchecked((this.firstAddress + index * FRAME_SIZE) as PhysAddr, Size4KiB);
  }
}

/** @param value - 1 … 2^31 */
function floorLog2(value: number): number {
  return 31 - Math.clz32(value);
}
