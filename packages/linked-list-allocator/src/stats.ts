/**
 * Figures of a heap, and a map of it for people.
 *
 * @module
 */
import { hex, type Ptr } from "@kmem/memory";
import { MIN_BLOCK_SIZE } from "./align.ts";
import { HeapCorruptionError, HeapError } from "./errors.ts";
import type { Heap } from "./heap.ts";
import { isObject } from "./heap-options.ts";
import { RECORD_SIZE } from "./regions.ts";

/** Figures; sizes in bytes. */
export interface HeapStats {
  readonly bottom: Ptr;
  readonly top: Ptr;
  readonly size: number;
  readonly used: number;
  readonly free: number;
  readonly pending: number;
  /** Separate ranges of memory that it lies in. */
  readonly regions: number;
  readonly holes: number;
  /** 0 when there is no hole. */
  readonly largestHole: number;
  readonly smallestHole: number;
  /** How much of what is free lies outside of the largest hole: 0 (all in one hole) … 1. */
  readonly fragmentation: number;
  /** Whether holes are found by an index now. */
  readonly isIndexed: boolean;
}

/** The figures of a heap now. O(holes). @throws {@link HeapCorruptionError} when its links cannot be followed */
export function statsOf(heap: Heap): HeapStats {
  const { bottom, top, size, used, free } = heap;
  let holes = 0;
  let largestHole = 0;
  let smallestHole = Infinity;
  for (const hole of heap.holes()) {
    holes++;
    largestHole = Math.max(largestHole, hole.size);
    smallestHole = Math.min(smallestHole, hole.size);
  }
  return {
    bottom,
    top,
    size,
    used,
    free,
    pending: heap.holeList.pending,
    regions: heap.holeList.gaps.length + 1,
    holes,
    largestHole,
    smallestHole: holes === 0 ? 0 : smallestHole,
    fragmentation: free === 0 ? 0 : Math.max(0, 1 - largestHole / free),
    isIndexed: heap.isIndexed,
  };
}

export interface MapOptions {
  /** Characters in a row. @defaultValue 64 */
  readonly columns?: number;
  /** At most so many rows. @defaultValue 16 */
  readonly rows?: number;
}

/** Most rows or columns of a map. */
const MOST = 4096;
const IN_USE = "█";
const MIXED = "▒";
/** Not the heap's: between two regions. */
const BETWEEN = " ";
const FREE = "·";

/**
 * Draws the heap: a character per so many bytes, a power of two, and what it means above.
 *
 * It is there for damaged heaps too: the map then shows what could be walked, and a last line says where that ended.
 *
 * @throws {@link HeapError} `heap/options` when an option is not 1 … 4096
 * @example Heap.new(new LinearMemory(new ArrayBuffer(1024)), 0, 128, 512).toText().split("\n")[0] // => "heap 0x80..0x280: 512 bytes, 0 in use, 1 hole"
 */
export function mapOf(heap: Heap, options: MapOptions = {}): string {
  if (!isObject(options))
    throw new HeapError("heap/options", `options: expected an object, got ${String(options)}`, options);
  const columns = expectCount("columns", options.columns ?? 64);
  const rows = expectCount("rows", options.rows ?? 16);
  try {
    return heap.bottom === 0 ? "heap: not initialized" : draw(heap, columns, rows);
  } catch (error) {
    if (!(error instanceof HeapCorruptionError)) throw error;
    return `heap: ${error.message}`;
  }
}

function draw(heap: Heap, columns: number, rows: number): string {
  const { bottom, size, used, top } = heap;
  const { gaps, pending } = heap.holeList;
  const span = top - Math.min(pending, MIN_BLOCK_SIZE - 1) - bottom;
  let cell = 16;
  while (cell * columns * rows < span) cell *= 2;
  const { freeIn, holes, damage } = countFree(heap, span, cell);
  const isBetween = (i: number): boolean =>
    gaps.some(
      ({ start, record }) =>
        start <= bottom + i * cell && Math.min((i + 1) * cell, span) + bottom <= record + RECORD_SIZE,
    );
  const cells = Array.from(freeIn, (free, i) =>
    isBetween(i) ? BETWEEN : free === 0 ? IN_USE : free >= Math.min(cell, span - i * cell) ? FREE : MIXED,
  );
  const lines = [
    `heap ${hex(bottom)}..${hex(top)}: ${size} bytes, ${used} in use, ${holes} ${holes === 1 ? "hole" : "holes"}`,
    `${cell} bytes each: ${IN_USE} in use  ${FREE} free  ${MIXED} both`,
  ];
  for (let i = 0; i < cells.length; i += columns)
    lines.push(`${hex(bottom + i * cell)} ${cells.slice(i, i + columns).join("")}`);
  if (damage !== undefined) lines.push(damage);
  return lines.join("\n");
}

/** Counts the free bytes in each cell of a map; of a hole that reaches beyond the heap, what is inside. */
function countFree(
  heap: Heap,
  span: number,
  cell: number,
): { freeIn: Float64Array; holes: number; damage: string | undefined } {
  const { bottom } = heap;
  const freeIn = new Float64Array(Math.ceil(span / cell));
  let holes = 0;
  try {
    for (const hole of heap.holes()) {
      holes++;
      const start = hole.address - bottom;
      const end = Math.min(start + hole.size, span);
      for (let at = start; at < end;) {
        const index = Math.floor(at / cell);
        const stop = Math.min(end, (index + 1) * cell);
        freeIn[index]! += stop - at;
        at = stop;
      }
    }
  } catch (error) {
    if (!(error instanceof HeapCorruptionError)) throw error;
    return { freeIn, holes, damage: error.message };
  }
  return { freeIn, holes, damage: undefined };
}

function expectCount(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1 || value > MOST)
    throw new HeapError("heap/options", `${name}: expected 1 … ${MOST}, got ${String(value)}`, value);
  return value;
}
