/**
 * Which frames become what: the memory map of a PC as QEMU gives it, with what the bootloader has put into it.
 *
 * @module
 */
import { FRAME_SIZE, FrameRange, MemoryMap, type MemoryRegion, type MemoryRegionType } from "@kmem/frame-allocator";
import {
  BIOS_START,
  FIRMWARE_TABLES_SIZE,
  FLASH_END,
  FLASH_START,
  HIGH_MEMORY_START,
  KERNEL_FRAME_START,
  KERNEL_STATICS_SIZE,
  KERNEL_TEXT_SIZE,
  LOW_MEMORY_END,
  PAGE_TABLE_FRAMES,
  PAGE_TABLES_START,
} from "./layout.ts";

/** Physical addresses of what the bootloader places. */
export interface Placement {
  readonly pageTables: number;
  readonly bootInfo: number;
  readonly kernelText: number;
  readonly kernelStatics: number;
  readonly kernelStack: number;
  /** Exclusive. */
  readonly kernelEnd: number;
}

/** Where everything goes. @param stackSize - bytes, whole pages */
export function place(stackSize: number): Placement {
  const pageTables = PAGE_TABLES_START;
  const kernelText = KERNEL_FRAME_START;
  const kernelStatics = kernelText + KERNEL_TEXT_SIZE;
  const kernelStack = kernelStatics + KERNEL_STATICS_SIZE;
  return {
    pageTables,
    bootInfo: pageTables + PAGE_TABLE_FRAMES * FRAME_SIZE,
    kernelText,
    kernelStatics,
    kernelStack,
    kernelEnd: kernelStack + stackSize,
  };
}

/** The map for `memorySize` bytes of RAM. */
export function memoryMapOf(memorySize: number, placement: Placement): MemoryMap {
  const ramEnd = memorySize - FIRMWARE_TABLES_SIZE;
  const afterBootInfo = placement.bootInfo + FRAME_SIZE;
  return new MemoryMap([
    region(0, PAGE_TABLES_START, "FrameZero"),
    region(placement.pageTables, placement.bootInfo, "PageTable"),
    region(placement.bootInfo, afterBootInfo, "BootInfo"),
    region(afterBootInfo, LOW_MEMORY_END, "Usable"),
    region(LOW_MEMORY_END, 0xa_0000, "Reserved"),
    region(BIOS_START, HIGH_MEMORY_START, "Reserved"),
    region(HIGH_MEMORY_START, placement.kernelText, "Usable"),
    region(placement.kernelText, placement.kernelStack, "Kernel"),
    region(placement.kernelStack, placement.kernelEnd, "KernelStack"),
    region(placement.kernelEnd, ramEnd, "Usable"),
    region(ramEnd, memorySize, "Reserved"),
    region(FLASH_START, FLASH_END, "Reserved"),
  ]);
}

function region(start: number, end: number, regionType: MemoryRegionType): MemoryRegion {
  return { range: FrameRange.new(start, end), regionType };
}
