/**
 * A heap: a hole list, and how much of it is in use.
 *
 * @see https://docs.rs/linked_list_allocator/0.10.5/linked_list_allocator/struct.Heap.html
 * @module
 */
import type { Layout } from "@kmem/global-alloc";
import { hex, type Memory, type Ptr } from "@kmem/memory";
import { HeapError } from "./errors.ts";
import { HoleList, type Hole, type HeapOptions } from "./hole-list.ts";

/** A range of memory, Rust's slice. */
export interface Slice {
  readonly start: Ptr;
  /** Bytes. */
  readonly size: number;
}

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
    return Heap.new(memory, controlAt, slice.start, slice.size, options);
  }

  /**
   * A handle on a heap that is there already: made by another thread, or loaded with a saved buffer.
   *
   * @throws {@link AttachError} when there is none, it is of another version, or damaged
   */
  static attach(memory: Memory, controlAt: Ptr, options: HeapOptions = {}): Heap {
    return new Heap(HoleList.attach(memory, controlAt, options));
  }

  get memory(): Memory {
    return this.holeList.memory;
  }

  /** Where the control block lies. */
  get controlAt(): Ptr {
    return this.holeList.controlAt;
  }

  /**
   * Makes it a heap of `size` bytes at `start`; what it was before is forgotten.
   *
   * The caller's duty (Rust's `unsafe`): the bytes are mapped, and nobody else uses them.
   *
   * @param start - address; rounded up to a multiple of 8
   * @param size - bytes; the last 0 … 7 may stay pending until `extend`
   * @throws {@link HeapError} `heap/size-below-16`, `heap/aligned-size-below-16`, or when they cannot be
   */
  init(start: Ptr, size: number): void {
    this.holeList.init(start, size);
  }

  /**
   * {@link Heap.init}, once.
   *
   * @throws {@link HeapError} `heap/already-initialized` when the heap has memory
   */
  initFromSlice(slice: Slice): void {
    if (this.bottom !== 0)
      throw new HeapError(
        "heap/already-initialized",
        `The heap has already been initialized: it begins at ${hex(this.bottom)}.`,
        slice.start,
      );
    this.init(slice.start, slice.size);
  }

  /**
   * Takes a block from the first hole that fits.
   *
   * @returns its address, or `NULL` when there is no room; nothing has changed then
   * @throws {@link LayoutError} when the layout is none
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

  /** Lowest address, 0 before `init`. */
  get bottom(): Ptr {
    return this.holeList.bottom;
  }

  /** Address behind the last byte, 0 before `init`. */
  get top(): Ptr {
    return this.holeList.top;
  }

  /** Bytes that it manages, without those pending. */
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
}
