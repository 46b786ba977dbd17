import { LinearMemory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import {
  BitmapFrameAllocator,
  BootInfoFrameAllocator,
  BuddyFrameAllocator,
  EmptyFrameAllocator,
  FrameRange,
  MemoryMap,
  TeachingBootInfoFrameAllocator,
} from "../src/index.ts";
import { lawMap, takeAll } from "../src/testing.ts";

describe("EmptyFrameAllocator", () => {
  it("never has a frame", () => {
    const allocator = new EmptyFrameAllocator();
    expect([allocator.allocateFrame(), allocator.allocateFrame()]).toEqual([undefined, undefined]);
  });
});

describe("BootInfoFrameAllocator", () => {
  it("gives the same frames in the same order as the post's own", () => {
    const ours = takeAll(BootInfoFrameAllocator.init(lawMap()));
    expect(ours).toEqual(takeAll(TeachingBootInfoFrameAllocator.init(lawMap())));
    expect(ours).toHaveLength(8 + 1 + 32 + 16);
  });

  it("goes on from its state in memory, as somebody else who attaches to it", () => {
    const memory = new LinearMemory(new ArrayBuffer(256));
    const map = lawMap();
    const first = BootInfoFrameAllocator.init(map, memory, 64);
    const given = [first.allocateFrame(), first.allocateFrame()].map((frame) => frame?.startAddress);
    const second = BootInfoFrameAllocator.attach(map, memory, 64);
    expect(second.freeFrames).toBe(55);
    expect([...given, second.allocateFrame()?.startAddress]).toEqual([0x1000, 0x2000, 0x3000]);
    expect(first.allocateFrame()?.startAddress).toBe(0x4000);
  });
});

describe("wrong addresses", () => {
  const wrong: unknown[] = [NaN, 0.5, Infinity, "64", null, {}, 4, 2 ** 53, 4096];
  const memory = new LinearMemory(new ArrayBuffer(4096));
  const map = lawMap();
  const cases: [string, (at: never) => unknown][] = [
    ["BootInfoFrameAllocator.init", (at) => BootInfoFrameAllocator.init(map, memory, at)],
    ["BootInfoFrameAllocator.attach", (at) => BootInfoFrameAllocator.attach(map, memory, at)],
    ["BitmapFrameAllocator.new", (at) => BitmapFrameAllocator.new(memory, at, map)],
    ["BitmapFrameAllocator.attach", (at) => BitmapFrameAllocator.attach(memory, at)],
    ["BuddyFrameAllocator.new", (at) => BuddyFrameAllocator.new(memory, at, map)],
    ["BuddyFrameAllocator.attach", (at) => BuddyFrameAllocator.attach(memory, at)],
    ["MemoryMap.read", (at) => MemoryMap.read(memory, at)],
    ["map.write", (at) => map.write(memory, at)],
  ];
  it.each(cases)("%s refuses them, and has written nothing", (_name, call) => {
    for (const at of wrong)
      expect(() => call(at as never), String(at)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/\//) as string }),
      );
    expect(memory.views.u8.every((byte) => byte === 0)).toBe(true);
  });

  it("FrameRange refuses what are no addresses and no numbers of frames", () => {
    for (const value of [NaN, 0.5, -1, Infinity, "1", null, 2 ** 53] as never[])
      for (const run of [
        () => FrameRange.new(value, 0x2000),
        () => FrameRange.new(0, value),
        () => FrameRange.fromFrameNumbers(value, 2 ** 40),
        () => FrameRange.fromFrameNumbers(0, value),
      ])
        expect(run, String(value)).toThrow(expect.objectContaining({ code: "memory-map/range" }));
  });
});
