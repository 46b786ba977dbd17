/**
 * Judging a free that looks wrong: apart from the hot path, which only asks whether one does.
 *
 * @module
 */
import { hex, NULL, type Ptr } from "@kmem/memory";
import { alignLayout } from "./align.ts";
import { MAX_HEAP_SIZE } from "./control-block.ts";
import { BadFreeError } from "./errors.ts";
import type { HeapView } from "./heap-view.ts";
import { touchesGap } from "./regions.ts";

/**
 * Why a block cannot be given back, whatever the holes are.
 *
 * @param refusesAll - whether to refuse what upstream takes: ranges outside of the heap, and addresses that are no
 *   multiple of the layout's alignment
 * @returns `undefined` when nothing speaks against it
 */
export function whyNotFreeable(
  view: HeapView,
  at: Ptr,
  size: number,
  align: number,
  refusesAll: boolean,
): BadFreeError | undefined {
  let need: number;
  try {
    need = alignLayout({ size, align }).size;
  } catch {
    return new BadFreeError("bad-free/layout", "expected the layout of the block", at, size, align);
  }
  if (at === NULL) return new BadFreeError("bad-free/null", "expected the address of a block", at, size, align);
  if (!Number.isSafeInteger(at) || at % 8 !== 0)
    return new BadFreeError("bad-free/misaligned", "expected a multiple of 8", at, size, align);
  const { bottom, end } = view;
  const outside = (): BadFreeError =>
    new BadFreeError("bad-free/outside", `expected a block inside ${hex(bottom)}..${hex(end)}`, at, size, align);
  // Offsets from the origin, the page that the heap begins in, are not negative.
  if (bottom === NULL || need > MAX_HEAP_SIZE || at < view.origin || at - bottom > MAX_HEAP_SIZE) return outside();
  if (touchesGap(view.gaps, at, need)) return outside();
  if (!refusesAll) return undefined;
  if (at < bottom || at + need > end) return outside();
  if (at % align !== 0)
    return new BadFreeError("bad-free/misaligned", "expected a multiple of the alignment", at, size, align);
  return undefined;
}

/** The refusal of a free without a layout. */
export function notLayout(at: Ptr, layout: unknown): BadFreeError {
  return new BadFreeError("bad-free/layout", `expected a layout, got ${String(layout)}`, at, NaN, NaN);
}

export function aliasesHole(at: Ptr, size: number, align: number, hole: Ptr): BadFreeError {
  return new BadFreeError("bad-free/aliases-hole", `it overlaps the hole at ${hex(hole)}`, at, size, align);
}

export function moreThanUsed(at: Ptr, size: number, align: number, used: number): BadFreeError {
  return new BadFreeError("bad-free/used", `${hex(used)} bytes are in use`, at, size, align);
}
