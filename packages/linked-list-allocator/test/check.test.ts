import { LinearMemory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import { check, Heap, type FaultCode } from "../src/index.ts";
import { CONTROL, layout, START, testHeap, type TestHeap } from "./support/heaps.ts";

/** Holes of 64 bytes at 64 and 192, and the tail from 320 to 4096. */
function prepared(): TestHeap {
  const test = testHeap(4096);
  for (let i = 0; i < 5; i++) test.heap.allocateFirstFit(layout(64));
  test.heap.deallocate(START + 64, layout(64));
  test.heap.deallocate(START + 192, layout(64));
  return test;
}

/** Lets the heap end where its memory does, and 8 bytes beyond that be pending. */
function grownToItsEnd({ memory, heap }: TestHeap): void {
  heap.extend(4096);
  memory.writeU32(CONTROL + 56, 8);
}

const LOW = START % 2 ** 32;

describe("check", () => {
  it("finds nothing wrong with a heap that is right", () => {
    const test = prepared();
    expect(test.heap.check()).toEqual([]);
    expect(check({ memory: test.memory, controlAt: CONTROL })).toEqual([]);
  });

  it("finds the record of a gap in a heap without memory", () => {
    const memory = new LinearMemory(new ArrayBuffer(256));
    const heap = Heap.empty(memory, 0);
    memory.writeU32(16, 128);
    expect(heap.check()).toMatchObject([{ code: "control-block", address: 0 }]);
  });

  const damages: [what: string, damage: (test: TestHeap) => void, first: FaultCode, at: number][] = [
    ["no magic", ({ memory }) => memory.writeU32(CONTROL, 0), "control-block", CONTROL],
    ["another version", ({ memory }) => memory.writeU32(CONTROL + 4, 2), "control-block", CONTROL],
    ["more in use than there is", ({ memory }) => memory.writeU32(CONTROL + 48, 8192), "control-block", CONTROL],
    ["a bottom that is none", ({ memory }) => memory.writeU32(CONTROL + 32, LOW + 4), "control-block", CONTROL],
    ["an end below the bottom", ({ memory }) => memory.writeU32(CONTROL + 40, LOW - 64), "control-block", CONTROL],
    [
      "an end outside of the memory",
      ({ memory }) => memory.writeU32(CONTROL + 40, LOW + 65536),
      "control-block",
      CONTROL,
    ],
    ["an end beyond 2^53", ({ memory }) => memory.writeU32(CONTROL + 44, 0x7fff_ffff), "control-block", CONTROL],
    ["too many bytes pending", ({ memory }) => memory.writeU32(CONTROL + 56, 16), "control-block", CONTROL],
    ["more bytes pending than there are", (test) => grownToItsEnd(test), "control-block", CONTROL],
    [
      "a gap's record above the heap",
      ({ memory }) => memory.writeUsize(CONTROL + 16, START + 4096),
      "unfinished",
      CONTROL + 16,
    ],
    ["a first hole below the heap", ({ memory }) => memory.writeU32(CONTROL + 24, LOW - 64), "control-block", CONTROL],
    [
      "a heap that is not initialized and in use",
      ({ memory }) => memory.fill(CONTROL + 32, 0, 8),
      "control-block",
      CONTROL,
    ],
    ["a change that was not finished", ({ memory }) => memory.writeU32(CONTROL + 84, 1), "unfinished", CONTROL],
    ["a link out of the heap", ({ memory }) => memory.writeU32(START + 72, LOW + 4096), "out-of-bounds", START + 72],
    ["a link beyond 2^53", ({ memory }) => memory.writeU32(START + 76, 0x4000_0000), "out-of-bounds", START + 72],
    [
      "a hole that ends above the heap",
      ({ memory }) => memory.writeU32(START + 320, 8192),
      "out-of-bounds",
      START + 320,
    ],
    ["a hole with a huge size", ({ memory }) => memory.writeU32(START + 324, 1), "out-of-bounds", START + 320],
    ["a link at no multiple of 8", ({ memory }) => memory.writeU32(START + 72, LOW + 196), "misaligned", START + 72],
    ["a hole that links to itself", ({ memory }) => memory.writeU32(START + 200, LOW + 192), "cycle", START + 200],
    [
      "a hole that links to an earlier one",
      ({ memory }) => memory.writeUsize(START + 328, START + 64),
      "cycle",
      START + 328,
    ],
    ["a link down to no hole", ({ memory }) => memory.writeUsize(START + 200, START + 128), "order", START + 200],
    ["a hole below 16 bytes", ({ memory }) => memory.writeU32(START + 64, 8), "hole-size", START + 64],
    ["a hole of no multiple of 8", ({ memory }) => memory.writeU32(START + 64, 60), "hole-size", START + 64],
    ["a hole that reaches into the next", ({ memory }) => memory.writeU32(START + 64, 136), "overlap", START + 72],
    ["a hole that touches the next", ({ memory }) => memory.writeU32(START + 64, 128), "touching", START + 192],
    ["too little between two holes", ({ memory }) => memory.writeU32(START + 64, 120), "gap", START + 184],
    ["too little behind the last hole", ({ memory }) => memory.writeU32(START + 320, 3768), "gap", START + 4088],
    ["a hole that is too small by a block", ({ memory }) => memory.writeU32(START + 64, 32), "sum", CONTROL],
    ["a hole that is left out", ({ memory }) => memory.writeU32(START + 72, LOW + 320), "sum", CONTROL],
    ["another count of holes", ({ memory }) => memory.writeU32(CONTROL + 60, 2), "count", CONTROL],
  ];
  for (const [what, damage, first, at] of damages)
    it(`finds ${what}`, () => {
      const test = prepared();
      damage(test);
      const before = test.bytes();
      const faults = check({ memory: test.memory, controlAt: CONTROL });
      expect(faults[0]).toMatchObject({ code: first, address: at });
      expect(test.bytes()).toEqual(before);
    });

  it("finds an index that says something else than the holes", () => {
    const memory = new LinearMemory(new ArrayBuffer(16384));
    const heap = Heap.new(memory, 0, 4096, 8192, { index: "always", indexRegion: { start: 128, size: 1024 } });
    heap.allocateFirstFit(layout(64));
    expect(heap.check()).toEqual([]);
    memory.writeU8(128, memory.readU8(128) ^ 1);
    expect(heap.check()).toMatchObject([{ code: "index", address: 0 }]);
    memory.writeU8(128, memory.readU8(128) ^ 1);
    expect(heap.check()).toEqual([]);
  });

  it("ends, and lists at most a hundred faults, whatever the bytes are", () => {
    const test = testHeap(65536);
    for (let i = 0; i < 1000; i++) test.heap.allocateFirstFit(layout(32));
    for (let i = 0; i < 1000; i += 2) test.heap.deallocate(START + i * 32, layout(32));
    for (let i = 0; i < 1000; i += 2) test.memory.writeU32(START + i * 32, 12);
    expect(check({ memory: test.memory, controlAt: CONTROL })).toHaveLength(100);
    let state = 1;
    for (let round = 0; round < 200; round++) {
      for (let i = 0; i < 20; i++) {
        state = (Math.imul(state, 1664525) + 1013904223) | 0;
        test.memory.writeU8(CONTROL + 8 + ((state >>> 8) % 3000), state >>> 24);
      }
      expect(check({ memory: test.memory, controlAt: CONTROL }).length).toBeGreaterThan(0);
    }
  });
});

describe("a damaged heap", () => {
  it("throws HeapCorruptionError instead of walking astray", () => {
    for (const [address, value] of [
      [START + 72, LOW + 8192],
      [START + 200, LOW + 192],
    ] as const) {
      const test = prepared();
      test.memory.writeU32(address, value);
      expect(() => test.heap.allocateFirstFit(layout(2048))).toThrow(
        expect.objectContaining({ name: "HeapCorruptionError", code: "heap/corrupt", address }) as Error,
      );
    }
  });
});
