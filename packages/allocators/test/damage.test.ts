import { Layout } from "@kmem/global-alloc";
import { LinearMemory, type Memory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import { BadFreeError, BuddyAllocator, BumpAllocator, FixedSizeBlockAllocator, TlsfAllocator } from "../src/index.ts";

const CONTROL = 0x1000;
const START = 0x4000;
const SIZE = 4096;
const layout = (size: number, align = 8): Layout => Layout.fromSizeAlign(size, align);
const memoryOf = (): LinearMemory => new LinearMemory(new ArrayBuffer(0x6000));

for (const Design of [BumpAllocator, BuddyAllocator, TlsfAllocator])
  describe(`${Design.name}, what is damaged or none`, () => {
    it("is not attached to when its range lies outside of the memory", () => {
      for (const [word, value] of [
        [8, 0x10_0000],
        [12, 1],
        [16, 0x0100_4000],
      ] as const) {
        const memory = memoryOf();
        Design.new(memory, CONTROL, START, SIZE);
        memory.writeU32(CONTROL + word, value);
        expect(() => Design.attach(memory, CONTROL)).toThrow(expect.objectContaining({ code: "attach/damaged" }));
      }
    });

    it("is not made in what is no memory", () => {
      for (const none of [undefined, null, {}, "memory"] as unknown[] as Memory[])
        expect(() => Design.new(none, CONTROL, START, SIZE)).toThrow(
          expect.objectContaining({ code: "allocator/options" }),
        ); // a caller without types
    });

    it("hands nothing out at the null address that its range ends at, and changes nothing for it", () => {
      const memory = new LinearMemory(new ArrayBuffer(8192), { base: -8192 });
      const allocator = Design.new(memory, -8192, -4096, 4096);
      const before = memory.views.u8.slice();
      expect(allocator.alloc(layout(0, 8192))).toBe(0);
      expect(memory.views.u8).toEqual(before);
      expect(allocator.stats().blocks).toBe(0);
    });
  });

describe("TlsfAllocator, damaged", () => {
  it("counts no further than a header that says what cannot be", () => {
    for (const header of [0, 8, 0x7fff_fff8, 0xffff_fff8, 0x2000]) {
      const memory = memoryOf();
      const allocator = TlsfAllocator.new(memory, CONTROL, START, SIZE);
      const at = allocator.alloc(layout(64));
      allocator.alloc(layout(64));
      memory.writeU32(at - 4, header);
      const { used, free, largestFree, blocks } = allocator.stats();
      expect([used, free, largestFree, blocks]).toEqual([SIZE, 0, 0, 0]);
      expect(allocator.check()).not.toEqual([]);
    }
  });

  it("says that its range is none", () => {
    for (const [word, value] of [
      [8, 0x10_0000],
      [12, 0x7fff_ffff],
      [16, 0],
      [16, 0xffff_ffff],
    ] as const) {
      const memory = memoryOf();
      const allocator = TlsfAllocator.new(memory, CONTROL, START, SIZE);
      memory.writeU32(CONTROL + word, value);
      expect(() => allocator.stats()).toThrow(expect.objectContaining({ code: "allocator/corrupt" }));
      expect(allocator.check()).toMatchObject([{ code: "control-block" }]);
    }
  });

  it("refuses to allocate from a list that leads out of the range", () => {
    const memory = memoryOf();
    const allocator = TlsfAllocator.new(memory, CONTROL, START, SIZE);
    const at = allocator.alloc(layout(16));
    allocator.alloc(layout(16));
    allocator.dealloc(at, layout(16));
    for (const link of [0x0fff_fff0, 0xffff_fff0]) {
      memory.writeU32(at, link); // the link of the free block to the next of its list
      const before = memory.views.u8.slice();
      expect(() => allocator.alloc(layout(16))).toThrow(expect.objectContaining({ code: "allocator/corrupt" }));
      expect(memory.views.u8).toEqual(before);
      expect(allocator.check()).toMatchObject([{ code: "free-list" }]);
    }
  });
});

describe("FixedSizeBlockAllocator, damaged", () => {
  const made = (): { memory: LinearMemory; allocator: FixedSizeBlockAllocator; at: number } => {
    const memory = memoryOf();
    const allocator = FixedSizeBlockAllocator.new(TlsfAllocator.new(memory, 0x2000, START, SIZE), CONTROL);
    const at = allocator.alloc(layout(64));
    const other = allocator.alloc(layout(64));
    allocator.alloc(layout(64));
    allocator.dealloc(other, layout(64));
    allocator.dealloc(at, layout(64));
    return { memory, allocator, at };
  };
  const HEAD = CONTROL + 24 + 3 * 12;

  for (const link of [1, -1, 0x0100_0000, 0x7fff_ffff, -0x8000_0000])
    it(`refuses a list that leads to ${link}, and changes nothing`, () => {
      const { memory, allocator } = made();
      memory.writeU32(HEAD, link);
      const before = memory.views.u8.slice();
      for (const call of [() => allocator.alloc(layout(64)), () => allocator.trim()])
        expect(call).toThrow(expect.objectContaining({ code: "allocator/corrupt" }));
      expect(memory.views.u8).toEqual(before);
      expect(allocator.check()).not.toEqual([]);
      expect(() => FixedSizeBlockAllocator.attach(allocator.fallback, CONTROL)).toThrow(
        expect.objectContaining({ code: "attach/damaged" }),
      );
    });

  it("refuses a free block that leads elsewhere as soon as it is the first", () => {
    const { memory, allocator, at } = made();
    memory.writeU32(at, 0x0100_0000);
    expect(allocator.check()).toMatchObject([{ code: "free-list" }, { code: "sum" }]);
    expect(allocator.alloc(layout(64))).toBe(at);
    expect(() => allocator.alloc(layout(64))).toThrow(expect.objectContaining({ code: "allocator/corrupt" }));
    // What is freed twice is known all the same, as far as the list can be followed.
    expect(() => allocator.dealloc(0x10_0000, layout(64))).toThrow(BadFreeError);
  });

  it("is not attached to when no blocks can lie where it says", () => {
    const { memory, allocator } = made();
    memory.writeU32(CONTROL + 16, 0x10_0000);
    expect(allocator.check()).toMatchObject([{ code: "control-block" }]);
  });
});

describe("BuddyAllocator, damaged", () => {
  it("refuses to free into a list that leads out of the range, and changes nothing", () => {
    const memory = memoryOf();
    const allocator = BuddyAllocator.new(memory, CONTROL, START, SIZE);
    const at = allocator.alloc(layout(16));
    memory.writeU32(CONTROL + 32 + 8 * 4, 0x1000_0000); // the head for the whole range, which this free joins to
    const before = memory.views.u8.slice();
    expect(() => allocator.dealloc(at, layout(16))).toThrow(expect.objectContaining({ code: "allocator/corrupt" }));
    expect(memory.views.u8).toEqual(before);
  });

  it("refuses to join with a buddy whose links lead out of the range, and changes nothing", () => {
    const memory = memoryOf();
    const allocator = BuddyAllocator.new(memory, CONTROL, START, SIZE);
    const at = allocator.alloc(layout(16));
    memory.writeU32(START + 64, 0x1000_0000); // the free block of 64 bytes, two joins away
    const before = memory.views.u8.slice();
    expect(() => allocator.dealloc(at, layout(16))).toThrow(expect.objectContaining({ code: "allocator/corrupt" }));
    expect(memory.views.u8).toEqual(before);
  });

  it("counts no further than a map that says what cannot be", () => {
    const memory = memoryOf();
    const allocator = BuddyAllocator.new(memory, CONTROL, START, SIZE);
    memory.writeU8(CONTROL + 144, 0xff);
    expect(allocator.check()).toMatchObject([{ code: "block" }]);
    expect(allocator.stats()).toMatchObject({ blocks: 0, freeBlocks: 0 });
  });

  it("refuses an address that is no number", () => {
    const allocator = BuddyAllocator.new(memoryOf(), CONTROL, START, SIZE);
    const at = allocator.alloc(layout(16));
    for (const wrong of [String(at), BigInt(at), undefined, [at]])
      expect(() => allocator.dealloc(wrong as unknown as number, layout(16))).toThrow(
        expect.objectContaining({ name: "BadFreeError" }),
      ); // a caller without types
    expect(allocator.stats().blocks).toBe(1);
  });
});
