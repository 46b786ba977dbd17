/**
 * What a heap is made of: its options, and the range that it is given.
 *
 * @module
 */
import { alignUp, hex, NULL, type Memory, type Ptr } from "@kmem/memory";
import { BLOCK_ALIGN, MIN_BLOCK_SIZE } from "./align.ts";
import { CONTROL_SIZE, expectInside, expectRange, MAX_HEAP_SIZE, readControlBlock } from "./control-block.ts";
import { HeapError } from "./errors.ts";
import { chunksFor, indexBytes, MIN_INDEX_BYTES } from "./index-format.ts";
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
   * What becomes of `init` on a heap that has memory already. `refuse`: a {@link HeapError}. `as-upstream`: what the crate
   * does, which is to forget all that was there, blocks in use included. (`initFromSlice` refuses in the crate too.)
   *
   * @defaultValue "refuse"
   */
  readonly secondInit?: "refuse" | "as-upstream";
  /**
   * Whether holes are found by an index instead of by walking. The addresses are the same. `auto`: from 64 holes on.
   *
   * @defaultValue "auto"
   */
  readonly index?: IndexMode;
  /**
   * Bytes for an index that all handles of a new heap use, which threads that share a heap need: a handle's own index
   * is out of date as soon as another has changed the heap. {@link indexBytesFor} says how many. A heap that is attached to
   * has its own already.
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
 * @example indexBytesFor(0x10000) // => 1448
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

/** Refuses what is no memory and what are no options: callers without types pass anything. @throws {@link HeapError} */
export function expectOptions(memory: Memory, options: HeapOptions): void {
  if (typeof (memory as Partial<Memory> | null | undefined)?.readU32 !== "function")
    throw new HeapError("heap/options", "memory: expected a memory, with its methods", memory);
  if (!isObject(options))
    throw new HeapError("heap/options", `options: expected an object, got ${String(options)}`, options);
  const { badFrees = "refuse", secondInit = "refuse", index = "auto", indexRegion } = options;
  expectOneOf("badFrees", badFrees, ["refuse", "as-upstream"]);
  expectOneOf("secondInit", secondInit, ["refuse", "as-upstream"]);
  expectOneOf("index", index, ["auto", "off", "always"]);
  if (indexRegion !== undefined) expectSlice("indexRegion", indexRegion);
}

/** Refuses what has no start and no size. @throws {@link HeapError} */
export function expectSlice(name: string, slice: Slice): void {
  if (!isObject(slice)) throw new HeapError("heap/options", `${name}: expected a slice, got ${String(slice)}`, slice);
}

/** Whether a value can have members. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/**
 * Whether a value has no members to read at all. Where those are judged anyway, as a layout's are, this suffices, and takes
 * four instructions where `isObject` takes twenty.
 */
export function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}

function expectOneOf(name: string, value: unknown, allowed: readonly string[]): void {
  if (!(allowed as readonly unknown[]).includes(value))
    throw new HeapError("heap/options", `${name}: expected ${allowed.join(" or ")}, got ${String(value)}`, value);
}

export function expectIndexRegion(memory: Memory, controlAt: Ptr, { start, size }: Slice): void {
  if (!Number.isSafeInteger(start) || start % 8 !== 0 || start === NULL)
    throw new HeapError("heap/options", `indexRegion.start: expected a multiple of 8, got ${hex(start)}`, start);
  if (!Number.isSafeInteger(size) || size < MIN_INDEX_BYTES || size >= 0x8000_0000)
    throw new HeapError(
      "heap/options",
      `indexRegion.size: expected ${MIN_INDEX_BYTES} bytes or more, got ${String(size)}`,
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

/** Refuses another index for a heap that is there already than the one it has. @throws {@link HeapError} */
export function expectOwnIndexRegion(memory: Memory, controlAt: Ptr, { start, size }: Slice): void {
  const { indexAt, indexBytes: own } = readControlBlock(memory, controlAt);
  if (start === indexAt && size === own) return;
  throw new HeapError(
    "heap/options",
    `indexRegion: expected none, or the heap's own of ${own} bytes at ${hex(indexAt)}, got ${String(size)} at ${hex(start)}`,
    start,
  );
}
