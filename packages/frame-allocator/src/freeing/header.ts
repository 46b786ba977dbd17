/**
 * The first bytes of an allocator that lies in memory: what it is, which frames it covers, how many are free.
 *
 * ```
 *   +0    magic                     u32   +4    version               u32
 *   +8    number of frame index 0   u64
 *   +16   frames covered            u32   +20   of them usable        u32
 *   +24   of them free              u32   +28   largest order         u32
 *   +32   bytes of the allocator    u64   +40   (unused)
 *   +64   what the kind of allocator keeps
 * ```
 * Frames are counted from index 0, a multiple of 2^(largest order), up to the last usable one; so an index is aligned
 * exactly as the frame's number is, up to the largest block that can be.
 *
 * @module
 */
import { hex, type Memory, type Ptr } from "@kmem/memory";
import { FrameAllocatorError } from "../errors.ts";
import { FRAME_SIZE, type FrameRange } from "../memory-map/frame-range.ts";
import { MemoryMap } from "../memory-map/memory-map.ts";
import { MAX_ORDER } from "./request.ts";

/** Bytes of the header. */
export const HEADER_SIZE = 64;
/** Most frames that an allocator covers, usable or not: 4 TiB. */
export const MAX_COVERED: number = 2 ** 30;

const VERSION = 1;
const OFFSET = { magic: 0, version: 4, first: 8, covered: 16, usable: 20, free: 24, maxOrder: 28, size: 32 } as const;

/** Which frames an allocator covers. */
export interface Coverage {
  /** Number of the frame with index 0. */
  readonly first: number;
  /** Frames from there, usable or not. */
  readonly covered: number;
  /** log2 of the most frames that an aligned block can have. */
  readonly maxOrder: number;
  /** Of the covered frames. */
  readonly usable: number;
}

/** The ranges of a map that are usable, and what covers them. */
export interface UsableFrames extends Coverage {
  readonly ranges: readonly FrameRange[];
}

/**
 * What an allocator of a map's usable frames has to cover.
 *
 * @throws {@link FrameAllocatorError} `frame-allocator/span` when the lowest and the highest are too far apart;
 * MemoryMapError when it is no map
 */
export function usableFrames(memoryMap: MemoryMap): UsableFrames {
  const ranges = [...new MemoryMap(memoryMap)]
    .filter(({ regionType }) => regionType === "Usable")
    .map(({ range }) => range);
  const start = ranges[0]?.startFrameNumber ?? 0;
  const end = ranges[ranges.length - 1]?.endFrameNumber ?? 0;
  const maxOrder = Math.min(MAX_ORDER, Math.floor(Math.log2(Math.max(1, end - start))));
  const first = start - (start % 2 ** maxOrder);
  const covered = end - first;
  if (covered > MAX_COVERED)
    throw new FrameAllocatorError(
      "frame-allocator/span",
      `expected usable frames within 4 TiB, got ${hex(start * FRAME_SIZE)} to ${hex(end * FRAME_SIZE)}`,
      covered,
    );
  const usable = ranges.reduce((sum, range) => sum + range.length, 0);
  return { ranges, first, covered, maxOrder, usable };
}

/** @throws {@link FrameAllocatorError} `frame-allocator/address` */
export function checkAddress(at: Ptr): void {
  if (!Number.isSafeInteger(at) || at % 8 !== 0)
    throw new FrameAllocatorError("frame-allocator/address", `expected a multiple of 8 as address, got ${hex(at)}`, at);
}

/** Sets all bytes of an allocator to 0, and writes its header, with no frame free. */
export function writeHeader(memory: Memory, at: Ptr, magic: number, coverage: Coverage, size: number): void {
  memory.fill(at, 0, size);
  memory.writeU32(at + OFFSET.magic, magic);
  memory.writeU32(at + OFFSET.version, VERSION);
  memory.writeUsize(at + OFFSET.first, coverage.first);
  memory.writeU32(at + OFFSET.covered, coverage.covered);
  memory.writeU32(at + OFFSET.usable, coverage.usable);
  memory.writeU32(at + OFFSET.maxOrder, coverage.maxOrder);
  memory.writeUsize(at + OFFSET.size, size);
}

/**
 * Reads a header.
 *
 * @param sizeOf - bytes of an allocator that covers these frames
 * @throws {@link FrameAllocatorError} `frame-allocator/address`, `frame-allocator/magic`, `frame-allocator/version`,
 * `frame-allocator/damaged`; MemoryError when the allocator is not wholly in memory
 */
export function readHeader(memory: Memory, at: Ptr, magic: number, sizeOf: (coverage: Coverage) => number): Coverage {
  checkAddress(at);
  const found = memory.readU32(at + OFFSET.magic);
  if (found !== magic)
    throw new FrameAllocatorError(
      "frame-allocator/magic",
      `expected an allocator (magic ${hex(magic)}) at ${hex(at)}, got ${hex(found)}`,
      found,
    );
  const version = memory.readU32(at + OFFSET.version);
  if (version !== VERSION)
    throw new FrameAllocatorError(
      "frame-allocator/version",
      `expected version ${VERSION} at ${hex(at)}, got ${version}`,
      version,
    );
  const coverage: Coverage = {
    first: memory.readU32(at + OFFSET.first) + memory.readU32(at + OFFSET.first + 4) * 2 ** 32,
    covered: memory.readU32(at + OFFSET.covered),
    maxOrder: memory.readU32(at + OFFSET.maxOrder),
    usable: memory.readU32(at + OFFSET.usable),
  };
  const { first, covered, maxOrder, usable } = coverage;
  const isRight =
    maxOrder <= MAX_ORDER &&
    covered <= MAX_COVERED &&
    first % 2 ** maxOrder === 0 &&
    first + covered <= 2 ** 40 &&
    usable <= covered &&
    readFree(memory, at) <= usable;
  if (!isRight || !reaches(memory, at, sizeOf(coverage))) throw damaged(at, "the header contradicts itself");
  return coverage;
}

/** Frames that are free. */
export function readFree(memory: Memory, at: Ptr): number {
  return memory.readU32(at + OFFSET.free);
}

/** Changes the number of free frames. */
export function addFree(memory: Memory, at: Ptr, frames: number): void {
  memory.writeU32(at + OFFSET.free, memory.readU32(at + OFFSET.free) + frames);
}

export function damaged(at: Ptr, what: string): FrameAllocatorError {
  return new FrameAllocatorError("frame-allocator/damaged", `the allocator at ${hex(at)} is damaged: ${what}`, at);
}

/** Whether the header says `size` bytes. @throws MemoryError when they are not in memory */
function reaches(memory: Memory, at: Ptr, size: number): boolean {
  memory.readU8(at + size - 1);
  return memory.readU32(at + OFFSET.size) + memory.readU32(at + OFFSET.size + 4) * 2 ** 32 === size;
}
