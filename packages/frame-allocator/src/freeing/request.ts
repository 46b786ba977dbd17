/**
 * What is asked of an allocator, checked.
 *
 * @module
 */
import { isPowerOfTwo } from "@kmem/memory";
import type { FrameAllocator, FrameDeallocator, PageSize, PhysFrame, PhysFrameRange } from "@kmem/x86-64";
import { BadFrameError, FrameAllocatorError } from "../errors.ts";
import { FRAME_SIZE } from "../memory-map/frame-range.ts";
import type { FramePool } from "./frame-allocator-all-sizes.ts";

/** log2 of the frames of 4 KiB in the largest frame, of 1 GiB. */
export const MAX_ORDER = 18;

/** What a frame's size is as a power of two of frames of 4 KiB. */
export type FrameOrder = 0 | 9 | 18;

/** @throws {@link FrameAllocatorError} `frame-allocator/size` */
export function orderOf(size: PageSize): FrameOrder {
  const order = knownOrder(size);
  if (order === undefined)
    throw new FrameAllocatorError("frame-allocator/size", "expected Size4KiB, Size2MiB or Size1GiB as size", size);
  return order;
}

/** @throws {@link BadFrameError} `bad-frame/no-frame` */
export function orderOfFrame(frame: PhysFrame<PageSize>): FrameOrder {
  const order = isObject(frame) ? knownOrder(frame.size) : undefined;
  if (order === undefined || !isAligned(frame.startAddress, frame.size.bytes)) throw noFrame();
  return order;
}

/** How many frames a run has. @throws {@link BadFrameError} `bad-frame/no-frame` */
export function lengthOfRun(frames: PhysFrameRange): number {
  const isRun = isObject(frames) && isObject(frames.start) && Number.isInteger(frames.length) && frames.length > 0;
  if (!isRun || knownOrder(frames.start.size) !== 0 || !isAligned(frames.start.startAddress, FRAME_SIZE))
    throw noFrame();
  return frames.length;
}

/** @throws {@link FrameAllocatorError} `frame-allocator/count` */
export function checkCount(count: number): void {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new FrameAllocatorError("frame-allocator/count", `expected 1 frame or more, got ${String(count)}`, count);
}

/** @throws {@link FrameAllocatorError} `frame-allocator/align` */
export function checkAlign(align: number): void {
  if (!isPowerOfTwo(align) || align > 2 ** MAX_ORDER)
    throw new FrameAllocatorError(
      "frame-allocator/align",
      `expected a power of two up to 2^${MAX_ORDER} as alignment in frames, got ${String(align)}`,
      align,
    );
}

/** An allocator of all sizes, seen as one of a single size. */
export class SizedFrames<S extends PageSize> implements FramePool<S> {
  private readonly frames: { allocateFrame(size: S): PhysFrame<S> | undefined } & FrameDeallocator<S>;
  private readonly size: S;

  /** @throws {@link FrameAllocatorError} `frame-allocator/size` */
  constructor(frames: { allocateFrame(size: S): PhysFrame<S> | undefined } & FrameDeallocator<S>, size: S) {
    orderOf(size);
    this.frames = frames;
    this.size = size;
  }

  allocateFrame(): ReturnType<FrameAllocator<S>["allocateFrame"]> {
    return this.frames.allocateFrame(this.size);
  }

  /** @throws {@link BadFrameError} as the allocator, and `bad-frame/other-size` for a frame of another size */
  deallocateFrame(frame: PhysFrame<S>): void {
    orderOfFrame(frame);
    if (frame.size.bytes !== this.size.bytes)
      throw new BadFrameError("bad-frame/other-size", frame.startAddress, frame.startAddress, frame.size.bytes);
    this.frames.deallocateFrame(frame);
  }
}

function knownOrder(size: PageSize): FrameOrder | undefined {
  if (!isObject(size)) return undefined;
  switch (size.bytes) {
    case 0x1000:
      return 0;
    case 0x20_0000:
      return 9;
    case 0x4000_0000:
      return 18;
    default:
      return undefined;
  }
}

function isAligned(address: number, bytes: number): boolean {
  return Number.isSafeInteger(address) && address >= 0 && address % bytes === 0;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function noFrame(): BadFrameError {
  return new BadFrameError("bad-frame/no-frame", NaN, NaN, NaN);
}
