/**
 * Changing page tables where all physical memory is mapped at an offset.
 *
 * @see https://docs.rs/x86_64/0.15.4/x86_64/structures/paging/mapper/struct.OffsetPageTable.html
 * @module
 */
import type { Ptr } from "@kmem/memory";
import type { PageTable } from "../page-table.ts";
import { MappedPageTable } from "./mapped-page-table.ts";

/** A mapper for tables that lie at `physicalMemoryOffset` + their frame's address. */
export class OffsetPageTable extends MappedPageTable {
  readonly physicalMemoryOffset: Ptr;

  /**
   * @param level4Table - the table of level 4
   * @param physicalMemoryOffset - address of physical address 0; 0 where `memory` is the physical memory itself
   */
  constructor(level4Table: PageTable, physicalMemoryOffset: Ptr) {
    super(level4Table, physicalMemoryOffset);
    this.physicalMemoryOffset = physicalMemoryOffset;
  }
}
