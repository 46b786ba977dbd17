/**
 * The post's first frame allocator.
 *
 * @module
 */
import type { FrameAllocator, PhysFrame } from "@kmem/x86-64";

/** A frame allocator that never has a frame. */
export class EmptyFrameAllocator implements FrameAllocator {
  allocateFrame(): PhysFrame | undefined {
    return undefined;
  }
}
