import { Layout } from "@kmem/global-alloc";
import { LinearMemory } from "@kmem/memory";
import { Heap, type HeapOptions } from "../../src/index.ts";

/** Where test heaps begin, as the post's. */
export const START = 0x4444_4444_0000;
/** Where their control blocks lie: a page below. */
export const CONTROL = START - 4096;

export interface TestHeap {
  readonly memory: LinearMemory;
  readonly heap: Heap;
  /** All bytes of the memory, control block and heap. */
  bytes(): Uint8Array;
  /** The holes as `[address − START, size]`. */
  holes(): [number, number][];
}

/** A heap of `size` bytes at {@link START}, with a page of memory below and one above. */
export function testHeap(size: number, options: HeapOptions = {}): TestHeap {
  const memory = new LinearMemory(new ArrayBuffer(size + 8192), { base: CONTROL });
  const heap = Heap.new(memory, CONTROL, START, size, options);
  return handle(memory, heap);
}

export function handle(memory: LinearMemory, heap: Heap): TestHeap {
  return {
    memory,
    heap,
    bytes: () => memory.views.u8.slice(),
    holes: () => Array.from(heap.holes(), ({ address, size }): [number, number] => [address - START, size]),
  };
}

export function layout(size: number, align = 8): Layout {
  return Layout.fromSizeAlign(size, align);
}

/** Runs what must be refused. @returns the error, once it is certain that no byte has changed */
export function refused(test: { bytes(): Uint8Array }, run: () => unknown): unknown {
  const before = test.bytes();
  let error: unknown;
  try {
    run();
  } catch (thrown) {
    error = thrown;
  }
  if (error === undefined) throw new Error("expected an error, got none");
  const after = test.bytes();
  const at = before.findIndex((byte, i) => byte !== after[i]);
  if (at >= 0 || before.length !== after.length) throw new Error(`byte ${at} has changed by a refused call`);
  return error;
}
