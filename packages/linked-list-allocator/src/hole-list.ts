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
import type { Layout } from "@kmem/global-alloc";
import { alignUp, hex, NULL, type Memory, type Ptr } from "@kmem/memory";
import { alignLayout, BLOCK_ALIGN, MIN_BLOCK_SIZE } from "./align.ts";
import { commit } from "./commit.ts";
import {
  BOTTOM,
  END,
  expectControlBlock,
  expectRange,
  HOLES,
  MAX_HEAP_SIZE,
  PENDING,
  USED,
  writeEmptyControlBlock,
} from "./control-block.ts";
import { HeapError } from "./errors.ts";
import { FirstFit } from "./first-fit.ts";
import type { IndexMode } from "./index-keeper.ts";
import { HEAD, NONE, SKIP } from "./offsets.ts";

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

/** The holes of one heap. */
export class HoleList {
  private readonly engine: FirstFit;

  private constructor(memory: Memory, controlAt: Ptr, options: HeapOptions) {
    const { badFrees = "refuse", index = "auto" } = options;
    if (badFrees !== "refuse" && badFrees !== "as-upstream")
      throw new HeapError("heap/options", `badFrees: expected "refuse" or "as-upstream", got ${String(badFrees)}`);
    if (index !== "auto" && index !== "off" && index !== "always")
      throw new HeapError("heap/options", `index: expected "auto", "off" or "always", got ${String(index)}`);
    const asUpstream = badFrees === "as-upstream";
    // Holes beyond the heap's end, which upstream allows, are beyond the index too.
    this.engine = new FirstFit(memory, controlAt, asUpstream, asUpstream ? "off" : index);
    this.engine.sync();
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
    const view = this.engine;
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
    writeAddress(control, c + BOTTOM, bottom);
    writeAddress(control, c + END, bottom + usable);
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

  get memory(): Memory {
    return this.engine.memory;
  }

  /** Where the control block lies. */
  get controlAt(): Ptr {
    return this.engine.controlAt;
  }

  /** Lowest address, 0 before `init`. */
  get bottom(): Ptr {
    this.engine.sync();
    return this.engine.bottom;
  }

  /** Address behind the last byte, also of those that are pending; 0 before `init`. */
  get top(): Ptr {
    this.engine.sync();
    return this.engine.end + this.pending;
  }

  /** Bytes between bottom and top, without those pending. */
  get capacity(): number {
    this.engine.sync();
    return this.engine.end - this.engine.bottom;
  }

  /** Bytes in use. */
  get used(): number {
    this.engine.sync();
    return this.engine.control[this.engine.c + USED]!;
  }

  /** Bytes at the end that are too few for a hole yet, 0 … 15. */
  get pending(): number {
    this.engine.sync();
    return this.engine.control[this.engine.c + PENDING]!;
  }

  /** The number of holes. */
  get length(): number {
    this.engine.sync();
    return this.engine.control[this.engine.c + HOLES]!;
  }

  /** The holes in ascending address, as they are while you go through them. */
  *[Symbol.iterator](): IterableIterator<Hole> {
    const view = this.engine;
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
    return this.engine.allocate(layout.size, layout.align);
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
    this.engine.free(at, layout.size, layout.align);
  }

  /**
   * Makes the heap larger by the bytes right behind its top. They are used from 16 on; fewer are kept for the next time.
   *
   * @param by - bytes
   * @throws {@link HeapError} `heap/extend-empty` before `init`; `heap/outside-memory`, `heap/size`, `heap/too-large`
   */
  extend(by: number): void {
    const view = this.engine;
    view.sync();
    if (!Number.isSafeInteger(by) || by < 0)
      throw new HeapError("heap/size", `by: expected bytes, 0 or more, got ${String(by)}`, by);
    if (view.bottom === NULL) throw new HeapError("heap/extend-empty", "tried to extend an empty heap", by);
    const { control, c } = view;
    const total = control[c + PENDING]! + by;
    if (view.end - view.bottom + total > MAX_HEAP_SIZE)
      throw new HeapError(
        "heap/too-large",
        `by: expected a heap of at most ${MAX_HEAP_SIZE} bytes, got ${by} more`,
        by,
      );
    expectInside(view.memory, view.end, total);
    if (total < MIN_BLOCK_SIZE) {
      control[c + PENDING] = total;
      view.bumpEpoch();
      return;
    }
    const length = total - (total % BLOCK_ALIGN);
    view.insertAtEnd(length, total - length);
  }
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
