/**
 * When a heap has an index: it pays from about 64 holes on.
 *
 * The index repeats what the holes' own bytes say, so it can be dropped and built again at any time. It lies in this
 * handle's own memory, or, for a heap that threads share, in bytes beside the heap that all handles use under the lock.
 * A handle's own index is out of date once another handle has changed the heap: the epoch tells.
 *
 * @module
 */
import type { Ptr } from "@kmem/memory";
import {
  INDEX_AT,
  INDEX_BYTES,
  INDEX_DIRTY,
  INDEX_EMPTY,
  INDEX_LIVE,
  INDEX_STATE,
  joinWords,
} from "./control-block.ts";
import type { HeapView } from "./heap-view.ts";
import { HoleIndex } from "./hole-index.ts";
import { chunksFor, indexBytes, mostChunksIn } from "./index-format.ts";
import { NONE } from "./offsets.ts";

/** `auto`: from 64 holes on. `off`, `always`: for tests and measurements. */
export type IndexMode = "auto" | "off" | "always";

/** Beyond so many holes the index is built, below so many it is dropped. */
const LIMITS: Record<IndexMode, readonly [build: number, drop: number]> = {
  auto: [64, 24],
  off: [Infinity, Infinity],
  always: [-1, -1],
};

/** One handle's index and what it knows of it. */
export class IndexKeeper {
  /** Good while {@link IndexKeeper.isLive}. */
  index!: HoleIndex;
  isLive = false;

  private readonly view: HeapView;
  private readonly buildAbove: number;
  private readonly dropBelow: number;
  /** Where the index in memory lies that `index` shows, or 0 when it is this handle's own. */
  private sharedAt: Ptr = 0;
  private shownBuffer: ArrayBufferLike | undefined = undefined;
  private shownAt = 0;
  private shownBytes = 0;
  /** When `index` was last seen to show the bytes in memory. */
  private seenMoves = -1;
  /** Whether the bytes of the index may be anything. */
  private isDirty = false;
  /** Holes walked past since an own index went out of date; building it anew must be worth it. */
  private walked = 0;
  private seenReloads = 0;

  constructor(view: HeapView, mode: IndexMode) {
    this.view = view;
    [this.buildAbove, this.dropBelow] = LIMITS[mode];
  }

  /** Decides whether the index is used by the operation that begins, which calls it once; the view is in step. */
  ready(): boolean {
    const { view } = this;
    const holes = view.control[view.holesAt]!;
    if (view.reloads !== this.seenReloads) this.catchUp();
    if (this.sharedAt !== 0) this.readState();
    if (this.isLive) {
      if (holes >= this.dropBelow) return true;
      this.drop();
    } else if (holes > this.buildAbove) {
      if (this.isDirty && this.sharedAt === 0 && !this.isWorthwhile(holes)) return false;
      this.build();
      return this.isLive;
    }
    return false;
  }

  /** A block was taken out of a hole: `front` bytes of it stay, and `rest` at `back`. */
  noteTaken(hole: number, size: number, front: number, back: number, rest: number): void {
    const { index, view } = this;
    this.begin();
    if (front !== 0) {
      index.resize(hole, size, front, view);
      if (rest !== 0) index.insert(back, rest);
    } else if (rest !== 0) index.move(hole, size, back, rest, view);
    else index.remove(hole, size, view);
    this.end();
  }

  /**
   * A hole was made, and joined with its neighbours.
   *
   * @param previousSize - 0 when it was not joined with the one before; `nextSize` likewise
   */
  noteFreed(
    previous: number,
    previousSize: number,
    offset: number,
    size: number,
    next: number,
    nextSize: number,
  ): void {
    const { index, view } = this;
    this.begin();
    if (nextSize !== 0) index.remove(next, nextSize, view);
    if (previousSize !== 0) index.resize(previous, previousSize, previousSize + size + nextSize, view);
    else index.insert(offset, size + nextSize);
    this.end();
  }

  /** Before the index is changed: should that fail on the way, it is no longer trusted. */
  begin(): void {
    this.isLive = false;
    this.isDirty = true;
    if (this.sharedAt !== 0) this.setState(INDEX_DIRTY);
  }

  /** After the index was changed. */
  end(): void {
    this.isLive = true;
    this.isDirty = false;
    if (this.sharedAt !== 0) this.setState(INDEX_LIVE);
  }

  /** Forgets the index; its bytes may be anything. */
  invalidate(): void {
    const { control, c } = this.view;
    this.isLive = false;
    this.isDirty = true;
    if (control[c + INDEX_BYTES] !== 0) control[c + INDEX_STATE] = INDEX_DIRTY;
  }

  /** What the index says and the holes do not; `undefined` when they agree or it is not in use. */
  check(): string | undefined {
    return this.ready() ? this.difference() : undefined;
  }

  /** {@link IndexKeeper.check} of an index in memory that others keep; nothing is built or written for it. */
  checkFound(): string | undefined {
    if (this.view.reloads !== this.seenReloads) this.catchUp();
    if (this.sharedAt === 0) return undefined;
    this.readState();
    return this.isLive ? this.difference() : undefined;
  }

  private difference(): string | undefined {
    const { view, index } = this;
    const fresh = new HoleIndex(new ArrayBuffer(indexBytes(index.chunks)), 0, index.chunks);
    for (let hole = view.first(); hole !== NONE; hole = view.nextAt(hole)) fresh.insert(hole, view.sizeAt(hole));
    return index.differenceFrom(fresh);
  }

  /** Another handle has changed the heap. */
  private catchUp(): void {
    const { view } = this;
    const { control, c } = view;
    this.seenReloads = view.reloads;
    const at = joinWords(control[c + INDEX_AT]!, control[c + INDEX_AT + 1]!);
    if (at === 0) {
      if (this.isLive || this.sharedAt !== 0) this.isDirty = true;
      this.isLive = false;
      this.sharedAt = 0;
      return;
    }
    this.sharedAt = at;
  }

  /** What the index in memory is now: any handle may have built or dropped it, which changes nothing of the heap. */
  private readState(): void {
    const { control, c } = this.view;
    const state = control[c + INDEX_STATE]!;
    this.isDirty = state !== INDEX_EMPTY;
    this.isLive = state === INDEX_LIVE && this.isShown();
  }

  private isShown(): boolean {
    const { view } = this;
    if (view.moves !== this.seenMoves) return this.showShared();
    return this.index.chunks * 256 >= view.endOffset;
  }

  private isWorthwhile(holes: number): boolean {
    if (this.buildAbove < 0) return true;
    this.walked += holes;
    // Clearing costs about as much as walking past a quarter as many holes as there are chunks; adding one, as 20.
    if (this.walked < chunksFor(this.view.endOffset) / 4 + holes * 40) return false;
    this.walked = 0;
    return true;
  }

  private build(): void {
    const { view } = this;
    if (this.sharedAt !== 0) {
      if (!this.showShared()) return;
    } else if (
      this.shownBuffer !== undefined ||
      (this.index as HoleIndex | undefined)?.chunks !== chunksFor(view.endOffset)
    ) {
      const chunks = chunksFor(view.endOffset);
      this.index = new HoleIndex(new ArrayBuffer(indexBytes(chunks)), 0, chunks);
      this.shownBuffer = undefined;
      this.isDirty = false;
    }
    if (this.isDirty) this.index.clear();
    this.begin();
    const { index } = this;
    for (let hole = view.first(); hole !== NONE; hole = view.nextAt(hole)) index.insert(hole, view.sizeAt(hole));
    this.end();
  }

  /** Takes out the few holes that are left, which is less work than clearing. */
  private drop(): void {
    const { view, index } = this;
    this.begin();
    for (let hole = view.first(); hole !== NONE; hole = view.nextAt(hole)) index.remove(hole, view.sizeAt(hole), view);
    this.isDirty = false;
    if (this.sharedAt !== 0) this.setState(INDEX_EMPTY);
  }

  /** Makes `index` show the bytes in memory. @returns false when the heap has outgrown them */
  private showShared(): boolean {
    const { view } = this;
    const { control, c } = view;
    const available = control[c + INDEX_BYTES]!;
    const { views, firstIndex, address, byteLength } = view.memory.window(this.sharedAt, true);
    const { buffer, byteOffset } = views.u8;
    const before = this.sharedAt - address;
    if (byteLength - before < available) return false;
    const at = byteOffset + firstIndex + before;
    if (this.shownBuffer !== buffer || this.shownAt !== at || this.shownBytes !== available) {
      this.index = new HoleIndex(buffer, at, mostChunksIn(available));
      this.shownBuffer = buffer;
      this.shownAt = at;
      this.shownBytes = available;
    }
    this.seenMoves = view.moves;
    return this.index.chunks * 256 >= view.endOffset;
  }

  private setState(state: number): void {
    const { control, c } = this.view;
    control[c + INDEX_STATE] = state;
  }
}
