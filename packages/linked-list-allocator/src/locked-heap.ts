/**
 * A heap behind a lock: the global allocator of a kernel, or of several workers.
 *
 * @see https://docs.rs/linked_list_allocator/0.10.5/linked_list_allocator/struct.LockedHeap.html
 * @module
 */
import { GlobalAlloc, Layout } from "@kmem/global-alloc";
import { alignUp, LinearMemory, NULL, type GrowableMemory, type Memory, type Ptr } from "@kmem/memory";
import { DeadlockError, LockError, LockPoisonedError, Mutex, type MutexGuard, type MutexOptions } from "@kmem/spin";
import { check, type Fault } from "./check.ts";
import { CONTROL_ALIGN, CONTROL_SIZE, expectControlAddress, expectControlBlock, LOCK_OFFSET } from "./control-block.ts";
import { HeapCorruptionError } from "./errors.ts";
import { Heap } from "./heap.ts";
import { HeapGuard } from "./heap-guard.ts";
import { expectOptions, type HeapOptions } from "./heap-options.ts";
import type { HeapStats, MapOptions } from "./stats.ts";

export interface LockedHeapOptions extends HeapOptions, MutexOptions {}

/** Which part of a buffer is the heap's. */
export interface BufferOptions extends LockedHeapOptions {
  /** Bytes; a multiple of 8. @defaultValue 0 */
  readonly byteOffset?: number;
  /** Bytes; without it, up to the end. */
  readonly byteLength?: number;
}

/**
 * A {@link Heap} that one thread at a time uses.
 */
export class LockedHeap extends GlobalAlloc {
  readonly memory: Memory;
  readonly controlAt: Ptr;
  private readonly heap: Heap;
  private readonly mutex: Mutex<Heap>;

  private constructor(heap: Heap, options: LockedHeapOptions) {
    super();
    this.memory = heap.memory;
    this.controlAt = heap.controlAt;
    this.heap = heap;
    this.mutex = new Mutex(heap.memory, heap.controlAt + LOCK_OFFSET, heap, options);
  }

  /**
   * Makes a heap without memory. Fill it with `using heap = locked.lock(); heap.init(start, size)`.
   *
   * @param controlAt - where its control block of 128 bytes is written; a multiple of 128, outside of the heap
   */
  static empty(memory: Memory, controlAt: Ptr, options: LockedHeapOptions = {}): LockedHeap {
    expectLock(memory, controlAt, options);
    return new LockedHeap(Heap.empty(memory, controlAt, options), options);
  }

  /** Makes a heap of `size` bytes at `start`. @throws as {@link Heap.init} */
  static new(memory: Memory, controlAt: Ptr, start: Ptr, size: number, options: LockedHeapOptions = {}): LockedHeap {
    expectLock(memory, controlAt, options);
    return new LockedHeap(Heap.new(memory, controlAt, start, size, options), options);
  }

  /**
   * A handle on a heap that is there already: made by another thread, or loaded with a saved buffer.
   *
   * It is looked over first, under the lock. When the lock is poisoned that is left to {@link LockedHeap.recover}, and
   * the handle comes out poisoned: see {@link LockedHeap.isPoisoned}.
   *
   * @throws {@link AttachError} when there is none, it is of another version, or damaged
   */
  static attach(memory: Memory, controlAt: Ptr, options: LockedHeapOptions = {}): LockedHeap {
    expectOptions(memory, options);
    expectControlBlock(memory, controlAt);
    const mutex = new Mutex(memory, controlAt + LOCK_OFFSET, undefined, options);
    // In memory that no other thread reaches, a lock that is not held here was loaded with the bytes.
    if (!memory.isShared && !mutex.isHeldHere) mutex.declareDead(mutex.owner);
    let holdsAlready = false;
    try {
      mutex.acquire();
    } catch (error) {
      if (error instanceof LockPoisonedError)
        return new LockedHeap(Heap.attachUnchecked(memory, controlAt, options), options);
      if (!(error instanceof DeadlockError)) throw error;
      holdsAlready = true;
    }
    try {
      return new LockedHeap(Heap.attach(memory, controlAt, options), options);
    } finally {
      if (!holdsAlready) mutex.release();
    }
  }

  /**
   * Makes a heap of a buffer: the control block at its front, all the rest is the heap.
   *
   * Addresses are indices of the buffer's bytes.
   */
  static inBuffer(buffer: ArrayBufferLike | GrowableMemory, options: BufferOptions = {}): LockedHeap {
    const { memory, controlAt, end } = placeIn(buffer, options);
    const start = controlAt + CONTROL_SIZE;
    return LockedHeap.new(memory, controlAt, start, Math.max(0, end - start), options);
  }

  /** A handle on a heap that {@link LockedHeap.inBuffer} made with the same `byteOffset`, here or in another thread. */
  static attachBuffer(buffer: ArrayBufferLike | GrowableMemory, options: BufferOptions = {}): LockedHeap {
    const { memory, controlAt } = placeIn(buffer, options);
    return LockedHeap.attach(memory, controlAt, options);
  }

  /**
   * Waits for the lock and takes it.
   *
   * @returns the heap, until it is disposed of: `using heap = locked.lock()`
   * @throws `DeadlockError` when this thread has it, {@link LockPoisonedError} when its holder died
   */
  lock(): HeapGuard {
    return new HeapGuard(this.mutex.lock());
  }

  /** Takes the lock if it is free. */
  tryLock(): HeapGuard | undefined {
    const guard: MutexGuard<Heap> | undefined = this.mutex.tryLock();
    return guard === undefined ? undefined : new HeapGuard(guard);
  }

  /**
   * Whether a thread died while it held the lock.
   *
   * Waiters find that out by themselves after their patience, and get {@link LockPoisonedError}.
   */
  get isPoisoned(): boolean {
    return this.mutex.isPoisoned;
  }

  /** Says that a thread has ended, so that nobody need wait for it. @returns whether it held the lock */
  declareDead(thread: number): boolean {
    return this.mutex.declareDead(thread);
  }

  /**
   * Puts the heap right after a thread died while it held the lock: finishes its change from the journal, counts the
   * holes anew, looks the whole heap over. The blocks that the dead thread owned stay in use.
   *
   * @returns what is wrong still; then the lock stays poisoned. None: all is well, also when another thread was faster
   *   or nothing was the matter
   */
  recover(): Fault[] {
    try {
      this.mutex.takeOver();
    } catch (error) {
      if (error instanceof LockError && error.code === "lock/not-poisoned") return [];
      throw error;
    }
    let faults: Fault[] | undefined;
    try {
      faults = repairAndCheck(this.heap);
      return faults;
    } finally {
      if (faults?.length === 0) this.mutex.release();
      else this.mutex.abandon();
    }
  }

  /** {@link Heap.check} under the lock. */
  check(): Fault[] {
    using heap = this.lock();
    return heap.check();
  }

  /** {@link Heap.stats} under the lock. */
  stats(): HeapStats {
    using heap = this.lock();
    return heap.stats();
  }

  /** {@link Heap.toText} under the lock. */
  toText(options: MapOptions = {}): string {
    using heap = this.lock();
    return heap.toText(options);
  }

  /** {@link Heap.snapshot} under the lock. */
  snapshot(): Uint8Array {
    using heap = this.lock();
    return heap.snapshot();
  }

  /** {@link Heap.restore} under the lock. */
  restore(snapshot: Uint8Array): void {
    using heap = this.lock();
    heap.restore(snapshot);
  }

  /** @throws as {@link LockedHeap.lock}, `LayoutError` */
  alloc(layout: Layout): Ptr {
    this.mutex.acquire();
    try {
      return this.heap.allocateFirstFit(layout);
    } finally {
      this.mutex.release();
    }
  }

  /** Refuses what {@link LockedHeap.dealloc} would refuse, and gives nothing back. @throws as that */
  expectFreeable(at: Ptr, layout: Layout): void {
    this.mutex.acquire();
    try {
      this.heap.holeList.expectFreeable(at, layout);
    } finally {
      this.mutex.release();
    }
  }

  /**
   * As the default, under one lock, and with `at` judged first.
   *
   * @throws as {@link LockedHeap.lock}, {@link BadFreeError}, and `LayoutError`; nothing has changed then
   */
  override realloc(at: Ptr, layout: Layout, newSize: number): Ptr {
    this.mutex.acquire();
    try {
      const { holeList } = this.heap;
      holeList.expectFreeable(at, layout);
      const newLayout = Layout.fromSizeAlign(newSize, layout.align);
      const to = holeList.allocateFirstFit(newLayout);
      if (to === NULL) return NULL;
      try {
        this.memory.copy(to, at, Math.min(layout.size, newSize));
      } catch (error) {
        // A page fault in virtual memory: the new block must not be lost for that.
        holeList.deallocate(to, newLayout);
        throw error;
      }
      holeList.deallocate(at, layout);
      return to;
    } finally {
      this.mutex.release();
    }
  }

  /** @throws as {@link LockedHeap.lock}, {@link BadFreeError} */
  dealloc(at: Ptr, layout: Layout): void {
    this.mutex.acquire();
    try {
      this.heap.deallocate(at, layout);
    } finally {
      this.mutex.release();
    }
  }
}

/** Refuses what no lock can be made of: the heap's bytes are written before its lock is. */
function expectLock(memory: Memory, controlAt: Ptr, options: LockedHeapOptions): void {
  expectOptions(memory, options);
  expectControlAddress(memory, controlAt);
  new Mutex(memory, controlAt + LOCK_OFFSET, undefined, options);
}

function repairAndCheck(heap: Heap): Fault[] {
  try {
    heap.repair();
  } catch (error) {
    // What cannot be repaired is found by `check` too, and told in full.
    if (!(error instanceof HeapCorruptionError)) throw error;
    const faults = check(heap);
    if (faults.length === 0) throw error;
    return faults;
  }
  return heap.check();
}

function placeIn(
  buffer: ArrayBufferLike | GrowableMemory,
  options: BufferOptions,
): { memory: LinearMemory; controlAt: Ptr; end: Ptr } {
  const memory = new LinearMemory(buffer);
  expectOptions(memory, options);
  const { byteOffset = 0, byteLength } = options;
  // Addresses are the buffer's own indices, also for a part of it: so a Wasm module can use them.
  const part = new LinearMemory(buffer, byteLength === undefined ? { byteOffset } : { byteOffset, byteLength });
  return { memory, controlAt: alignUp(byteOffset, CONTROL_ALIGN), end: byteOffset + part.byteLength };
}
