/**
 * Changing page tables: what all mappers have in common.
 *
 * The rules are the crate's, bit for bit, also where they surprise: what is there already decides, nothing is rolled
 * back, and "used" means "not 0".
 *
 * @see https://docs.rs/x86_64/0.15.4/x86_64/structures/paging/mapper/struct.MappedPageTable.html
 * @module
 */
import type { Memory } from "@kmem/memory";
import { isCanonical, VirtAddr, type Level, type PhysAddr } from "../../addr.ts";
import { AddressError } from "../../errors.ts";
import { FlagUpdateError, MapperPanic, MapToError, TranslateError, UnmapError } from "../errors.ts";
import type { FrameAllocator, FrameDeallocator } from "../frame-allocator.ts";
import { Page } from "../page.ts";
import type { PageRangeInclusive } from "../page-range.ts";
import { offsetIn, Size1GiB, Size2MiB, Size4KiB, type PageSize } from "../page-size.ts";
import { checkFlags, highBits, lowBits, packHalves, PageTableFlags, type FlagWord } from "../page-table-flags.ts";
import { addressIn, highOf, lowOf, type PageTable } from "../page-table.ts";
import { PhysFrame } from "../phys-frame.ts";
import { freeEmptyTables } from "./clean-up.ts";
import { MapperFlush, MapperFlushAll, MapperFlushRange, type FlushCounter } from "./flush.ts";
import { RangeMapping } from "./map-range.ts";
import type {
  AnyPageRange,
  CleanUp,
  MapperAllSizes,
  MapRangeOptions,
  RangeMapper,
  Translate,
  TranslateResult,
  UnmappedRange,
  UnmapRangeOptions,
} from "./mapper.ts";
import { positionOf } from "./positions.ts";
import { rangeFrames, type RangeTarget } from "./range-frames.ts";
import { RangeUnmapping } from "./unmap-range.ts";
import { regionOf } from "./last-way.ts";
import { entryOffset, TableWalk, type TablePointer } from "./table-walk.ts";

const PRESENT = 1;
const HUGE = 0x80;
const ADDRESS_LOW = 0xffff_f000;
const ADDRESS_HIGH = 0x000f_ffff;
/** The flags of a mapping that its tables get too. */
const INHERITED = PageTableFlags.PRESENT | PageTableFlags.WRITABLE | PageTableFlags.USER_ACCESSIBLE;
const SIZES = [Size4KiB, Size4KiB, Size2MiB, Size1GiB] as const;

/** A mapper: what differs is only where tables can be read and written. */
export abstract class TableMapper implements MapperAllSizes, RangeMapper, Translate, CleanUp, FlushCounter {
  readonly level4Table: PageTable;
  /** Reminders that were neither answered with `flush` nor with `ignore`. */
  pendingFlushes = 0;
  protected readonly walk: TableWalk;
  /** Index of the level 4 entry that is not to be cleaned up, as it names the table itself; −1: none. */
  private readonly ownIndex: number;

  /** @param ownIndex - of the level 4 entry that names the table itself, where the mapping is recursive */
  protected constructor(level4Table: PageTable, pointer: TablePointer | number, ownIndex = -1) {
    this.level4Table = level4Table;
    this.walk = new TableWalk(level4Table, pointer, ownIndex >= 0);
    this.ownIndex = ownIndex;
  }

  /** Memory that the tables lie in. */
  get memory(): Memory {
    return this.level4Table.memory;
  }

  // `mapTo` unpacks pages and frames, and what few calls need is in `mapEntry`. So V8 makes no objects for a `Page`, a
  // `PhysFrame` or a `MapperFlush` that a loop makes and drops.

  mapTo<S extends PageSize>(
    page: Page<S>,
    frame: PhysFrame<S>,
    flags: FlagWord,
    frameAllocator: FrameAllocator,
  ): MapperFlush<S> {
    // Literals are part of the compiled code, a module's constants are looked up. HUGE_PAGE is none of an entry of 4 KiB;
    // 7 is INHERITED.
    const at = page.startAddress;
    const to = frame.startAddress;
    const isWritten =
      typeof flags === "number" &&
      flags >>> 0 === flags &&
      (flags & ~0xff_ff7f) === 0 &&
      page.size.level === 1 &&
      frame.size.level === 1 &&
      this.walk.last.put(
        regionOf(at),
        entryOffset(at, 1),
        lowOf(to) | (flags & 0xfff),
        highOf(to) | ((flags >>> 12) << 20),
        flags & 7,
      );
    if (!isWritten) this.mapEntry(at, page.size, to, frame.size, flags, inherited(flags), frameAllocator);
    return new MapperFlush(page, this);
  }

  mapToWithTableFlags<S extends PageSize>(
    page: Page<S>,
    frame: PhysFrame<S>,
    flags: FlagWord,
    parentTableFlags: FlagWord,
    frameAllocator: FrameAllocator,
  ): MapperFlush<S> {
    checkFlags(parentTableFlags);
    this.mapEntry(
      page.startAddress,
      page.size,
      frame.startAddress,
      frame.size,
      flags,
      parentTableFlags,
      frameAllocator,
    );
    return new MapperFlush(page, this);
  }

  identityMap<S extends PageSize>(
    frame: PhysFrame<S>,
    flags: FlagWord,
    frameAllocator: FrameAllocator,
  ): MapperFlush<S> {
    return this.mapTo(
      Page.containingAddress(VirtAddr.new(frame.startAddress), frame.size),
      frame,
      flags,
      frameAllocator,
    );
  }

  unmap<S extends PageSize>(page: Page<S>): { readonly frame: PhysFrame<S>; readonly flush: MapperFlush<S> } {
    const { startAddress, size } = page;
    const { level } = size;
    const window = this.walk.descend(startAddress, level, true, false);
    if (window === undefined) throw new UnmapError(this.walk.obstacle);
    const at = window.first + entryOffset(startAddress, level);
    const low = window.words[at]!;
    const address = addressIn(low, window.words[at + 1]!);
    if ((low & PRESENT) === 0) throw new UnmapError("map/page-not-mapped");
    if (((low & HUGE) !== 0) !== level > 1) throw new UnmapError("map/parent-entry-huge-page");
    if (offsetIn(address, size) !== 0) throw new UnmapError("map/invalid-frame-address", address);
    window.words[at] = 0;
    window.words[at + 1] = 0;
    return { frame: PhysFrame.fromStartAddressUnchecked(address, size), flush: new MapperFlush(page, this) };
  }

  updateFlags<S extends PageSize>(page: Page<S>, flags: FlagWord): MapperFlush<S> {
    const { level } = page.size;
    this.replaceFlags(page.startAddress, level, flags, level > 1 ? HUGE : 0);
    return new MapperFlush(page, this);
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
    const { frames, isGlobal, smallest } = unmapping;
    const count = Math.ceil(byteLength / smallest.bytes);
    return { frames, flush: new MapperFlushRange(pages.start.startAddress, count, smallest, isGlobal, this) };
  }

  setFlagsP4Entry(page: Page<PageSize>, flags: FlagWord): MapperFlushAll {
    return this.setParentFlags(page, 4, flags);
  }

  setFlagsP3Entry(page: Page<PageSize>, flags: FlagWord): MapperFlushAll {
    return this.setParentFlags(page, 3, flags);
  }

  setFlagsP2Entry(page: Page<PageSize>, flags: FlagWord): MapperFlushAll {
    return this.setParentFlags(page, 2, flags);
  }

  translatePage<S extends PageSize>(page: Page<S>): PhysFrame<S> {
    const { startAddress, size } = page;
    const window = this.walk.descend(startAddress, size.level, false);
    if (window === undefined) throw new TranslateError(this.walk.obstacle);
    const at = window.first + entryOffset(startAddress, size.level);
    const low = window.words[at]!;
    const high = window.words[at + 1]!;
    if (low === 0 && high === 0) throw new TranslateError("map/page-not-mapped");
    const address = addressIn(low, high);
    if (offsetIn(address, size) !== 0) throw new TranslateError("map/invalid-frame-address", address);
    return PhysFrame.fromStartAddressUnchecked(address, size);
  }

  translate(address: VirtAddr): TranslateResult {
    VirtAddr.new(address);
    const window = this.walk.descendToLeaf(address);
    if (window === undefined) return { kind: "not-mapped" };
    const level = this.walk.leafLevel;
    const at = window.first + entryOffset(address, level);
    const size = SIZES[level];
    const start = addressIn(window.words[at]!, window.words[at + 1]!);
    return {
      kind: "mapped",
      frame: PhysFrame.containingAddress(start, size),
      offset: offsetIn(address, size),
      flags: packHalves(window.words[at]!, window.words[at + 1]!),
    };
  }

  translateAddr(address: VirtAddr): PhysAddr | undefined {
    if (!isCanonical(address)) VirtAddr.new(address);
    const { flat } = this.walk;
    if (flat === undefined) return this.translateSlowly(address);
    const at = flat.leaf(Math.floor(address / 0x4000_0000) | 0, address | 0);
    if (at < 0) return at === -1 ? undefined : this.translateSlowly(address);
    return physicalIn(flat.words[at]!, flat.words[at + 1]!, flat.leafMask, address);
  }

  cleanUp(frameDeallocator: FrameDeallocator): void {
    const first = Page.fromPageTableIndices(0, 0, 0, 0);
    const last = Page.fromPageTableIndices(511, 511, 511, 511);
    this.cleanUpAddrRange(Page.rangeInclusive(first, last), frameDeallocator);
  }

  cleanUpAddrRange(range: PageRangeInclusive, frameDeallocator: FrameDeallocator): void {
    freeEmptyTables(this.walk, range, frameDeallocator, this.ownIndex);
  }

  private translateSlowly(address: VirtAddr): PhysAddr | undefined {
    const window = this.walk.descendToLeaf(address);
    if (window === undefined) return undefined;
    const { leafLevel } = this.walk;
    const at = window.first + entryOffset(address, leafLevel);
    return physicalIn(window.words[at]!, window.words[at + 1]!, SIZES[leafLevel].bytes - 1, address);
  }

  private mapEntry(
    page: VirtAddr,
    size: PageSize,
    frame: PhysAddr,
    frameSize: PageSize,
    flags: FlagWord,
    parentFlags: FlagWord,
    frameAllocator: FrameAllocator,
  ): void {
    checkFlags(flags);
    const { level } = size;
    if (frameSize.level !== level) refuseFrame(size, frame);
    const window = this.walk.makeWay(page, level, parentFlags, frameAllocator);
    const { words } = window;
    const at = window.first + entryOffset(page, level);
    if (words[at] !== 0 || words[at + 1] !== 0)
      throw new MapToError(
        "map/page-already-mapped",
        PhysFrame.fromStartAddressUnchecked(frame, size),
        addressIn(words[at]!, words[at + 1]!),
      );
    let low = lowBits(flags);
    if (level !== 1) low |= HUGE;
    else if ((low & HUGE) !== 0) throw new MapperPanic("mapper/huge-flag", "a frame of 4KiB takes no HUGE_PAGE");
    words[at + 1] = highOf(frame) | highBits(flags);
    words[at] = lowOf(frame) | low;
  }

  private setParentFlags(page: Page<PageSize>, level: 2 | 3 | 4, flags: FlagWord): MapperFlushAll {
    if (page.size.level >= level) throw new FlagUpdateError("map/parent-entry-huge-page");
    this.replaceFlags(page.startAddress, level, flags, 0);
    return new MapperFlushAll(this);
  }

  private replaceFlags(address: VirtAddr, level: Level, flags: FlagWord, alwaysSet: number): void {
    checkFlags(flags);
    const window = this.walk.descend(address, level, true);
    if (window === undefined) throw new FlagUpdateError(this.walk.obstacle);
    const { words } = window;
    const at = window.first + entryOffset(address, level);
    if (words[at] === 0 && words[at + 1] === 0) throw new FlagUpdateError("map/page-not-mapped");
    words[at] = (words[at]! & ADDRESS_LOW) | lowBits(flags) | alwaysSet;
    words[at + 1] = (words[at + 1]! & ADDRESS_HIGH) | highBits(flags);
  }
}

/** @throws {@link AddressError} unless PRESENT, and without HUGE_PAGE: `mapRange` sets that where it is due */
function checkRangeFlags(flags: PageTableFlags): void {
  checkFlags(flags);
  if (typeof flags !== "number" || (flags & (PRESENT | HUGE)) !== PRESENT)
    throw new AddressError("address/flags", "expected packed flags with PRESENT and without HUGE_PAGE, got", flags);
}

function inherited(flags: FlagWord): number {
  return typeof flags === "number" ? flags & INHERITED : Number(flags & BigInt(INHERITED));
}

function refuseFrame(size: PageSize, frame: PhysAddr): never {
  throw new AddressError("address/not-aligned", `expected a frame of ${size.name}, got`, frame);
}

/** The physical address, given the halves of the entry that maps an address, and the size of its page less 1. */
function physicalIn(low: number, high: number, mask: number, address: VirtAddr): PhysAddr {
  const start = (low & 0xffff_f000 & ~mask) >>> 0;
  return ((high & 0xf_ffff) * 0x1_0000_0000 + start + (address & mask)) as PhysAddr;
}
