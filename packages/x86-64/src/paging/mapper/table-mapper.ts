/**
 * A mapper, whole: what all have in common.
 *
 * @see https://docs.rs/x86_64/0.15.4/x86_64/structures/paging/mapper/struct.MappedPageTable.html
 * @module
 */
import { AddressError } from "../../errors.ts";
import type { FrameAllocator, FrameDeallocator } from "../frame-allocator.ts";
import { Page } from "../page.ts";
import type { PageRangeInclusive } from "../page-range.ts";
import { Size1GiB, Size2MiB, Size4KiB } from "../page-size.ts";
import { checkFlags, PageTableFlags } from "../page-table-flags.ts";
import type { PageTable } from "../page-table.ts";
import { freeEmptyTables } from "./clean-up.ts";
import { EntryMapper, INHERITED } from "./entry-mapper.ts";
import { MapperFlushRange } from "./flush.ts";
import { RangeMapping } from "./map-range.ts";
import type {
  AnyPageRange,
  CleanUp,
  MapRangeOptions,
  RangeMapper,
  UnmappedRange,
  UnmapRangeOptions,
} from "./mapper.ts";
import { positionOf } from "./positions.ts";
import { checkAllocator, rangeFrames, type RangeTarget } from "./range-frames.ts";
import type { TablePointer } from "./table-walk.ts";
import { RangeUnmapping } from "./unmap-range.ts";

const PRESENT = 1;
const HUGE = 0x80;

/** A mapper over tables that `pointer` makes reachable. */
export abstract class TableMapper extends EntryMapper implements RangeMapper, CleanUp {
  /** Index of the level 4 entry that is not to be cleaned up, as it names the table itself; −1: none. */
  private readonly ownIndex: number;

  /** @param ownIndex - of the level 4 entry that names the table itself, where the mapping is recursive */
  protected constructor(level4Table: PageTable, pointer: TablePointer | number, ownIndex = -1) {
    super(level4Table, pointer, ownIndex);
    this.ownIndex = ownIndex;
  }

  mapRange(
    pages: AnyPageRange,
    target: RangeTarget,
    flags: PageTableFlags,
    frameAllocator: FrameAllocator & FrameDeallocator,
    options: MapRangeOptions = {},
  ): MapperFlushRange {
    checkRangeFlags(flags);
    const { largest = Size1GiB, tableFlags = flags & INHERITED } = options;
    checkRangeFlags(tableFlags);
    // What is of another type is shown as it is.
    if (largest !== Size4KiB && largest !== Size2MiB && largest !== Size1GiB)
      throw new AddressError(
        "address/size",
        "expected Size4KiB, Size2MiB or Size1GiB as the largest, got",
        largest as never,
      );
    checkAllocator(frameAllocator);
    const { byteLength } = pages;
    const mapping = new RangeMapping(
      this.walk,
      rangeFrames(target, byteLength),
      frameAllocator,
      flags,
      tableFlags,
      largest,
    );
    const start = positionOf(pages.start.startAddress);
    mapping.run(start, start + byteLength);
    const size = mapping.smallest;
    const isGlobal = (flags & PageTableFlags.GLOBAL) !== 0;
    return new MapperFlushRange(pages.start.startAddress, byteLength / size.bytes, size, isGlobal, this);
  }

  unmapRange(pages: AnyPageRange, { allowHoles = false }: UnmapRangeOptions = {}): UnmappedRange {
    const { byteLength } = pages;
    const unmapping = new RangeUnmapping(this.walk, allowHoles);
    const start = positionOf(pages.start.startAddress);
    unmapping.run(start, start + byteLength);
    const { isGlobal, smallest } = unmapping;
    const count = Math.ceil(byteLength / smallest.bytes);
    const flush = new MapperFlushRange(pages.start.startAddress, count, smallest, isGlobal, this);
    return {
      get frames() {
        return unmapping.frames;
      },
      flush,
    };
  }

  cleanUp(frameDeallocator: FrameDeallocator): void {
    const first = Page.fromPageTableIndices(0, 0, 0, 0);
    const last = Page.fromPageTableIndices(511, 511, 511, 511);
    this.cleanUpAddrRange(Page.rangeInclusive(first, last), frameDeallocator);
  }

  cleanUpAddrRange(range: PageRangeInclusive, frameDeallocator: FrameDeallocator): void {
    freeEmptyTables(this.walk, range, frameDeallocator, this.ownIndex);
  }
}

/** @throws {@link AddressError} unless PRESENT, and without HUGE_PAGE: `mapRange` sets that where it is due */
function checkRangeFlags(flags: PageTableFlags): void {
  checkFlags(flags);
  if (typeof flags !== "number" || (flags & (PRESENT | HUGE)) !== PRESENT)
    throw new AddressError("address/flags", "expected packed flags with PRESENT and without HUGE_PAGE, got", flags);
}
