/**
 * Frames from the bootloader's memory map: the usable ones, from the lowest up, each once.
 *
 * @see blog_os, post 9: https://os.phil-opp.com/paging-implementation/#allocating-frames
 * @module
 */
import { PhysFrame, Size4KiB, type FrameAllocator, type PhysAddr } from "@kmem/x86-64";
import { FRAME_SIZE, type MemoryMap, type MemoryRegion } from "./memory-map.ts";

/**
 * The post's allocator, with its frames in its order, in constant time.
 *
 * The post's own asks `usable_frames().nth(next)` each time, which walks past all frames given out before:
 * {@link TeachingFrameAllocator} does that.
 */
export class BootInfoFrameAllocator implements FrameAllocator {
  private readonly usable: readonly MemoryRegion[];
  private region = 0;
  /** Number of the next frame; below the current region's start where that region is new. */
  private next = 0;

  private constructor(memoryMap: MemoryMap) {
    this.usable = [...memoryMap].filter(({ regionType }) => regionType === "Usable");
  }

  /** The caller answers for it that the map is right, and that nobody else uses the frames it calls usable. */
  static init(memoryMap: MemoryMap): BootInfoFrameAllocator {
    return new BootInfoFrameAllocator(memoryMap);
  }

  allocateFrame(): PhysFrame | undefined {
    for (; this.region < this.usable.length; this.region++) {
      const { startFrameNumber, endFrameNumber } = this.usable[this.region]!;
      const number = Math.max(this.next, startFrameNumber);
      if (number < endFrameNumber) {
        this.next = number + 1;
        return PhysFrame.fromStartAddressUnchecked((number * FRAME_SIZE) as PhysAddr, Size4KiB);
      }
    }
    return undefined;
  }
}

/** The post's allocator as it stands there: each frame costs as much as all before it. */
export class TeachingFrameAllocator implements FrameAllocator {
  private readonly memoryMap: MemoryMap;
  private next = 0;

  private constructor(memoryMap: MemoryMap) {
    this.memoryMap = memoryMap;
  }

  /** As {@link BootInfoFrameAllocator.init}. */
  static init(memoryMap: MemoryMap): TeachingFrameAllocator {
    return new TeachingFrameAllocator(memoryMap);
  }

  allocateFrame(): PhysFrame | undefined {
    const frame = this.usableFrames()[this.next];
    this.next++;
    return frame;
  }

  /** The frames of the regions that are usable, in five steps. */
  private usableFrames(): PhysFrame[] {
    const regions = [...this.memoryMap];
    const usableRegions = regions.filter((region) => region.regionType === "Usable");
    const addressRanges = usableRegions.map((region) => [region.startFrameNumber, region.endFrameNumber] as const);
    const frameAddresses = addressRanges.flatMap(([start, end]) =>
      Array.from({ length: end - start }, (_, i) => (start + i) * FRAME_SIZE),
    );
    return frameAddresses.map((address) => PhysFrame.containingAddress(address));
  }
}
