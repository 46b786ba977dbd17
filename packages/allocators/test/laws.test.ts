import { globalAllocLaws } from "@kmem/global-alloc/testing";
import { LinearMemory, type Memory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import { BumpAllocator, TlsfAllocator } from "../src/index.ts";

const SIZE = 32768;
const START = 0x4444_4444_0000;
const CONTROL = START - 8192;

/** Memories that an allocator may lie in: where the control block is, and where the range begins. */
const places: Record<string, () => Memory> = {
  "in a buffer": () => new LinearMemory(new ArrayBuffer(SIZE + 8192), { base: CONTROL }),
  "in shared memory": () => new LinearMemory(new SharedArrayBuffer(SIZE + 8192), { base: CONTROL }),
  "in a WebAssembly.Memory": () => new LinearMemory(new WebAssembly.Memory({ initial: 1 }), { base: CONTROL }),
};

const designs = {
  BumpAllocator: (memory: Memory) => BumpAllocator.new(memory, CONTROL, START, SIZE),
  TlsfAllocator: (memory: Memory) => TlsfAllocator.new(memory, CONTROL, START, SIZE),
};

for (const [name, design] of Object.entries(designs))
  describe(`${name}, the laws of every allocator`, () => {
    for (const [place, memory] of Object.entries(places))
      for (const law of globalAllocLaws<BumpAllocator | TlsfAllocator>(() => design(memory()), {
        inspect: (allocator) => expect(allocator.check()).toEqual([]),
      }))
        it(`${law.name}: ${place}`, law.run);
  });
