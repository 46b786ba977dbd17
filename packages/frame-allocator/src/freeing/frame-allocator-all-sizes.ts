/**
 * What an allocator can do that knows all sizes of frames, runs of frames, and giving back.
 *
 * @module
 */
import type { FrameAllocator, FrameDeallocator, PageSize, PhysFrame, PhysFrameRange } from "@kmem/x86-64";
import type { FrameRange } from "../memory-map/frame-range.ts";

/** What both directions are for one size. */
export type FramePool<S extends PageSize> = FrameAllocator<S> & FrameDeallocator<S>;

/** Frames of 4 KiB, 2 MiB and 1 GiB, and runs of frames of 4 KiB, taken and given back. */
export interface FrameAllocatorAllSizes extends FrameAllocator, FrameDeallocator<PageSize> {
  /** Takes a frame of 4 KiB. @returns `undefined` when there is none; nothing has changed then */
  allocateFrame(): PhysFrame | undefined;
  /**
   * Takes a frame.
   *
   * @returns `undefined` when there is none; nothing has changed then
   * @throws FrameAllocatorError `frame-allocator/size`
   */
  allocateFrame<S extends PageSize>(size: S): PhysFrame<S> | undefined;

  /**
   * Gives a frame back. The caller answers for it that nobody uses it any more.
   *
   * @throws BadFrameError; nothing has changed then
   */
  deallocateFrame(frame: PhysFrame<PageSize>): void;

  /**
   * Takes frames of 4 KiB that follow each other.
   *
   * @param count - frames, 1 or more
   * @param align - frames; the number of the first is a multiple of it. A power of two, 1 … 2^18. @defaultValue 1
   * @returns `undefined` when there is no such run; nothing has changed then
   * @throws FrameAllocatorError `frame-allocator/count`, `frame-allocator/align`
   */
  allocateFrames(count: number, align?: number): PhysFrameRange | undefined;

  /**
   * Gives a run of frames back.
   *
   * @throws BadFrameError; nothing has changed then
   */
  deallocateFrames(frames: PhysFrameRange): void;

  /** The same allocator for one who wants frames of one size. @throws FrameAllocatorError `frame-allocator/size` */
  forSize<S extends PageSize>(size: S): FramePool<S>;

  /** Frames of 4 KiB that there are in all. */
  readonly usableFrames: number;
  /** Frames of 4 KiB that are free. */
  readonly freeFrames: number;
  /** The free frames as ranges, from the lowest up, none touching the next. */
  freeRanges(): Iterable<FrameRange>;
}
