/**
 * A frame allocator that keeps a bit for each frame: 1 is free.
 *
 * It gives out the lowest address that serves, so frames of 4 KiB come in the order of `BootInfoFrameAllocator`.
 *
 * @module
 */
import { alignUp, type Memory, type Ptr } from "@kmem/memory";
import { PhysFrame, PhysFrameRange, Size4KiB, type PageSize, type PhysAddr } from "@kmem/x86-64";
import type { BitRow } from "../bits/bit-row.ts";
import type { BitTree } from "../bits/bit-tree.ts";
import { BadFrameError, type BadFrameCode } from "../errors.ts";
import { FRAME_SIZE, FrameRange } from "../memory-map/frame-range.ts";
import type { MemoryMap } from "../memory-map/memory-map.ts";
import { bitmapParts, bitmapSize, FAN } from "./bitmap-layout.ts";
import type { FrameAllocatorAllSizes, FramePool } from "./frame-allocator-all-sizes.ts";
import {
  addFree,
  checkAddress,
  damaged,
  readFree,
  readHeader,
  usableFrames,
  writeHeader,
  type Coverage,
} from "./header.ts";
import { checkAlign, checkCount, lengthOfRun, orderOf, orderOfFrame, SizedFrames } from "./request.ts";

/** "kmFB", little-endian. */
const MAGIC = 0x4246_6d6b;

/** Takes the lowest free frames; all of its state lies in memory. */
export class BitmapFrameAllocator implements FrameAllocatorAllSizes {
  readonly usableFrames: number;
  private readonly memory: Memory;
  private readonly at: Ptr;
  /** Physical address of the frame with index 0. */
  private readonly firstAddress: number;
  private readonly covered: number;
  private readonly usable: BitRow;
  private readonly free: readonly [BitTree, BitTree, BitTree];

  private constructor(memory: Memory, at: Ptr, coverage: Coverage) {
    this.memory = memory;
    this.at = at;
    this.usableFrames = coverage.usable;
    this.firstAddress = coverage.first * FRAME_SIZE;
    this.covered = coverage.covered;
    const { usable, free } = bitmapParts(memory, at, coverage);
    this.usable = usable;
    this.free = free;
  }

  /**
   * Bytes that the allocator of a map needs for itself.
   *
   * @throws FrameAllocatorError `frame-allocator/span`; MemoryMapError
   */
  static sizeFor(memoryMap: MemoryMap): number {
    return bitmapSize(usableFrames(memoryMap));
  }

  /**
   * Writes an allocator of a map's usable frames into memory, all of them free.
   *
   * The caller answers for it that the map is right, that nobody uses the frames it calls usable, and that the
   * allocator's own bytes are in none of them: `markRegion` of the map takes some out.
   *
   * @param at - a multiple of 8; {@link BitmapFrameAllocator.sizeFor} bytes from there become the allocator's
   * @throws FrameAllocatorError `frame-allocator/address`, `frame-allocator/span`; MemoryMapError; MemoryError when the
   * bytes are not in memory
   */
  static new(memory: Memory, at: Ptr, memoryMap: MemoryMap): BitmapFrameAllocator {
    checkAddress(at);
    const frames = usableFrames(memoryMap);
    writeHeader(memory, at, MAGIC, frames, bitmapSize(frames));
    const allocator = new BitmapFrameAllocator(memory, at, frames);
    for (const { startFrameNumber, length } of frames.ranges) {
      const start = startFrameNumber - frames.first;
      allocator.usable.set(start, start + length);
      allocator.giveBack(start, start + length);
    }
    return allocator;
  }

  /**
   * The allocator that lies at `at`; several handles may be in use at the same time, but only in one thread.
   *
   * @throws FrameAllocatorError `frame-allocator/address`, `frame-allocator/magic`, `frame-allocator/version`,
   * `frame-allocator/damaged`; MemoryError
   */
  static attach(memory: Memory, at: Ptr): BitmapFrameAllocator {
    return new BitmapFrameAllocator(memory, at, readHeader(memory, at, MAGIC, bitmapSize));
  }

  get freeFrames(): number {
    return readFree(this.memory, this.at);
  }

  /** O(1): one word of each row of bits. A frame of 1 GiB clears 32 KiB of bits too. */
  allocateFrame(): PhysFrame | undefined;
  allocateFrame<S extends PageSize>(size: S): PhysFrame<S> | undefined;
  allocateFrame(size: PageSize = Size4KiB): PhysFrame<PageSize> | undefined {
    const order = orderOf(size);
    const block = this.free[order === 0 ? 0 : order === 9 ? 1 : 2].lowest();
    if (block < 0) return undefined;
    if (order === 0) this.takeOne(block);
    else this.take(block << order, (block + 1) << order);
    return PhysFrame.fromStartAddressUnchecked((this.firstAddress + block * size.bytes) as PhysAddr, size);
  }

  /** O(1). A frame may be given back in smaller ones, and smaller ones that fill a frame as that frame. */
  deallocateFrame(frame: PhysFrame<PageSize>): void {
    const frames = 1 << orderOfFrame(frame);
    const start = this.checkTaken(frame.startAddress, frames);
    if (frames === 1) this.giveBackOne(start);
    else this.giveBack(start, start + frames);
  }

  /** First fit from the lowest address; O(words of bits before the run's end). */
  allocateFrames(count: number, align = 1): PhysFrameRange | undefined {
    checkCount(count);
    checkAlign(align);
    if (count > this.freeFrames) return undefined;
    const [frames] = this.free;
    for (let start = frames.next(0); start >= 0; start = frames.next(start)) {
      start = alignUp(this.firstAddress / FRAME_SIZE + start, align) - this.firstAddress / FRAME_SIZE;
      const end = start + count;
      if (end > this.covered) return undefined;
      const taken = frames.members.firstClear(start, end);
      if (taken === end) {
        this.take(start, end);
        return new PhysFrameRange(this.frameAt(start), this.frameAt(end));
      }
      start = taken + 1;
    }
    return undefined;
  }

  /** O(words of bits in the run). Any frames that follow each other and are in use may be given back as a run. */
  deallocateFrames(frames: PhysFrameRange): void {
    const count = lengthOfRun(frames);
    const start = this.checkTaken(frames.start.startAddress, count);
    this.giveBack(start, start + count);
  }

  forSize<S extends PageSize>(size: S): FramePool<S> {
    return new SizedFrames<S>(this, size);
  }

  *freeRanges(): Generator<FrameRange> {
    const { members } = this.free[0];
    const first = this.firstAddress / FRAME_SIZE;
    for (let start = members.firstSet(0, this.covered); start < this.covered;) {
      const end = members.firstClear(start, this.covered);
      yield FrameRange.fromFrameNumbers(first + start, first + end);
      start = members.firstSet(end, this.covered);
    }
  }

  /** Looks through all bytes for a contradiction. @throws FrameAllocatorError `frame-allocator/damaged` */
  check(): void {
    const [frames, ...blocks] = this.free;
    if (this.free.some((tree) => !tree.isSound())) throw damaged(this.at, "a summary bit is wrong");
    if (frames.count() !== this.freeFrames) throw damaged(this.at, "the number of free frames is wrong");
    for (let at = frames.next(0); at >= 0; at = frames.next(at + 1))
      if (!this.usable.has(at)) throw damaged(this.at, "a frame is free that is not usable");
    blocks.forEach((tree, i) => {
      for (let block = 0; block < tree.members.length; block++)
        if (tree.has(block) !== this.isWhole(i, block)) throw damaged(this.at, "a block of free frames is wrong");
    });
  }

  private takeOne(frame: number): void {
    this.free[0].remove(frame);
    if (this.free[1].has(frame >>> 9)) {
      this.free[1].remove(frame >>> 9);
      if (this.free[2].has(frame >>> 18)) this.free[2].remove(frame >>> 18);
    }
    addFree(this.memory, this.at, -1);
  }

  private take(start: number, end: number): void {
    this.free[0].removeRange(start, end);
    this.free[1].removeRange(start >>> 9, ((end - 1) >>> 9) + 1);
    this.free[2].removeRange(start >>> 18, ((end - 1) >>> 18) + 1);
    addFree(this.memory, this.at, start - end);
  }

  private giveBackOne(frame: number): void {
    this.free[0].insert(frame);
    if (this.isWhole(0, frame >>> 9)) {
      this.free[1].insert(frame >>> 9);
      if (this.isWhole(1, frame >>> 18)) this.free[2].insert(frame >>> 18);
    }
    addFree(this.memory, this.at, 1);
  }

  private giveBack(start: number, end: number): void {
    let [from, to] = [start, end];
    this.free[0].insertRange(from, to);
    for (const level of [0, 1] as const) {
      // Blocks between the first and the last have become whole for certain.
      const first = Math.floor(from / FAN);
      const last = Math.floor((to - 1) / FAN);
      from = this.isWhole(level, first) ? first : first + 1;
      to = this.isWhole(level, last) ? last + 1 : last;
      if (from >= to) break;
      this.free[level === 0 ? 1 : 2].insertRange(from, to);
    }
    addFree(this.memory, this.at, end - start);
  }

  /** Whether all 512 of a block are free. */
  private isWhole(level: number, block: number): boolean {
    const end = (block + 1) * FAN;
    return this.free[level]!.members.firstClear(block * FAN, end) === end;
  }

  /** Index of the first of `count` frames, once it is certain that they may be given back. */
  private checkTaken(startAddress: number, count: number): number {
    const start = (startAddress - this.firstAddress) / FRAME_SIZE;
    if (start < 0 || start >= this.covered) throw this.badFrame("bad-frame/foreign", start, start, count);
    const end = Math.min(start + count, this.covered);
    const foreign = this.usable.firstClear(start, end);
    if (foreign < start + count) throw this.badFrame("bad-frame/foreign", foreign, start, count);
    const free = this.free[0].members.firstSet(start, end);
    if (free < end) throw this.badFrame("bad-frame/double-free", free, start, count);
    return start;
  }

  private badFrame(code: BadFrameCode, index: number, start: number, count: number): BadFrameError {
    const address = (frame: number): number => this.firstAddress + frame * FRAME_SIZE;
    return new BadFrameError(code, address(index), address(start), count * FRAME_SIZE);
  }

  private frameAt(index: number): PhysFrame {
    return PhysFrame.fromStartAddressUnchecked((this.firstAddress + index * FRAME_SIZE) as PhysAddr, Size4KiB);
  }
}
