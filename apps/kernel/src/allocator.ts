/**
 * The kernel heap: where it lies, how it is mapped, and which allocator hands it out.
 *
 * @see blog_os, post 10: https://os.phil-opp.com/heap-allocation/
 * @module
 */
import { Dummy, setGlobalAllocator, type GlobalAlloc } from "@kmem/global-alloc";
import { CONTROL_ALIGN, CONTROL_SIZE, LockedHeap } from "@kmem/linked-list-allocator";
import { MapToError, Page, PageTableFlags, VirtAddr, type FrameAllocator, type Mapper } from "@kmem/x86-64";
import { LoggingAllocator } from "./allocation-log.ts";
import type { Options } from "./options.ts";
import { hardware, lazyStatic } from "./statics.ts";

/** First address of the heap. */
export const HEAP_START = 0x4444_4444_0000;
/** Bytes: 100 KiB. */
export const HEAP_SIZE: number = 100 * 1024;

/** The kernel's heap; its control block lies among the statics. */
export const ALLOCATOR: () => LockedHeap = lazyStatic(CONTROL_SIZE, CONTROL_ALIGN, (at) =>
  LockedHeap.empty(hardware().memory, at),
);

/** Registers the global allocator, as `#[global_allocator]` does at compile time. */
export function registerGlobalAllocator({ allocator, log }: Options): void {
  const chosen: GlobalAlloc = allocator === "dummy" ? new Dummy(hardware().memory) : ALLOCATOR();
  setGlobalAllocator(log === "allocations" ? new LoggingAllocator(chosen) : chosen);
}

/** Which addresses are the heap's. */
export interface HeapPlace {
  /** First address. */
  readonly heapStart: number;
  /** Bytes, at least 1. */
  readonly heapSize: number;
  /** Leaves the pages unmapped, to see what happens. */
  readonly skipMapping?: boolean;
}

/**
 * Maps the pages of the heap and hands them to the allocator.
 *
 * @throws MapToError `map/frame-allocation-failed` when memory runs out; what was mapped until then stays mapped
 */
export function initHeap(
  mapper: Mapper,
  frameAllocator: FrameAllocator,
  { heapStart, heapSize, skipMapping = false }: HeapPlace = { heapStart: HEAP_START, heapSize: HEAP_SIZE },
): void {
  const firstPage = Page.containingAddress(VirtAddr.new(heapStart));
  const lastPage = Page.containingAddress(VirtAddr.new(heapStart + heapSize - 1));
  const pages = Page.rangeInclusive(firstPage, lastPage);

  for (const page of skipMapping ? [] : pages) {
    const frame = frameAllocator.allocateFrame();
    if (frame === undefined) throw MapToError.frameAllocationFailed();
    const flags = PageTableFlags.PRESENT | PageTableFlags.WRITABLE;
    mapper.mapTo(page, frame, flags, frameAllocator).flush(hardware().tlb);
  }

  using heap = ALLOCATOR().lock();
  heap.init(heapStart, heapSize);
}
