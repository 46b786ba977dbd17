/**
 * Changing page tables, page by page: what all mappers have in common.
 *
 * The rules are the crate's, bit for bit, also where they surprise: what is there already decides, nothing is rolled
 * back, and "used" means "not 0".
 *
 * @see https://docs.rs/x86_64/0.15.4/x86_64/structures/paging/mapper/struct.MappedPageTable.html
 * @module
 */
import { VirtAddr, type Level, type PhysAddr } from "../../addr.ts";
import { AddressError } from "../../errors.ts";
import { FlagUpdateError, MapperPanic, MapToError, UnmapError } from "../errors.ts";
import type { FrameAllocator } from "../frame-allocator.ts";
import { Page } from "../page.ts";
import { offsetIn, Size4KiB, type PageSize } from "../page-size.ts";
import { checkFlags, highBits, lowBits, PageTableFlags, type FlagWord } from "../page-table-flags.ts";
import { addressIn, highOf, lowOf } from "../page-table.ts";
import { PhysFrame } from "../phys-frame.ts";
import { MapperFlush, MapperFlushAll, type FlushCounter } from "./flush.ts";
import type { MapperAllSizes } from "./mapper.ts";
import { TableReader } from "./table-reader.ts";
import { entryOffset } from "./table-walk.ts";

const PRESENT = 1;
const HUGE = 0x80;
const ADDRESS_LOW = 0xffff_f000;
const ADDRESS_HIGH = 0x000f_ffff;
/** The flags of a mapping that its tables get too. */
export const INHERITED: number = PageTableFlags.PRESENT | PageTableFlags.WRITABLE | PageTableFlags.USER_ACCESSIBLE;

/** What {@link Mapper} demands, for pages of all sizes. */
export abstract class EntryMapper extends TableReader implements MapperAllSizes, FlushCounter {
  /** Reminders that were neither answered with `flush` nor with `ignore`. */
  pendingFlushes = 0;

  // `mapTo` unpacks pages and frames, and what few calls need is in `mapEntry`. So V8 makes no objects for a `Page`, a
  // `PhysFrame` or a `MapperFlush` that a loop makes and drops.

  mapTo<S extends PageSize>(
    page: Page<S>,
    frame: PhysFrame<S>,
    flags: FlagWord,
    frameAllocator: FrameAllocator,
  ): MapperFlush<S> {
    const address = page.startAddress;
    const to = frame.startAddress;
    const { last } = this.walk;
    // Literals are part of the compiled code, a module's constants are looked up. HUGE_PAGE is none of an entry of 4 KiB;
    // 7 is INHERITED.
    const at =
      typeof flags === "number" &&
      (flags & 0xff_ff7f) === flags &&
      (page.size as PageSize) === Size4KiB &&
      (frame.size as PageSize) === Size4KiB
        ? last.find(Math.floor(address / 0x20_0000) | 0, (address >>> 11) & 0x3fe, flags & 7)
        : -1;
    const { words } = last;
    if (at >= 0 && (words[at]! | words[(at + 1) | 0]!) === 0) {
      words[(at + 1) | 0] = (to / 0x1_0000_0000) | (((flags as number) >>> 12) << 20);
      words[at] = to | 0 | ((flags as number) & 0xfff);
    } else this.mapEntry(address, page.size, to, frame.size, flags, inherited(flags), frameAllocator);
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
    const { last } = this.walk;
    const at = last.find(Math.floor(startAddress / 0x20_0000) | 0, (startAddress >>> 11) & 0x3fe, 0);
    const { words } = last;
    let frame: PhysAddr;
    if (at >= 0 && (size as PageSize) === Size4KiB && (words[at]! & 0x81) === 1) {
      frame = addressIn(words[at]!, words[(at + 1) | 0]!);
      words[at] = 0;
      words[(at + 1) | 0] = 0;
      // A sum, so that it is a double on both ways: of what a call gives, V8 makes an object.
    } else frame = (this.remove(startAddress, size) + 0) as PhysAddr;
    return { frame: PhysFrame.fromStartAddressUnchecked(frame, size), flush: new MapperFlush(page, this) };
  }

  updateFlags<S extends PageSize>(page: Page<S>, flags: FlagWord): MapperFlush<S> {
    const { startAddress, size } = page;
    const { last } = this.walk;
    const at =
      (size as PageSize) === Size4KiB && typeof flags === "number" && (flags & 0xff_ffff) === flags
        ? last.find(Math.floor(startAddress / 0x20_0000) | 0, (startAddress >>> 11) & 0x3fe, 0)
        : -1;
    const { words } = last;
    if (at >= 0 && (words[at]! | words[(at + 1) | 0]!) !== 0) {
      words[at] = (words[at]! & ADDRESS_LOW) | ((flags as number) & 0xfff);
      words[(at + 1) | 0] = (words[(at + 1) | 0]! & ADDRESS_HIGH) | (((flags as number) >>> 12) << 20);
    } else this.replaceFlags(startAddress, size.level, flags, size.level > 1 ? HUGE : 0);
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

  private remove(page: VirtAddr, size: PageSize): PhysAddr {
    const { level } = size;
    const window = this.walk.descend(page, level, true, false);
    if (window === undefined) throw new UnmapError(this.walk.obstacle);
    const at = window.first + entryOffset(page, level);
    const low = window.words[at]!;
    const address = addressIn(low, window.words[at + 1]!);
    if ((low & PRESENT) === 0) throw new UnmapError("map/page-not-mapped");
    if (((low & HUGE) !== 0) !== level > 1) throw new UnmapError("map/parent-entry-huge-page");
    if (offsetIn(address, size) !== 0) throw new UnmapError("map/invalid-frame-address", address);
    window.words[at] = 0;
    window.words[at + 1] = 0;
    return address;
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

function inherited(flags: FlagWord): number {
  return typeof flags === "bigint" ? Number(flags & BigInt(INHERITED)) : flags & INHERITED;
}

function refuseFrame(size: PageSize, frame: PhysAddr): never {
  throw new AddressError("address/not-aligned", `expected a frame of ${size.name}, got`, frame);
}
