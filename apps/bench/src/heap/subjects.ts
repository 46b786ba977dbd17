/**
 * The contestants of the heap's benchmarks.
 */
import { Layout } from "@kmem/global-alloc";
import { Heap, type HeapOptions } from "@kmem/linked-list-allocator";
import { LinearMemory, type Memory } from "@kmem/memory";
import { MemPool } from "@thi.ng/malloc";
import { tlsf } from "./tlsf.ts";
import type { Subject } from "./trace.ts";

/** Layouts of 0 … 256 bytes, made once as a program would. */
export const LAYOUTS: readonly Layout[] = Array.from({ length: 257 }, (_, size) => Layout.fromSizeAlign(size, 8));

/** Room for so many live blocks of 8 … 256 bytes, whatever the design; whole pages. */
export function bytesFor(live: number): number {
  return Math.max(1 << 16, Math.ceil((live * 132 * 4) / 4096) * 4096);
}

export function heapSubject(heap: Heap): Subject<number> {
  return {
    alloc: (size) => heap.allocateFirstFit(LAYOUTS[size]!),
    free: (at, size) => heap.deallocate(at, LAYOUTS[size]!),
  };
}

/** Our heap in any memory: its control block at `start`, the heap a page above. */
export function ours(memory: Memory, start: number, byteLength: number, options: HeapOptions = {}): Heap {
  return Heap.new(memory, start, start + 4096, byteLength - 4096, options);
}

export function oursInBuffer(byteLength: number, options: HeapOptions = {}): Heap {
  return ours(new LinearMemory(new ArrayBuffer(byteLength)), 0, byteLength, options);
}

export function thing(byteLength: number): Subject<number> {
  const pool = new MemPool({ buf: new ArrayBuffer(byteLength), align: 8 });
  return { alloc: (size) => pool.malloc(size), free: (at) => void pool.free(at) };
}

/** @param maximum - 64 KiB pages of its memory at most */
export async function assemblyScript(maximum?: number): Promise<Subject<number>> {
  const { alloc, free } = await tlsf(maximum);
  return { alloc: (size) => alloc(size), free: (at) => free(at) };
}

export const NO_ARRAY: Uint8Array = new Uint8Array(0);

/** JavaScript's own: a typed array for each block, freed by the garbage collector. */
export function typedArrays(): Subject<Uint8Array> {
  return { alloc: (size) => new Uint8Array(size), free: () => undefined };
}
