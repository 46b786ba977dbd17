/**
 * Making a heap larger: by the bytes right behind its top, or by a separate region above it.
 *
 * Everything is judged before anything is written.
 *
 * @module
 */
import { hex, NULL, type Ptr } from "@kmem/memory";
import { BLOCK_ALIGN, MIN_BLOCK_SIZE } from "./align.ts";
import { expectRoom, MAX_HEAP_SIZE, PENDING } from "./control-block.ts";
import { HeapError } from "./errors.ts";
import { usableRange } from "./heap-options.ts";
import type { ListChanges } from "./list-changes.ts";
import { addGap, RECORD_SIZE } from "./regions.ts";

/** `extend`, as `HoleList` describes it. @throws {@link HeapError} */
export function extendBy(view: ListChanges, by: number): void {
  view.sync();
  if (!Number.isSafeInteger(by) || by < 0)
    throw new HeapError("heap/size", `by: expected bytes, 0 or more, got ${String(by)}`, by);
  if (view.bottom === NULL) throw new HeapError("heap/extend-empty", "tried to extend an empty heap", by);
  const { control, c } = view;
  const total = control[c + PENDING]! + by;
  if (view.end - view.bottom + total > MAX_HEAP_SIZE)
    throw new HeapError("heap/too-large", `by: expected a heap of at most ${MAX_HEAP_SIZE} bytes, got ${by} more`, by);
  expectRoom(view.memory, view.controlAt, view.end, total);
  if (total < MIN_BLOCK_SIZE) {
    control[c + PENDING] = total;
    view.bumpEpoch();
    return;
  }
  const length = total - (total % BLOCK_ALIGN);
  view.insertAtEnd(length, total - length);
}

/** `addRegion`, as `HoleList` describes it. @throws {@link HeapError} */
export function addRegion(view: ListChanges, start: Ptr, size: number): void {
  view.sync();
  const { bottom: record, usable, pending } = usableRange(start, size);
  if (view.bottom === NULL) throw new HeapError("heap/extend-empty", "tried to add a region to an empty heap", start);
  const { memory, controlAt } = view;
  const top = view.end + view.control[view.c + PENDING]!;
  if (start < top)
    throw new HeapError(
      "heap/region",
      `start: expected an address from the top ${hex(top)} on, got ${hex(start)}`,
      start,
    );
  if (start === top) {
    extendBy(view, size);
    return;
  }
  if (usable < RECORD_SIZE + MIN_BLOCK_SIZE)
    throw new HeapError("heap/region", `size: expected 32 bytes or more behind ${hex(record)}, got ${usable}`, size);
  if (record + usable - view.bottom > MAX_HEAP_SIZE)
    throw new HeapError(
      "heap/too-large",
      `expected a heap of at most ${MAX_HEAP_SIZE} bytes from ${hex(view.bottom)} on, got one up to ${hex(record + usable)}`,
      start,
    );
  expectRoom(memory, controlAt, start, size);
  // In virtual memory a page of them may be missing: its fault comes before anything is written.
  for (let at = record; at < record + RECORD_SIZE + MIN_BLOCK_SIZE; at += 8) memory.window(at, true);
  addGap(memory, controlAt, { start: view.end, record }, view.gaps[0]?.record ?? NULL);
  view.insertRegion(record + RECORD_SIZE - view.origin, usable - RECORD_SIZE, pending);
}
