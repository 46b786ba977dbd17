/**
 * A region of physical memory, and what it is.
 *
 * @see https://docs.rs/bootloader/0.9/bootloader/bootinfo/enum.MemoryRegionType.html
 * @module
 */
import { MemoryMapError } from "../errors.ts";
import { FrameRange, type FrameNumbers } from "./frame-range.ts";

/** What a region is: bootloader's names, in its order, which is that of their numbers in memory. */
export const MemoryRegionType = {
  /** Free to use. */
  Usable: "Usable",
  /** In use already. */
  InUse: "InUse",
  /** Kept by the hardware. */
  Reserved: "Reserved",
  /** Firmware tables, free once they have been read. */
  AcpiReclaimable: "AcpiReclaimable",
  /** Firmware memory that must stay as it is. */
  AcpiNvs: "AcpiNvs",
  /** Broken memory. */
  BadMemory: "BadMemory",
  /** The kernel's code and data. */
  Kernel: "Kernel",
  KernelStack: "KernelStack",
  /** The page tables that the kernel starts with. */
  PageTable: "PageTable",
  Bootloader: "Bootloader",
  /** The frame at address 0, kept so that no pointer is null. */
  FrameZero: "FrameZero",
  /** A region without frames. */
  Empty: "Empty",
  /** The boot information, with the memory map in it. */
  BootInfo: "BootInfo",
  /** What was supplied to the kernel beside it. */
  Package: "Package",
} as const;
export type MemoryRegionType = keyof typeof MemoryRegionType;

/** The types by their numbers. */
export const MEMORY_REGION_TYPES = Object.keys(MemoryRegionType) as readonly MemoryRegionType[];

/** Frames, and what they are. */
export interface MemoryRegion {
  readonly range: FrameRange;
  readonly regionType: MemoryRegionType;
}

/** A region as a caller may write it. */
export interface RegionInit {
  readonly range: FrameNumbers;
  readonly regionType: MemoryRegionType;
}

/**
 * A region of its own from what a caller wrote.
 *
 * @throws {@link MemoryMapError} `memory-map/range`, `memory-map/type`
 */
export function checkedRegion(region: RegionInit): MemoryRegion {
  const { range, regionType } = fieldsOf(region);
  const { startFrameNumber, endFrameNumber } = fieldsOf(range);
  const own = FrameRange.fromFrameNumbers(startFrameNumber as number, endFrameNumber as number);
  return { range: own, regionType: checkedType(regionType) };
}

/** @throws {@link MemoryMapError} `memory-map/type` */
export function checkedType(regionType: unknown): MemoryRegionType {
  const found = MEMORY_REGION_TYPES.find((name) => name === regionType);
  if (found === undefined)
    throw new MemoryMapError("memory-map/type", `expected a type of region, got ${String(regionType)}`, regionType);
  return found;
}

/** What a caller without types wrote; nothing where it is no object. */
function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
