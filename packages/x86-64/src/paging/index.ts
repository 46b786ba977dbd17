// Addresses, which the rest is made of
export { alignDownU64, alignUpU64, isCanonical, isPhysical, PhysAddr, VirtAddr } from "../addr.ts";
export type { Level } from "../addr.ts";
export { AddressError } from "../errors.ts";
export type { AddressErrorCode } from "../errors.ts";

export { Size1GiB, Size2MiB, Size4KiB } from "./page-size.ts";
export type { PageSize } from "./page-size.ts";
export { Page } from "./page.ts";
export { PhysFrame } from "./phys-frame.ts";
export { PageRange, PageRangeInclusive, PhysFrameRange, PhysFrameRangeInclusive } from "./page-range.ts";
export { PageOffset, PageTableIndex, PageTableLevel } from "./page-table-index.ts";
export { PageTableFlags } from "./page-table-flags.ts";
export type { FlagName, FlagWord } from "./page-table-flags.ts";
export { ENTRY_COUNT, flagsAtLevel, PageTable, PageTableEntry, TABLE_SIZE } from "./page-table.ts";
export type { LeveledFlags } from "./page-table.ts";
export { debugMappedFrame, debugTranslateResult, formatAddress } from "./debug.ts";
export type { FrameAllocator, FrameDeallocator, FramePools } from "./frame-allocator.ts";
export {
  FlagUpdateError,
  FrameError,
  InvalidPageTable,
  MapperError,
  MapperPanic,
  MapToError,
  PhysicalMemoryError,
  TranslateError,
  UnmapError,
} from "./errors.ts";
export type {
  AnyPageRange,
  CleanUp,
  Mapper,
  MapperAllSizes,
  MapRangeOptions,
  RangeMapper,
  Translate,
  TranslateResult,
  UnmappedRange,
  UnmapRangeOptions,
} from "./mapper/mapper.ts";
export type { RangeTarget } from "./mapper/range-frames.ts";
export { MapperFlush, MapperFlushAll, MapperFlushRange } from "./mapper/flush.ts";
export { MappedPageTable } from "./mapper/mapped-page-table.ts";
export { OffsetPageTable } from "./mapper/offset-page-table.ts";
export { recursiveIndex, RecursivePageTable } from "./mapper/recursive-page-table.ts";
export { readBytes, readThrough } from "./read-entry.ts";
export type { ReadEntry } from "./read-entry.ts";
export { walk } from "./walk.ts";
export type { Walk, WalkLevel, WalkOptions, WalkStep } from "./walk.ts";
export type { Permissions } from "./permissions.ts";
export { mappings, pages } from "./mappings.ts";
export type { Mapping } from "./mappings.ts";
export { infoMem, infoTlb } from "./info.ts";
