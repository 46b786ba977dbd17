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
import { AttachError, LayoutError, type Layout } from "@kmem/global-alloc";
import { hex, NULL, type Memory, type Ptr } from "@kmem/memory";
import { alignLayout } from "./align.ts";
import { check } from "./check.ts";
import { notLayout } from "./bad-free.ts";
import { commit } from "./commit.ts";
import {
  CONTROL_SIZE,
  expectApart,
  expectControlAddress,
  expectControlBlock,
  expectInside,
  expectRoom,
  HOLES,
  PENDING,
  USED,
  writeEmptyControlBlock,
} from "./control-block.ts";
import { HeapError } from "./errors.ts";
import { FirstFit } from "./first-fit.ts";
import { addRegion, extendBy } from "./growing.ts";
import {
  expectIndexRegion,
  expectOptions,
  expectOwnIndexRegion,
  isNothing,
  usableRange,
  type HeapOptions,
} from "./heap-options.ts";
import { HEAD, NONE, SKIP } from "./offsets.ts";
import { bytesIn, type Gap } from "./regions.ts";

/** One free range. */
export interface Hole {
  readonly address: Ptr;
  /** Bytes; a multiple of 8, 16 or more. */
  readonly size: number;
}

/** The holes of one heap. */
export class HoleList {
  private readonly engine: FirstFit;
  private readonly forgetsOnInit: boolean;

  private constructor(memory: Memory, controlAt: Ptr, options: HeapOptions) {
    const { badFrees = "refuse", secondInit = "refuse", index = "auto" } = options;
    const asUpstream = badFrees === "as-upstream";
    this.forgetsOnInit = secondInit === "as-upstream";
    // Holes beyond the heap's end, which upstream allows, are beyond the index too.
    this.engine = new FirstFit(memory, controlAt, asUpstream, asUpstream ? "off" : index);
    this.engine.sync();
  }

  /** Makes a list without any memory; writes its control block at `controlAt`. */
  static empty(memory: Memory, controlAt: Ptr, options: HeapOptions = {}): HoleList {
    expectOptions(memory, options);
    expectControlAddress(memory, controlAt);
    const { indexRegion } = options;
    if (indexRegion !== undefined) expectIndexRegion(memory, controlAt, indexRegion);
    writeEmptyControlBlock(memory, controlAt, indexRegion?.start ?? NULL, indexRegion?.size ?? 0);
    return new HoleList(memory, controlAt, options);
  }

  /** Makes a list with one hole. @throws as {@link HoleList.init} */
  static new(memory: Memory, controlAt: Ptr, start: Ptr, size: number, options: HeapOptions = {}): HoleList {
    // All that `init` would refuse, before a control block is written.
    expectOptions(memory, options);
    expectControlAddress(memory, controlAt);
    const { indexRegion } = options;
    if (indexRegion !== undefined) expectIndexRegion(memory, controlAt, indexRegion);
    usableRange(start, size);
    expectInside(memory, start, size);
    expectApart(controlAt, CONTROL_SIZE, start, size);
    if (indexRegion !== undefined) expectApart(indexRegion.start, indexRegion.size, start, size);
    const list = HoleList.empty(memory, controlAt, options);
    list.init(start, size);
    return list;
  }

  /**
   * A handle on a list that is there already; it is looked over first. O(holes).
   *
   * The caller's duty: nobody changes the list meanwhile.
   *
   * @throws {@link AttachError} when there is none, it is of another version, or damaged
   */
  static attach(memory: Memory, controlAt: Ptr, options: HeapOptions = {}): HoleList {
    expectOptions(memory, options);
    expectControlBlock(memory, controlAt);
    // Frees that only upstream takes leave holes that are faults to `check`.
    const tolerates = options.badFrees === "as-upstream";
    const fault = check({ memory, controlAt }).find(({ code }) => !tolerates || code === "control-block");
    if (fault !== undefined)
      throw new AttachError("attach/damaged", `${fault.code} at ${hex(fault.address)}: ${fault.message}`, controlAt);
    const list = HoleList.attachUnchecked(memory, controlAt, options);
    const difference = tolerates ? undefined : list.engine.checkFoundIndex();
    if (difference !== undefined) throw new AttachError("attach/damaged", `the index: ${difference}`, controlAt);
    return list;
  }

  /** {@link HoleList.attach} to a list that may be half changed, to {@link HoleList.repair} it. */
  static attachUnchecked(memory: Memory, controlAt: Ptr, options: HeapOptions = {}): HoleList {
    expectOptions(memory, options);
    expectControlBlock(memory, controlAt);
    if (options.indexRegion !== undefined) expectOwnIndexRegion(memory, controlAt, options.indexRegion);
    return new HoleList(memory, controlAt, options);
  }

  /** The block really taken for a layout. */
  static alignLayout(layout: Layout): Layout {
    return alignLayout(layout);
  }

  /**
   * Makes the list one hole of all the bytes given.
   *
   * @param start - address; rounded up to a multiple of 8
   * @param size - bytes; 16 or more remain after the rounding
   * @throws {@link HeapError} `heap/already-initialized` when it has memory, unless told by `secondInit` to forget that;
   *   others when start and size cannot be
   */
  init(start: Ptr, size: number): void {
    const view = this.engine;
    view.sync();
    if (view.bottom !== NULL && !this.forgetsOnInit) throw this.alreadyInitialized(start);
    const { bottom, usable, pending } = usableRange(start, size);
    expectRoom(view.memory, this.controlAt, start, size);
    view.memory.window(bottom, true);
    view.memory.window(bottom + 8, true);
    view.begin(bottom, usable);
    const at = view.bottomOffset;
    commit(view, 0, 1, HEAD, at, at, usable, NONE, SKIP, 0, 0, view.endOffset, pending);
    this.engine.forgetIndex();
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

  /** Bytes between bottom and top, without those pending and those between regions. */
  get capacity(): number {
    this.engine.sync();
    return this.engine.end - this.engine.bottom - bytesIn(this.engine.gaps);
  }

  /** What lies between the heap's regions, from the top down. */
  get gaps(): readonly Gap[] {
    this.engine.sync();
    return this.engine.gaps;
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
   * @throws `LayoutError` when the layout is none
   */
  allocateFirstFit(layout: Layout): Ptr {
    if (isNothing(layout)) throw new LayoutError("layout/size", layout);
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
    if (isNothing(layout)) throw notLayout(at, layout);
    this.engine.free(at, layout.size, layout.align);
  }

  /**
   * Refuses what {@link HoleList.deallocate} would refuse, and gives nothing back. O(holes).
   *
   * @throws {@link BadFreeError}
   */
  expectFreeable(at: Ptr, layout: Layout): void {
    if (isNothing(layout)) throw notLayout(at, layout);
    this.engine.expectFreeable(at, layout.size, layout.align);
  }

  /**
   * Makes the heap larger by the bytes right behind its top. They are used from 16 on; fewer are kept for the next time.
   *
   * @param by - bytes
   * @throws {@link HeapError} `heap/extend-empty` before `init`; `heap/outside-memory`, `heap/size`, `heap/too-large`
   */
  extend(by: number): void {
    extendBy(this.engine, by);
  }

  /**
   * Adds a separate region above the top. Its first 16 bytes say where it is; right behind the top it is an `extend`.
   *
   * The caller's duty (Rust's `unsafe`): as for {@link HoleList.init}.
   *
   * @param start - address; rounded up to a multiple of 8
   * @param size - bytes; 32 or more remain after the rounding
   * @throws {@link HeapError} `heap/region` when it does not begin above the top or has too few bytes; as `extend` and `init`
   */
  addRegion(start: Ptr, size: number): void {
    addRegion(this.engine, start, size);
  }

  /**
   * Puts right what a thread that died while changing the list may have left half done, and what can be counted anew.
   *
   * @returns whether there was a change to finish
   */
  repair(): boolean {
    return this.engine.repair();
  }

  /** The refusal of a second `init`. */
  alreadyInitialized(start: Ptr): HeapError {
    const { bottom } = this;
    return new HeapError(
      "heap/already-initialized",
      `The heap has already been initialized: it begins at ${hex(bottom)}.`,
      start,
    );
  }

  /** Whether the holes are found by an index now. */
  get isIndexed(): boolean {
    return this.engine.isIndexed;
  }

  /** What the index says and the holes do not, in words; `undefined` when they agree. O(heap). */
  checkIndex(): string | undefined {
    return this.engine.checkIndex();
  }
}
