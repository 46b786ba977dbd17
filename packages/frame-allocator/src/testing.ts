/**
 * The laws of frame allocators, for every implementation: run each in any test runner.
 *
 *     for (const law of frameAllocatorLaws((map) => BootInfoFrameAllocator.init(map))) it(law.name, law.run);
 * @module
 */
import { PhysFrame, type FrameAllocator, type FrameDeallocator } from "@kmem/x86-64";
import { FRAME_SIZE, FrameRange } from "./memory-map/frame-range.ts";
import { MemoryMap } from "./memory-map/memory-map.ts";

/** One property; `run` throws an Error that says what was broken. */
export interface Law {
  readonly name: string;
  run(): void;
}

/** What the laws ask of an allocator of frames of 4 KiB. */
export type TestedAllocator = FrameAllocator & Partial<FrameDeallocator>;

/** Usable frames between others, one of them alone, and above 4 GiB. */
const REGIONS = [
  [0x0000, 0x1000, "FrameZero"],
  [0x1000, 0x9000, "Usable"],
  [0x9000, 0xa000, "Reserved"],
  [0xa000, 0xb000, "Usable"],
  [0x10_0000, 0x12_0000, "Kernel"],
  [0x12_0000, 0x14_0000, "Usable"],
  [0x1_0000_0000, 0x1_0001_0000, "Usable"],
] as const;

/** The map that the laws use. */
export function lawMap(): MemoryMap {
  return new MemoryMap(REGIONS.map(([start, end, regionType]) => ({ range: FrameRange.new(start, end), regionType })));
}

/** Laws that a design does not keep, each with the reason. */
export interface Exceptions {
  readonly lowestFirst?: string;
}

/** @param make - gives a fresh allocator of a map's usable frames */
export function frameAllocatorLaws(make: (map: MemoryMap) => TestedAllocator, exceptions: Exceptions = {}): Law[] {
  const usable = lawMap().frameCount("Usable");
  const laws: Law[] = [
    {
      name: "gives each usable frame once, and then none",
      run() {
        const allocator = make(lawMap());
        const addresses = takeAll(allocator).map(({ startAddress }) => startAddress as number);
        expect(addresses.length === usable, `expected ${usable} frames, got ${addresses.length}`);
        expect(new Set(addresses).size === usable, "a frame was given twice");
        for (const address of addresses) {
          const region = lawMap().regionAt(address);
          expect(region?.regionType === "Usable", `0x${address.toString(16)} is not usable`);
          expect(address % FRAME_SIZE === 0, `0x${address.toString(16)} is no frame`);
        }
        for (let i = 0; i < 3; i++) expect(allocator.allocateFrame() === undefined, "a frame came out of nothing");
      },
    },
    {
      name: "gives nothing when no frame is usable",
      run() {
        const range = FrameRange.new(0x1000, 0x9000);
        for (const map of [new MemoryMap(), new MemoryMap([{ range, regionType: "Reserved" }])])
          expect(make(map).allocateFrame() === undefined, "a frame came out of nothing");
      },
    },
  ];
  if (exceptions.lowestFirst === undefined) laws.push(lowestFirst(make));
  if (make(lawMap()).deallocateFrame !== undefined) laws.push(...freeingLaws(make));
  return laws;
}

function lowestFirst(make: (map: MemoryMap) => TestedAllocator): Law {
  return {
    name: "gives the lowest frame first",
    run() {
      const addresses = takeAll(make(lawMap())).map(({ startAddress }) => startAddress as number);
      const sorted = [...addresses].sort((a, b) => a - b);
      expect(
        addresses.every((address, i) => address === sorted[i]),
        "the frames are not in order",
      );
    },
  };
}

/** For allocators that take frames back. */
function freeingLaws(make: (map: MemoryMap) => TestedAllocator): Law[] {
  const giveBack = (allocator: TestedAllocator, frame: PhysFrame): void => allocator.deallocateFrame!(frame);
  return [
    {
      name: "gives a frame again that was given back",
      run() {
        const allocator = make(lawMap());
        const frames = takeAll(allocator);
        for (const frame of [frames[3]!, frames[0]!, frames[frames.length - 1]!]) {
          giveBack(allocator, frame);
          const again = allocator.allocateFrame();
          expect(again?.startAddress === frame.startAddress, "another frame came than was given back");
          expect(allocator.allocateFrame() === undefined, "a frame came out of nothing");
        }
      },
    },
    {
      name: "has every frame again when all were given back, in any order",
      run() {
        const allocator = make(lawMap());
        const all = takeAll(allocator);
        const mixed = [...all].sort((a, b) => ((a.startAddress * 7919) % 10_007) - ((b.startAddress * 7919) % 10_007));
        for (const frame of mixed) giveBack(allocator, frame);
        expect(takeAll(allocator).length === all.length, "frames were lost");
      },
    },
    {
      name: "refuses a frame that is free already, and one that is not its own, and changes nothing",
      run() {
        const allocator = make(lawMap());
        const [first] = takeAll(allocator) as [PhysFrame];
        giveBack(allocator, first);
        expect(
          throws(() => giveBack(allocator, first)),
          "a frame was taken back twice",
        );
        for (const foreign of [0x0000, 0x9000, 0x10_0000, 0x2000_0000])
          expect(
            throws(() => giveBack(allocator, PhysFrame.containingAddress(foreign))),
            "a foreign frame was taken back",
          );
        expect(takeAll(allocator).length === 1, "a refusal has changed something");
      },
    },
  ];
}

/** Every frame that there is. */
export function takeAll(allocator: FrameAllocator): PhysFrame[] {
  const frames: PhysFrame[] = [];
  for (let frame = allocator.allocateFrame(); frame !== undefined; frame = allocator.allocateFrame())
    frames.push(frame);
  return frames;
}

function throws(run: () => void): boolean {
  try {
    run();
  } catch {
    return true;
  }
  return false;
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
