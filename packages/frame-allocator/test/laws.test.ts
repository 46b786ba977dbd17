/** The laws of frame allocators, on every one of them. */
import { LinearMemory } from "@kmem/memory";
import { describe, it } from "vitest";
import {
  BitmapFrameAllocator,
  BootInfoFrameAllocator,
  BuddyFrameAllocator,
  TeachingBootInfoFrameAllocator,
  type MemoryMap,
} from "../src/index.ts";
import { frameAllocatorLaws, type TestedAllocator } from "../src/testing.ts";

const SHARED = (): LinearMemory => new LinearMemory(new SharedArrayBuffer(2 ** 22), { base: 0x4444_4444_0000 });
const AT = 0x4444_4444_0000 + 64;

const allocators: readonly (readonly [string, (map: MemoryMap) => TestedAllocator])[] = [
  ["BootInfoFrameAllocator", (map) => BootInfoFrameAllocator.init(map)],
  ["BootInfoFrameAllocator with its state in memory", (map) => BootInfoFrameAllocator.init(map, SHARED(), AT)],
  ["TeachingBootInfoFrameAllocator", (map) => TeachingBootInfoFrameAllocator.init(map)],
  ["BitmapFrameAllocator", (map) => BitmapFrameAllocator.new(SHARED(), AT, map)],
  [
    "BitmapFrameAllocator that is attached to",
    (map) => {
      const memory = SHARED();
      BitmapFrameAllocator.new(memory, AT, map);
      return BitmapFrameAllocator.attach(memory, AT);
    },
  ],
  ["BuddyFrameAllocator", (map) => BuddyFrameAllocator.new(SHARED(), AT, map)],
  [
    "BuddyFrameAllocator that is attached to",
    (map) => {
      const memory = SHARED();
      BuddyFrameAllocator.new(memory, AT, map);
      return BuddyFrameAllocator.attach(memory, AT);
    },
  ],
];

describe.each(allocators)("%s", (name, make) => {
  const exceptions = name.startsWith("Buddy")
    ? { lowestFirst: "the smallest block that serves is split, so that large ones stay whole" }
    : {};
  for (const law of frameAllocatorLaws(make, exceptions)) it(law.name, law.run);
});
