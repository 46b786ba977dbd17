/**
 * Changing page tables that are reached through a mapping from frames to addresses.
 *
 * @see https://docs.rs/x86_64/0.15.4/x86_64/structures/paging/mapper/struct.MappedPageTable.html
 * @module
 */
import type { Ptr } from "@kmem/memory";
import type { PhysAddr } from "../../addr.ts";
import type { PageTable } from "../page-table.ts";
import { TableMapper } from "./table-mapper.ts";

/** A mapper over tables whose frames `frameToPointer` makes reachable. */
export class MappedPageTable extends TableMapper {
  readonly frameToPointer: (frame: PhysAddr) => Ptr;

  /**
   * @param level4Table - the table of level 4, in the memory that the other tables lie in too
   * @param frameToPointer - the address at which a table's frame can be read and written, a multiple of 4096
   */
  constructor(level4Table: PageTable, frameToPointer: (frame: PhysAddr) => Ptr) {
    super(level4Table, frameToPointer);
    this.frameToPointer = frameToPointer;
  }
}
