/**
 * Blocks for one value.
 *
 * @module
 */
import { handleAllocError, type GlobalAlloc, type Layout } from "@kmem/global-alloc";
import { NULL, type Ptr } from "@kmem/memory";
import { TryReserveError } from "./errors.ts";

/**
 * Takes a block; one of no bytes dangles at its alignment.
 *
 * @throws calls the alloc error handler when there is no memory
 */
export function takeBlock(allocator: GlobalAlloc, layout: Layout, zeroed = false): Ptr {
  const at = tryTakeBlock(allocator, layout, zeroed);
  if (typeof at !== "number") handleAllocError(layout);
  return at;
}

/** {@link takeBlock}, or why there is no memory. */
export function tryTakeBlock(allocator: GlobalAlloc, layout: Layout, zeroed = false): Ptr | TryReserveError {
  if (layout.size === 0) return layout.align;
  const at = zeroed ? allocator.allocZeroed(layout) : allocator.alloc(layout);
  return at === NULL ? new TryReserveError(layout) : at;
}

/** Gives a block back, unless it is one of no bytes. */
export function giveBlock(allocator: GlobalAlloc, at: Ptr, layout: Layout): void {
  if (layout.size > 0) allocator.dealloc(at, layout);
}
