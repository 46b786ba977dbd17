/**
 * A heap: a hole list, and how much of it is in use.
 *
 * @see https://docs.rs/linked_list_allocator/0.10.5/linked_list_allocator/struct.Heap.html
 * @module
 */
import type { Layout } from "@kmem/global-alloc";
import type { Memory, Ptr } from "@kmem/memory";
import { check, type Fault } from "./check.ts";
import { expectSlice, type HeapOptions, type Slice } from "./heap-options.ts";
import { HoleList, type Hole } from "./hole-list.ts";
import { putBack, takeSnapshot } from "./snapshot.ts";
import { mapOf, statsOf, type HeapStats, type MapOptions } from "./stats.ts";

/**
 * A fixed-size heap backed by a linked list of free memory holes.
 *
 * It does not lock: that is `LockedHeap`'s part.
 */
export class Heap {
  /** The free memory. */
  readonly holeList: HoleList;

  private constructor(holeList: HoleList) {
    this.holeList = holeList;
  }

  /**
   * Makes a heap without memory, which can allocate nothing before {@link Heap.init}.
   *
   * @param controlAt - where its control block of 128 bytes is written; a multiple of 128, outside of the heap
   */
  static empty(memory: Memory, controlAt: Ptr, options: HeapOptions = {}): Heap {
    return new Heap(HoleList.empty(memory, controlAt, options));
  }

  /** Makes a heap of `size` bytes at `start`. @throws as {@link Heap.init} */
  static new(memory: Memory, controlAt: Ptr, start: Ptr, size: number, options: HeapOptions = {}): Heap {
    return new Heap(HoleList.new(memory, controlAt, start, size, options));
  }

  /** Makes a heap of a slice. @throws as {@link Heap.init} */
  static fromSlice(memory: Memory, controlAt: Ptr, slice: Slice, options: HeapOptions = {}): Heap {
    expectSlice("slice", slice);
    return Heap.new(memory, controlAt, slice.start, slice.size, options);
  }

  /**
   * A handle on a heap that is there already: made by another thread, or loaded with a saved buffer. O(holes).
   *
   * The caller's duty: nobody changes the heap meanwhile (`LockedHeap.attach` takes the lock).
   *
   * @throws {@link AttachError} when there is none, it is of another version, or damaged
   */
  static attach(memory: Memory, controlAt: Ptr, options: HeapOptions = {}): Heap {
    return new Heap(HoleList.attach(memory, controlAt, options));
  }

  /** {@link Heap.attach} to a heap that may be half changed, to {@link Heap.repair} it. */
  static attachUnchecked(memory: Memory, controlAt: Ptr, options: HeapOptions = {}): Heap {
    return new Heap(HoleList.attachUnchecked(memory, controlAt, options));
  }

  get memory(): Memory {
    return this.holeList.memory;
  }

  /** Where the control block lies. */
  get controlAt(): Ptr {
    return this.holeList.controlAt;
  }

  /**
   * Makes it a heap of `size` bytes at `start`.
   *
   * The caller's duty (Rust's `unsafe`): the bytes are mapped, and nobody else uses them.
   *
   * @param start - address; rounded up to a multiple of 8
   * @param size - bytes; the last 0 … 7 may stay pending until `extend`
   * @throws {@link HeapError} `heap/already-initialized` when the heap has memory (in the crate that is forgotten then: the
   *   option `secondInit` chooses it); `heap/size-below-16`, `heap/aligned-size-below-16`, or when they cannot be
   */
  init(start: Ptr, size: number): void {
    this.holeList.init(start, size);
  }

  /**
   * {@link Heap.init}, once whatever the options say.
   *
   * @throws {@link HeapError} `heap/already-initialized` when the heap has memory
   */
  initFromSlice(slice: Slice): void {
    expectSlice("slice", slice);
    if (this.bottom !== 0) throw this.holeList.alreadyInitialized(slice.start);
    this.init(slice.start, slice.size);
  }

  /**
   * Takes a block from the first hole that fits.
   *
   * @returns its address, or `NULL` when there is no room; nothing has changed then
   * @throws `LayoutError` when the layout is none
   */
  allocateFirstFit(layout: Layout): Ptr {
    return this.holeList.allocateFirstFit(layout);
  }

  /** Gives a block back. @throws {@link BadFreeError}, as {@link HoleList.deallocate} */
  deallocate(at: Ptr, layout: Layout): void {
    this.holeList.deallocate(at, layout);
  }

  /** Makes the heap larger by the bytes behind its top. @throws {@link HeapError}, as {@link HoleList.extend} */
  extend(by: number): void {
    this.holeList.extend(by);
  }

  /** Adds a separate region above the top. @throws {@link HeapError}, as {@link HoleList.addRegion} */
  addRegion(start: Ptr, size: number): void {
    this.holeList.addRegion(start, size);
  }

  /** Lowest address, 0 before `init`. */
  get bottom(): Ptr {
    return this.holeList.bottom;
  }

  /** Address behind the last byte, 0 before `init`. */
  get top(): Ptr {
    return this.holeList.top;
  }

  /** Bytes that it manages, without those pending and those between its regions. */
  get size(): number {
    return this.holeList.capacity;
  }

  /** Bytes in use: the block sizes really taken. */
  get used(): number {
    return this.holeList.used;
  }

  /** Bytes in holes. */
  get free(): number {
    return this.size - this.used;
  }

  /** The holes in ascending address. */
  holes(): IterableIterator<Hole> {
    return this.holeList[Symbol.iterator]();
  }

  /** Whether holes are found by an index now. */
  get isIndexed(): boolean {
    return this.holeList.isIndexed;
  }

  /** Walks the heap and lists what is wrong with it; none when all is well. O(holes), O(heap) with an index. */
  check(): Fault[] {
    const faults = check(this);
    if (faults.length > 0) return faults;
    const difference = this.holeList.checkIndex();
    return difference === undefined ? [] : [{ code: "index", address: this.controlAt, message: difference }];
  }

  /** Figures of the heap now. O(holes). */
  stats(): HeapStats {
    return statsOf(this);
  }

  /** Draws the heap for people. */
  toText(options: MapOptions = {}): string {
    return mapOf(this, options);
  }

  /** Copies the heap, control block and all. */
  snapshot(): Uint8Array {
    return takeSnapshot(this.memory, this.controlAt);
  }

  /**
   * Puts a snapshot of this heap back: here, or in another memory at the same addresses.
   *
   * @throws {@link HeapError} `heap/snapshot` when it is damaged, of another version or of another place; nothing has
   *   changed then
   */
  restore(snapshot: Uint8Array): void {
    putBack(this.memory, this.controlAt, snapshot);
  }

  /**
   * Finishes a change that its thread may have left half done, and counts anew what can be counted.
   *
   * @returns whether there was a change to finish
   */
  repair(): boolean {
    return this.holeList.repair();
  }
}
