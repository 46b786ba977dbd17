/**
 * The memory map that a bootloader hands to its kernel: which frames are what.
 *
 * ```
 *   0        regions[0] │ regions[1] │ … 64 regions of 24 bytes
 *   1536     number of regions, 8 bytes
 *
 *   region   0  start frame number (u64)   8  end frame number, exclusive (u64)   16  type (u32)
 * ```
 *
 * @see bootloader 0.9: https://docs.rs/bootloader/0.9/bootloader/bootinfo/struct.MemoryMap.html
 * @module
 */
import { hex, type Memory, type Ptr } from "@kmem/memory";
import { MemoryMapError } from "./errors.ts";

/** Bytes of a frame. */
export const FRAME_SIZE = 4096;
/** Most regions that a map holds. */
export const MAX_REGIONS = 64;

const REGION_SIZE = 24;
const COUNT_OFFSET = MAX_REGIONS * REGION_SIZE;
/** Frames of the 52 bits of physical addresses. */
const MAX_FRAME_NUMBER = 2 ** 40;

/** What a region is; the names and their order are bootloader's. */
export const MEMORY_REGION_TYPES = [
  /** Free to use. */
  "Usable",
  /** In use by the bootloader or the kernel. */
  "InUse",
  "Reserved",
  /** Firmware tables, free once they have been read. */
  "AcpiReclaimable",
  "AcpiNvs",
  "BadMemory",
  "Kernel",
  "KernelStack",
  "PageTable",
  "Bootloader",
  /** The frame at address 0, kept so that no pointer is null. */
  "FrameZero",
  "Empty",
  "BootInfo",
  "Package",
] as const;
export type MemoryRegionType = (typeof MEMORY_REGION_TYPES)[number];

export interface MemoryRegion {
  readonly startFrameNumber: number;
  /** Exclusive. */
  readonly endFrameNumber: number;
  readonly regionType: MemoryRegionType;
}

/** Regions in the order of their addresses; none overlaps another. */
export class MemoryMap implements Iterable<MemoryRegion> {
  /** Bytes of a map in memory. */
  static readonly SIZE: number = COUNT_OFFSET + 8;
  private readonly regions: readonly MemoryRegion[];

  /**
   * @throws {@link MemoryMapError} `memory-map/range`, `memory-map/overlap`, `memory-map/type`, `memory-map/full`
   */
  constructor(regions: Iterable<MemoryRegion>) {
    const sorted = [...regions].sort((a, b) => a.startFrameNumber - b.startFrameNumber);
    sorted.forEach((region, i) => checkRegion(region, sorted[i - 1]));
    if (sorted.length > MAX_REGIONS)
      throw new MemoryMapError("memory-map/full", `expected at most ${MAX_REGIONS} regions, got ${sorted.length}`);
    this.regions = sorted;
  }

  /** Reads a map that {@link MemoryMap.write} wrote. @throws {@link MemoryMapError} when the bytes are no map */
  static read(memory: Memory, at: Ptr): MemoryMap {
    const count = memory.readUsize(at + COUNT_OFFSET);
    if (count > MAX_REGIONS) throw new MemoryMapError("memory-map/full", `${count} regions at ${hex(at)}`);
    const regions: MemoryRegion[] = [];
    for (let i = 0; i < count; i++) {
      const region = at + i * REGION_SIZE;
      const type = memory.readU32(region + 16);
      const regionType = MEMORY_REGION_TYPES[type];
      if (regionType === undefined)
        throw new MemoryMapError("memory-map/type", `region ${i} at ${hex(region)} has the unknown type ${type}`);
      regions.push({
        startFrameNumber: memory.readUsize(region),
        endFrameNumber: memory.readUsize(region + 8),
        regionType,
      });
    }
    return new MemoryMap(regions);
  }

  /** Writes the map as bytes, {@link MemoryMap.SIZE} of them. @param at - a multiple of 8 */
  write(memory: Memory, at: Ptr): void {
    this.regions.forEach(({ startFrameNumber, endFrameNumber, regionType }, i) => {
      const region = at + i * REGION_SIZE;
      memory.writeUsize(region, startFrameNumber);
      memory.writeUsize(region + 8, endFrameNumber);
      memory.writeU32(region + 16, MEMORY_REGION_TYPES.indexOf(regionType));
    });
    memory.writeUsize(at + COUNT_OFFSET, this.regions.length);
  }

  get length(): number {
    return this.regions.length;
  }

  [Symbol.iterator](): Iterator<MemoryRegion> {
    return this.regions[Symbol.iterator]();
  }

  /** Frames of a type in all. */
  frameCount(regionType: MemoryRegionType): number {
    return this.regions
      .filter((region) => region.regionType === regionType)
      .reduce((sum, { startFrameNumber, endFrameNumber }) => sum + endFrameNumber - startFrameNumber, 0);
  }

  /** A line for each region: its addresses, exclusive at the end, and its type. */
  toString(): string {
    return this.regions
      .map(({ startFrameNumber, endFrameNumber, regionType }) => {
        const [start, end] = [startFrameNumber, endFrameNumber].map((n) => hex(n * FRAME_SIZE).padStart(12));
        return `${start!} – ${end!}  ${regionType}`;
      })
      .join("\n");
  }
}

function checkRegion(region: MemoryRegion, previous: MemoryRegion | undefined): void {
  const { startFrameNumber: start, endFrameNumber: end, regionType } = region;
  const isRange =
    Number.isInteger(start) && Number.isInteger(end) && start >= 0 && end >= start && end <= MAX_FRAME_NUMBER;
  if (!isRange)
    throw new MemoryMapError("memory-map/range", `expected frame numbers in order up to 2^40, got ${start} and ${end}`);
  if (!MEMORY_REGION_TYPES.includes(regionType))
    throw new MemoryMapError("memory-map/type", `${regionType} is no type of region`);
  if (previous !== undefined && start < previous.endFrameNumber)
    throw new MemoryMapError(
      "memory-map/overlap",
      `the region from frame ${start} overlaps the one up to ${previous.endFrameNumber}`,
    );
}
