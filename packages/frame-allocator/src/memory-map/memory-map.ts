/**
 * The memory map that a bootloader hands to its kernel: which frames are what.
 *
 * ```
 *   0x0    0x1000        0x9f000   0x100000                    0x7fe0000
 *   │FrameZero│  Usable  │Reserved │   Usable   │Kernel│ Usable │Reserved│
 * ```
 * Regions are in the order of their addresses, none is empty, and none overlaps another. What no region names is not
 * there.
 *
 * @see https://docs.rs/bootloader/0.9/bootloader/bootinfo/struct.MemoryMap.html
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";
import { MemoryMapError, RegionOverlapError } from "../errors.ts";
import { FrameRange, type FrameNumbers } from "./frame-range.ts";
import { MAP_SIZE, MAX_REGIONS, readRegions, writeRegions } from "./memory-map-bytes.ts";
import { memoryMapTable } from "./memory-map-table.ts";
import {
  checkedRegion,
  checkedType,
  type MemoryRegion,
  type MemoryRegionType,
  type RegionInit,
} from "./memory-region.ts";

/** Which frames are what. */
export class MemoryMap implements Iterable<MemoryRegion> {
  /** Bytes of a map in memory. */
  static readonly SIZE: number = MAP_SIZE;
  private regions: readonly MemoryRegion[] = [];

  /**
   * @param regions - in any order; empty ones are left out
   * @throws {@link MemoryMapError} `memory-map/range`, `memory-map/overlap`, `memory-map/type`, `memory-map/full`,
   * `memory-map/regions` when it is no list
   * @example new MemoryMap([{ range: FrameRange.new(0x1000, 0x5000), regionType: "Usable" }]).frameCount("Usable") // => 4
   */
  constructor(regions: Iterable<RegionInit> = []) {
    this.regions = sortedRegions(listOf(regions).map(checkedRegion));
  }

  /**
   * Reads a map that {@link MemoryMap.write} or bootloader 0.9 wrote.
   *
   * @throws {@link MemoryMapError} when the bytes are no map
   */
  static read(memory: Memory, at: Ptr): MemoryMap {
    return new MemoryMap(readRegions(memory, at));
  }

  /**
   * Writes the map as bytes, {@link MemoryMap.SIZE} of them, all of which it sets.
   *
   * @param at - a multiple of 8
   * @throws {@link MemoryMapError} `memory-map/address`
   */
  write(memory: Memory, at: Ptr): void {
    writeRegions(memory, at, this.regions);
  }

  /** How many regions. */
  get length(): number {
    return this.regions.length;
  }

  /** The `index`th region from the lowest address up. @returns `undefined` outside of the map */
  get(index: number): MemoryRegion | undefined {
    return this.regions[index];
  }

  /** The region that an address lies in. @returns `undefined` in a gap */
  regionAt(address: Ptr): MemoryRegion | undefined {
    return this.regions.find(({ range }) => range.contains(address));
  }

  [Symbol.iterator](): Iterator<MemoryRegion> {
    return this.regions[Symbol.iterator]();
  }

  /** Frames of a type in all. */
  frameCount(regionType: MemoryRegionType): number {
    const wanted = checkedType(regionType);
    return this.regions.reduce((sum, region) => sum + (region.regionType === wanted ? region.range.length : 0), 0);
  }

  /**
   * Puts one more region in its place; one without frames adds nothing.
   *
   * @throws {@link MemoryMapError} as the constructor; the map is as before then
   */
  addRegion(region: RegionInit): void {
    this.regions = sortedRegions([...this.regions, checkedRegion(region)]);
  }

  /**
   * Makes something else of frames that are usable, for one who takes them before there is an allocator. The region that
   * they lie in keeps the rest.
   *
   * @throws {@link MemoryMapError} `memory-map/not-usable` unless all lie in one usable region; `memory-map/full`,
   * `memory-map/range`, `memory-map/type`; the map is as before then
   */
  markRegion(frames: FrameNumbers, regionType: MemoryRegionType): void {
    const { range, regionType: type } = checkedRegion({ range: frames, regionType });
    const around = this.regions.find((region) => region.regionType === "Usable" && encloses(region.range, range));
    if (around === undefined)
      throw new MemoryMapError(
        "memory-map/not-usable",
        `expected frames of a usable region, got ${String(range)}`,
        range,
      );
    const { startFrameNumber, endFrameNumber } = around.range;
    this.regions = sortedRegions([
      ...this.regions.filter((region) => region !== around),
      { range: FrameRange.fromFrameNumbers(startFrameNumber, range.startFrameNumber), regionType: "Usable" },
      { range, regionType: type },
      { range: FrameRange.fromFrameNumbers(range.endFrameNumber, endFrameNumber), regionType: "Usable" },
    ]);
  }

  /** A table: for each region its addresses, exclusive at the end, its size and its type. */
  toString(): string {
    return memoryMapTable(this.regions);
  }
}

/** Regions in order without the empty ones, once it is certain that they make a map. */
function sortedRegions(regions: readonly MemoryRegion[]): readonly MemoryRegion[] {
  const sorted = regions
    .filter(({ range }) => !range.isEmpty())
    .sort((a, b) => a.range.startFrameNumber - b.range.startFrameNumber);
  sorted.forEach(({ range }, i) => {
    const previous = sorted[i - 1]?.range;
    if (previous?.overlaps(range) === true) throw new RegionOverlapError(range, previous);
  });
  if (sorted.length > MAX_REGIONS)
    throw new MemoryMapError(
      "memory-map/full",
      `expected at most ${MAX_REGIONS} regions, got ${sorted.length}`,
      sorted.length,
    );
  return sorted;
}

function listOf(regions: Iterable<RegionInit>): RegionInit[] {
  const given = regions as Partial<Iterable<RegionInit>> | null | undefined;
  if (typeof given?.[Symbol.iterator] !== "function")
    throw new MemoryMapError("memory-map/regions", `expected a list of regions, got ${typeof regions}`, regions);
  return [...regions];
}

function encloses(outer: FrameRange, inner: FrameRange): boolean {
  return outer.startFrameNumber <= inner.startFrameNumber && inner.endFrameNumber <= outer.endFrameNumber;
}
