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

/** One call of `unmapRange`: first everything is looked at, then removed. */
export class RangeUnmapping {
  /** The frames that were mapped, as runs in the order of the pages. */
  readonly frames: PhysFrameRangeInclusive<PageSize>[] = [];
  /** The smallest size that was met. */
  smallest: PageSize = Size1GiB;
  /** Whether a page was global. */
  isGlobal = false;
  private readonly walk: TableWalk;
  private readonly allowHoles: boolean;
  // The run of frames that is being collected.
  private runStart = NaN;
  private runLength = 0;
  private runSize: PageSize = Size4KiB;

  constructor(walk: TableWalk, allowHoles: boolean) {
    this.walk = walk;
    this.allowHoles = allowHoles;
  }

  /** @throws UnmapError; nothing has changed then */
  run(start: number, end: number): void {
    this.visit(4, this.walk.openLevel4(true), start, end, false);
    this.visit(4, this.walk.openLevel4(true), start, end, true);
    this.endRun();
  }

  private visit(level: Level, window: TableWindow, from: number, to: number, isFinal: boolean): void {
    const span = ENTRY_SIZES[level];
    for (let at = from; at < to;) {
      const next = Math.min(to, (Math.floor(at / span) + 1) * span);
      window.reopen();
      const word = window.first + 2 * indexAt(at, level);
      const low = window.words[word]!;
      const address = addressIn(low, window.words[word + 1]!);
      if ((low & PRESENT) === 0) {
        if (!this.allowHoles) throw refusal("map/page-not-mapped", at, 1);
      } else if (level === 1 || (level < 4 && (low & HUGE) !== 0)) {
        const size = SIZES[level as 1 | 2 | 3];
        if (next - at !== span) throw refusal("map/parent-entry-huge-page", at, level);
        if (offsetIn(address, size) !== 0) throw refusal("map/invalid-frame-address", at, level, address);
        if (isFinal) {
          window.words[word] = 0;
          window.words[word + 1] = 0;
          if ((low & GLOBAL) !== 0) this.isGlobal = true;
          this.collect(address, size);
        }
      } else {
        const below = this.walk.open((level - 1) as Level, addressAt(at), address, true);
        this.visit((level - 1) as Level, below, at, next, isFinal);
      }
      at = next;
    }
  }

  private collect(address: PhysAddr, size: PageSize): void {
    if (size.bytes < this.smallest.bytes) this.smallest = size;
    if (size === this.runSize && address === this.runStart + this.runLength) this.runLength += size.bytes;
    else {
      this.endRun();
      this.runStart = address;
      this.runLength = size.bytes;
      this.runSize = size;
    }
  }

  private endRun(): void {
    if (this.runLength === 0) return;
    const first = PhysFrame.fromStartAddress(this.runStart, this.runSize);
    const last = PhysFrame.fromStartAddress(this.runStart + this.runLength - this.runSize.bytes, this.runSize);
    this.frames.push(new PhysFrameRangeInclusive(first, last));
    this.runLength = 0;
  }
}

function refusal(code: UnmapError["code"], at: number, level: Level, address?: PhysAddr): UnmapError {
  return new UnmapError(code, address, Page.containingAddress(addressAt(at), SIZES[level as 1 | 2 | 3]));
}
