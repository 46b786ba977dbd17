/**
 * The post's first frame allocator.
 *
 * @see https://os.phil-opp.com/paging-implementation/#creating-a-new-mapping
 * @module
 */
import type { FrameAllocator, PhysFrame } from "@kmem/x86-64";

/**
 * A frame allocator that never has a frame: enough where no page table is missing.
 *
 * @example new EmptyFrameAllocator().allocateFrame() // => undefined
 */
export class EmptyFrameAllocator implements FrameAllocator {
  allocateFrame(): PhysFrame | undefined {
    return undefined;
  }
}
