/**
 * The post's frame allocator as it stands there, for reading beside it.
 *
 * It is written to be read, not to be used: frame n costs as much as all frames before it, so n frames cost O(n²).
 *
 * @see https://os.phil-opp.com/paging-implementation/#allocating-frames
 * @module
 */
import type { Ptr } from "@kmem/memory";
import { PhysFrame, type FrameAllocator } from "@kmem/x86-64";
import { FRAME_SIZE } from "../memory-map/frame-range.ts";
import type { MemoryMap } from "../memory-map/memory-map.ts";
import { MemoryRegionType } from "../memory-map/memory-region.ts";

/** A range of addresses, exclusive at the end. */
interface AddrRange {
  readonly start: Ptr;
  readonly end: Ptr;
}

/** The usable frames of a memory map, each once; O(n) for the nth. */
export class TeachingBootInfoFrameAllocator implements FrameAllocator {
  private readonly memoryMap: MemoryMap;
  private next = 0;

  private constructor(memoryMap: MemoryMap) {
    this.memoryMap = memoryMap;
  }

  /** The caller answers for it that the map is right and stays as it is, and that nobody uses its usable frames. */
  static init(memoryMap: MemoryMap): TeachingBootInfoFrameAllocator {
    return new TeachingBootInfoFrameAllocator(memoryMap);
  }

  allocateFrame(): PhysFrame | undefined {
    const frame = nth(this.usableFrames(), this.next);
    this.next += 1;
    return frame;
  }

  /** The usable frames, in the post's five steps. */
  private usableFrames(): Iterable<PhysFrame> {
    const regions = this.memoryMap;
    const usableRegions = filter(regions, (region) => region.regionType === MemoryRegionType.Usable);
    const addrRanges = map(usableRegions, ({ range }) => ({ start: range.startAddr(), end: range.endAddr() }));
    const frameAddresses = flatMap(addrRanges, (range) => stepBy(range, FRAME_SIZE));
    return map(frameAddresses, (address) => PhysFrame.containingAddress(address));
  }
}

/** Every `step`th address of a range. */
function* stepBy({ start, end }: AddrRange, step: number): Generator<Ptr> {
  for (let address = start; address < end; address += step) yield address;
}

// Rust's iterator adapters, as lazy as they are there. JavaScript's own came after ES2020.

function* filter<T>(items: Iterable<T>, isWanted: (item: T) => boolean): Generator<T> {
  for (const item of items) if (isWanted(item)) yield item;
}

function* map<T, U>(items: Iterable<T>, change: (item: T) => U): Generator<U> {
  for (const item of items) yield change(item);
}

function* flatMap<T, U>(items: Iterable<T>, change: (item: T) => Iterable<U>): Generator<U> {
  for (const item of items) yield* change(item);
}

function nth<T>(items: Iterable<T>, n: number): T | undefined {
  for (const item of items) if (n-- === 0) return item;
  return undefined;
}
