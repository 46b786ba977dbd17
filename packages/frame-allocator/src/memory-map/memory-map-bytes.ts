/**
 * A memory map as bytes, as bootloader 0.9 lays it out (`#[repr(C)]`), so that it can lie in the boot information.
 *
 * ```
 *   0       regions[0] │ regions[1] │ … 64 regions of 24 bytes
 *   1536    number of regions, u64
 *   1544
 *
 *   region  0  start frame number, u64   8  end frame number, exclusive, u64   16  type, u32   20  (4 bytes unused)
 * ```
 * Regions behind the last are of type Empty, without frames.
 *
 * @see https://docs.rs/crate/bootloader/0.9.23/source/src/bootinfo/memory_map.rs
 * @module
 */
import { hex, type Memory, type Ptr } from "@kmem/memory";
import { MemoryMapError } from "../errors.ts";
import { FrameRange } from "./frame-range.ts";
import { MEMORY_REGION_TYPES, type MemoryRegion } from "./memory-region.ts";

/** Most regions that a map holds. */
export const MAX_REGIONS = 64;

const REGION_SIZE = 24;
const END_OFFSET = 8;
const TYPE_OFFSET = 16;
const COUNT_OFFSET: number = MAX_REGIONS * REGION_SIZE;
const EMPTY: number = MEMORY_REGION_TYPES.indexOf("Empty");

/** Bytes of a map in memory. */
export const MAP_SIZE: number = COUNT_OFFSET + 8;

/** @throws {@link MemoryMapError} `memory-map/full`, `memory-map/range`, `memory-map/type`, `memory-map/address` */
export function readRegions(memory: Memory, at: Ptr): MemoryRegion[] {
  checkAddress(at);
  const count = readNumber(memory, at + COUNT_OFFSET);
  if (count > MAX_REGIONS)
    throw new MemoryMapError(
      "memory-map/full",
      `expected at most ${MAX_REGIONS} regions at ${hex(at)}, got ${count}`,
      count,
    );
  return Array.from({ length: count }, (_, i) => readRegion(memory, at + i * REGION_SIZE));
}

/** @throws {@link MemoryMapError} `memory-map/address` */
export function writeRegions(memory: Memory, at: Ptr, regions: readonly MemoryRegion[]): void {
  checkAddress(at);
  memory.fill(at, 0, MAP_SIZE);
  for (let i = 0; i < MAX_REGIONS; i++) {
    const { range, regionType } = regions[i] ?? {};
    const region = at + i * REGION_SIZE;
    memory.writeUsize(region, range?.startFrameNumber ?? 0);
    memory.writeUsize(region + END_OFFSET, range?.endFrameNumber ?? 0);
    memory.writeU32(region + TYPE_OFFSET, regionType === undefined ? EMPTY : MEMORY_REGION_TYPES.indexOf(regionType));
  }
  memory.writeUsize(at + COUNT_OFFSET, regions.length);
}

function readRegion(memory: Memory, at: Ptr): MemoryRegion {
  const type = memory.readU32(at + TYPE_OFFSET);
  const regionType = MEMORY_REGION_TYPES[type];
  if (regionType === undefined)
    throw new MemoryMapError(
      "memory-map/type",
      `expected 0 to ${MEMORY_REGION_TYPES.length - 1} as type of the region at ${hex(at)}, got ${type}`,
      type,
    );
  return {
    range: FrameRange.fromFrameNumbers(readNumber(memory, at), readNumber(memory, at + END_OFFSET)),
    regionType,
  };
}

/** 8 bytes as a number, rounded above 2^53: no frame number and no count is as large, so the check that follows holds. */
function readNumber(memory: Memory, at: Ptr): number {
  return memory.readU32(at) + memory.readU32(at + 4) * 2 ** 32;
}

function checkAddress(at: Ptr): void {
  if (!Number.isSafeInteger(at) || at % 8 !== 0)
    throw new MemoryMapError("memory-map/address", `expected a multiple of 8 as address of a map, got ${hex(at)}`, at);
}
