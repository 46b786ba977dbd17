/**
 * Changing page tables where all physical memory is mapped at an offset.
 *
 * @see https://docs.rs/x86_64/0.15.4/x86_64/structures/paging/mapper/struct.OffsetPageTable.html
 * @module
 */
import type { Ptr } from "@kmem/memory";
import { AddressError } from "../../errors.ts";
import { TABLE_SIZE, type PageTable } from "../page-table.ts";
import { TableMapper } from "./table-mapper.ts";

/** A mapper for tables that lie at `physicalMemoryOffset` + their frame's address. */
export class OffsetPageTable extends TableMapper {
  readonly physicalMemoryOffset: Ptr;

  /**
   * @param level4Table - the table of level 4
   * @param physicalMemoryOffset - address of physical address 0; 0 where `memory` is the physical memory itself.
   * A multiple of 4096
   * @throws {@link AddressError} `address/not-aligned`
   */
  constructor(level4Table: PageTable, physicalMemoryOffset: Ptr) {
    if (!Number.isSafeInteger(physicalMemoryOffset) || physicalMemoryOffset % TABLE_SIZE !== 0)
      throw new AddressError(
        "address/not-aligned",
        "expected an offset that is a multiple of 4096, got",
        physicalMemoryOffset,
      );
    super(level4Table, physicalMemoryOffset);
    this.physicalMemoryOffset = physicalMemoryOffset;
  }
}
