/**
 * Frames from the bootloader's memory map: the usable ones, from the lowest up, each once.
 *
 * ```
 *   usable regions   │ 0 1 2 │      │ 3 4 5 6 │   │ 7 8 │       places in the order of addresses
 *   next                                  ▲                     the place of the next frame, a u64 in memory
 * ```
 *
 * @see https://os.phil-opp.com/paging-implementation/#allocating-frames
 * @module
 */
import { hex, LinearMemory, type Memory, type Ptr } from "@kmem/memory";
import { PhysFrame, Size4KiB, type FrameAllocator, type PhysAddr } from "@kmem/x86-64";
import { FrameAllocatorError } from "../errors.ts";
import { FRAME_SIZE, type FrameRange } from "../memory-map/frame-range.ts";
import { MemoryMap } from "../memory-map/memory-map.ts";

/**
 * The post's allocator: its frames in its order, but in constant time.
 *
 * The post's own asks `usable_frames().nth(next)` each time, which walks past all frames given out before:
 * `TeachingBootInfoFrameAllocator` does that. This one remembers the region that it is in.
 */
export class BootInfoFrameAllocator implements FrameAllocator {
  private readonly usable: readonly FrameRange[];
  private readonly memory: Memory;
  private readonly at: Ptr;
  /** Index of the region that `next` lies in, and the place of its first frame: found anew from `next` when it is not. */
  private region = 0;
  private regionStart = 0;

  private constructor(memoryMap: MemoryMap, memory: Memory, at: Ptr) {
    this.usable = [...new MemoryMap(memoryMap)]
      .filter(({ regionType }) => regionType === "Usable")
      .map(({ range }) => range);
    this.memory = memory;
    this.at = at;
  }

  /**
   * An allocator over the map as it is now; none of its frames is taken.
   *
   * The caller answers for it (Rust's `unsafe`) that the map is right, and that nobody uses the frames it calls usable.
   *
   * @param memory - where the state lies: 8 bytes, the post's `next`. Without it they are the allocator's own
   * @param at - a multiple of 8
   * @throws {@link FrameAllocatorError} `frame-allocator/address`; MemoryMapError when `memoryMap` is none
   */
  static init(
    memoryMap: MemoryMap,
    memory: Memory = new LinearMemory(new ArrayBuffer(8)),
    at: Ptr = 0,
  ): BootInfoFrameAllocator {
    const allocator = BootInfoFrameAllocator.over(memoryMap, memory, at);
    memory.writeUsize(at, 0);
    return allocator;
  }

  /**
   * The allocator whose state lies at `at`, where {@link BootInfoFrameAllocator.init} put it.
   *
   * @throws {@link FrameAllocatorError} `frame-allocator/address`; MemoryMapError when `memoryMap` is none; MemoryError when
   * there is no memory at `at`, or no number
   */
  static attach(memoryMap: MemoryMap, memory: Memory, at: Ptr): BootInfoFrameAllocator {
    const allocator = BootInfoFrameAllocator.over(memoryMap, memory, at);
    memory.readUsize(at);
    return allocator;
  }

  private static over(memoryMap: MemoryMap, memory: Memory, at: Ptr): BootInfoFrameAllocator {
    if (!Number.isSafeInteger(at) || at % 8 !== 0)
      throw new FrameAllocatorError(
        "frame-allocator/address",
        `expected a multiple of 8 as address, got ${hex(at)}`,
        at,
      );
    return new BootInfoFrameAllocator(memoryMap, memory, at);
  }

  allocateFrame(): PhysFrame | undefined {
    const next = this.memory.readUsize(this.at);
    // Somebody else has put the state back.
    if (next < this.regionStart) this.region = this.regionStart = 0;
    for (; this.region < this.usable.length; this.region++) {
      const { startFrameNumber, endFrameNumber } = this.usable[this.region]!;
      const number = startFrameNumber + (next - this.regionStart);
      if (number < endFrameNumber) {
        this.memory.writeUsize(this.at, next + 1);
        return PhysFrame.fromStartAddressUnchecked((number * FRAME_SIZE) as PhysAddr, Size4KiB);
      }
      this.regionStart += endFrameNumber - startFrameNumber;
    }
    return undefined;
  }

  /** How many frames are left. */
  get freeFrames(): number {
    return this.usable.reduce((sum, range) => sum + range.length, 0) - this.memory.readUsize(this.at);
  }
}
