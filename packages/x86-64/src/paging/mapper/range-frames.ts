/**
 * Where the frames of a range come from: one after the other, from a list, or fresh from an allocator.
 *
 * @module
 */
import type { PhysAddr } from "../../addr.ts";
import { AddressError } from "../../errors.ts";
import { MapperPanic, MapToError } from "../errors.ts";
import type { FrameAllocator, FrameDeallocator, FramePools } from "../frame-allocator.ts";
import { PhysFrameRange, PhysFrameRangeInclusive } from "../page-range.ts";
import { offsetIn, Size4KiB, type PageSize } from "../page-size.ts";
import { highOf, lowOf } from "../page-table.ts";
import { PhysFrame } from "../phys-frame.ts";

/**
 * What a range of pages is mapped to:
 * - a frame: that one and those that follow it;
 * - a range of frames, or a list of frames of 4 KiB: exactly as many bytes as the pages have;
 * - an allocator, which gives a fresh frame for each page; one with `forSize` also large frames.
 */
export type RangeTarget =
  | PhysFrame<PageSize>
  | PhysFrameRange<PageSize>
  | PhysFrameRangeInclusive<PageSize>
  | readonly PhysFrame[]
  | (FrameAllocator & FrameDeallocator)
  | (FrameAllocator & FrameDeallocator & FramePools);

/** The frames of a range, by the offset in bytes from its start. */
export interface RangeFrames {
  /** The frame of a large size for an offset. @returns −1 when there is none of that size */
  large(offset: number, size: PageSize): number;
  /** Makes sure of frames for `count` pages of 4 KiB from an offset on. @throws MapToError when there are not so many */
  take(count: number, offset: number): void;
  /** Writes the entries for them, with these flags in their halves. */
  fill(words: Uint32Array, first: number, count: number, offset: number, low: number, high: number): void;
  /** The frame that was to be mapped, for an error. */
  requested(offset: number): PhysFrame | undefined;
  /** Gives back what was taken from an allocator. */
  undo(): void;
}

/** @throws {@link AddressError} `address/length` when the target has not as many bytes; `address/overflow` beyond 2^52 */
export function rangeFrames(target: RangeTarget, bytes: number): RangeFrames {
  if (target instanceof PhysFrame) return new FollowingFrames(target.startAddress, bytes);
  if (target instanceof PhysFrameRange || target instanceof PhysFrameRangeInclusive) {
    checkLength(target.byteLength, bytes);
    return new FollowingFrames(target.start.startAddress, bytes);
  }
  if (Array.isArray(target)) return new ListedFrames(target as readonly PhysFrame[], bytes);
  checkAllocator(target);
  return new AllocatedFrames(target as FrameAllocator & FrameDeallocator);
}

/** @throws MapperPanic `mapper/allocator` unless it can give frames, and take back what an undone `mapRange` took */
export function checkAllocator(allocator: unknown): void {
  const { allocateFrame, deallocateFrame } = (allocator ?? {}) as Partial<FrameAllocator & FrameDeallocator>;
  if (typeof allocateFrame !== "function" || typeof deallocateFrame !== "function")
    throw new MapperPanic(
      "mapper/allocator",
      `expected an allocator with allocateFrame and deallocateFrame, got ${String(allocator)}`,
    );
}

class FollowingFrames implements RangeFrames {
  private readonly start: PhysAddr;

  constructor(start: PhysAddr, bytes: number) {
    if (start + bytes > 0x10_0000_0000_0000)
      throw new AddressError(
        "address/overflow",
        "expected frames that end at 2^52 or before, got an end of",
        start + bytes,
      );
    this.start = start;
  }

  large(offset: number, size: PageSize): number {
    const address = this.start + offset;
    return offsetIn(address, size) === 0 ? address : -1;
  }

  take(): void {
    // They are there.
  }

  fill(words: Uint32Array, first: number, count: number, offset: number, low: number, high: number): void {
    let address = lowOf(this.start + offset);
    let above = highOf(this.start + offset);
    const end = first + 2 * count;
    for (let at = first; at < end; at += 2) {
      words[at + 1] = above | high;
      words[at] = address | low;
      address = (address + 0x1000) | 0;
      if (address === 0) above++;
    }
  }

  requested(offset: number): PhysFrame {
    return PhysFrame.containingAddress(this.start + offset);
  }

  undo(): void {
    // Nothing was taken.
  }
}

class ListedFrames implements RangeFrames {
  private readonly frames: readonly PhysFrame[];

  constructor(frames: readonly PhysFrame[], bytes: number) {
    checkLength(frames.length * Size4KiB.bytes, bytes);
    this.frames = frames;
  }

  /** Where the list goes on without a gap for a whole frame of the size. */
  large(offset: number, size: PageSize): number {
    const index = offset / Size4KiB.bytes;
    this.take(1, offset);
    const start = this.frames[index]!.startAddress;
    if (offsetIn(start, size) !== 0) return -1;
    const count = size.bytes / Size4KiB.bytes;
    this.take(count, offset);
    for (let i = 1; i < count; i++) if (this.frames[index + i]!.startAddress !== start + i * Size4KiB.bytes) return -1;
    return start;
  }

  /** Checked only here, just before they are read: a long list is not all in the cache. A refusal undoes what was mapped. */
  take(count: number, offset: number): void {
    const { frames } = this;
    const index = offset / Size4KiB.bytes;
    for (let i = index; i < index + count; i++) {
      const frame: PhysFrame<PageSize> = frames[i]!;
      if (!(frame instanceof PhysFrame) || frame.size.level !== 1)
        throw new AddressError("address/size", "expected a list of frames of 4KiB, got", frame as never);
    }
  }

  fill(words: Uint32Array, first: number, count: number, offset: number, low: number, high: number): void {
    const { frames } = this;
    const index = offset / Size4KiB.bytes;
    for (let i = 0; i < count; i++) {
      const address = frames[index + i]!.startAddress;
      words[first + 2 * i + 1] = highOf(address) | high;
      words[first + 2 * i] = lowOf(address) | low;
    }
  }

  requested(offset: number): PhysFrame | undefined {
    return this.frames[offset / Size4KiB.bytes];
  }

  undo(): void {
    // Nothing was taken.
  }
}

class AllocatedFrames implements RangeFrames {
  private readonly allocator: FrameAllocator & FrameDeallocator & Partial<FramePools>;
  private readonly taken: PhysFrame<PageSize>[] = [];

  constructor(allocator: FrameAllocator & FrameDeallocator & Partial<FramePools>) {
    this.allocator = allocator;
  }

  large(_offset: number, size: PageSize): number {
    const frame = this.allocator.forSize?.(size).allocateFrame();
    if (frame === undefined) return -1;
    this.taken.push(frame);
    return frame.startAddress;
  }

  take(count: number): void {
    for (let i = 0; i < count; i++) {
      const frame = this.allocator.allocateFrame();
      if (frame === undefined) throw MapToError.frameAllocationFailed();
      this.taken.push(frame);
    }
  }

  fill(words: Uint32Array, first: number, count: number, _offset: number, low: number, high: number): void {
    const { taken } = this;
    for (let i = 0; i < count; i++) {
      const address = taken[taken.length - count + i]!.startAddress;
      words[first + 2 * i + 1] = highOf(address) | high;
      words[first + 2 * i] = lowOf(address) | low;
    }
  }

  requested(): undefined {
    return undefined;
  }

  undo(): void {
    for (let frame = this.taken.pop(); frame !== undefined; frame = this.taken.pop()) {
      if (frame.size.level === 1) this.allocator.deallocateFrame(frame as PhysFrame);
      else this.allocator.forSize!(frame.size).deallocateFrame(frame);
    }
  }
}

function checkLength(frames: number, pages: number): void {
  if (frames !== pages)
    throw new AddressError(
      "address/length",
      `expected frames of ${pages} bytes together, as the pages have, got`,
      frames,
    );
}
