import { globalAllocLaws, globalAllocRefusals } from "@kmem/global-alloc/testing";
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
  for (const [place, make] of Object.entries(makers)) {
    for (const law of globalAllocLaws(make, { inspect })) it(`${law.name}: ${place}`, law.run);
    for (const law of globalAllocRefusals(make)) it(`${law.name}: ${place}`, law.run);
  }

  const paged = (): LockedHeap => LockedHeap.new(pagedMemory(CONTROL, SIZE + 4096), CONTROL, START, SIZE);
  const range = { start: CONTROL, length: SIZE + 4096 };
  for (const law of globalAllocLaws(paged, { inspect, steps: 300, range }))
    it(`${law.name}: in virtual memory`, law.run);
  for (const law of globalAllocRefusals(paged, { range })) it(`${law.name}: in virtual memory`, law.run);
});
