/**
 * Going through page tables to an entry, for mappers.
 *
 * ```
 *   level 4 ──▶ level 3 ──▶ level 2 ──▶ level 1        `makeWay` makes tables that are missing
 *   │ entry     │ entry     │ entry     │ entry
 * ```
 * Every walk reads the entries anew, so a change that anybody makes to the tables is seen. What is remembered is only
 * where the last level 1 table was made or found: for the next page in it, the three entries on the way are compared with
 * what they were.
 *
 * @see https://docs.rs/x86_64/0.15.4/src/x86_64/structures/paging/mapper/mapped_page_table.rs.html
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";
import type { Level, PhysAddr, VirtAddr } from "../../addr.ts";
import { AddressError } from "../../errors.ts";
import { MapperPanic, MapToError, PhysicalMemoryError } from "../errors.ts";
import type { FrameAllocator } from "../frame-allocator.ts";
import { highBits, lowBits, type FlagWord } from "../page-table-flags.ts";
import { addressIn, ENTRY_COUNT, highOf, lowOf, type PageTable } from "../page-table.ts";
import { FlatTables } from "./flat-tables.ts";
import { LastWay } from "./last-way.ts";
import { TableWindow } from "./table-window.ts";

const PRESENT = 1;
const PRESENT_AND_WRITABLE = 3;
const HUGE = 0x80;

/** Where a table can be read and written: given its frame, its level, and an address that it is for. */
export type TablePointer = (frame: PhysAddr, level: Level, address: VirtAddr) => Ptr;

/** Why a walk ended early. */
type Obstacle = "map/page-not-mapped" | "map/parent-entry-huge-page";

/** A mapper's way through its tables. */
export class TableWalk {
  readonly memory: Memory;
  readonly level4Table: PageTable;
  /**
   * Whether the rules of a recursive mapping hold, which looks at entries differently: what is not 0 counts as mapped,
   * and new tables are writable in any case.
   */
  readonly isRecursive: boolean;
  /** Why the last {@link descend} gave nothing. */
  obstacle: Obstacle = "map/page-not-mapped";
  /** Level of the entry that the last {@link descendToLeaf} ended at. */
  leafLevel: 1 | 2 | 3 = 1;

  /** The fast way to translate, where tables are at an offset. */
  readonly flat: FlatTables | undefined;
  private readonly pointer: TablePointer | undefined;
  /** Where there is no {@link pointer}: what is to be added to a frame's address. Saves a call on each level. */
  private readonly offset: number;
  private readonly level1: TableWindow;
  private readonly level2: TableWindow;
  private readonly level3: TableWindow;
  private readonly level4: TableWindow;
  /** The fast way to change the table that was changed before. */
  readonly last: LastWay;
  /** What the last {@link makeWay} has changed: level, and the halves of the entry before, one after the other. */
  private readonly changed: number[] = [];

  constructor(level4Table: PageTable, pointer: TablePointer | number, isRecursive: boolean) {
    const { memory } = level4Table;
    this.memory = memory;
    this.level4Table = level4Table;
    this.isRecursive = isRecursive;
    this.pointer = typeof pointer === "number" ? undefined : pointer;
    this.offset = typeof pointer === "number" ? pointer : 0;
    this.level1 = new TableWindow(memory);
    this.level2 = new TableWindow(memory);
    this.level3 = new TableWindow(memory);
    this.level4 = new TableWindow(memory);
    this.last = new LastWay(memory);
    if (typeof pointer === "number") this.flat = new FlatTables(memory, level4Table.address, pointer);
  }

  /** Where the table in `frame` can be read and written. */
  tablePointer(frame: PhysAddr, level: Level, address: VirtAddr): Ptr {
    return this.pointer === undefined ? frame + this.offset : this.pointer(frame, level, address);
  }

  /**
   * Goes down to the table of `target` for a new mapping, making tables that are missing.
   *
   * The order is the crate's: flags are added to an existing entry before it is looked at, and a new table is emptied
   * after the checks.
   *
   * @throws MapToError, MapperPanic; PhysicalMemoryError when an entry, or a frame that the allocator gives, is outside of
   * memory: the entries are what they were then
   */
  makeWay(address: VirtAddr, target: Level, parentFlags: FlagWord, frameAllocator: FrameAllocator): TableWindow {
    const { last, changed } = this;
    last.forget();
    changed.length = 0;
    let window = this.openLevel4(true);
    try {
      for (let level: Level = 4; level > target; level--)
        window = this.enter(window, level as 2 | 3 | 4, address, parentFlags, frameAllocator);
    } catch (error) {
      if (error instanceof PhysicalMemoryError || error instanceof AddressError) this.undo(address);
      throw error;
    }
    if (target === 1) last.remember(address, window);
    return window;
  }

  /** One step of {@link makeWay}. */
  private enter(
    window: TableWindow,
    level: 2 | 3 | 4,
    address: VirtAddr,
    parentFlags: FlagWord,
    frameAllocator: FrameAllocator,
  ): TableWindow {
    const addedLow = lowBits(parentFlags);
    const addedHigh = highBits(parentFlags);
    const entry = entryOffset(address, level);
    let at = window.first + entry;
    let low = window.words[at]!;
    let high = window.words[at + 1]!;
    const isNew = low === 0 && high === 0;
    if (isNew) {
      const frame = frameAllocator.allocateFrame();
      if (frame === undefined) throw MapToError.frameAllocationFailed();
      if ((addedLow & HUGE) !== 0) throw new MapperPanic("mapper/huge-flag", "a table takes no HUGE_PAGE");
      low = lowOf(frame.startAddress) | addedLow | (this.isRecursive ? PRESENT_AND_WRITABLE : 0);
      high = highOf(frame.startAddress) | addedHigh;
      // The allocator may have used the memory, and a window with it.
      window.reopen();
      at = window.first + entry;
    } else {
      low |= addedLow;
      high |= addedHigh;
    }
    if (isNew || low >>> 0 !== window.words[at] || high >>> 0 !== window.words[at + 1]) {
      this.changed.push(level, window.words[at]!, window.words[at + 1]!);
      window.words[at + 1] = high;
      window.words[at] = low;
    }
    if ((low & PRESENT) === 0 && !this.isRecursive)
      throw new MapperPanic("mapper/entry-not-mapped", "entry should be mapped at this point");
    if ((low & HUGE) !== 0) throw new MapToError("map/parent-entry-huge-page");
    this.last.note(level, window.words, at);
    const below = this.open((level - 1) as Level, address, addressIn(low, high), true);
    if (isNew) below.words.fill(0, below.first, below.first + 2 * ENTRY_COUNT);
    return below;
  }

  /** Gives the entries on the way to an address back what they held: their tables are still open. */
  private undo(address: VirtAddr): void {
    const { changed } = this;
    for (let i = changed.length - 3; i >= 0; i -= 3) {
      const level = changed[i] as 2 | 3 | 4;
      const window = level === 4 ? this.level4 : level === 3 ? this.level3 : this.level2;
      window.reopen();
      const at = window.first + entryOffset(address, level);
      // The half with PRESENT first, so that no walk in between sees a present entry with half an address.
      window.words[at] = changed[i + 1]!;
      window.words[at + 1] = changed[i + 2]!;
    }
  }

  /** Goes down to the table of `target`. @returns `undefined` where the way ends before; {@link obstacle} says why */
  descend(
    address: VirtAddr,
    target: Level,
    forWriting: boolean,
    isLenient: boolean = this.isRecursive,
  ): TableWindow | undefined {
    const isRemembered = target === 1 && forWriting && !isLenient;
    if (isRemembered) this.last.forget();
    let window = this.openLevel4(forWriting);
    for (let level: Level = 4; level > target; level--) {
      const at = window.first + entryOffset(address, level as Level);
      const low = window.words[at]!;
      const isMapped = isLenient ? low !== 0 || window.words[at + 1] !== 0 : (low & PRESENT) !== 0;
      if (!isMapped || (!isLenient && (low & HUGE) !== 0)) {
        this.obstacle = isMapped ? "map/parent-entry-huge-page" : "map/page-not-mapped";
        return undefined;
      }
      if (isRemembered) this.last.note(level as 2 | 3 | 4, window.words, at);
      window = this.open((level - 1) as Level, address, addressIn(low, window.words[at + 1]!), forWriting);
    }
    if (isRemembered) this.last.remember(address, window);
    return window;
  }

  /** Goes down to the entry that maps the address; {@link leafLevel} says of which level it is. */
  descendToLeaf(address: VirtAddr): TableWindow | undefined {
    let window = this.openLevel4(false);
    for (let level: Level = 4; level > 1; level--) {
      const at = window.first + entryOffset(address, level as Level);
      const low = window.words[at]!;
      const isMapped = this.isRecursive ? low !== 0 || window.words[at + 1] !== 0 : (low & PRESENT) !== 0;
      if (!isMapped) return undefined;
      if ((low & HUGE) !== 0) {
        if (level === 4) throw new MapperPanic("mapper/huge-entry", "level 4 entry has huge page bit set");
        this.leafLevel = level as 2 | 3;
        return window;
      }
      window = this.open((level - 1) as Level, address, addressIn(low, window.words[at + 1]!), false);
    }
    this.leafLevel = 1;
    const at = window.first + entryOffset(address, 1);
    if (window.words[at] === 0 && window.words[at + 1] === 0) return undefined;
    if (this.isRecursive && (window.words[at]! & HUGE) !== 0)
      throw new MapperPanic("mapper/huge-entry", "level 1 entry has huge page bit set");
    return window;
  }

  /** Goes to the table of level 4. */
  openLevel4(forWriting: boolean): TableWindow {
    this.level4.open(this.level4Table.address, forWriting);
    return this.level4;
  }

  /** Goes to the table of `level` in `frame`. */
  open(level: Level, address: VirtAddr, frame: PhysAddr, forWriting: boolean): TableWindow {
    const window = level === 1 ? this.level1 : level === 2 ? this.level2 : this.level3;
    window.open(this.pointer === undefined ? frame + this.offset : this.pointer(frame, level, address), forWriting);
    return window;
  }
}

/** Place of an entry in the words of its table. */
export function entryOffset(address: VirtAddr, level: Level): number {
  // Bits 12 to 31 by shifting; the levels above need the number itself.
  if (level === 1) return (address >>> 11) & 0x3fe;
  if (level === 2) return (address >>> 20) & 0x3fe;
  const upper = Math.floor(address / 0x4000_0000);
  return level === 3 ? (upper & 0x1ff) << 1 : (upper >>> 8) & 0x3fe;
}
