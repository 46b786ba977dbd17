/** What is there to look at a heap works on damaged ones too, or says what is wrong: never a bare RangeError. */
import { Layout } from "@kmem/global-alloc";
import { KmemError, LinearMemory } from "@kmem/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Heap, HeapCorruptionError, LockedHeap } from "../src/index.ts";
import { layout, refused } from "./support/heaps.ts";

const SIZE = 4096;
const START = 128;

function madeOf(blocks = 8): { memory: LinearMemory; heap: Heap } {
  const memory = new LinearMemory(new ArrayBuffer(START + SIZE));
  const heap = Heap.new(memory, 0, START, SIZE);
  const all = Array.from({ length: blocks }, () => heap.allocateFirstFit(layout(64)));
  for (let i = 0; i < blocks; i += 2) heap.deallocate(all[i]!, layout(64));
  return { memory, heap };
}

describe("toText, snapshot and stats of a damaged heap", () => {
  it("draw a hole with a huge size as far as the heap goes", () => {
    const { memory, heap } = madeOf();
    memory.writeU32(START + 128, 0xffff_fff8);
    memory.writeU32(START + 132, 0xffff_ffff);
    const started = heap.toText({ columns: 64, rows: 1 });
    expect(started.split("\n")).toHaveLength(3);
    expect(heap.stats().fragmentation).toBe(0);
  });

  it("say where the walk ended", () => {
    const { memory, heap } = madeOf();
    memory.writeU32(START + 128 + 8, 12);
    const lines = heap.toText().split("\n");
    expect(lines[0]).toContain("2 holes");
    expect(lines[lines.length - 1]).toContain("the heap is damaged at 0x108");
    expect(() => heap.stats()).toThrow(HeapCorruptionError);
    expect(heap.snapshot()).toHaveLength(160 + SIZE);
  });

  const bounds: [what: string, low: number, high: number][] = [
    ["far above", 0xffff_fff0, 0],
    ["beyond 2^53", 0xffff_fff8, 0x1f_ffff],
    ["of the upper half", 0, 0xffff_ffff],
    ["below its bottom", 0, 0],
    ["at no multiple of 8", 0x1001, 0],
    ["at its bottom", START, 0],
  ];
  for (const [what, low, high] of bounds)
    it(`name an end ${what}`, () => {
      const { memory } = madeOf();
      memory.writeU32(40, low);
      memory.writeU32(44, high);
      const heap = (): Heap => Heap.attachUnchecked(memory, 0);
      expect(refused({ bytes: () => memory.views.u8.slice() }, heap)).toBeInstanceOf(HeapCorruptionError);
    });

  it("name such an end also when it was written under an open handle", () => {
    for (const [, low, high] of bounds) {
      const { memory, heap } = madeOf();
      memory.writeU32(40, low);
      memory.writeU32(44, high);
      memory.writeU32(64, 0x7777);
      expect(heap.toText()).toContain("heap: the heap is damaged at 0x0");
      for (const look of [() => heap.snapshot(), () => heap.stats(), () => heap.allocateFirstFit(layout(8))])
        expect(look).toThrow(HeapCorruptionError);
      expect(heap.check()).not.toEqual([]);
    }
  });

  it("end in a text, a result or an error of ours, whatever the bytes are", () => {
    const bytes = fc.array(fc.tuple(fc.nat((START + SIZE) / 4 - 1), fc.nat(2 ** 32 - 1)), {
      minLength: 1,
      maxLength: 6,
    });
    const places = fc.array(fc.tuple(fc.integer({ min: 4, max: 32 }), fc.nat(2 ** 32 - 1)), { maxLength: 3 });
    fc.assert(
      fc.property(bytes, places, (some, control) => {
        const { memory, heap } = madeOf();
        for (const [word, value] of [...some, ...control]) if (word > 1) memory.writeU32(word * 4, value);
        expect(typeof heap.toText()).toBe("string");
        for (const look of [
          () => heap.snapshot(),
          () => heap.stats(),
          () => heap.check(),
          () => Heap.attach(memory, 0),
          () => heap.allocateFirstFit(layout(40)),
          () => heap.deallocate(START + 64, layout(64)),
        ])
          try {
            look();
          } catch (error) {
            expect(error).toBeInstanceOf(KmemError);
          }
      }),
      { numRuns: 300 },
    );
  });
});

describe("restore", () => {
  it("takes a Node Buffer, and leaves it as it is", () => {
    const { heap, memory } = madeOf();
    const snapshot = Buffer.from(heap.snapshot());
    const copy = Uint8Array.from(snapshot);
    heap.allocateFirstFit(layout(500));
    heap.restore(snapshot);
    expect(Uint8Array.from(snapshot)).toEqual(copy);
    expect(heap.check()).toEqual([]);
    expect(heap.stats()).toMatchObject({ used: 256, holes: 5, bottom: START, top: START + SIZE });
    expect(Heap.attach(memory, 0).used).toBe(256);
  });
});

describe("LockedHeap, bytes saved while it was locked", () => {
  for (const [name, make] of [
    ["an ArrayBuffer", () => new ArrayBuffer(4096)],
    ["a SharedArrayBuffer", () => new SharedArrayBuffer(4096)],
  ] as const)
    it(`is poisoned when they are loaded from ${name}, and goes on after recover`, () => {
      const buffer = make();
      const heap = LockedHeap.inBuffer(buffer);
      const saved = new ArrayBuffer(4096);
      {
        using guard = heap.lock();
        guard.allocateFirstFit(layout(64));
        new Uint8Array(saved).set(new Uint8Array(buffer));
        if (buffer instanceof ArrayBuffer) expect(LockedHeap.attachBuffer(buffer).isPoisoned).toBe(false);
      }
      const loaded = LockedHeap.attachBuffer(saved);
      expect(loaded.isPoisoned).toBe(true);
      expect(() => loaded.alloc(layout(8))).toThrow(expect.objectContaining({ code: "lock/poisoned" }));
      expect(loaded.recover()).toEqual([]);
      expect(loaded.stats().used).toBe(64);
      expect(loaded.alloc(layout(8))).toBe(START + 64);
    });

  it("says that the bytes are gone when its buffer was transferred away", () => {
    const buffer = new ArrayBuffer(4096);
    const heap = LockedHeap.inBuffer(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    for (const call of [() => heap.alloc(Layout.fromSizeAlign(8, 8)), () => heap.lock(), () => heap.stats()])
      expect(call).toThrow(expect.objectContaining({ code: "memory/out-of-bounds" }));
  });
});
