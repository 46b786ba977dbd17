/**
 * The changes of the list that go through `commit`: those that are rare, and those of the whole heap.
 *
 * ```
 *   take     ├──────── hole ────────┤      a rest on either side stays as a hole: 16 bytes or more, or none
 *            ├ front ┤ block ┤ rest ┤
 *   insert   ├ previous ┤ block ├ next ┤   becomes one hole with those that it touches
 * ```
 *
 * @see https://github.com/rust-osdev/linked-list-allocator/blob/v0.10.5/src/hole.rs
 * @module
 */
import { MIN_BLOCK_SIZE } from "./align.ts";
import { commit, redo, SAME } from "./commit.ts";
import { HOLES, USED } from "./control-block.ts";
import { HoleFinder } from "./hole-finder.ts";
import { HEAD, NONE, SKIP } from "./offsets.ts";
import { dropUnfinished } from "./regions.ts";

/** A list whose holes are found, and changed one word after the other. */
export class ListChanges extends HoleFinder {
  /** Takes `need` bytes at `start` out of the hole found, whatever is left over, wherever it lies. */
  protected takeRare(hole: number, need: number): void {
    const { control, c, start, size, previous } = this;
    const front = start - hole;
    const back = start + need;
    const rest = size - front - need;
    const next = this.nextAt(hole);
    const used = control[c + USED]! + need;
    const holes = control[c + HOLES]!;
    if (front !== 0) {
      if (rest !== 0) commit(this, used, holes + 1, SKIP, 0, hole, front, back, back, rest, next, SAME, 0);
      else commit(this, used, holes, SKIP, 0, hole, front, next, SKIP, 0, 0, SAME, 0);
    } else if (rest !== 0) commit(this, used, holes, previous, back, back, rest, next, SKIP, 0, 0, SAME, 0);
    else commit(this, used, holes - 1, previous, next, SKIP, 0, 0, SKIP, 0, 0, SAME, 0);
    if (this.keeper.isLive) this.keeper.noteTaken(hole, size, front, back, rest);
  }

  /** Makes a hole behind the one found, and joins it with those that it touches, as upstream does it. */
  protected insertRare(next: number, offset: number, need: number, used: number): void {
    const { previous, previousSize } = this;
    const holes = this.control[this.c + HOLES]!;
    if (previous === HEAD && offset < this.bottomOffset + MIN_BLOCK_SIZE && offset !== this.bottomOffset) {
      this.insertAtBottom(next, offset, need, used);
      return;
    }
    const size = next === NONE ? this.sizeToTop(offset, need) : need;
    const joinsNext = next !== NONE && offset + size === next;
    const nextSize = joinsNext ? this.sizeAt(next) : 0;
    const behind = joinsNext ? this.nextAt(next) : next;
    const joined = size + nextSize;
    const count = joinsNext ? holes : holes + 1;
    const joinsPrevious = previous + previousSize === offset;
    if (joinsPrevious)
      commit(this, used, count - 1, SKIP, 0, previous, previousSize + joined, behind, SKIP, 0, 0, SAME, 0);
    else commit(this, used, count, previous, offset, offset, joined, behind, SKIP, 0, 0, SAME, 0);
    if (this.keeper.isLive)
      this.keeper.noteFreed(previous, joinsPrevious ? previousSize : 0, offset, size, next, nextSize);
  }

  /** Upstream's `check_merge_top`: too little room behind the last hole for another is taken into it. */
  private sizeToTop(offset: number, size: number): number {
    const gap = this.endOffset - (offset + size);
    return gap > 0 && gap < MIN_BLOCK_SIZE ? size + gap : size;
  }

  /**
   * Upstream's `check_merge_bottom`: too little room for a hole in front of the first, so that begins at the bottom.
   *
   * No correct free comes here. Upstream goes on with the node where it was, so a hole right behind is not joined.
   */
  private insertAtBottom(next: number, offset: number, need: number, used: number): void {
    const bottom = this.bottomOffset;
    const holes = this.control[this.c + HOLES]! + 1;
    const below = offset + need - bottom;
    const size = next === NONE ? this.sizeToTop(bottom, below) : below;
    this.keeper.invalidate();
    commit(this, used, holes, HEAD, bottom, bottom, size, next, SKIP, 0, 0, SAME, 0);
  }

  /** Makes a hole of the `length` bytes behind the end, and moves the end. */
  insertAtEnd(length: number, pending: number): void {
    this.walkTo(this.endOffset);
    const { control, c, previous, previousSize } = this;
    const start = this.endOffset;
    const used = control[c + USED]!;
    const holes = control[c + HOLES]!;
    // The index was made for a smaller heap.
    this.keeper.invalidate();
    if (previous + previousSize === start)
      commit(this, used, holes, SKIP, 0, previous, previousSize + length, NONE, SKIP, 0, 0, start + length, pending);
    else commit(this, used, holes + 1, previous, start, start, length, NONE, SKIP, 0, 0, start + length, pending);
    this.reload();
  }

  /** Makes a hole of the bytes at an offset behind the end, apart from it, and moves the end behind them. */
  insertRegion(start: number, length: number, pending: number): void {
    this.walkTo(this.endOffset);
    const { control, c, previous } = this;
    this.keeper.invalidate();
    const holes = control[c + HOLES]! + 1;
    commit(this, control[c + USED]!, holes, previous, start, start, length, NONE, SKIP, 0, 0, start + length, pending);
    this.reload();
  }

  /** Finishes a change that its thread did not, and counts the holes. @returns whether there was one */
  repair(): boolean {
    this.reload();
    this.keeper.invalidate();
    const wasHalfDone = redo(this);
    this.reload();
    dropUnfinished(this.memory, this.controlAt, this.end);
    this.reload();
    let holes = 0;
    for (let hole = this.first(); hole !== NONE; hole = this.nextAt(hole)) holes++;
    this.control[this.c + HOLES] = holes;
    this.bumpEpoch();
    return wasHalfDone;
  }

  forgetIndex(): void {
    this.keeper.invalidate();
  }

  get isIndexed(): boolean {
    this.sync();
    return this.keeper.ready();
  }

  /** What an index in memory, which others keep, says and the holes do not. */
  checkFoundIndex(): string | undefined {
    this.sync();
    return this.keeper.checkFound();
  }

  checkIndex(): string | undefined {
    this.sync();
    return this.keeper.check();
  }
}
