/** An index in memory that several handles keep, each with an own mind about when there should be one. */
import { LinearMemory } from "@kmem/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AttachError, Heap, indexBytesFor, LockedHeap, type IndexMode } from "../src/index.ts";
import { layout, refused } from "./support/heaps.ts";

const SIZE = 16384;
const AT = 8192;
const REGION = { start: 128, size: indexBytesFor(SIZE) };
const MODES: readonly IndexMode[] = ["auto", "off", "always"];

function made(index: IndexMode, base = 0): { memory: LinearMemory; heap: Heap } {
  const memory = new LinearMemory(new SharedArrayBuffer(AT + SIZE), { base });
  const indexRegion = { start: base + REGION.start, size: REGION.size };
  return { memory, heap: Heap.new(memory, base, base + AT, SIZE, { index, indexRegion }) };
}

/** A heap with 200 holes, which any handle finds by the index in memory. */
function fragmented(): { memory: LinearMemory; heap: Heap } {
  const test = made("auto");
  const blocks = Array.from({ length: 400 }, () => test.heap.allocateFirstFit(layout(32)));
  blocks.forEach((at, i) => {
    if (i % 2 === 0) test.heap.deallocate(at, layout(32));
  });
  expect(test.heap.isIndexed).toBe(true);
  return test;
}

describe("an index in memory", () => {
  it("is found emptied by a handle that thought it good", () => {
    const { memory, heap } = made("auto");
    const other = Heap.attach(memory, 0, { index: "always" });
    expect(other.allocateFirstFit(layout(16))).toBe(AT);
    // Drops the index, and changes nothing of the heap.
    expect(heap.allocateFirstFit(layout(1e6))).toBe(0);
    expect(other.allocateFirstFit(layout(16))).toBe(AT + 16);
    expect([heap.check(), other.check()]).toEqual([[], []]);
  });

  it("is not taken for good by an allocation of a rare alignment", () => {
    const base = 2 ** 31 - AT;
    const { memory, heap } = made("always", base);
    const off = Heap.attach(memory, base, { index: "off" });
    const at = heap.allocateFirstFit(layout(40));
    off.deallocate(at, layout(40));
    expect(heap.allocateFirstFit(layout(32, 2 ** 31))).toBe(2 ** 31);
    expect(heap.allocateFirstFit(layout(40))).toBe(2 ** 31 + 32);
    expect([heap.check(), off.check()]).toEqual([[], []]);
  });

  it("serves handles of all modes in any order, at the addresses of a walk", () => {
    const step = fc.record({ who: fc.nat(2), size: fc.integer({ min: 1, max: 400 }), free: fc.option(fc.nat()) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const { memory } = made("auto");
        const handles = MODES.map((index) => Heap.attach(memory, 0, { index }));
        const model = Heap.new(new LinearMemory(new ArrayBuffer(AT + SIZE)), 0, AT, SIZE, { index: "off" });
        const live: [at: number, size: number][] = [];
        for (const { who, size, free } of steps) {
          const heap = handles[who]!;
          if (free !== null && live.length > 0) {
            const [[at, had]] = live.splice(free % live.length, 1) as [[number, number]];
            heap.deallocate(at, layout(had));
            model.deallocate(at, layout(had));
            continue;
          }
          const at = heap.allocateFirstFit(layout(size));
          expect(at).toBe(model.allocateFirstFit(layout(size)));
          if (at !== 0) live.push([at, size]);
        }
        for (const heap of handles) expect(heap.check()).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it("moves with a WebAssembly.Memory that grows into another buffer", () => {
    const wasm = new WebAssembly.Memory({ initial: 1, maximum: 4 });
    const memory = new LinearMemory(wasm);
    const heap = Heap.new(memory, 0, AT, SIZE, { index: "always", indexRegion: REGION });
    const at = heap.allocateFirstFit(layout(64));
    wasm.grow(1);
    expect(heap.allocateFirstFit(layout(64))).toBe(at + 64);
    heap.deallocate(at, layout(64));
    expect(heap.check()).toEqual([]);
  });

  it("is that of the heap that lies there now, for handles on the one before", () => {
    const { memory, heap } = made("always");
    heap.allocateFirstFit(layout(64));
    const other = { start: 4096, size: REGION.size };
    const second = Heap.new(memory, 0, AT, SIZE, { index: "always", indexRegion: other });
    expect(heap.allocateFirstFit(layout(64))).toBe(AT);
    expect(second.check()).toEqual([]);
    Heap.new(memory, 0, AT, SIZE, { index: "always" });
    const before = memory.views.u8.slice(128, AT);
    expect(heap.allocateFirstFit(layout(64))).toBe(AT);
    expect(memory.views.u8.slice(128, AT)).toEqual(before);
  });
});

describe("attach, the index in memory", () => {
  const refusals: [what: string, damage: (memory: LinearMemory) => void, reason: string][] = [
    ["that lies over the heap", (memory) => memory.writeU32(72, AT), "lies over the heap"],
    ["that lies outside of the memory", (memory) => memory.writeU32(72, 2 ** 20), "is none"],
    ["that lies over the control block", (memory) => memory.writeU32(72, 64), "is none"],
    ["at no multiple of 8", (memory) => memory.writeU32(72, 132), "is none"],
    ["of too few bytes", (memory) => memory.writeU32(80, 8), "is none"],
    ["of more bytes than the memory", (memory) => memory.writeU32(80, 2 ** 30), "is none"],
    ["in a state that there is not", (memory) => memory.writeU32(68, 3), "is none"],
    ["of some bytes nowhere", (memory) => memory.fill(72, 0, 8), "0x0"],
    ["that knows other holes", (memory) => memory.fill(128, 0xff, 64), "the index: chunk"],
  ];
  for (const [what, damage, reason] of refusals)
    it(`refuses one ${what}, and changes nothing`, () => {
      const { memory } = fragmented();
      damage(memory);
      for (const attach of [() => Heap.attach(memory, 0), () => LockedHeap.attach(memory, 0)]) {
        const error = refused({ bytes: () => new Uint8Array(memory.views.u8).slice(16) }, attach);
        expect(error).toBeInstanceOf(AttachError);
        expect(error).toMatchObject({ code: "attach/damaged" });
        expect((error as Error).message).toContain(reason);
      }
    });

  it("takes the index that is there, and another never", () => {
    const { memory } = fragmented();
    expect(Heap.attach(memory, 0, { indexRegion: REGION }).isIndexed).toBe(true);
    for (const indexRegion of [{ start: 4096, size: REGION.size }, { start: 128, size: 512 }, null, 5])
      for (const attach of [
        () => Heap.attach(memory, 0, { indexRegion: indexRegion as typeof REGION }),
        () => LockedHeap.attach(memory, 0, { indexRegion: indexRegion as typeof REGION }),
      ])
        expect(attach).toThrow(expect.objectContaining({ code: "heap/options" }));
    const without = new LinearMemory(new ArrayBuffer(AT + SIZE));
    Heap.new(without, 0, AT, SIZE);
    expect(() => Heap.attach(without, 0, { indexRegion: REGION })).toThrow(
      "expected none, or the heap's own of 0 bytes",
    );
  });
});
