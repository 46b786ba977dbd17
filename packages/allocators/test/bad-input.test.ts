import { Layout, type GlobalAlloc } from "@kmem/global-alloc";
import { WRONG_ADDRESSES, WRONG_ALIGNS, WRONG_LAYOUTS, WRONG_SIZES } from "@kmem/global-alloc/testing";
import { KmemError, LinearMemory, type Memory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import {
  AllocatorError,
  AttachError,
  BadFreeError,
  BuddyAllocator,
  BumpAllocator,
  FixedSizeBlockAllocator,
  TlsfAllocator,
} from "../src/index.ts";

const SIZE = 8192;
const CONTROL = 0x1000;
const START = 0x4000;
const layout = (size: number, align = 8): Layout => Layout.fromSizeAlign(size, align);

/** Of the wrong addresses, those that a control block can have. */
const INSIDE: readonly unknown[] = [0, -8];

interface Design extends GlobalAlloc {
  check(): readonly unknown[];
}

interface Maker {
  /** On anything instead of a memory, or of a fallback. */
  readonly makeIn: (none: unknown) => Design;
  readonly attachIn: (none: unknown) => Design;
  readonly inBuffer?: (buffer: ArrayBuffer) => Design;
  readonly make: (memory: Memory, controlAt?: number, start?: number, size?: number) => Design;
  readonly attach: (memory: Memory, controlAt: number) => Design;
}

const overRange: Record<string, Maker> = {
  BumpAllocator: {
    make: (memory, controlAt = CONTROL, start = START, size = SIZE) =>
      BumpAllocator.new(memory, controlAt, start, size),
    attach: (memory, controlAt) => BumpAllocator.attach(memory, controlAt),
    makeIn: (none) => BumpAllocator.new(none as Memory, CONTROL, START, SIZE),
    attachIn: (none) => BumpAllocator.attach(none as Memory, CONTROL),
    inBuffer: (buffer) => BumpAllocator.inBuffer(buffer),
  },
  BuddyAllocator: {
    make: (memory, controlAt = CONTROL, start = START, size = SIZE) =>
      BuddyAllocator.new(memory, controlAt, start, size),
    attach: (memory, controlAt) => BuddyAllocator.attach(memory, controlAt),
    makeIn: (none) => BuddyAllocator.new(none as Memory, CONTROL, START, SIZE),
    attachIn: (none) => BuddyAllocator.attach(none as Memory, CONTROL),
    inBuffer: (buffer) => BuddyAllocator.inBuffer(buffer),
  },
  TlsfAllocator: {
    make: (memory, controlAt = CONTROL, start = START, size = SIZE) =>
      TlsfAllocator.new(memory, controlAt, start, size),
    attach: (memory, controlAt) => TlsfAllocator.attach(memory, controlAt),
    makeIn: (none) => TlsfAllocator.new(none as Memory, CONTROL, START, SIZE),
    attachIn: (none) => TlsfAllocator.attach(none as Memory, CONTROL),
    inBuffer: (buffer) => TlsfAllocator.inBuffer(buffer),
  },
};
const fallbacks = new Map<Memory, TlsfAllocator>();
const fallbackIn = (memory: Memory): TlsfAllocator => fallbacks.get(memory)!;

const all: Record<string, Maker> = {
  ...overRange,
  FixedSizeBlockAllocator: {
    make: (memory, controlAt = CONTROL) => FixedSizeBlockAllocator.new(fallbackIn(memory), controlAt),
    attach: (memory, controlAt) => FixedSizeBlockAllocator.attach(fallbackIn(memory), controlAt),
    makeIn: (none) => FixedSizeBlockAllocator.new(none as TlsfAllocator, CONTROL),
    attachIn: (none) => FixedSizeBlockAllocator.attach(none as TlsfAllocator, CONTROL),
  },
};

/** A memory with an allocator that others may fall back to. */
function memoryOf(): LinearMemory {
  const memory = new LinearMemory(new ArrayBuffer(0x8000));
  fallbacks.set(memory, TlsfAllocator.new(memory, 0x2000, START, SIZE));
  return memory;
}

/** Runs what must be refused. @returns the error, once it is certain that no byte has changed */
function refused(memory: Memory, run: () => unknown): unknown {
  const before = bytesOf(memory);
  let error: unknown;
  try {
    run();
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(Error);
  const after = bytesOf(memory);
  expect(after.findIndex((byte, i) => byte !== before[i])).toBe(-1);
  return error;
}

function bytesOf(memory: Memory): Uint8Array {
  const bytes = new Uint8Array(0x8000);
  memory.readBytes(0, bytes);
  return bytes;
}

for (const [name, { make, attach, makeIn, attachIn, inBuffer }] of Object.entries(all))
  describe(`${name}, bad input`, () => {
    const free = (allocator: Design, at: number, given: Layout): unknown =>
      refused(allocator.memory, () => allocator.dealloc(at, given));

    it("refuses to free what it did not hand out, and changes nothing", () => {
      const allocator = make(memoryOf());
      const at = allocator.alloc(layout(64));
      allocator.alloc(layout(64));
      expect(free(allocator, 0, layout(64))).toMatchObject({ code: "bad-free/null", address: 0, size: 64, align: 8 });
      for (const other of [64, CONTROL, START + SIZE, 2 ** 40, -4096])
        expect(free(allocator, other, layout(64))).toMatchObject({ code: "bad-free/outside" });
      for (const other of [NaN, Infinity, at + 0.5])
        expect(free(allocator, other, layout(64))).toBeInstanceOf(BadFreeError);
      expect(free(allocator, at + 4, layout(64))).toMatchObject({ code: "bad-free/misaligned" });
      expect(allocator.check()).toEqual([]);
    });

    it("refuses to free with what is no layout, and changes nothing", () => {
      const allocator = make(memoryOf());
      const at = allocator.alloc(layout(16));
      allocator.alloc(layout(16));
      for (const [size, align] of [
        [NaN, 8],
        [-1, 8],
        [15.5, 8],
        [16, 3],
        [16, 0],
        [16, NaN],
        [2 ** 60, 8],
      ] as const)
        expect(free(allocator, at, Layout.fromSizeAlignUnchecked(size, align))).toBeInstanceOf(BadFreeError);
    });

    it("knows a block that is freed twice", () => {
      const allocator = make(memoryOf());
      const at = allocator.alloc(layout(64));
      allocator.dealloc(at, layout(64));
      expect(free(allocator, at, layout(64))).toMatchObject({ code: "bad-free/double" });
    });

    it("refuses what is no layout, and gives NULL for what no memory has", () => {
      const allocator = make(memoryOf());
      for (const [size, align] of [
        [NaN, 8],
        [-1, 8],
        [0.5, 8],
        [8, 3],
        [8, NaN],
        [2 ** 53, 8],
      ] as const)
        expect(
          refused(allocator.memory, () => allocator.alloc(Layout.fromSizeAlignUnchecked(size, align))),
        ).toMatchObject({ name: "LayoutError" });
      expect(allocator.alloc(layout(2 ** 52))).toBe(0);
      expect(allocator.alloc(layout(8, 2 ** 50))).toBe(0);
    });

    it("is attached to by another handle, which goes on", () => {
      const memory = memoryOf();
      const allocator = make(memory);
      const at = allocator.alloc(layout(48));
      const other = attach(memory, CONTROL);
      expect(other.alloc(layout(48))).not.toBe(at);
      other.dealloc(at, layout(48));
      expect(allocator.check()).toEqual([]);
    });

    it("is not attached to where none is, of another version, or damaged", () => {
      const memory = memoryOf();
      expect(refused(memory, () => attach(memory, CONTROL + 4))).toBeInstanceOf(AttachError);
      const reason = (): unknown => {
        try {
          attach(memory, CONTROL);
        } catch (error) {
          return (error as AttachError).code;
        }
        return undefined;
      };
      expect(reason()).toBe("attach/magic");
      make(memory);
      memory.writeU32(CONTROL + 4, 9);
      expect(reason()).toBe("attach/version");
      make(memory).alloc(layout(64));
      memory.fill(CONTROL + 8, 0xa5, 100);
      expect(reason()).toBe("attach/damaged");
    });

    it("is not made at an address where no control block can be", () => {
      const memory = memoryOf();
      for (const at of [4, -4, ...WRONG_ADDRESSES.filter((wrong) => wrong !== undefined && !INSIDE.includes(wrong))])
        expect(refused(memory, () => make(memory, at as number))).toMatchObject({
          code: at === 2 ** 52 ? "memory/out-of-bounds" : "allocator/control-address",
        });
    });

    it("is not attached to at what is no address, nor outside of the memory", () => {
      const memory = memoryOf();
      make(memory);
      for (const at of [...WRONG_ADDRESSES.filter((wrong) => wrong !== 0), 0x8000, 0x7ff8, 2 ** 40]) {
        const error = refused(memory, () => attach(memory, at as number));
        expect(error).toBeInstanceOf(AttachError);
        expect(error).toMatchObject({ code: "attach/address" });
      }
    });

    it("is not made in, nor attached to in, what is none", () => {
      for (const none of WRONG_LAYOUTS.filter(
        (wrong) => typeof wrong !== "object" || wrong === null || "size" in wrong,
      )) {
        const memory = none as Memory; // a caller without types
        for (const call of [() => makeIn(none), () => attachIn(none)])
          expect(call).toThrow(expect.objectContaining({ code: "allocator/options" }));
        if (inBuffer !== undefined)
          expect(() => inBuffer(memory as unknown as ArrayBuffer)).toThrow(
            expect.objectContaining({ code: "memory/options" }),
          );
      }
    });
  });

for (const [name, { make }] of Object.entries(overRange))
  describe(`${name}.new`, () => {
    it("refuses ranges that cannot be, and changes nothing", () => {
      const memory = memoryOf();
      for (const [start, size] of [
        [0, SIZE],
        [NaN, SIZE],
        [START, 0],
        [START, NaN],
        [START, 0.5],
        [START, 2 ** 40],
        [-64, 128],
        [CONTROL, SIZE],
        [CONTROL - 8, SIZE],
      ] as const) {
        const error = refused(memory, () => make(memory, CONTROL, start, size));
        expect(error).toBeInstanceOf(AllocatorError);
        expect(error).toMatchObject({ code: "allocator/range" });
      }
      for (const size of WRONG_SIZES.filter((wrong) => wrong !== undefined))
        expect(refused(memory, () => make(memory, CONTROL, START, size as number))).toMatchObject({
          code: "allocator/range",
        });
      for (const start of WRONG_ADDRESSES.filter((wrong) => wrong !== undefined && wrong !== -8 && wrong !== 2 ** 52))
        expect(refused(memory, () => make(memory, CONTROL, start as number, SIZE))).toMatchObject({
          code: "allocator/range",
        });
      expect(refused(memory, () => make(memory, CONTROL, START, 0x8000))).toMatchObject({
        code: "memory/out-of-bounds",
      });
    });
  });

for (const [name, { make }] of Object.entries({
  BuddyAllocator: overRange.BuddyAllocator!,
  TlsfAllocator: overRange.TlsfAllocator!,
}))
  describe(`${name}, frees that only it can know`, () => {
    it("refuses an address inside of a block, and another layout", () => {
      const memory = memoryOf();
      const allocator = make(memory);
      const at = allocator.alloc(layout(256, 16));
      memory.fill(at, 0x6b, 256);
      allocator.alloc(layout(64));
      expect(refused(memory, () => allocator.dealloc(at + 16, layout(64)))).toBeInstanceOf(BadFreeError);
      for (const size of [1, 64, 128, 1000])
        expect(refused(memory, () => allocator.dealloc(at, layout(size)))).toMatchObject({ code: "bad-free/layout" });
      allocator.dealloc(at, layout(256));
    });

    it("knows a second free also when the block was joined with its neighbours", () => {
      const memory = memoryOf();
      const allocator = make(memory);
      const blocks = Array.from({ length: 4 }, () => allocator.alloc(layout(60)));
      for (const at of blocks) allocator.dealloc(at, layout(60));
      for (const at of blocks)
        expect(refused(memory, () => allocator.dealloc(at, layout(60)))).toBeInstanceOf(BadFreeError);
      expect(allocator.check()).toEqual([]);
    });
  });

describe("controlSizeFor", () => {
  it("refuses what is no size", () => {
    for (const wrong of WRONG_SIZES)
      for (const controlSizeFor of [
        (size: number) => BuddyAllocator.controlSizeFor(size),
        (size: number) => TlsfAllocator.controlSizeFor(size),
      ])
        expect(() => controlSizeFor(wrong as number)).toThrow(AllocatorError);
  });
});

describe("FixedSizeBlockAllocator", () => {
  it("takes nothing from its fallback for a large block that is none", () => {
    const memory = memoryOf();
    const fallback = fallbackIn(memory);
    const allocator = FixedSizeBlockAllocator.new(fallback, CONTROL);
    const at = allocator.alloc(layout(3000));
    const { used } = fallback.stats();
    for (const wrong of [at + 8, 0, at + 4096, START + SIZE])
      for (const size of [64, 2048, 4000])
        expect(refused(memory, () => allocator.realloc(wrong, layout(3000), size))).toBeInstanceOf(BadFreeError);
    expect(fallback.stats().used).toBe(used);
    expect(allocator.realloc(at, layout(3000), 64)).not.toBe(0);
    expect(fallback.stats().used).toBeLessThan(used);
  });

  it("judges a large block without giving it back, where the fallback can", () => {
    const memory = memoryOf();
    const allocator = FixedSizeBlockAllocator.new(fallbackIn(memory), CONTROL);
    const blocks = [3000, 100].map((size) => [allocator.alloc(layout(size)), layout(size)] as const);
    const before = bytesOf(memory);
    for (const [at, each] of blocks) {
      allocator.expectFreeable(at, each);
      expect(() => allocator.expectFreeable(at + 8, each)).toThrow(BadFreeError);
    }
    expect(bytesOf(memory)).toEqual(before);
  });

  it("refuses a block of another size when none of that size is in use", () => {
    const memory = memoryOf();
    const allocator = all.FixedSizeBlockAllocator!.make(memory);
    const at = allocator.alloc(layout(64));
    expect(refused(memory, () => allocator.dealloc(at, layout(16)))).toMatchObject({ code: "bad-free/layout" });
  });

  it("gives its free blocks back to the fallback", () => {
    const fallback = TlsfAllocator.new(memoryOf(), 0x2000, START, SIZE);
    const allocator = FixedSizeBlockAllocator.new(fallback, CONTROL);
    const blocks = [1, 8, 9, 100, 2048].map((size) => [allocator.alloc(layout(size)), layout(size)] as const);
    for (const [at, each] of blocks) allocator.dealloc(at, each);
    expect(allocator.stats()).toMatchObject({ blocks: 0, freeBlocks: 5, free: 8 + 8 + 16 + 128 + 2048 });
    expect(allocator.trim()).toBe(8 + 8 + 16 + 128 + 2048);
    expect(fallback.stats()).toMatchObject({ blocks: 0, freeBlocks: 1 });
  });
});

describe("TlsfAllocator", () => {
  it("takes sizes and alignments without a layout, and refuses what is none", () => {
    const memory = memoryOf();
    const allocator = TlsfAllocator.new(memory, CONTROL, START, SIZE);
    const at = allocator.allocate(100);
    const aligned = allocator.allocate(10, 256);
    expect([at % 8, aligned % 256]).toEqual([0, 0]);
    for (const wrong of WRONG_SIZES as number[]) {
      expect(refused(memory, () => allocator.allocate(wrong))).toMatchObject({ code: "layout/size" });
      expect(refused(memory, () => allocator.free(at, wrong))).toMatchObject({ code: "bad-free/layout" });
    }
    for (const wrong of WRONG_ALIGNS.filter((each) => each !== undefined) as number[]) {
      expect(refused(memory, () => allocator.allocate(100, wrong))).toMatchObject({ code: "layout/align" });
      expect(refused(memory, () => allocator.free(at, 100, wrong))).toMatchObject({ code: "bad-free/layout" });
    }
    for (const wrong of [...WRONG_ADDRESSES, String(at)] as number[])
      expect(refused(memory, () => allocator.free(wrong, 100))).toBeInstanceOf(BadFreeError);
    expect(allocator.allocate(2 ** 40)).toBe(0);
    allocator.free(at, 100);
    allocator.free(aligned, 10, 256);
    expect(allocator.stats()).toMatchObject({ blocks: 0, freeBlocks: 1 });
  });

  it("goes on when its memory moves into another buffer, and says so when the bytes are gone", () => {
    const wasm = new WebAssembly.Memory({ initial: 1, maximum: 2 });
    const allocator = TlsfAllocator.new(new LinearMemory(wasm), CONTROL, START, SIZE);
    const blocks = Array.from({ length: 4 }, () => allocator.allocate(100));
    wasm.grow(1);
    allocator.free(blocks[1]!, 100);
    expect(allocator.allocate(100)).toBe(blocks[1]);
    wasm.grow(0);
    expect(allocator.allocate(100)).toBeGreaterThan(blocks[3]!);
    expect(allocator.check()).toEqual([]);

    const buffer = new ArrayBuffer(8192);
    const gone = TlsfAllocator.inBuffer(buffer);
    const at = gone.allocate(100);
    structuredClone(buffer, { transfer: [buffer] });
    for (const call of [() => gone.allocate(100), () => gone.free(at, 100), () => gone.stats()])
      expect(call).toThrow(KmemError);
  });

  it("grows and shrinks in place where there is room", () => {
    const allocator = TlsfAllocator.new(memoryOf(), CONTROL, START, SIZE);
    const at = allocator.alloc(layout(100));
    expect(allocator.realloc(at, layout(100), 3000)).toBe(at);
    expect(allocator.realloc(at, layout(3000), 20)).toBe(at);
    const behind = allocator.alloc(layout(100));
    expect(behind).toBeLessThan(at + 100);
    expect(allocator.realloc(at, layout(20), 3000)).not.toBe(at);
    expect(allocator.check()).toEqual([]);
  });
});
