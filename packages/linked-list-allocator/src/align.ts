/**
 * Rounding of sizes, as the crate exports it, and the block sizes that follow from it.
 *
 * @see https://docs.rs/linked_list_allocator/0.10.5/linked_list_allocator/fn.align_up_size.html
 * @module
 */
import { Layout } from "@kmem/global-alloc";
import { alignDown, isPowerOfTwo, Panic } from "@kmem/memory";

/** Bytes of a hole's header: the smallest block. */
export const MIN_BLOCK_SIZE = 16;
/** What every block is a multiple of, and lies at a multiple of, in bytes. */
export const BLOCK_ALIGN = 8;

/**
 * Rounds down to a multiple of `align`.
 *
 * @param size - bytes, 0 … 2^53 − 1
 * @param align - bytes; a power of two, or 0 for no rounding
 * @throws `Panic` when `align` is anything else
 * @example alignDownSize(1001, 16) // => 992
 */
export function alignDownSize(size: number, align: number): number {
  expectSize(size);
  if (align === 0) return size;
  if (!isPowerOfTwo(align)) throw new Panic(`expected \`align\` to be a power of 2, got ${String(align)}`);
  return alignDown(size, align);
}

/**
 * Rounds up to a multiple of `align`: `alignDownSize(size + align - 1, align)`, as the crate writes it.
 *
 * @throws `Panic` as {@link alignDownSize}, also when the sum is out of its range
 * @example alignUpSize(1001, 16) // => 1008
 */
export function alignUpSize(size: number, align: number): number {
  // Judged before the addition, which would join a string to the number, and throws at a bigint.
  expectSize(size);
  expectSize(align);
  return alignDownSize(size + align - 1, align);
}

/**
 * The block really taken for a layout: at least a hole's header, and whole words.
 *
 * @throws `LayoutError` when `layout` is none
 * @example alignLayout(Layout.fromSizeAlign(17, 1)).size // => 24
 */
export function alignLayout(layout: { readonly size: number; readonly align: number }): Layout {
  const { size, align } = Layout.fromSizeAlign(layout.size, layout.align);
  return Layout.fromSizeAlign(alignUpSize(Math.max(size, MIN_BLOCK_SIZE), BLOCK_ALIGN), align);
}

function expectSize(size: number): void {
  if (!Number.isSafeInteger(size) || size < 0) throw new Panic(`expected a size of 0 … 2^53 − 1, got ${String(size)}`);
}
