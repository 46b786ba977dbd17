import { globalAllocLaws } from "@kmem/global-alloc/testing";
import { LinearMemory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import { LockedHeap } from "../src/index.ts";
import { CONTROL, START } from "./support/heaps.ts";
import { pagedMemory } from "./support/paged-memory.ts";

const SIZE = 32768;

describe("LockedHeap, the laws of every allocator", () => {
  const makers: Record<string, () => LockedHeap> = {
    "in a buffer": () => LockedHeap.inBuffer(new ArrayBuffer(SIZE)),
    "in shared memory": () => LockedHeap.inBuffer(new SharedArrayBuffer(SIZE)),
    "at the post's address": () =>
      LockedHeap.new(new LinearMemory(new ArrayBuffer(SIZE + 4096), { base: CONTROL }), CONTROL, START, SIZE),
    "by the index": () => LockedHeap.inBuffer(new ArrayBuffer(SIZE), { index: "always" }),
  };
  const inspect = (heap: LockedHeap): void => expect(heap.check()).toEqual([]);
  // Bytes 8 … 15 are the lock: its heartbeat counts each time that it is taken.
  const behindTheLock = { start: 16, length: SIZE - 16 };
  for (const [place, make] of Object.entries(makers)) {
    const range = place === "in shared memory" ? { range: behindTheLock } : {};
    for (const law of globalAllocLaws(make, { inspect, ...range })) it(`${law.name}: ${place}`, law.run);
  }

  const paged = (): LockedHeap => LockedHeap.new(pagedMemory(CONTROL, SIZE + 4096), CONTROL, START, SIZE);
  for (const law of globalAllocLaws(paged, { inspect, steps: 300, range: { start: CONTROL, length: SIZE + 4096 } }))
    it(`${law.name}: in virtual memory`, law.run);
});
