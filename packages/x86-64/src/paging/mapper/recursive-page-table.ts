/**
 * Changing page tables through a level 4 table that contains itself.
 *
 * ```
 *   entry r of the level 4 table names the table itself; so the indices (r for each level skipped) reach
 *   level 4   [r,  r,  r,  r ]
 *   level 3   [r,  r,  r,  p4]
 *   level 2   [r,  r,  p4, p3]
 *   level 1   [r,  p4, p3, p2]     of the page with indices p4, p3, p2, p1
 * ```
 *
 * @see https://docs.rs/x86_64/0.15.4/x86_64/structures/paging/mapper/struct.RecursivePageTable.html
 * @module
 */
import type { Memory } from "@kmem/memory";
import { checkedLevel, PhysAddr, VirtAddr, type Level } from "../../addr.ts";
import { FrameError, InvalidPageTable } from "../errors.ts";
import { Page } from "../page.ts";
import type { PageSize } from "../page-size.ts";
import { PageTable } from "../page-table.ts";
import { PageTableIndex } from "../page-table-index.ts";
import { TableMapper } from "./table-mapper.ts";

/** The index of a level 4 table that appears at `table` by containing itself. @returns `undefined` when it does not */
export function recursiveIndex(table: VirtAddr): number | undefined {
  const [p4, p3, p2, p1] = ([4, 3, 2, 1] as const).map((level) => VirtAddr.tableIndex(table, level));
  return p4 === p3 && p3 === p2 && p2 === p1 ? p4 : undefined;
}

/** A mapper over the tables that are in force, which needs no map of physical memory. */
export class RecursivePageTable extends TableMapper {
  readonly recursiveIndex: number;

  private constructor(level4Table: PageTable, index: number) {
    super(level4Table, (_frame, level, address) => tablePage(index, address, level).startAddress, index);
    this.recursiveIndex = index;
  }

  /**
   * @param memory - virtual memory, translated with the very tables
   * @param table - where the level 4 table appears in it
   * @param activeFrame - address of the level 4 table's frame, from CR3
   * @throws {@link InvalidPageTable} `page-table/not-recursive` when `table` is no address at which a table contains
   * itself; `page-table/not-active` when the entry there names another frame
   */
  static new(memory: Memory, table: VirtAddr, activeFrame: PhysAddr): RecursivePageTable {
    PhysAddr.new(activeFrame);
    const index = recursiveIndex(table);
    if (index === undefined) throw new InvalidPageTable("page-table/not-recursive");
    const level4Table = new PageTable(memory, table);
    if (namedFrame(level4Table, index) !== activeFrame) throw new InvalidPageTable("page-table/not-active");
    return new RecursivePageTable(level4Table, index);
  }

  /** As {@link RecursivePageTable.new}, where the caller answers for it that `index` is right. */
  static newUnchecked(level4Table: PageTable, index: number): RecursivePageTable {
    return new RecursivePageTable(level4Table, PageTableIndex.new(index));
  }

  /** The page at which the table of `level` appears that `page` needs. @param index - the level 4 table's own, 0 … 511 */
  static tablePage(index: number, page: Page<PageSize>, level: Level): Page {
    return tablePage(index, page.startAddress, checkedLevel(level));
  }
}

function tablePage(index: number, address: VirtAddr, level: Level): Page {
  const [p4, p3, p2] = [VirtAddr.p4Index(address), VirtAddr.p3Index(address), VirtAddr.p2Index(address)];
  if (level === 4) return Page.fromPageTableIndices(index, index, index, index);
  if (level === 3) return Page.fromPageTableIndices(index, index, index, p4);
  if (level === 2) return Page.fromPageTableIndices(index, index, p4, p3);
  return Page.fromPageTableIndices(index, p4, p3, p2);
}

function namedFrame(table: PageTable, index: number): PhysAddr | undefined {
  try {
    return table.entry(index).frame().startAddress;
  } catch (error) {
    if (error instanceof FrameError) return undefined;
    throw error;
  }
}
