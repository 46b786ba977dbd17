/**
 * The block that all handles of an `Rc` or `Arc` share.
 *
 * ```
 *   +0 strong count   +8 weak count   +16, or the value's alignment if that is more: value, or values side by side
 * ```
 * The weak count is one more while there are strong handles: all of them together hold one. The value is dropped with
 * the last strong handle, the block given back with the last weak one.
 *
 * @module
 */
import { Layout, type GlobalAlloc } from "@kmem/global-alloc";
import { alignUp, type Memory, type Ptr } from "@kmem/memory";
import { dropValues, type Type } from "@kmem/repr";
import { giveBlock, takeBlock } from "../core/block.ts";
import { capacityOverflow } from "../core/errors.ts";
import type { Counts } from "./counts.ts";

/** Where the weak count lies. */
export const WEAK = 8;
/** Address of a `Weak` that never had a block: all bits set, as in Rust. */
export const NOWHERE: Ptr = -1;

const HEADER = 16;
const HEADER_ALIGN = 8;

/** Bytes from the block's start to the value. */
export function valueOffset(type: Type<unknown>): number {
  return alignUp(HEADER, type.align);
}

/** The layout of a block with `count` values. */
export function sharedLayout(type: Type<unknown>, count: number): Layout {
  const align = Math.max(HEADER_ALIGN, type.align);
  const size = alignUp(valueOffset(type) + type.size * count, align);
  if (!Number.isSafeInteger(size)) capacityOverflow();
  return Layout.fromSizeAlign(size, align);
}

/** Takes a block for `count` values, with these counts. @throws calls the alloc error handler when there is no memory */
export function takeShared(allocator: GlobalAlloc, type: Type<unknown>, count: number, strong: number): Ptr {
  const block = takeBlock(allocator, sharedLayout(type, count));
  initCounts(allocator.memory, block, strong);
  return block;
}

/** Writes the counts of a fresh block: `strong`, and the weak one that strong handles hold together. */
export function initCounts(memory: Memory, block: Ptr, strong: number): void {
  memory.writeUsize(block, strong);
  memory.writeUsize(block + WEAK, 1);
}

/** Ends a strong handle. */
export function dropStrong(
  counts: Counts,
  type: Type<unknown>,
  block: Ptr,
  count: number,
  allocator: GlobalAlloc,
): void {
  const { memory } = allocator;
  if (counts.add(memory, block, -1) !== 1) return;
  try {
    dropValues(type, memory, block + valueOffset(type), count, allocator);
  } finally {
    dropWeak(counts, type, block, count, allocator);
  }
}

/** Ends a weak handle, or what the strong ones held together. */
export function dropWeak(counts: Counts, type: Type<unknown>, block: Ptr, count: number, allocator: GlobalAlloc): void {
  if (block === NOWHERE) return;
  if (counts.add(allocator.memory, block + WEAK, -1) === 1) giveBlock(allocator, block, sharedLayout(type, count));
}
