/**
 * Removing many mappings at once.
 *
 * @module
 */
import type { Level, PhysAddr } from "../../addr.ts";
import { UnmapError } from "../errors.ts";
import { Page } from "../page.ts";
import { PhysFrameRangeInclusive } from "../page-range.ts";
import { offsetIn, Size1GiB, Size2MiB, Size4KiB, type PageSize } from "../page-size.ts";
import { addressIn } from "../page-table.ts";
import { PhysFrame } from "../phys-frame.ts";
import { addressAt, ENTRY_SIZES, indexAt } from "./positions.ts";
import type { TableWalk } from "./table-walk.ts";
import type { TableWindow } from "./table-window.ts";

const PRESENT = 1;
const HUGE = 0x80;
const GLOBAL = 0x100;
const SIZES = [Size4KiB, Size4KiB, Size2MiB, Size1GiB] as const;

/**
 * Frames that follow each other, in numbers: a list of frames that are scattered is long.
 *
 * Typed arrays that double: arrays of objects, or of numbers that grow by pushing, took twice as long as all the rest.
 */
class FrameRuns {
  private starts = new Float64Array(16);
  /** The end of each run, plus its frames' level: ends are multiples of 4096. */
  private ends = new Float64Array(16);
  private count = 0;
  // The run that is being collected.
  private start = NaN;
  private end = NaN;
  private level: 1 | 2 | 3 = 1;

  add(address: PhysAddr, bytes: number, level: 1 | 2 | 3): void {
    if (address === this.end && level === this.level) this.end += bytes;
    else {
      this.endRun();
      this.start = address;
      this.end = address + bytes;
      this.level = level;
    }
  }

  endRun(): void {
    if (!(this.end > this.start)) return;
    if (this.count === this.starts.length) {
      this.starts = doubled(this.starts);
      this.ends = doubled(this.ends);
    }
    this.starts[this.count] = this.start;
    this.ends[this.count] = this.end + this.level;
    this.count++;
    this.end = NaN;
  }

  ranges(): PhysFrameRangeInclusive<PageSize>[] {
    return Array.from(this.starts.subarray(0, this.count), (start, i) => {
      const level = (this.ends[i]! % Size4KiB.bytes) as 1 | 2 | 3;
      const size = SIZES[level];
      const first = PhysFrame.fromStartAddress(start, size);
      const last = PhysFrame.fromStartAddress(this.ends[i]! - level - size.bytes, size);
      return new PhysFrameRangeInclusive(first, last);
    });
  }
}

function doubled(numbers: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}

/** One call of `unmapRange`: first everything is looked at, then removed. */
export class RangeUnmapping {
  /** The smallest size that was met. */
  smallest: PageSize = Size1GiB;
  /** Whether a page was global. */
  isGlobal = false;
  private readonly walk: TableWalk;
  private readonly allowHoles: boolean;
  private readonly runs: FrameRuns = new FrameRuns();
  private made: PhysFrameRangeInclusive<PageSize>[] | undefined;

  constructor(walk: TableWalk, allowHoles: boolean) {
    this.walk = walk;
    this.allowHoles = allowHoles;
  }

  /** The frames that were mapped, as runs in the order of the pages. */
  get frames(): readonly PhysFrameRangeInclusive<PageSize>[] {
    return (this.made ??= this.runs.ranges());
  }

  /** @throws UnmapError; nothing has changed then */
  run(start: number, end: number): void {
    this.visit(4, this.walk.openLevel4(true), start, end, false);
    this.visit(4, this.walk.openLevel4(true), start, end, true);
    this.runs.endRun();
  }

  private visit(level: Level, window: TableWindow, from: number, to: number, isFinal: boolean): void {
    if (level === 1) return this.visitSmall(window, from, to, isFinal);
    const span = ENTRY_SIZES[level];
    for (let at = from; at < to;) {
      const next = Math.min(to, (Math.floor(at / span) + 1) * span);
      window.reopen();
      const word = window.first + 2 * indexAt(at, level);
      const low = window.words[word]!;
      const address = addressIn(low, window.words[word + 1]!);
      if ((low & PRESENT) === 0) {
        if (!this.allowHoles) throw refusal("map/page-not-mapped", at, 1);
      } else if (level < 4 && (low & HUGE) !== 0) {
        const size = SIZES[level as 2 | 3];
        if (next - at !== span) throw refusal("map/parent-entry-huge-page", at, level);
        if (offsetIn(address, size) !== 0) throw refusal("map/invalid-frame-address", at, level, address);
        if (isFinal) this.remove(window, word, low, address, level as 2 | 3);
      } else {
        const below = this.walk.open((level - 1) as Level, addressAt(at), address, true);
        this.visit((level - 1) as Level, below, at, next, isFinal);
      }
      at = next;
    }
  }

  private visitSmall(window: TableWindow, from: number, to: number, isFinal: boolean): void {
    const { words, first } = window;
    const start = first + 2 * indexAt(from, 1);
    const count = (to - from) / Size4KiB.bytes;
    for (let i = 0; i < count; i++) {
      const word = start + 2 * i;
      const low = words[word]!;
      if ((low & PRESENT) !== 0) {
        if (isFinal) this.remove(window, word, low, addressIn(low, words[word + 1]!), 1);
      } else if (!this.allowHoles) throw refusal("map/page-not-mapped", from + i * Size4KiB.bytes, 1);
    }
  }

  private remove(window: TableWindow, word: number, low: number, address: PhysAddr, level: 1 | 2 | 3): void {
    window.words[word] = 0;
    window.words[word + 1] = 0;
    const size = SIZES[level];
    if ((low & GLOBAL) !== 0) this.isGlobal = true;
    if (size.bytes < this.smallest.bytes) this.smallest = size;
    this.runs.add(address, size.bytes, level);
  }
}

function refusal(code: UnmapError["code"], at: number, level: Level, address?: PhysAddr): UnmapError {
  return new UnmapError(code, address, Page.containingAddress(addressAt(at), SIZES[level as 1 | 2 | 3]));
}
