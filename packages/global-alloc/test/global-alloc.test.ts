import { MemoryError, NULL, Panic, LinearMemory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import { Dummy, Layout, LayoutError } from "../src/index.ts";
import { Bump } from "./bump.ts";

const L = Layout.fromSizeAlign;

describe("GlobalAlloc.allocZeroed", () => {
  it("allocates, and fills with zeros what it has got", () => {
    const heap = new Bump();
    heap.memory.fill(0, 0xff, 1024);
    const at = heap.allocZeroed(L(16, 8));
    expect(heap.calls).toEqual(["alloc 16 8 → 64"]);
    const around = new Uint8Array(32);
    heap.memory.readBytes(at - 8, around);
    expect([...around]).toEqual([
      ...Array<number>(8).fill(0xff),
      ...Array<number>(16).fill(0),
      ...Array<number>(8).fill(0xff),
    ]);
  });

  it("gives NULL when there is no room, and writes nothing", () => {
    const heap = new Bump();
    expect(heap.allocZeroed(L(4096, 8))).toBe(NULL);
  });
});

describe("GlobalAlloc.realloc", () => {
  it("allocates, copies what fits, and frees the old block", () => {
    const heap = new Bump();
    const at = heap.alloc(L(8, 4));
    heap.memory.writeU32(at, 41);
    heap.memory.writeU32(at + 4, 42);
    const larger = heap.realloc(at, L(8, 4), 32);
    expect([heap.memory.readU32(larger), heap.memory.readU32(larger + 4)]).toEqual([41, 42]);
    const smaller = heap.realloc(larger, L(32, 4), 4);
    expect(heap.memory.readU32(smaller)).toBe(41);
    expect(heap.calls).toEqual([
      "alloc 8 4 → 64",
      "alloc 32 4 → 72",
      "dealloc 64 8 4",
      "alloc 4 4 → 104",
      "dealloc 72 32 4",
    ]);
  });

  it("gives NULL when there is no room, and keeps the old block", () => {
    const heap = new Bump();
    const at = heap.alloc(L(8, 8));
    heap.memory.writeU32(at, 41);
    expect(heap.realloc(at, L(8, 8), 4096)).toBe(NULL);
    expect(heap.memory.readU32(at)).toBe(41);
    expect([...heap.live]).toEqual([at]);
  });

  it.each([NaN, -1, 0.5, 2 ** 53, "16"])("refuses %s as new size before it calls anything", (size) => {
    const heap = new Bump();
    const at = heap.alloc(L(8, 8));
    expect(() => heap.realloc(at, L(8, 8), size as number)).toThrow(LayoutError);
    expect(heap.calls).toHaveLength(1);
  });

  it("loses nothing when the old block is none", () => {
    const heap = new Bump();
    expect(() => heap.realloc(512, L(8, 8), 64)).toThrow("512 is no block");
    expect(() => heap.realloc(2 ** 40, L(8, 8), 64)).toThrow(MemoryError);
    expect([...heap.live]).toEqual([]);
  });
});

describe("Dummy", () => {
  const dummy = new Dummy(new LinearMemory(new ArrayBuffer(64)));

  it("never has room", () => {
    expect(dummy.alloc(L(1, 1))).toBe(NULL);
    expect(dummy.alloc(L(0, 1))).toBe(NULL);
    expect(dummy.allocZeroed(L(8, 8))).toBe(NULL);
    expect(dummy.realloc(8, L(8, 8), 16)).toBe(NULL);
  });

  it("panics when it is given something back", () => {
    expect(() => dummy.dealloc(8, L(8, 8))).toThrow(Panic);
    expect(() => dummy.dealloc(8, L(8, 8))).toThrow("dealloc should be never called");
  });
});
