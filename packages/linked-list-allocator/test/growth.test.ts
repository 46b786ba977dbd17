import { LinearMemory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import { LockedHeap } from "../src/index.ts";
import { layout } from "./support/heaps.ts";

const PAGE = 65536;

/** Buffers of one Wasm page that grow to four; resizable ones are ES2024, the library's types ES2023. */
type Resizing = new (byteLength: number, options: { maxByteLength: number }) => ArrayBufferLike;
const sources = {
  "a WebAssembly.Memory": () => new WebAssembly.Memory({ initial: 1, maximum: 4 }),
  "a shared WebAssembly.Memory": () => new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true }),
  "a resizable ArrayBuffer": () => new (ArrayBuffer as Resizing)(PAGE, { maxByteLength: 4 * PAGE }),
  "a growable SharedArrayBuffer": () => new (SharedArrayBuffer as Resizing)(PAGE, { maxByteLength: 4 * PAGE }),
};

function growByPage({ memory }: LockedHeap): void {
  if (!(memory instanceof LinearMemory)) throw new Error("expected the memory of a buffer");
  memory.grow(PAGE);
}

for (const [name, make] of Object.entries(sources))
  describe(`a heap in ${name}`, () => {
    it("is extended by what the buffer has grown, for all handles", () => {
      const source = make();
      const heap = LockedHeap.inBuffer(source);
      const other = LockedHeap.attachBuffer(source);
      const block = heap.alloc(layout(60_000));
      heap.memory.writeU32(block, 41);
      expect(other.alloc(layout(60_000))).toBe(0);

      growByPage(heap);
      {
        using guard = heap.lock();
        guard.extend(PAGE);
      }
      const second = other.alloc(layout(60_000));
      expect(second).toBe(block + 60_000);
      other.memory.writeU32(second + 59_996, 42);
      expect(heap.memory.readU32(second + 59_996)).toBe(42);
      expect(other.memory.readU32(block)).toBe(41);
      heap.dealloc(second, layout(60_000));
      other.dealloc(block, layout(60_000));
      expect(heap.stats()).toMatchObject({ used: 0, holes: 1, size: 2 * PAGE - 128 });
      expect(other.check()).toEqual([]);
    });

    it("keeps its blocks and its index while the buffer grows between operations", () => {
      const source = make();
      const heap = LockedHeap.inBuffer(source, { index: "always" });
      const blocks: number[] = [];
      for (let round = 0; round < 3; round++) {
        for (let i = 0; i < 200; i++) blocks.push(heap.alloc(layout(64)));
        for (let i = round * 200; i < blocks.length; i += 3) heap.dealloc(blocks[i]!, layout(64));
        growByPage(heap);
        expect(heap.alloc(layout(16))).toBeGreaterThan(0);
        using guard = heap.lock();
        guard.extend(PAGE);
        expect(guard.check()).toEqual([]);
      }
      expect(heap.stats().size).toBe(4 * PAGE - 128);
    });

    it("cannot be extended beyond the buffer", () => {
      const heap = LockedHeap.inBuffer(make());
      using guard = heap.lock();
      expect(() => guard.extend(8)).toThrow(expect.objectContaining({ code: "heap/outside-memory" }) as Error);
    });
  });
