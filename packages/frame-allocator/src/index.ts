// The memory map
export { FRAME_SIZE, FrameRange, MAX_FRAME_NUMBER } from "./memory-map/frame-range.ts";
export type { FrameNumbers } from "./memory-map/frame-range.ts";
export { MemoryRegionType } from "./memory-map/memory-region.ts";
export type { MemoryRegion, RegionInit } from "./memory-map/memory-region.ts";
export { MemoryMap } from "./memory-map/memory-map.ts";
export { MAX_REGIONS } from "./memory-map/memory-map-bytes.ts";

// The post's frame allocators
export { EmptyFrameAllocator } from "./boot-info/empty-frame-allocator.ts";
export { BootInfoFrameAllocator } from "./boot-info/boot-info-frame-allocator.ts";
export { TeachingBootInfoFrameAllocator } from "./boot-info/teaching-boot-info-frame-allocator.ts";

// Frame allocators that take frames back
export { BitmapFrameAllocator } from "./freeing/bitmap-frame-allocator.ts";
export { BuddyFrameAllocator } from "./freeing/buddy-frame-allocator.ts";
export type { FrameAllocatorAllSizes, FramePool } from "./freeing/frame-allocator-all-sizes.ts";

// Errors
export { BadFrameError, FrameAllocatorError, MemoryMapError, RegionOverlapError } from "./errors.ts";
export type { BadFrameCode, FrameAllocatorErrorCode, MemoryMapErrorCode } from "./errors.ts";
