/** The allocators that free, against a model: a set of the frames in use. */
import { LinearMemory } from "@kmem/memory";
import { PhysFrame, Size1GiB, Size2MiB, Size4KiB, type PageSize } from "@kmem/x86-64";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BitmapFrameAllocator,
  BuddyFrameAllocator,
  FrameRange,
  MemoryMap,
  type FrameAllocatorAllSizes,
} from "../src/index.ts";

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** Some MiB here and there, a whole GiB, and crumbs. */
const MAP = new MemoryMap([
  { range: FrameRange.new(0x1000, 0x9_f000), regionType: "Usable" },
  { range: FrameRange.new(MIB, 9 * MIB), regionType: "Usable" },
  { range: FrameRange.new(9 * MIB, 10 * MIB), regionType: "Kernel" },
  { range: FrameRange.new(10 * MIB + 4096, 31 * MIB - 4096), regionType: "Usable" },
  { range: FrameRange.new(GIB, 2 * GIB), regionType: "Usable" },
]);

interface Checked extends FrameAllocatorAllSizes {
  check(): void;
}

const designs: readonly (readonly [string, (memory: LinearMemory) => Checked])[] = [
  ["BitmapFrameAllocator", (memory) => BitmapFrameAllocator.new(memory, 0, MAP)],
  ["BuddyFrameAllocator", (memory) => BuddyFrameAllocator.new(memory, 0, MAP)],
];

type Command =
  | { readonly kind: "frame"; readonly size: PageSize }
  | { readonly kind: "run"; readonly count: number; readonly align: number }
  | { readonly kind: "free"; readonly which: number };

const commands: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("frame" as const),
      size: fc.constantFrom<PageSize>(Size4KiB, Size4KiB, Size2MiB, Size2MiB, Size1GiB),
    }),
    fc.record({
      kind: fc.constant("run" as const),
      count: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3000 })),
      align: fc.constantFrom(1, 1, 2, 16, 512),
    }),
    fc.record({ kind: fc.constant("free" as const), which: fc.nat(1000) }),
  ),
  { maxLength: 80 },
);

const FRAMES = (2 * GIB) / 4096;
/** 1 for each frame that is usable. */
const USABLE = new Uint8Array(FRAMES);
for (const { range, regionType } of MAP)
  if (regionType === "Usable") USABLE.fill(1, range.startFrameNumber, range.endFrameNumber);

/** Which frames are free. */
class Model {
  private readonly free = USABLE.slice();
  taken = 0;

  take(start: number, count: number): void {
    if (this.free.subarray(start, start + count).includes(0)) throw new Error(`frame ${start} … is in use`);
    this.free.fill(0, start, start + count);
    this.taken += count;
  }

  giveBack(start: number, count: number): void {
    this.free.fill(1, start, start + count);
    this.taken -= count;
  }

  /** Whether there is an aligned run of free frames. */
  hasRun(count: number, align: number): boolean {
    const { free } = this;
    for (let start = 0; start + count <= FRAMES; start += align) {
      const used = free.indexOf(0, start);
      if (used < 0 || used >= start + count) return true;
      // On to the first aligned frame behind the one in use that is free.
      const next = free.indexOf(1, used);
      if (next < 0) return false;
      start = Math.ceil(next / align) * align - align;
    }
    return false;
  }
}

describe.each(designs)("%s", (name, make) => {
  it("gives what the model has, takes it back, and ends with everything", () => {
    fc.assert(
      fc.property(commands, (all) => {
        const allocator = make(new LinearMemory(new ArrayBuffer(MIB)));
        const model = new Model();
        const held: (() => void)[] = [];
        for (const command of all) {
          if (command.kind === "frame") {
            const frame = allocator.allocateFrame(command.size);
            const count = command.size.bytes / 4096;
            if (frame === undefined) {
              if (count === 1 || name === "BitmapFrameAllocator") expect(model.hasRun(count, count)).toBe(false);
              continue;
            }
            expect(frame.startAddress % command.size.bytes).toBe(0);
            model.take(frame.startAddress / 4096, count);
            held.push(() => {
              allocator.deallocateFrame(frame);
              model.giveBack(frame.startAddress / 4096, count);
            });
          } else if (command.kind === "run") {
            const run = allocator.allocateFrames(command.count, command.align);
            if (run === undefined) {
              if (name === "BitmapFrameAllocator") expect(model.hasRun(command.count, command.align)).toBe(false);
              continue;
            }
            const start = run.start.startAddress / 4096;
            expect(start % command.align).toBe(0);
            model.take(start, command.count);
            held.push(() => {
              allocator.deallocateFrames(run);
              model.giveBack(start, command.count);
            });
          } else if (held.length > 0) held.splice(command.which % held.length, 1)[0]!();
          expect(allocator.freeFrames).toBe(allocator.usableFrames - model.taken);
        }
        allocator.check();
        for (const giveBack of held) giveBack();
        allocator.check();
        expect(allocator.freeFrames).toBe(MAP.frameCount("Usable"));
        const ranges = [...allocator.freeRanges()].map(String);
        const usable = [...MAP].filter(({ regionType }) => regionType === "Usable").map(({ range }) => String(range));
        expect(ranges).toEqual(usable);
      }),
      { numRuns: 60 },
    );
  });

  it("refuses every wrong giving back, and changes no byte", () => {
    const memory = new LinearMemory(new ArrayBuffer(MIB));
    const allocator = make(memory);
    const small = allocator.allocateFrame()!;
    const large = allocator.allocateFrame(Size2MiB)!;
    const run = allocator.allocateFrames(5)!;
    const freed = allocator.allocateFrame()!;
    allocator.deallocateFrame(freed);
    const before = Buffer.from(memory.buffer).toString("latin1");
    const frame = (address: number, size: PageSize = Size4KiB): PhysFrame<PageSize> =>
      PhysFrame.fromStartAddress(address, size);
    const wrong: (() => void)[] = [
      () => allocator.deallocateFrame(freed),
      () => allocator.deallocateFrame(frame(9 * MIB)),
      () => allocator.deallocateFrame(frame(0)),
      () => allocator.deallocateFrame(frame(100 * GIB)),
      () => allocator.deallocateFrame(frame(GIB, Size1GiB)),
      () => allocator.deallocateFrame(undefined as never),
      () => allocator.deallocateFrame({ startAddress: small.startAddress + 1, size: Size4KiB } as never),
      () => allocator.deallocateFrame({ startAddress: NaN, size: Size4KiB } as never),
      () => allocator.deallocateFrame({ startAddress: 4096, size: { bytes: 8192 } } as never),
      () => allocator.deallocateFrames(PhysFrame.range(freed, frame(freed.startAddress + 8192) as PhysFrame)),
      () => allocator.deallocateFrames(PhysFrame.range(small, small)),
      () => allocator.deallocateFrames(undefined as never),
    ];
    for (const giveBack of wrong) {
      expect(giveBack).toThrow(expect.objectContaining({ name: "BadFrameError" }));
      expect(Buffer.from(memory.buffer).toString("latin1") === before).toBe(true);
    }
    allocator.deallocateFrame(small);
    allocator.deallocateFrame(large);
    allocator.deallocateFrames(run);
    expect(allocator.freeFrames).toBe(allocator.usableFrames);
  });

  it("refuses sizes, counts and alignments that cannot be", () => {
    const allocator = make(new LinearMemory(new ArrayBuffer(MIB)));
    for (const size of [null, {}, { bytes: 8192 }, 4096])
      expect(() => allocator.allocateFrame(size as never)).toThrow(
        expect.objectContaining({ code: "frame-allocator/size" }),
      );
    for (const count of [0, -1, 0.5, NaN, Infinity, "1"])
      expect(() => allocator.allocateFrames(count as number)).toThrow(
        expect.objectContaining({ code: "frame-allocator/count" }),
      );
    for (const align of [0, 3, -2, 0.5, NaN, 2 ** 19])
      expect(() => allocator.allocateFrames(1, align)).toThrow(
        expect.objectContaining({ code: "frame-allocator/align" }),
      );
    expect(allocator.allocateFrames(2 ** 40)).toBeUndefined();
    expect(allocator.freeFrames).toBe(allocator.usableFrames);
  });

  it("serves frames of one size to a mapper", () => {
    const allocator = make(new LinearMemory(new ArrayBuffer(MIB)));
    const large = allocator.forSize(Size2MiB);
    const frame = large.allocateFrame()!;
    expect(frame.size).toBe(Size2MiB);
    const small = allocator.allocateFrame()!;
    expect(() => large.deallocateFrame(small as never)).toThrow(
      expect.objectContaining({ code: "bad-frame/other-size" }),
    );
    large.deallocateFrame(frame);
    allocator.deallocateFrame(small);
    expect(allocator.freeFrames).toBe(allocator.usableFrames);
    expect(() => allocator.forSize({ bytes: 1 } as never)).toThrow(
      expect.objectContaining({ code: "frame-allocator/size" }),
    );
  });
});

describe("attach", () => {
  const made = (): LinearMemory => {
    const memory = new LinearMemory(new ArrayBuffer(MIB));
    BitmapFrameAllocator.new(memory, 64, MAP);
    return memory;
  };

  it("finds the allocator that lies there, with what it has given out", () => {
    const memory = made();
    const one = BitmapFrameAllocator.attach(memory, 64);
    const taken = one.allocateFrame()!;
    const other = BitmapFrameAllocator.attach(new LinearMemory(memory.buffer.slice(0)), 64);
    expect(other.freeFrames).toBe(one.freeFrames);
    other.deallocateFrame(taken);
    expect(other.freeFrames).toBe(other.usableFrames);
    expect(one.freeFrames).toBe(one.usableFrames - 1);
  });

  it.each([
    ["nothing", 128, (memory: LinearMemory) => memory.writeU32(64, 0), "frame-allocator/address"],
    ["another kind", 64, (memory: LinearMemory) => BuddyFrameAllocator.new(memory, 64, MAP), "frame-allocator/magic"],
    ["a later version", 64, (memory: LinearMemory) => memory.writeU32(68, 99), "frame-allocator/version"],
    [
      "more free than usable",
      64,
      (memory: LinearMemory) => memory.writeU32(64 + 24, 2 ** 31),
      "frame-allocator/damaged",
    ],
    ["a wrong size", 64, (memory: LinearMemory) => memory.writeUsize(64 + 32, 8), "frame-allocator/damaged"],
  ] as const)("refuses %s, with the reason", (what, at, damage, code) => {
    const memory = made();
    damage(memory);
    const address = what === "nothing" ? 65 : at;
    expect(() => BitmapFrameAllocator.attach(memory, address)).toThrow(expect.objectContaining({ code }));
  });
});
