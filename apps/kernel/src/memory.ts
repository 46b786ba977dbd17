/**
 * Page tables and frames: what the kernel knows of memory.
 *
 * @see blog_os, post 9: https://os.phil-opp.com/paging-implementation/
 * @module
 */
import { Cr3, OffsetPageTable, PageTable, type Hardware, type VirtAddr } from "@kmem/x86-64";

export { BootInfoFrameAllocator, EmptyFrameAllocator } from "@kmem/frame-allocator";

/**
 * The page tables that are in force.
 *
 * The caller answers for it that all physical memory is mapped at `physicalMemoryOffset`, and calls it only once: two
 * mappers over the same tables would not know of each other.
 */
export function init(hardware: Hardware, physicalMemoryOffset: VirtAddr): OffsetPageTable {
  const levelFourTable = activeLevelFourTable(hardware, physicalMemoryOffset);
  return new OffsetPageTable(levelFourTable, physicalMemoryOffset);
}

/** The level 4 table that CR3 names, where it appears in virtual memory. */
function activeLevelFourTable(hardware: Hardware, physicalMemoryOffset: VirtAddr): PageTable {
  const { frame } = Cr3.read(hardware.registers);
  return new PageTable(hardware.memory, physicalMemoryOffset + frame.startAddress);
}
