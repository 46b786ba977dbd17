/**
 * The free memory as a list of holes in ascending address, first fit.
 *
 * ```
 *   control block          hole                       hole
 *   ┌───────┐     ┌────────┬───────┐         ┌────────┬────────┐
 *   │ first ┼───▶ │  size  │ next ─┼───────▶ │  size  │ next 0 │
 *   └───────┘     ├────────┴───────┤ in use  ├────────┴────────┤
 *                 └─ size bytes ───┘         └─ size bytes ────┘
 * ```
 * Every address that comes out, and every hole that is left, is the one that `linked_list_allocator` 0.10.5 gives.
 *
 * @see https://github.com/rust-osdev/linked-list-allocator/blob/v0.10.5/src/hole.rs
 * @module
 */
import { Layout } from "@kmem/global-alloc";
import { alignUp, hex, NULL, type Memory, type Ptr } from "@kmem/memory";
import { alignLayout, BLOCK_ALIGN, MIN_BLOCK_SIZE } from "./align.ts";
import { commit, SAME, SKIP } from "./commit.ts";
import { expectControlBlock, expectRange, MAX_HEAP_SIZE, WORD, writeEmptyControlBlock } from "./control-block.ts";
import { BadFreeError, HeapError, type BadFreeCode } from "./errors.ts";
import { HEAD, HeapView, NONE, UNKNOWN } from "./heap-view.ts";
import { IndexKeeper, type IndexMode } from "./index-keeper.ts";

export interface HeapOptions {
  /**
   * What becomes of a bad free that no hole betrays: one outside of the heap, or at an address that its own alignment
   * forbids. `refuse`: a {@link BadFreeError}. `as-upstream`: what the crate does, which is to take it.
   *
   * @defaultValue "refuse"
   */
  readonly badFrees?: "refuse" | "as-upstream";
  /**
   * Whether holes are found by an index instead of by walking. The addresses are the same. `auto`: from 64 holes on.
   *
   * @defaultValue "auto"
   */
  readonly index?: IndexMode;
}

/** One free range. */
export interface Hole {
  readonly address: Ptr;
  /** Bytes; a multiple of 8, 16 or more. */
  readonly size: number;
}

/** Larger alignments and sizes are rare and take the slow way. */
const MAX_QUICK_ALIGN = 0x4000_0000;
const MAX_QUICK_SIZE = 0x7fff_0000;

/** The holes of one heap. */
export class HoleList {
  /** For the inspectors of this package. */
  readonly view: HeapView;
  private readonly refusesBadFrees: boolean;
  private readonly keeper: IndexKeeper;

  // What `find…` has found: the hole before the place, and the hole itself.
  private previous = HEAD;
  private size = 0;
  private start = 0;

  private constructor(memory: Memory, controlAt: Ptr, options: HeapOptions) {
    const { badFrees = "refuse", index = "auto" } = options;
    if (badFrees !== "refuse" && badFrees !== "as-upstream")
      throw new HeapError("heap/options", `badFrees: expected "refuse" or "as-upstream", got ${String(badFrees)}`);
    if (index !== "auto" && index !== "off" && index !== "always")
      throw new HeapError("heap/options", `index: expected "auto", "off" or "always", got ${String(index)}`);
    this.refusesBadFrees = badFrees === "refuse";
    this.view = new HeapView(memory, controlAt, !this.refusesBadFrees);
    // Holes beyond the heap's end, which upstream allows, are beyond the index too.
    this.keeper = new IndexKeeper(this.view, this.refusesBadFrees ? index : "off");
    this.view.sync();
  }

  /** Makes a list without any memory; writes its control block at `controlAt`. */
  static empty(memory: Memory, controlAt: Ptr, options: HeapOptions = {}): HoleList {
    writeEmptyControlBlock(memory, controlAt);
    return new HoleList(memory, controlAt, options);
  }

  /** Makes a list with one hole. @throws as {@link HoleList.init} */
  static new(memory: Memory, controlAt: Ptr, start: Ptr, size: number, options: HeapOptions = {}): HoleList {
    const list = HoleList.empty(memory, controlAt, options);
    list.init(start, size);
    return list;
  }

  /** A handle on a list that is there already. @throws {@link AttachError} when there is none */
  static attach(memory: Memory, controlAt: Ptr, options: HeapOptions = {}): HoleList {
    expectControlBlock(memory, controlAt);
    return new HoleList(memory, controlAt, options);
  }

  /** The block really taken for a layout. */
  static alignLayout(layout: Layout): Layout {
    return alignLayout(layout);
  }

  /**
   * Makes the list one hole of all the bytes given, whatever it was before.
   *
   * @param start - address; rounded up to a multiple of 8
   * @param size - bytes; 16 or more remain after the rounding
   * @throws {@link HeapError}
   */
  init(start: Ptr, size: number): void {
    const { view } = this;
    view.sync();
    expectRange(start, size);
    if (size < MIN_BLOCK_SIZE)
      throw new HeapError("heap/size-below-16", `expected at least 16 bytes for a heap, got ${size}`, size);
    const bottom = alignUp(start, BLOCK_ALIGN);
    const available = size - (bottom - start);
    const usable = available - (available % BLOCK_ALIGN);
    if (usable < MIN_BLOCK_SIZE)
      throw new HeapError(
        "heap/aligned-size-below-16",
        `expected at least 16 bytes for a heap behind ${hex(bottom)}, got ${available}`,
        size,
      );
    expectInside(view.memory, start, size);
    view.memory.window(bottom, true);
    view.memory.window(bottom + 8, true);
    const { control, c } = view;
    writeAddress(control, c + WORD.bottom, bottom);
    writeAddress(control, c + WORD.end, bottom + usable);
    view.bumpEpoch();
    view.reload();
    commit(
      view,
      0,
      1,
      HEAD,
      view.bottomOffset,
      view.bottomOffset,
      usable,
      NONE,
      SKIP,
      0,
      0,
      view.endOffset,
      available - usable,
    );
  }

  /** Lowest address, 0 before `init`. */
  get bottom(): Ptr {
    this.view.sync();
    return this.view.bottom;
  }

  /** Address behind the last byte, also of those that are pending; 0 before `init`. */
  get top(): Ptr {
    this.view.sync();
    return this.view.end + this.pending;
  }

  /** Bytes between bottom and top, without those pending. */
  get capacity(): number {
    this.view.sync();
    return this.view.end - this.view.bottom;
  }

  /** Bytes in use. */
  get used(): number {
    this.view.sync();
    return this.view.control[this.view.c + WORD.used]!;
  }

  /** Bytes at the end that are too few for a hole yet, 0 … 15. */
  get pending(): number {
    this.view.sync();
    return this.view.control[this.view.c + WORD.pending]!;
  }

  /** The number of holes. */
  get length(): number {
    this.view.sync();
    return this.view.control[this.view.c + WORD.holes]!;
  }

  /** The holes in ascending address, as they are while you go through them. */
  *[Symbol.iterator](): IterableIterator<Hole> {
    const { view } = this;
    view.sync();
    for (let at = view.first(); at !== NONE; at = view.nextAt(at)) {
      yield { address: view.address(at), size: view.sizeAt(at) };
      view.sync();
    }
  }

  /**
   * Takes a block from the first hole that fits. O(holes).
   *
   * @returns its address, or `NULL` when there is no room
   * @throws {@link LayoutError} when the layout is none
   */
  allocateFirstFit(layout: Layout): Ptr {
    const { size, align } = layout;
    const { view } = this;
    view.sync();
    if (size >>> 0 !== size || size > MAX_QUICK_SIZE || !isQuickAlign(align)) return this.allocateRare(size, align);
    const need = size <= MIN_BLOCK_SIZE ? MIN_BLOCK_SIZE : (size + 7) & ~7;
    const hole = this.keeper.ready() ? this.findFit(need, align - 1) : this.walkToFit(need, align - 1);
    return hole === NONE ? NULL : this.take(hole, need);
  }

  /**
   * Gives a block back. O(holes).
   *
   * The caller's duty (Rust's `unsafe`): `at` came from this list, with this layout, and was not given back yet. Most
   * breaches are noticed.
   *
   * @throws {@link BadFreeError} when one is noticed; nothing has changed then
   */
  deallocate(at: Ptr, layout: Layout): void {
    const { size, align } = layout;
    const { view } = this;
    view.sync();
    if (at === NULL) throw this.badFree("bad-free/null", "expected the address of a block", at, size, align);
    if (size >>> 0 !== size || size > MAX_HEAP_SIZE || !isQuickAlign(align)) this.expectLayout(at, size, align);
    const need = size <= MIN_BLOCK_SIZE ? MIN_BLOCK_SIZE : size + (-size & 7);
    const offset = at - view.origin;
    if (offset >>> 0 !== offset || (offset & 7) !== 0)
      throw this.badFree(
        Number.isSafeInteger(at) && at % 8 === 0 ? "bad-free/outside" : "bad-free/misaligned",
        `expected a multiple of 8 in ${hex(view.bottom)}..${hex(view.end)}`,
        at,
        size,
        align,
      );
    if (this.refusesBadFrees) {
      if (offset < view.bottomOffset || offset + need > view.endOffset)
        throw this.badFree(
          "bad-free/outside",
          `expected a block inside ${hex(view.bottom)}..${hex(view.end)}`,
          at,
          size,
          align,
        );
      if (at % align !== 0)
        throw this.badFree("bad-free/misaligned", "expected a multiple of the alignment", at, size, align);
    }
    const next = this.keeper.ready() ? this.findAround(offset) : this.walkTo(offset);
    const previous = this.previous;
    const end = previous === HEAD ? 0 : previous + this.size;
    if (end > offset || (next !== NONE && offset + need > next))
      throw this.badFree(
        "bad-free/aliases-hole",
        `it overlaps the hole at ${hex(view.address(end > offset ? previous : next))}`,
        at,
        size,
        align,
      );
    const used = view.control[view.c + WORD.used]! - need;
    if (used < 0) throw this.badFree("bad-free/used", `${hex(used + need)} bytes are in use`, at, size, align);
    this.insert(previous, next, offset, need, used, SAME, 0);
  }

  /**
   * Makes the heap larger by the bytes right behind its top. They are used from 16 on; fewer are kept for the next time.
   *
   * @param by - bytes
   * @throws {@link HeapError} `heap/extend-empty` before `init`; `heap/outside-memory`, `heap/size`, `heap/too-large`
   */
  extend(by: number): void {
    const { view } = this;
    view.sync();
    if (!Number.isSafeInteger(by) || by < 0)
      throw new HeapError("heap/size", `by: expected bytes, 0 or more, got ${String(by)}`, by);
    if (view.bottom === NULL) throw new HeapError("heap/extend-empty", "tried to extend an empty heap", by);
    const { control, c } = view;
    const total = control[c + WORD.pending]! + by;
    if (view.end - view.bottom + total > MAX_HEAP_SIZE)
      throw new HeapError(
        "heap/too-large",
        `by: expected a heap of at most ${MAX_HEAP_SIZE} bytes, got ${by} more`,
        by,
      );
    expectInside(view.memory, view.end, total);
    if (total < MIN_BLOCK_SIZE) {
      control[c + WORD.pending] = total;
      view.bumpEpoch();
      return;
    }
    const length = total - (total % BLOCK_ALIGN);
    const offset = view.endOffset;
    const next = this.walkTo(offset);
    // The index was made for a smaller heap.
    this.keeper.invalidate();
    this.insert(this.previous, next, offset, length, control[c + WORD.used]!, offset + length, total - length);
    view.reload();
  }

  /** Walks to the first hole that fits; sets what was found. */
  private walkToFit(need: number, mask: number): number {
    const { view } = this;
    const { words, deltas, shift, originLow, linkLimit } = view;
    let previous = HEAD;
    let hole = view.first();
    let page = -1;
    let delta = 0;
    while (hole !== NONE) {
      const index = (hole >>> 2) + delta;
      if (hole >>> shift !== page) {
        const found = view.at(hole);
        page = hole >>> shift;
        delta = found - (hole >>> 2);
        // Not for heaps of 2 GiB and more (here offsets are signed), nor for pages that cannot be remembered.
        if (deltas[page] !== delta || words !== view.words || linkLimit > 0x7fff_ffff)
          return this.walkToFitSlowly(need, mask);
        continue;
      }
      const size = words[index]!;
      if (size >= need) {
        const low = originLow + hole;
        const start = (low & mask) === 0 ? hole : hole + 16 + (-(low + 16) & mask);
        const rest = hole + size - start - need;
        if (rest === 0 || rest >= MIN_BLOCK_SIZE) {
          this.previous = previous;
          this.size = size;
          this.start = start;
          return hole;
        }
      }
      previous = hole;
      if ((hole + 8) >>> shift !== page) hole = view.nextAt(hole);
      else {
        const low = words[index + 2]!;
        const next = (low - originLow) | 0;
        if (next <= hole || next >= linkLimit || (next & 7) !== 0 || low === 0) hole = view.nextAt(hole);
        else hole = next;
      }
    }
    return NONE;
  }

  /** {@link HoleList.walkToFit} for every memory and every size of heap. */
  private walkToFitSlowly(need: number, mask: number): number {
    const { view } = this;
    let previous = HEAD;
    for (let hole = view.first(); hole !== NONE; hole = view.nextAt(hole)) {
      if (this.fits(hole, view.sizeAt(hole), need, mask)) {
        this.previous = previous;
        return hole;
      }
      previous = hole;
    }
    return NONE;
  }

  /** Finds the first hole that fits with the index; sets what was found. */
  private findFit(need: number, mask: number): number {
    const { view } = this;
    const { index } = this.keeper;
    for (let chunk = index.firstChunk(need); chunk >= 0; chunk = index.chunkFrom(chunk + 1, need)) {
      let left = index.holesIn(chunk);
      while (left !== 0) {
        const hole = chunk * 256 + (31 - Math.clz32(left & -left)) * 8;
        left &= left - 1;
        if (this.fits(hole, view.sizeAt(hole), need, mask)) {
          // Only a hole that goes away or moves needs the link to it changed.
          if (this.start === hole) this.previous = this.holeBefore(hole);
          return hole;
        }
      }
    }
    return NONE;
  }

  /** Whether a hole has room; sets its size and where the block starts. */
  private fits(hole: number, size: number, need: number, mask: number): boolean {
    if (size < need) return false;
    const low = this.view.originLow + hole;
    const start = (low & mask) === 0 ? hole : hole + 16 + (-(low + 16) & mask);
    const rest = hole + size - start - need;
    if (rest !== 0 && rest < MIN_BLOCK_SIZE) return false;
    this.size = size;
    this.start = start;
    return true;
  }

  /** Finds the first hole at or above an offset with the index; sets the hole before it. */
  private findAround(offset: number): number {
    const { view } = this;
    const previous = this.holeBefore(offset);
    this.previous = previous;
    if (previous === HEAD) return view.first();
    this.size = view.sizeAt(previous);
    return view.nextAt(previous);
  }

  private holeBefore(offset: number): number {
    const previous = this.keeper.index.holeBefore(offset);
    return previous < 0 ? HEAD : previous;
  }

  /** Walks to the first hole at or above an offset; sets the hole before it. */
  private walkTo(offset: number): number {
    const { view } = this;
    const { words, deltas, shift, originLow, linkLimit } = view;
    let previous = HEAD;
    let hole = view.first();
    while (hole !== NONE && hole < offset) {
      previous = hole;
      const link = hole + 8;
      const delta = deltas[link >>> shift];
      const low = delta === undefined || delta === UNKNOWN ? 0 : words[(link >>> 2) + delta]!;
      const next = (low - originLow) | 0;
      // Whatever is unusual goes the slow way: other pages, the end of the list, damage, heaps of 2 GiB and more.
      if (low === 0 || next <= hole || next >= linkLimit || (next & 7) !== 0 || words !== view.words)
        hole = view.nextAt(hole);
      else hole = next;
    }
    this.previous = previous;
    this.size = previous === HEAD ? 0 : view.sizeAt(previous);
    return hole;
  }

  /** Takes `need` bytes at `this.start` out of the hole found. */
  private take(hole: number, need: number): Ptr {
    const { view, start } = this;
    const { control, c } = view;
    const front = start - hole;
    const back = start + need;
    const rest = this.size - front - need;
    const next = view.nextAt(hole);
    const used = control[c + WORD.used]! + need;
    const holes = control[c + WORD.holes]!;
    if (front !== 0) {
      if (rest !== 0) commit(view, used, holes + 1, SKIP, 0, hole, front, back, back, rest, next, SAME, 0);
      else commit(view, used, holes, SKIP, 0, hole, front, next, SKIP, 0, 0, SAME, 0);
    } else if (rest !== 0) commit(view, used, holes, this.previous, back, back, rest, next, SKIP, 0, 0, SAME, 0);
    else commit(view, used, holes - 1, this.previous, next, SKIP, 0, 0, SKIP, 0, 0, SAME, 0);
    const { keeper } = this;
    if (keeper.isLive) {
      keeper.begin();
      const { index } = keeper;
      if (front !== 0) {
        index.resize(hole, this.size, front, view);
        if (rest !== 0) index.insert(back, rest);
      } else if (rest !== 0) index.move(hole, this.size, back, rest, view);
      else index.remove(hole, this.size, view);
      keeper.end();
    }
    return view.address(start);
  }

  /** Makes a hole between two, and joins it with those that it touches. */
  private insert(
    previous: number,
    next: number,
    at: number,
    need: number,
    used: number,
    end: number,
    pending: number,
  ): void {
    const { view } = this;
    const holes = view.control[view.c + WORD.holes]!;
    let offset = at;
    let size = need;
    if (previous === HEAD && offset < view.bottomOffset + MIN_BLOCK_SIZE && offset !== view.bottomOffset) {
      // Upstream's check_merge_bottom: too little room in front for a hole, so the hole begins at the bottom.
      // It then goes on with the node where it was, so a hole right behind stays apart.
      size += offset - view.bottomOffset;
      offset = view.bottomOffset;
      if (size < 0) throw this.badFree("bad-free/outside", "it lies below the heap", view.address(at), need, 1);
      if (next !== NONE) {
        commit(view, used, holes + 1, HEAD, offset, offset, size, next, SKIP, 0, 0, end, pending);
        this.keeper.invalidate();
        return;
      }
    }
    if (next === NONE) {
      // Upstream's check_merge_top: too little room behind for a hole.
      const gap = view.endOffset - (offset + size);
      if (gap > 0 && gap < MIN_BLOCK_SIZE) size += gap;
    }
    const joinsNext = next !== NONE && offset + size === next;
    const nextSize = joinsNext ? view.sizeAt(next) : 0;
    const behind = joinsNext ? view.nextAt(next) : next;
    const joined = size + nextSize;
    const count = joinsNext ? holes : holes + 1;
    const joinsPrevious = previous !== HEAD && previous + this.size === offset;
    if (joinsPrevious)
      commit(view, used, count - 1, SKIP, 0, previous, this.size + joined, behind, SKIP, 0, 0, end, pending);
    else commit(view, used, count, previous, offset, offset, joined, behind, SKIP, 0, 0, end, pending);
    const { keeper } = this;
    if (keeper.isLive) {
      keeper.begin();
      const { index } = keeper;
      if (joinsNext) index.remove(next, nextSize, view);
      if (joinsPrevious) index.resize(previous, this.size, this.size + joined, view);
      else index.insert(offset, joined);
      keeper.end();
    }
  }

  /** Sizes and alignments beyond 2^30: they fail, are refused, or fit by luck. */
  private allocateRare(size: number, align: number): Ptr {
    const block = alignLayout({ size, align });
    const { view } = this;
    let previous = HEAD;
    for (let hole = view.first(); hole !== NONE; hole = view.nextAt(hole)) {
      const address = view.address(hole);
      const length = view.sizeAt(hole);
      const start = address % align === 0 ? address : alignUp(address + 16, align);
      const rest = address + length - start - block.size;
      if (rest === 0 || rest >= MIN_BLOCK_SIZE) {
        this.previous = previous;
        this.size = length;
        this.start = start - view.origin;
        return this.take(hole, block.size);
      }
      previous = hole;
    }
    return NULL;
  }

  private expectLayout(at: Ptr, size: number, align: number): void {
    try {
      alignLayout({ size, align });
    } catch {
      throw this.badFree("bad-free/layout", "expected the layout of the block", at, size, align);
    }
    if (size > MAX_HEAP_SIZE)
      throw this.badFree("bad-free/outside", `expected at most ${hex(MAX_HEAP_SIZE)} bytes`, at, size, align);
  }

  private badFree(code: BadFreeCode, detail: string, at: Ptr, size: number, align: number): BadFreeError {
    return new BadFreeError(code, detail, at, size, align);
  }
}

function isQuickAlign(align: number): boolean {
  return align > 0 && align <= MAX_QUICK_ALIGN && (align & (align - 1)) === 0 && align >>> 0 === align;
}

function writeAddress(words: Uint32Array, index: number, address: Ptr): void {
  words[index] = address;
  words[index + 1] = Math.floor(address / 0x1_0000_0000);
}

/** Refuses a range that is not wholly in a memory whose ends are known. */
function expectInside(memory: Memory & { base?: unknown; byteLength?: unknown }, start: Ptr, size: number): void {
  const { base, byteLength } = memory;
  if (typeof base !== "number" || typeof byteLength !== "number") return;
  if (start < base || start + size > base + byteLength)
    throw new HeapError(
      "heap/outside-memory",
      `expected a heap inside of the memory ${hex(base)}..${hex(base + byteLength)}, got ${hex(start)}..${hex(start + size)}`,
      start,
    );
}
