/**
 * One change of the hole list, whatever it is and whatever memory it is in.
 *
 * Whatever an allocation or a free does to the list is at most: one link, two hole headers, and the sums in the control
 * block. All of it is computed first; then every place is made sure to be writable; then it is written. So an error
 * or a page fault on the way has changed nothing.
 *
 * In memory that threads share, the change is first written into the control block's journal and sealed there: if its
 * thread dies between two of the writes, whoever recovers the lock repeats them ({@link redo}).
 *
 * @module
 */
import { HOLES, JOURNAL, SEALED, USED } from "./control-block.ts";
import type { HeapView } from "./heap-view.ts";
import { SKIP } from "./offsets.ts";
import { touch, writeEnd, writeHole, writeLink } from "./write-holes.ts";

/** {@link commit}: the end and the pending bytes stay. */
export const SAME = -1;

/**
 * Changes the list.
 *
 * @param used - bytes in use after
 * @param holes - the number of holes after
 * @param link - the hole whose link changes, `HEAD`, or {@link SKIP}; `linkTo` is what it points at after
 * @param hole1 - where a header is written, or {@link SKIP}; likewise `hole2`
 * @param end - the offset of the heap's end after, or {@link SAME}
 */
export function commit(
  view: HeapView,
  used: number,
  holes: number,
  link: number,
  linkTo: number,
  hole1: number,
  size1: number,
  next1: number,
  hole2: number,
  size2: number,
  next2: number,
  end: number,
  pending: number,
): void {
  let moves: number;
  do {
    moves = view.moves;
    if (link >= 0) view.at(link + 8);
    if (hole1 >= 0) touch(view, hole1);
    if (hole2 >= 0) touch(view, hole2);
  } while (view.moves !== moves);
  const { control, c } = view;
  const isJournaled = view.isShared;
  if (isJournaled) sealJournal(control, c, used, link, linkTo, hole1, size1, next1, hole2, size2, next2, end, pending);
  if (link !== SKIP) writeLink(view, link, linkTo);
  if (hole1 !== SKIP) writeHole(view, hole1, size1, next1);
  if (hole2 !== SKIP) writeHole(view, hole2, size2, next2);
  control[c + USED] = used;
  control[c + HOLES] = holes;
  if (end !== SAME) writeEnd(view, end, pending);
  view.bumpEpoch();
  if (isJournaled) control[c + SEALED] = 0;
}

/**
 * Writes a change into the journal, before any of it is made; as {@link commit}.
 *
 * It is unsealed by `control[c + SEALED] = 0` after the last word of the change. That need not be atomic: a thread ends
 * between two steps of its program, when all that it stored before is stored.
 */
export function sealJournal(
  control: Uint32Array,
  c: number,
  used: number,
  link: number,
  linkTo: number,
  hole1: number,
  size1: number,
  next1: number,
  hole2: number,
  size2: number,
  next2: number,
  end: number,
  pending: number,
): void {
  const j = c + JOURNAL;
  control[j] = link;
  control[j + 1] = linkTo;
  control[j + 2] = hole1;
  control[j + 3] = size1;
  control[j + 4] = next1;
  control[j + 5] = hole2;
  control[j + 6] = size2;
  control[j + 7] = next2;
  control[j + 8] = used;
  control[j + 9] = end;
  // Atomic, so that what is written before and after is not moved past it.
  Atomics.store(control, c + SEALED, 1 | (pending << 8));
}

/**
 * Repeats a change that its thread may have left half done.
 *
 * @returns whether there was one
 */
export function redo(view: HeapView): boolean {
  const { control, c } = view;
  const sealed = Atomics.load(control, c + SEALED);
  if (sealed === 0) return false;
  const j = c + JOURNAL;
  const words = Array.from(control.subarray(j, j + 10));
  // What was negative (NONE, HEAD, SKIP, SAME) reads back as such; offsets are multiples of 8 below 2^32 − 8.
  const signed = words.map((word) => (word >= 0xffff_fff0 ? word | 0 : word));
  const [link, linkTo, hole1, size1, next1, hole2, size2, next2, used, end] = signed as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const holes = control[c + HOLES]!;
  commit(view, used, holes, link, linkTo, hole1, size1, next1, hole2, size2, next2, end, (sealed >>> 8) & 15);
  return true;
}
