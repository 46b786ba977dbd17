/**
 * Sorting before a tree is built: the scratch block that Rust's stable sort takes, and when the sorted block goes.
 *
 * @module
 */
import { Layout, type GlobalAlloc } from "@kmem/global-alloc";
import { giveBlock, takeBlock } from "../core/block.ts";

/** Up to here Rust sorts by insertion. */
const SMALL_SORT = 20;
const MIN_SCRATCH = 48;
const MAX_FULL_SCRATCH_BYTES = 8_000_000;
const STACK_SCRATCH_BYTES = 4096;

/** Sorts an array in place as Rust sorts one on the stack: with a scratch block if it is long. */
export function sortWithScratch<T>(
  values: T[],
  compare: (a: T, b: T) => number,
  size: number,
  align: number,
  allocator: GlobalAlloc,
): void {
  const count = values.length;
  const most = size === 0 ? Infinity : Math.floor(MAX_FULL_SCRATCH_BYTES / size);
  const elements = Math.max(count - Math.floor(count / 2), Math.min(count, most), MIN_SCRATCH);
  if (count <= SMALL_SORT || elements * size <= STACK_SCRATCH_BYTES) {
    values.sort(compare);
    return;
  }
  const layout = Layout.fromSizeAlign(elements * size, align);
  const scratch = takeBlock(allocator, layout);
  try {
    values.sort(compare);
  } finally {
    giveBlock(allocator, scratch, layout);
  }
}

/** An iterator that keeps its block until it is closed: a Vec's own frees it as soon as it is known to be empty. */
export function untilEmpty<T>(
  from: Iterator<T, undefined> & { readonly length: number; return(): IteratorResult<T, undefined> },
): Iterator<T, undefined> {
  return {
    next: () => (from.length > 0 ? from.next() : { done: true, value: undefined }),
    return: () => from.return(),
  };
}
