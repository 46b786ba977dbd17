/**
 * Freeing tables that have become empty.
 *
 * @module
 */
import type { Level, PhysAddr } from "../../addr.ts";
import type { FrameDeallocator } from "../frame-allocator.ts";
import type { PageRangeInclusive } from "../page-range.ts";
import { addressIn, ENTRY_COUNT } from "../page-table.ts";
import { PhysFrame } from "../phys-frame.ts";
import { addressAt, ENTRY_SIZES, positionOf } from "./positions.ts";
import type { TableWalk } from "./table-walk.ts";
import type { TableWindow } from "./table-window.ts";

const PRESENT = 1;
const HUGE = 0x80;

/**
 * Frees the tables below level 4 that hold nothing but zeros and are needed by a page of `range`, children before
 * their parents, from the lowest address up.
 *
 * Entries that are huge or not present are not followed, and keep their table.
 *
 * @param skip - an index of level 4 to leave alone
 * @throws PhysicalMemoryError when an entry leads out of memory; what comes before it has been freed then
 */
export function freeEmptyTables(
  walk: TableWalk,
  range: PageRangeInclusive,
  frameDeallocator: FrameDeallocator,
  skip = -1,
): void {
  if (range.isEmpty) return;
  const start = positionOf(range.start.startAddress);
  const last = start + range.byteLength - 1;

  /** @param base - position of the table's first page @returns whether the table is empty now */
  const clean = (window: TableWindow, level: Level, base: number): boolean => {
    if (level > 1) {
      const span = ENTRY_SIZES[level];
      const from = Math.max(0, Math.floor((start - base) / span));
      const to = Math.min(ENTRY_COUNT - 1, Math.floor((last - base) / span));
      for (let index = from; index <= to; index++) {
        if (level === 4 && index === skip) continue;
        const word = window.first + 2 * index;
        const low = window.words[word]!;
        if ((low & PRESENT) === 0 || (low & HUGE) !== 0) continue;
        const frame = addressIn(low, window.words[word + 1]!);
        const childBase = base + index * span;
        const below = (level - 1) as Level;
        const isNowEmpty = clean(walk.open(below, addressAt(childBase), frame, true), below, childBase);
        // The deallocator may have used the memory, and a window with it.
        window.reopen();
        if (isNowEmpty) free(window, index, frame);
      }
    }
    return isEmpty(window);
  };
  const free = (window: TableWindow, index: number, frame: PhysAddr): void => {
    window.words[window.first + 2 * index] = 0;
    window.words[window.first + 2 * index + 1] = 0;
    frameDeallocator.deallocateFrame(PhysFrame.fromStartAddress(frame));
    window.reopen();
  };
  clean(walk.openLevel4(true), 4, 0);
}

function isEmpty({ words, first }: TableWindow): boolean {
  for (let word = first; word < first + 2 * ENTRY_COUNT; word++) if (words[word] !== 0) return false;
  return true;
}
