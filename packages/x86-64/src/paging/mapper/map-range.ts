/**
 * Mapping many pages at once.
 *
 * ```
 *   4 KiB │ 4 KiB │    2 MiB    │    2 MiB    │ 4 KiB       pages, as large as addresses and frames allow
 * ```
 * Either all are mapped or nothing has changed: each change is noted, and taken back when a later one cannot be made.
 *
 * @module
 */
import type { Ptr } from "@kmem/memory";
import type { Level } from "../../addr.ts";
import { MapperPanic, MapToError } from "../errors.ts";
import type { FrameAllocator, FrameDeallocator } from "../frame-allocator.ts";
import { Page } from "../page.ts";
import { Size1GiB, Size2MiB, Size4KiB, type PageSize } from "../page-size.ts";
import { highBits, lowBits, type PageTableFlags } from "../page-table-flags.ts";
import { addressIn, ENTRY_COUNT, highOf, lowOf } from "../page-table.ts";
import type { PhysFrame } from "../phys-frame.ts";
import { addressAt, ENTRY_SIZES, indexAt } from "./positions.ts";
import type { RangeFrames } from "./range-frames.ts";
import type { TableWalk } from "./table-walk.ts";
import { TableWindow } from "./table-window.ts";

const PRESENT = 1;
const PRESENT_AND_WRITABLE = 3;
const HUGE = 0x80;

/** Entries that were changed: what they were, all the same, and the table that was made for the first. */
interface Change {
  readonly table: Ptr;
  readonly index: number;
  readonly count: number;
  readonly low: number;
  readonly high: number;
  readonly frame: PhysFrame | undefined;
}

/** One call of `mapRange`. */
export class RangeMapping {
  /** The smallest size that was used. */
  smallest: PageSize = Size1GiB;
  private readonly walk: TableWalk;
  private readonly frames: RangeFrames;
  private readonly frameAllocator: FrameAllocator & FrameDeallocator;
  private readonly largest: number;
  private readonly low: number;
  private readonly high: number;
  private readonly tableLow: number;
  private readonly tableHigh: number;
  private start = 0;
  private readonly changes: Change[] = [];

  constructor(
    walk: TableWalk,
    frames: RangeFrames,
    frameAllocator: FrameAllocator & FrameDeallocator,
    flags: PageTableFlags,
    tableFlags: PageTableFlags,
    largest: PageSize,
  ) {
    this.walk = walk;
    this.frames = frames;
    this.frameAllocator = frameAllocator;
    this.largest = largest.level;
    this.low = lowBits(flags);
    this.high = highBits(flags);
    this.tableLow = lowBits(tableFlags) | (walk.isRecursive ? PRESENT_AND_WRITABLE : 0);
    this.tableHigh = highBits(tableFlags);
  }

  /** Maps the pages at the positions from `start` up to `end`, which is not included; or throws and changes nothing. */
  run(start: number, end: number): void {
    this.start = start;
    try {
      this.map(4, this.walk.openLevel4(true), start, end);
    } catch (error) {
      this.undo();
      throw error;
    }
  }

  private map(level: Level, window: TableWindow, from: number, to: number): void {
    if (level === 1) return this.mapSmall(window, from, to);
    const span = ENTRY_SIZES[level];
    for (let at = from; at < to;) {
      const next = Math.min(to, (Math.floor(at / span) + 1) * span);
      if (!(next - at === span && level <= this.largest && this.mapLarge(level as 2 | 3, window, at)))
        this.map((level - 1) as Level, this.enter(level, window, at), at, next);
      at = next;
    }
  }

  /** @returns whether there is a frame of this size, and the entry is free for it */
  private mapLarge(level: 2 | 3, window: TableWindow, at: number): boolean {
    window.reopen();
    const index = indexAt(at, level);
    if (window.words[window.first + 2 * index] !== 0 || window.words[window.first + 2 * index + 1] !== 0) return false;
    const size = level === 2 ? Size2MiB : Size1GiB;
    const frame = this.frames.large(at - this.start, size);
    if (frame < 0) return false;
    // The allocator may have used the memory, and a window with it.
    window.reopen();
    this.note(window, index, 1);
    this.put(window, index, lowOf(frame) | this.low | HUGE, highOf(frame) | this.high);
    if (size.bytes < this.smallest.bytes) this.smallest = size;
    return true;
  }

  private mapSmall(window: TableWindow, from: number, to: number): void {
    const index = indexAt(from, 1);
    const count = (to - from) / Size4KiB.bytes;
    const { words, first } = window;
    for (let i = 0; i < count; i++) {
      const word = first + 2 * (index + i);
      if (words[word] !== 0 || words[word + 1] !== 0) throw this.alreadyMapped(window, index + i, from + i * 0x1000, 1);
    }
    this.frames.take(count, from - this.start);
    window.reopen();
    this.note(window, index, count);
    this.frames.fill(window.words, window.first + 2 * index, count, from - this.start, this.low, this.high);
    this.smallest = Size4KiB;
  }

  /** Goes to the table below an entry; makes it where the entry is unused. */
  private enter(level: 2 | 3 | 4, window: TableWindow, at: number): TableWindow {
    window.reopen();
    const index = indexAt(at, level);
    let low = window.words[window.first + 2 * index]!;
    let high = window.words[window.first + 2 * index + 1]!;
    const isNew = low === 0 && high === 0;
    if (isNew) {
      const frame = this.frameAllocator.allocateFrame();
      if (frame === undefined) throw MapToError.frameAllocationFailed();
      window.reopen();
      this.note(window, index, 1, frame);
      low = lowOf(frame.startAddress) | this.tableLow;
      high = highOf(frame.startAddress) | this.tableHigh;
      this.put(window, index, low, high);
    } else {
      if ((low & HUGE) !== 0) throw this.alreadyMapped(window, index, at, level);
      if ((low & PRESENT) === 0)
        throw new MapperPanic("mapper/entry-not-mapped", "entry should be mapped at this point");
      if ((this.tableLow & ~low) !== 0 || (this.tableHigh & ~high) !== 0) {
        this.note(window, index, 1);
        this.put(window, index, low | this.tableLow, high | this.tableHigh);
      }
    }
    const below = this.walk.open((level - 1) as Level, addressAt(at), addressIn(low, high), true);
    if (isNew) below.words.fill(0, below.first, below.first + 2 * ENTRY_COUNT);
    return below;
  }

  private put(window: TableWindow, index: number, low: number, high: number): void {
    window.words[window.first + 2 * index + 1] = high;
    window.words[window.first + 2 * index] = low;
  }

  /** Notes what entries hold, before they are changed. */
  private note(window: TableWindow, index: number, count: number, frame?: PhysFrame): void {
    const low = window.words[window.first + 2 * index]!;
    const high = window.words[window.first + 2 * index + 1]!;
    this.changes.push({ table: window.at, index, count, low, high, frame });
  }

  private undo(): void {
    const window = new TableWindow(this.walk.memory);
    for (let change = this.changes.pop(); change !== undefined; change = this.changes.pop()) {
      window.open(change.table, true);
      for (let i = 0; i < change.count; i++) {
        // The half with PRESENT first, so that no walk in between sees a present entry with half an address.
        window.words[window.first + 2 * (change.index + i)] = change.low;
        window.words[window.first + 2 * (change.index + i) + 1] = change.high;
      }
      if (change.frame !== undefined) this.frameAllocator.deallocateFrame(change.frame);
    }
    this.frames.undo();
  }

  private alreadyMapped(window: TableWindow, index: number, at: number, level: Level): MapToError {
    const word = window.first + 2 * index;
    const existing = addressIn(window.words[word]!, window.words[word + 1]!);
    const size = level === 1 ? Size4KiB : level === 2 ? Size2MiB : Size1GiB;
    const page = Page.containingAddress(addressAt(at), size);
    return new MapToError("map/page-already-mapped", this.frames.requested(at - this.start), existing, page);
  }
}
