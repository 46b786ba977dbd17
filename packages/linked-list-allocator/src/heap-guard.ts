/**
 * A locked heap while it is held.
 *
 * @module
 */
import type { Layout } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import type { MutexGuard } from "@kmem/spin";
import type { Fault } from "./check.ts";
import type { Heap } from "./heap.ts";
import type { Slice } from "./heap-options.ts";
import type { Hole } from "./hole-list.ts";
import type { HeapStats, MapOptions } from "./stats.ts";

/**
 * The {@link Heap} behind a taken lock; disposing of it gives the lock back.
 *
 * Rust's guard derefs to the heap. This one has the heap's members, so that none is reached after the release.
 */
export class HeapGuard implements Disposable {
  private readonly guard: MutexGuard<Heap>;

  /** Made by `LockedHeap.lock`. */
  constructor(guard: MutexGuard<Heap>) {
    this.guard = guard;
  }

  /** The heap itself. @throws `LockError` `lock/released` after the release */
  get heap(): Heap {
    return this.guard.value;
  }

  init(start: Ptr, size: number): void {
    this.heap.init(start, size);
  }

  initFromSlice(slice: Slice): void {
    this.heap.initFromSlice(slice);
  }

  allocateFirstFit(layout: Layout): Ptr {
    return this.heap.allocateFirstFit(layout);
  }

  deallocate(at: Ptr, layout: Layout): void {
    this.heap.deallocate(at, layout);
  }

  extend(by: number): void {
    this.heap.extend(by);
  }

  addRegion(start: Ptr, size: number): void {
    this.heap.addRegion(start, size);
  }

  get bottom(): Ptr {
    return this.heap.bottom;
  }

  get top(): Ptr {
    return this.heap.top;
  }

  get size(): number {
    return this.heap.size;
  }

  get used(): number {
    return this.heap.used;
  }

  get free(): number {
    return this.heap.free;
  }

  holes(): IterableIterator<Hole> {
    return this.heap.holes();
  }

  check(): Fault[] {
    return this.heap.check();
  }

  stats(): HeapStats {
    return this.heap.stats();
  }

  toText(options: MapOptions = {}): string {
    return this.heap.toText(options);
  }

  snapshot(): Uint8Array {
    return this.heap.snapshot();
  }

  restore(snapshot: Uint8Array): void {
    this.heap.restore(snapshot);
  }

  /** Sign of life, for who holds the lock for seconds. */
  beat(): void {
    this.guard.beat();
  }

  /** Gives the lock back. */
  release(): void {
    this.guard.release();
  }

  /** Gives the lock back unless that is done already. */
  [Symbol.dispose](): void {
    this.guard[Symbol.dispose]();
  }
}
