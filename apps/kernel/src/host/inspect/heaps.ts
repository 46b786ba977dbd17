/**
 * The kernel's heaps: their control blocks are found among its statics.
 *
 * @module
 */
import { check, CONTROL_ALIGN, CONTROL_SIZE, LockedHeap } from "@kmem/linked-list-allocator";
import { LinearMemory, type Memory, type Ptr } from "@kmem/memory";
import { heapMap } from "../../tour/heap-map.ts";
import type { Subject } from "./look.ts";
import type { HeapReport } from "./sections.ts";

/** Of the lock in a control block: its word, and the heartbeat behind it. */
const LOCK_AT = 8;
const LOCK_BYTES = 8;

/** What every control block begins with: its magic number and its version. */
const SIGNATURE = signature();

export function heapsOf({ memory, bootInfo }: Subject): HeapReport[] {
  const { start, end } = bootInfo.kernelStatics;
  const heaps: HeapReport[] = [];
  for (let at = start; at + CONTROL_SIZE <= end; at += CONTROL_ALIGN)
    if (isControlBlock(memory, at)) heaps.push(heapAt(memory, at));
  return heaps;
}

function heapAt(memory: Memory, controlAt: Ptr): HeapReport {
  const locked = memory.readU32(controlAt + LOCK_AT) !== 0;
  const faults = check({ memory, controlAt });
  const report = { controlAt, locked, faults, map: undefined, stats: undefined };
  if (faults.length > 0) return report;
  // This memory is a copy: who held the lock is not there.
  memory.fill(controlAt + LOCK_AT, 0, LOCK_BYTES);
  const heap = LockedHeap.attach(memory, controlAt);
  const stats = heap.stats();
  return stats.size === 0 ? report : { ...report, map: heapMap(heap), stats };
}

function isControlBlock(memory: Memory, at: Ptr): boolean {
  return memory.readU32(at) === SIGNATURE[0] && memory.readU32(at + 4) === SIGNATURE[1];
}

function signature(): readonly [number, number] {
  const memory = new LinearMemory(new ArrayBuffer(CONTROL_SIZE));
  LockedHeap.empty(memory, 0);
  return [memory.readU32(0), memory.readU32(4)];
}
