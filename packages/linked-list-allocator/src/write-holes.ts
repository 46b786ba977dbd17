/**
 * Writing hole headers and the control block's sums, wherever they lie: for `commit`. Usual changes write directly.
 *
 * @module
 */
import { END, FIRST, PENDING } from "./control-block.ts";
import type { HeapView } from "./heap-view.ts";
import { HEAD, NONE } from "./offsets.ts";

const TWO_32 = 0x1_0000_0000;

/** Makes sure that the 16 bytes of a header at an offset can be written without a fault. */
export function touch(view: HeapView, offset: number): void {
  view.at(offset);
  view.at(offset + 8);
}

/** Writes a hole's header; {@link touch} came before. */
export function writeHole(view: HeapView, offset: number, size: number, next: number): void {
  const index = view.at(offset);
  if (index >= 0) {
    view.words[index] = size;
    view.words[index + 1] = 0;
  } else {
    view.memory.writeU32(view.origin + offset, size);
    view.memory.writeU32(view.origin + offset + 4, 0);
  }
  writeLink(view, offset, next);
}

/** Writes a hole's link, or with {@link HEAD} the link to the first hole. */
export function writeLink(view: HeapView, offset: number, next: number): void {
  let low = 0;
  let high = 0;
  if (next !== NONE) {
    low = (view.originLow + next) >>> 0;
    high = low < view.originLow ? view.originHigh + 1 : view.originHigh;
  }
  if (offset === HEAD) {
    view.control[view.c + FIRST] = low;
    view.control[view.c + FIRST + 1] = high;
    return;
  }
  const index = view.at(offset + 8);
  if (index >= 0) {
    view.words[index] = low;
    view.words[index + 1] = high;
  } else {
    view.memory.writeU32(view.origin + offset + 8, low);
    view.memory.writeU32(view.origin + offset + 12, high);
  }
}

/** Moves the heap's end, as `extend` does. */
export function writeEnd(view: HeapView, offset: number, pending: number): void {
  const { control, c } = view;
  const end = view.origin + offset;
  control[c + END] = end;
  control[c + END + 1] = Math.floor(end / TWO_32);
  control[c + PENDING] = pending;
}
