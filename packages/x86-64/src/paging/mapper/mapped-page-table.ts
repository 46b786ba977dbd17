/**
 * Changing page tables that are reached through a mapping from frames to addresses.
 *
 * The rules are the crate's, bit for bit, also where they surprise: what is there already decides, nothing is rolled
 * back, and "used" means "not 0".
 *
 * @see https://docs.rs/x86_64/0.15.4/x86_64/structures/paging/mapper/struct.MappedPageTable.html
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";
import { VirtAddr, type Level, type PhysAddr } from "../../addr.ts";
import { AddressError } from "../../errors.ts";
import { FlagUpdateError, MapperPanic, MapToError, TranslateError, UnmapError } from "../errors.ts";
import type { FrameAllocator, FrameDeallocator } from "../frame-allocator.ts";
import { Page } from "../page.ts";
import type { PageRangeInclusive } from "../page-range.ts";
import { Size1GiB, Size2MiB, Size4KiB, type PageSize } from "../page-size.ts";
import { checkFlags, highBits, lowBits, packHalves, PageTableFlags, type FlagWord } from "../page-table-flags.ts";
import { addressIn, ENTRY_COUNT, highOf, lowOf, type PageTable } from "../page-table.ts";
import { PhysFrame } from "../phys-frame.ts";
import { freeEmptyTables, type TableTree } from "./clean-up.ts";
import { MapperFlush, MapperFlushAll, type FlushCounter } from "./flush.ts";
import type { CleanUp, MapperAllSizes, Translate, TranslateResult } from "./mapper.ts";
import { TableCursor } from "./table-cursor.ts";

const PRESENT = 1;
const PRESENT_AND_WRITABLE = 3;
const HUGE = 0x80;
const ADDRESS_LOW = 0xffff_f000;
const ADDRESS_HIGH = 0x000f_ffff;
/** The flags of a mapping that its tables get too. */
const INHERITED = PageTableFlags.PRESENT | PageTableFlags.WRITABLE | PageTableFlags.USER_ACCESSIBLE;
const SIZES = [Size4KiB, Size4KiB, Size2MiB, Size1GiB] as const;

/** Why a walk ended early. */
type Obstacle = "not-mapped" | "huge";

/** A mapper over tables whose frames `frameToPointer` makes reachable. */
export class MappedPageTable implements MapperAllSizes, Translate, CleanUp, FlushCounter, TableTree {
  /** Memory that the tables lie in. */
  readonly memory: Memory;
  readonly level4Table: PageTable;
  /** Reminders that were neither answered with `flush` nor with `ignore`. */
  pendingFlushes = 0;

  /**
   * Whether the rules of a recursive mapping hold, which looks at entries differently: what is not 0 counts as mapped,
   * and new tables are writable in any case.
   */
  protected readonly isRecursive: boolean = false;
  private readonly frameToPointer: ((frame: PhysAddr) => Ptr) | undefined;
  /** Whether {@link offset} is all there is to add: saves a call on each level. */
  private readonly isOffset: boolean;
  private readonly offset: number;
  private readonly level1: TableCursor;
  private readonly level2: TableCursor;
  private readonly level3: TableCursor;
  private readonly level4: TableCursor;
  /** Why the last descent gave nothing. */
  private obstacle: Obstacle = "not-mapped";
  /** Level of the entry that the last descent to a leaf ended at. */
  private leafLevel: 1 | 2 | 3 = 1;

  /**
   * @param level4Table - the table of level 4, in the memory that the other tables lie in too
   * @param frameToPointer - the address at which a table's frame can be read and written; or a number that is added
   */
  constructor(level4Table: PageTable, frameToPointer: ((frame: PhysAddr) => Ptr) | number) {
    this.memory = level4Table.memory;
    this.level4Table = level4Table;
    this.frameToPointer = typeof frameToPointer === "number" ? undefined : frameToPointer;
    this.isOffset = typeof frameToPointer === "number";
    this.offset = typeof frameToPointer === "number" ? frameToPointer : 0;
    this.level1 = new TableCursor(this.memory);
    this.level2 = new TableCursor(this.memory);
    this.level3 = new TableCursor(this.memory);
    this.level4 = new TableCursor(this.memory);
  }

  mapTo<S extends PageSize>(
    page: Page<S>,
    frame: PhysFrame<S>,
    flags: FlagWord,
    frameAllocator: FrameAllocator,
  ): MapperFlush<S> {
    const parentFlags = typeof flags === "number" ? flags & INHERITED : Number(flags & BigInt(INHERITED));
    return this.mapToWithTableFlags(page, frame, flags, parentFlags, frameAllocator);
  }

  mapToWithTableFlags<S extends PageSize>(
    page: Page<S>,
    frame: PhysFrame<S>,
    flags: FlagWord,
    parentTableFlags: FlagWord,
    frameAllocator: FrameAllocator,
  ): MapperFlush<S> {
    checkFlags(flags);
    checkFlags(parentTableFlags);
    const level = page.size.level;
    if (frame.size.level !== level)
      throw new AddressError("address/not-aligned", `expected a frame of ${page.size.name}, got`, frame.startAddress);
    const cursor = this.makeWay(page.startAddress, level, parentTableFlags, frameAllocator);
    const { words } = cursor;
    const at = cursor.first + entryOffset(page.startAddress, level);
    if (words[at] !== 0 || words[at + 1] !== 0)
      throw new MapToError("map/page-already-mapped", frame, addressIn(words[at]!, words[at + 1]!));
    const low = lowBits(flags);
    if (level === 1 && (low & HUGE) !== 0)
      throw new MapperPanic("mapper/huge-flag", "a frame of 4KiB takes no HUGE_PAGE");
    words[at + 1] = highOf(frame.startAddress) | highBits(flags);
    words[at] = lowOf(frame.startAddress) | low | (level === 1 ? 0 : HUGE);
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
    const cursor = this.descend(startAddress, level, true, false);
    if (cursor === undefined) throw new UnmapError(this.obstacleCode());
    const at = cursor.first + entryOffset(startAddress, level);
    const low = cursor.words[at]!;
    const address = addressIn(low, cursor.words[at + 1]!);
    if ((low & PRESENT) === 0) throw new UnmapError("map/page-not-mapped");
    if (((low & HUGE) !== 0) !== level > 1) throw new UnmapError("map/parent-entry-huge-page");
    if (address % size.bytes !== 0) throw new UnmapError("map/invalid-frame-address", address);
    cursor.words[at] = 0;
    cursor.words[at + 1] = 0;
    return { frame: PhysFrame.fromStartAddressUnchecked(address, size), flush: new MapperFlush(page, this) };
  }

  updateFlags<S extends PageSize>(page: Page<S>, flags: FlagWord): MapperFlush<S> {
    const { level } = page.size;
    this.replaceFlags(page.startAddress, level, flags, level > 1 ? HUGE : 0);
    return new MapperFlush(page, this);
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
    const cursor = this.descend(startAddress, size.level, false);
    if (cursor === undefined) throw new TranslateError(this.obstacleCode());
    const at = cursor.first + entryOffset(startAddress, size.level);
    const low = cursor.words[at]!;
    const high = cursor.words[at + 1]!;
    if (low === 0 && high === 0) throw new TranslateError("map/page-not-mapped");
    const address = addressIn(low, high);
    if (address % size.bytes !== 0) throw new TranslateError("map/invalid-frame-address", address);
    return PhysFrame.fromStartAddressUnchecked(address, size);
  }

  translate(address: VirtAddr): TranslateResult {
    VirtAddr.new(address);
    const cursor = this.descendToLeaf(address);
    if (cursor === undefined) return { kind: "not-mapped" };
    const level = this.leafLevel;
    const at = cursor.first + entryOffset(address, level);
    const size = SIZES[level];
    const start = addressIn(cursor.words[at]!, cursor.words[at + 1]!);
    return {
      kind: "mapped",
      frame: PhysFrame.containingAddress(start, size),
      offset: offsetIn(address, level),
      flags: packHalves(cursor.words[at]!, cursor.words[at + 1]!),
    };
  }

  translateAddr(address: VirtAddr): PhysAddr | undefined {
    const cursor = this.descendToLeaf(address);
    if (cursor === undefined) return undefined;
    const at = cursor.first + entryOffset(address, this.leafLevel);
    const start = addressIn(cursor.words[at]!, cursor.words[at + 1]!);
    const bytes = SIZES[this.leafLevel].bytes;
    return (start - (start % bytes) + offsetIn(address, this.leafLevel)) as PhysAddr;
  }

  cleanUp(frameDeallocator: FrameDeallocator): void {
    const first = Page.fromPageTableIndices(0, 0, 0, 0);
    const last = Page.fromPageTableIndices(511, 511, 511, 511);
    this.cleanUpAddrRange(Page.rangeInclusive(first, last), frameDeallocator);
  }

  cleanUpAddrRange(range: PageRangeInclusive, frameDeallocator: FrameDeallocator): void {
    freeEmptyTables(this, range, frameDeallocator);
  }

  /** Where a table can be read and written: given its frame, its level, and an address that it is for. */
  tablePointer(frame: PhysAddr, _level: Level, _address: VirtAddr): Ptr {
    return this.frameToPointer === undefined ? frame + this.offset : this.frameToPointer(frame);
  }

  /**
   * Goes down to the table of `target` for a new mapping, making tables that are missing.
   *
   * The order is the crate's: flags are added to an existing entry before it is looked at, and a new table is emptied
   * after the checks.
   */
  private makeWay(
    address: VirtAddr,
    target: Level,
    parentFlags: FlagWord,
    frameAllocator: FrameAllocator,
  ): TableCursor {
    const addedLow = lowBits(parentFlags);
    const addedHigh = highBits(parentFlags);
    let cursor = this.openLevel4(true);
    for (let level: Level = 4; level > target; level--) {
      const entry = entryOffset(address, level as Level);
      let at = cursor.first + entry;
      let low = cursor.words[at]!;
      let high = cursor.words[at + 1]!;
      const isNew = low === 0 && high === 0;
      if (isNew) {
        const frame = frameAllocator.allocateFrame();
        if (frame === undefined) throw MapToError.frameAllocationFailed();
        if ((addedLow & HUGE) !== 0) throw new MapperPanic("mapper/huge-flag", "a table takes no HUGE_PAGE");
        low = lowOf(frame.startAddress) | addedLow | (this.isRecursive ? PRESENT_AND_WRITABLE : 0);
        high = highOf(frame.startAddress) | addedHigh;
        // The allocator may have used the memory, and a window with it.
        cursor.reopen();
        at = cursor.first + entry;
      } else {
        low |= addedLow;
        high |= addedHigh;
      }
      if (isNew || low >>> 0 !== cursor.words[at] || high >>> 0 !== cursor.words[at + 1]) {
        cursor.words[at + 1] = high;
        cursor.words[at] = low;
      }
      if ((low & PRESENT) === 0)
        throw new MapperPanic("mapper/entry-not-mapped", "entry should be mapped at this point");
      if ((low & HUGE) !== 0) throw new MapToError("map/parent-entry-huge-page");
      cursor = this.open((level - 1) as Level, address, addressIn(low, high), true);
      if (isNew) cursor.words.fill(0, cursor.first, cursor.first + 2 * ENTRY_COUNT);
    }
    return cursor;
  }

  /** Goes down to the table of `target`. @returns `undefined` where the way ends before; {@link obstacle} says why */
  private descend(
    address: VirtAddr,
    target: Level,
    forWriting: boolean,
    isLenient = this.isRecursive,
  ): TableCursor | undefined {
    let cursor = this.openLevel4(forWriting);
    for (let level: Level = 4; level > target; level--) {
      const at = cursor.first + entryOffset(address, level as Level);
      const low = cursor.words[at]!;
      const isMapped = isLenient ? low !== 0 || cursor.words[at + 1] !== 0 : (low & PRESENT) !== 0;
      if (!isMapped || (!isLenient && (low & HUGE) !== 0)) {
        this.obstacle = isMapped ? "huge" : "not-mapped";
        return undefined;
      }
      cursor = this.open((level - 1) as Level, address, addressIn(low, cursor.words[at + 1]!), forWriting);
    }
    return cursor;
  }

  /** Goes down to the entry that maps the address; {@link leafLevel} says of which level it is. */
  private descendToLeaf(address: VirtAddr): TableCursor | undefined {
    let cursor = this.openLevel4(false);
    for (let level: Level = 4; level > 1; level--) {
      const at = cursor.first + entryOffset(address, level as Level);
      const low = cursor.words[at]!;
      const isMapped = this.isRecursive ? low !== 0 || cursor.words[at + 1] !== 0 : (low & PRESENT) !== 0;
      if (!isMapped) return undefined;
      if ((low & HUGE) !== 0) {
        if (level === 4) throw new MapperPanic("mapper/huge-entry", "level 4 entry has huge page bit set");
        this.leafLevel = level as 2 | 3;
        return cursor;
      }
      cursor = this.open((level - 1) as Level, address, addressIn(low, cursor.words[at + 1]!), false);
    }
    this.leafLevel = 1;
    const at = cursor.first + entryOffset(address, 1);
    if (cursor.words[at] === 0 && cursor.words[at + 1] === 0) return undefined;
    if (this.isRecursive && (cursor.words[at]! & HUGE) !== 0)
      throw new MapperPanic("mapper/huge-entry", "level 1 entry has huge page bit set");
    return cursor;
  }

  private setParentFlags(page: Page<PageSize>, level: 2 | 3 | 4, flags: FlagWord): MapperFlushAll {
    if (page.size.level >= level) throw new FlagUpdateError("map/parent-entry-huge-page");
    this.replaceFlags(page.startAddress, level, flags, 0);
    return new MapperFlushAll(this);
  }

  private replaceFlags(address: VirtAddr, level: Level, flags: FlagWord, alwaysSet: number): void {
    checkFlags(flags);
    const cursor = this.descend(address, level, true);
    if (cursor === undefined) throw new FlagUpdateError(this.obstacleCode());
    const { words } = cursor;
    const at = cursor.first + entryOffset(address, level);
    if (words[at] === 0 && words[at + 1] === 0) throw new FlagUpdateError("map/page-not-mapped");
    words[at] = (words[at]! & ADDRESS_LOW) | lowBits(flags) | alwaysSet;
    words[at + 1] = (words[at + 1]! & ADDRESS_HIGH) | highBits(flags);
  }

  private openLevel4(forWriting: boolean): TableCursor {
    this.level4.open(this.level4Table.address, forWriting);
    return this.level4;
  }

  private open(level: Level, address: VirtAddr, frame: PhysAddr, forWriting: boolean): TableCursor {
    const cursor = level === 1 ? this.level1 : level === 2 ? this.level2 : this.level3;
    cursor.open(this.isOffset ? frame + this.offset : this.tablePointer(frame, level, address), forWriting);
    return cursor;
  }

  /** Where the table of `level` for an address can be read and written, given its frame. */
  private obstacleCode(): "map/parent-entry-huge-page" | "map/page-not-mapped" {
    return this.obstacle === "huge" ? "map/parent-entry-huge-page" : "map/page-not-mapped";
  }
}

/** Place of an entry in the words of its table. */
function entryOffset(address: VirtAddr, level: Level): number {
  // Bits 12 to 31 by shifting; the levels above need the number itself.
  if (level === 1) return (address >>> 11) & 0x3fe;
  if (level === 2) return (address >>> 20) & 0x3fe;
  return (Math.floor(address / (level === 3 ? 2 ** 30 : 2 ** 39)) & 511) * 2;
}

/** Bytes between the start of the page that an entry of `level` maps and the address. */
function offsetIn(address: VirtAddr, level: 1 | 2 | 3): number {
  return address & (level === 1 ? 0xfff : level === 2 ? 0x1f_ffff : 0x3fff_ffff);
}
