/**
 * Freeing tables that have become empty.
 *
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";
import type { Level, PhysAddr, VirtAddr } from "../../addr.ts";
import type { FrameDeallocator } from "../frame-allocator.ts";
import type { PageRangeInclusive } from "../page-range.ts";
import { ENTRY_COUNT, PageTable } from "../page-table.ts";
import { PhysFrame } from "../phys-frame.ts";

/** What the procedure needs to know of a mapper. */
export interface TableTree {
  readonly memory: Memory;
  readonly level4Table: PageTable;
  /** Where a table can be read and written: given its frame, its level, and an address that it is for. */
  tablePointer(frame: PhysAddr, level: Level, address: VirtAddr): Ptr;
}

const PRESENT = 1n;
const HUGE = 0x80n;
/** Pages that an entry of each level covers. */
const PAGES = [0, 1, 2 ** 9, 2 ** 18, 2 ** 27] as const;

/**
 * Frees the tables below level 4 that hold nothing but zeros and are needed by a page of `range`, children before
 * their parents, from the lowest address up.
 *
 * Entries that are huge or not present are not followed, and keep their table.
 *
 * @param skip - an index of level 4 to leave alone
 */
export function freeEmptyTables(
  tree: TableTree,
  range: PageRangeInclusive,
  frameDeallocator: FrameDeallocator,
  skip = -1,
): void {
  if (range.isEmpty) return;
  const first = pageNumber(range.start.startAddress);
  const last = pageNumber(range.end.startAddress);

  /** @returns whether the table is empty now. First and last are page numbers; `base` is the table's first. */
  const clean = (table: PageTable, level: Level, base: number): boolean => {
    if (level > 1) {
      const pages = PAGES[level];
      const from = Math.max(0, Math.floor((first - base) / pages));
      const to = Math.min(ENTRY_COUNT - 1, Math.floor((last - base) / pages));
      for (let index = from; index <= to; index++) {
        const entry = table.entry(index);
        const bits = entry.bits;
        if ((bits & PRESENT) === 0n || (bits & HUGE) !== 0n || (level === 4 && index === skip)) continue;
        const frame = entry.addr();
        const childBase = base + index * pages;
        const below = (level - 1) as Level;
        const child = new PageTable(tree.memory, tree.tablePointer(frame, below, addressOfPage(childBase)));
        if (clean(child, below, childBase)) {
          entry.setUnused();
          frameDeallocator.deallocateFrame(PhysFrame.fromStartAddress(frame));
        }
      }
    }
    return table.isEmpty();
  };
  clean(tree.level4Table, 4, 0);
}

/** Number of a page among all canonical ones, from 0; the upper half follows the lower. */
function pageNumber(address: number): number {
  return (address < 0 ? address + 2 ** 48 : address) / 4096;
}

function addressOfPage(number: number): VirtAddr {
  const address = number * 4096;
  return (address < 2 ** 47 ? address : address - 2 ** 48) as VirtAddr;
}
