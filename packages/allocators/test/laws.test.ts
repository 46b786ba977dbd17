import type { GlobalAlloc } from "@kmem/global-alloc";
import { globalAllocLaws, globalAllocRefusals } from "@kmem/global-alloc/testing";
import { LockedHeap } from "@kmem/linked-list-allocator";
import { LinearMemory, type Memory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import { BuddyAllocator, BumpAllocator, FixedSizeBlockAllocator, TlsfAllocator } from "../src/index.ts";
import { Pages } from "./support/pages.ts";

const SIZE = 32768;
const START = 0x4444_4444_0000;
const CONTROL = START - 8192;

/** Memories that an allocator may lie in: where the control block is, and where the range begins. */
const places: Record<string, () => Memory> = {
  "in a buffer": () => new LinearMemory(new ArrayBuffer(SIZE + 8192), { base: CONTROL }),
  "in shared memory": () => new LinearMemory(new SharedArrayBuffer(SIZE + 8192), { base: CONTROL }),
  "in pages apart": () => new Pages(new ArrayBuffer(SIZE + 8192), { base: CONTROL }),
  "in a WebAssembly.Memory": () => new LinearMemory(new WebAssembly.Memory({ initial: 1 }), { base: CONTROL }),
};

interface Design extends GlobalAlloc {
  check(): readonly unknown[];
  trim?(): number;
}

const designs: Record<string, (memory: Memory) => Design> = {
  BumpAllocator: (memory) => BumpAllocator.new(memory, CONTROL, START, SIZE),
  "FixedSizeBlockAllocator over TLSF": (memory) =>
    FixedSizeBlockAllocator.new(TlsfAllocator.new(memory, CONTROL + 4096, START, SIZE), CONTROL),
  "FixedSizeBlockAllocator over the linked list": (memory) =>
    FixedSizeBlockAllocator.new(LockedHeap.new(memory, CONTROL + 4096, START, SIZE), CONTROL),
  BuddyAllocator: (memory) => BuddyAllocator.new(memory, CONTROL, START, SIZE),
  "BuddyAllocator of odd size": (memory) => BuddyAllocator.new(memory, CONTROL, START + 24, SIZE - 1000),
  TlsfAllocator: (memory) => TlsfAllocator.new(memory, CONTROL, START, SIZE),
  "TlsfAllocator of odd size": (memory) => TlsfAllocator.new(memory, CONTROL, START + 3, SIZE - 1001),
};

for (const [name, design] of Object.entries(designs))
  describe(`${name}, the laws of every allocator`, () => {
    for (const [place, memory] of Object.entries(places))
      for (const law of globalAllocLaws(() => design(memory()), {
        settle: (allocator) => allocator.trim?.(),
        inspect: (allocator) => expect(allocator.check()).toEqual([]),
      }))
        it(`${law.name}: ${place}`, law.run);
    for (const [place, memory] of Object.entries(places))
      for (const law of globalAllocRefusals(() => design(memory()))) it(`${law.name}: ${place}`, law.run);
  });
