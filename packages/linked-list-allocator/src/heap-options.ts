/**
 * What a heap is made of: its options, and the range that it is given.
 *
 * @module
 */
import { alignUp, hex, NULL, type Memory, type Ptr } from "@kmem/memory";
import { BLOCK_ALIGN, MIN_BLOCK_SIZE } from "./align.ts";
import { CONTROL_SIZE, expectInside, expectRange, MAX_HEAP_SIZE } from "./control-block.ts";
import { HeapError } from "./errors.ts";
import { chunksFor, indexBytes, MIN_INDEX_BYTES } from "./hole-index.ts";
import type { IndexMode } from "./index-keeper.ts";

export interface HeapOptions {
  /**
   * What becomes of a bad free that no hole betrays: one outside of the heap, or at an address that its own alignment
   * forbids. `refuse`: a {@link BadFreeError}. `as-upstream`: what the crate does, which is to take it.
   *
   * @defaultValue "refuse"
   */
  readonly badFrees?: "refuse" | "as-upstream";
  /**
   * Whether holes are found by an index instead of by walking. The addresses are the same. `auto`: from 64 holes on.
   *
   * @defaultValue "auto"
   */
  readonly index?: IndexMode;
  /**
   * Bytes for an index that all handles of a new heap use, which threads that share a heap need: a handle's own index
   * is out of date as soon as another has changed the heap. {@link indexBytesFor} says how many.
   */
  readonly indexRegion?: Slice;
}

/** A range of memory, Rust's slice. */
export interface Slice {
  readonly start: Ptr;
  /** Bytes. */
  readonly size: number;
}

/**
 * How many bytes an index takes for a heap.
 *
 * @param size - the largest that the heap will be, in bytes
 * @example indexBytesFor(0x10000) // => 1696
 */
export function indexBytesFor(size: number): number {
  if (!Number.isSafeInteger(size) || size < 0 || size > MAX_HEAP_SIZE)
    throw new HeapError("heap/size", `size: expected 0 … ${MAX_HEAP_SIZE} bytes, got ${String(size)}`, size);
  // Chunks are counted from the page boundary below the heap.
  return indexBytes(chunksFor(size + 4096));
}

/** What of a range becomes the heap. @throws {@link HeapError} */
export function usableRange(start: Ptr, size: number): { bottom: Ptr; usable: number; pending: number } {
  expectRange(start, size);
  if (size < MIN_BLOCK_SIZE)
    throw new HeapError("heap/size-below-16", `expected at least 16 bytes for a heap, got ${size}`, size);
  const bottom = alignUp(start, BLOCK_ALIGN);
  const available = size - (bottom - start);
  const usable = available - (available % BLOCK_ALIGN);
  if (usable < MIN_BLOCK_SIZE)
    throw new HeapError(
      "heap/aligned-size-below-16",
      `expected at least 16 bytes for a heap behind ${hex(bottom)}, got ${available}`,
      size,
    );
  return { bottom, usable, pending: available - usable };
}

export function expectOptions({ badFrees = "refuse", index = "auto" }: HeapOptions): void {
  expectOneOf("badFrees", badFrees, ["refuse", "as-upstream"]);
  expectOneOf("index", index, ["auto", "off", "always"]);
}

function expectOneOf(name: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value))
    throw new HeapError("heap/options", `${name}: expected ${allowed.join(" or ")}, got ${value}`, value);
}

export function expectIndexRegion(memory: Memory, controlAt: Ptr, { start, size }: Slice): void {
  if (!Number.isSafeInteger(start) || start % 8 !== 0 || start === NULL)
    throw new HeapError("heap/options", `indexRegion.start: expected a multiple of 8, got ${hex(start)}`, start);
  if (!Number.isSafeInteger(size) || size < MIN_INDEX_BYTES || size >= 0x8000_0000)
    throw new HeapError(
      "heap/options",
      `indexRegion.size: expected ${MIN_INDEX_BYTES} bytes or more, got ${size}`,
      size,
    );
  expectInside(memory, start, size);
  if (start < controlAt + CONTROL_SIZE && controlAt < start + size)
    throw new HeapError(
      "heap/overlaps-control-block",
      "indexRegion: expected bytes apart from the control block",
      start,
    );
}
