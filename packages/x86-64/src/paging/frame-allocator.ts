/**
 * Where frames come from.
 *
 * @see https://docs.rs/x86_64/0.15.4/x86_64/structures/paging/trait.FrameAllocator.html
 * @module
 */
import type { PageSize, Size4KiB } from "./page-size.ts";
import type { PhysFrame } from "./phys-frame.ts";

export interface FrameAllocator<S extends PageSize = Size4KiB> {
  /**
   * Takes a frame that nobody else uses. What it holds is not defined.
   *
   * @returns `undefined` when there is none
   */
  allocateFrame(): PhysFrame<S> | undefined;
}

export interface FrameDeallocator<S extends PageSize = Size4KiB> {
  /** Gives a frame back. The caller answers for it that nobody uses it any more. */
  deallocateFrame(frame: PhysFrame<S>): void;
}

/** An allocator that has frames of all sizes. */
export interface FramePools {
  /** The same allocator, for frames of one size. */
  forSize<S extends PageSize>(size: S): FrameAllocator<S> & FrameDeallocator<S>;
}
