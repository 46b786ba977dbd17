export { FRAME_SIZE, MAX_REGIONS, MEMORY_REGION_TYPES, MemoryMap } from "./memory-map.ts";
export type { MemoryRegion, MemoryRegionType } from "./memory-map.ts";
export { EmptyFrameAllocator } from "./empty-frame-allocator.ts";
export { BootInfoFrameAllocator, TeachingFrameAllocator } from "./boot-info-frame-allocator.ts";
export { MemoryMapError } from "./errors.ts";
export type { MemoryMapErrorCode } from "./errors.ts";
