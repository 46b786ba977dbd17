/**
 * What a mapper can do.
 *
 * @see https://docs.rs/x86_64/0.15.4/x86_64/structures/paging/mapper/trait.Mapper.html
 * @module
 */
import type { PhysAddr, VirtAddr } from "../../addr.ts";
import type { FrameAllocator, FrameDeallocator } from "../frame-allocator.ts";
import type { PageRange, PageRangeInclusive, PhysFrameRangeInclusive } from "../page-range.ts";
import type { Page } from "../page.ts";
import type { PageSize, Size1GiB, Size2MiB, Size4KiB } from "../page-size.ts";
import type { FlagWord, PageTableFlags } from "../page-table-flags.ts";
import type { PhysFrame } from "../phys-frame.ts";
import type { MapperFlush, MapperFlushAll, MapperFlushRange } from "./flush.ts";
import type { RangeTarget } from "./range-frames.ts";

/** Changes page tables for pages of one size. Every change is answered with a reminder to flush the TLB. */
export interface Mapper<S extends PageSize = Size4KiB> {
  /**
   * Maps a page to a frame. Missing tables are made; tables on the way get the PRESENT, WRITABLE and USER_ACCESSIBLE of
   * `flags`.
   *
   * The caller answers for it (Rust's `unsafe`) that nothing else relies on the frame or on what the page was.
   *
   * @throws MapToError; tables made until then stay, as do flags added to tables
   */
  mapTo(page: Page<S>, frame: PhysFrame<S>, flags: FlagWord, frameAllocator: FrameAllocator): MapperFlush<S>;
  /** As {@link Mapper.mapTo}, with the flags that the tables on the way shall have. */
  mapToWithTableFlags(
    page: Page<S>,
    frame: PhysFrame<S>,
    flags: FlagWord,
    parentTableFlags: FlagWord,
    frameAllocator: FrameAllocator,
  ): MapperFlush<S>;
  /** Maps the page with the frame's address to it. @throws AddressError where that is no canonical address; MapToError */
  identityMap(frame: PhysFrame<S>, flags: FlagWord, frameAllocator: FrameAllocator): MapperFlush<S>;
  /** Removes a mapping; the tables stay. @throws UnmapError */
  unmap(page: Page<S>): { readonly frame: PhysFrame<S>; readonly flush: MapperFlush<S> };
  /** Replaces the flags of a mapping. @throws FlagUpdateError */
  updateFlags(page: Page<S>, flags: FlagWord): MapperFlush<S>;
  /** Replaces the flags of the page's level 4 entry. @throws FlagUpdateError */
  setFlagsP4Entry(page: Page<S>, flags: FlagWord): MapperFlushAll;
  /** Likewise of level 3; not for pages of 1 GiB. @throws FlagUpdateError */
  setFlagsP3Entry(page: Page<S>, flags: FlagWord): MapperFlushAll;
  /** Likewise of level 2; only for pages of 4 KiB. @throws FlagUpdateError */
  setFlagsP2Entry(page: Page<S>, flags: FlagWord): MapperFlushAll;
  /** The frame that a page is mapped to. @throws TranslateError */
  translatePage(page: Page<S>): PhysFrame<S>;
}

/** Pages of any size, one after the other. */
export type AnyPageRange = PageRange<PageSize> | PageRangeInclusive<PageSize>;

export interface MapRangeOptions {
  /** The largest size of page to use. Default: `Size1GiB`, which the oldest CPUs do not have. */
  readonly largest?: PageSize;
  /** Flags for the tables on the way; default: PRESENT, WRITABLE and USER_ACCESSIBLE of the pages' flags. */
  readonly tableFlags?: PageTableFlags;
}

export interface UnmapRangeOptions {
  /** Pass over pages that are not mapped. */
  readonly allowHoles?: boolean;
}

/** What was unmapped. */
export interface UnmappedRange {
  /** The frames, in the order of their pages; those that follow each other and have one size are one range. */
  readonly frames: readonly PhysFrameRangeInclusive<PageSize>[];
  readonly flush: MapperFlushRange;
}

/** Changes mappings of many pages at once: all of them, or none. */
export interface RangeMapper {
  /**
   * Maps pages to frames, with the largest pages that addresses and frames allow.
   *
   * A page table that is there already stays, also an empty one; there the pages are as small as it has them.
   *
   * @param flags - with PRESENT and without HUGE_PAGE
   * @param frameAllocator - for tables
   * @throws MapToError when a page is mapped already or frames run out; PhysicalMemoryError; MapperPanic
   * `mapper/allocator`; {@link AddressError}
   * `address/flags`, `address/length`, `address/overflow`, `address/size`. All changes have been taken back then, and all
   * frames. In a recursive mapping the tables taken back had addresses: flush the whole TLB before the next change
   */
  mapRange(
    pages: AnyPageRange,
    target: RangeTarget,
    flags: PageTableFlags,
    frameAllocator: FrameAllocator & FrameDeallocator,
    options?: MapRangeOptions,
  ): MapperFlushRange;
  /**
   * Removes the mappings of pages, of whatever size; the tables stay.
   *
   * @throws UnmapError when a page is not mapped, or part of a larger one that reaches out of the range; nothing has
   * changed then
   */
  unmapRange(pages: AnyPageRange, options?: UnmapRangeOptions): UnmappedRange;
}

export type MapperAllSizes = Mapper & Mapper<Size2MiB> & Mapper<Size1GiB>;

/** Where an address leads. */
export type TranslateResult =
  | {
      readonly kind: "mapped";
      readonly frame: PhysFrame<PageSize>;
      /** Bytes from the start of the frame. */
      readonly offset: number;
      /** Flags of the last entry alone. */
      readonly flags: PageTableFlags;
    }
  | { readonly kind: "not-mapped" };

export interface Translate {
  translate(address: VirtAddr): TranslateResult;
  /** The physical address alone: nothing is allocated. @returns `undefined` when the address is not mapped */
  translateAddr(address: VirtAddr): PhysAddr | undefined;
}

export interface CleanUp {
  /**
   * Frees all tables without entries, but not the one of level 4.
   *
   * In a recursive mapping the tables freed had addresses: flush the whole TLB before the next change.
   */
  cleanUp(frameDeallocator: FrameDeallocator): void;
  /** Likewise, of the tables that these pages need. */
  cleanUpAddrRange(range: PageRangeInclusive, frameDeallocator: FrameDeallocator): void;
}
