import { describe, expect, it } from "vitest";
import { LockedHeap } from "../src/index.ts";
import { layout } from "./support/heaps.ts";

/** A section of a Wasm module, or anything else with its length in front (below 128 bytes). */
const sized = (...bytes: number[]): number[] => [bytes.length, ...bytes];
const text = (name: string): number[] => sized(...Array.from(name, (letter) => letter.charCodeAt(0)));

/**
 * A module that imports its memory and works on arrays in it:
 *
 * ```
 *   (import "env" "memory" (memory 1))
 *   (func (export "sum") (param $at i32) (param $count i32) (result i32) … adds u32s)
 *   (func (export "grow") (param $pages i32) (result i32) (memory.grow (local.get $pages)))
 * ```
 */
const MODULE = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  // Types: 0 is (i32, i32) → i32, 1 is i32 → i32.
  ...[0x01, ...sized(2, 0x60, 2, 0x7f, 0x7f, 1, 0x7f, 0x60, 1, 0x7f, 1, 0x7f)],
  ...[0x02, ...sized(1, ...text("env"), ...text("memory"), 0x02, 0x00, 1)],
  ...[0x03, ...sized(2, 0, 1)],
  ...[0x07, ...sized(2, ...text("sum"), 0x00, 0, ...text("grow"), 0x00, 1)],
  0x0a,
  ...sized(
    2,
    ...sized(
      ...[1, 1, 0x7f], // one local: the total
      ...[0x02, 0x40, 0x03, 0x40], // block, loop
      ...[0x20, 1, 0x45, 0x0d, 1], // leave when count is 0
      ...[0x20, 2, 0x20, 0, 0x28, 2, 0, 0x6a, 0x21, 2], // total += u32 at `at`
      ...[0x20, 0, 0x41, 4, 0x6a, 0x21, 0], // at += 4
      ...[0x20, 1, 0x41, 1, 0x6b, 0x21, 1], // count −= 1
      ...[0x0c, 0, 0x0b, 0x0b], // again; end, end
      ...[0x20, 2, 0x0b],
    ),
    ...sized(0, 0x20, 0, 0x40, 0x00, 0x0b),
  ),
]);

interface Exports {
  sum(at: number, count: number): number;
  grow(pages: number): number;
}

function instantiate(memory: WebAssembly.Memory): Exports {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(MODULE), { env: { memory } });
  return exports as unknown as Exports; // the module above has these
}

describe("a heap beside a Wasm module", () => {
  it("hands out pointers that the module's functions work on", () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 8 });
    const { sum } = instantiate(memory);
    // The module's own data, as compilers lay it out, lies below its heap base.
    const heapBase = 4096;
    new Uint8Array(memory.buffer, 0, heapBase).fill(0xaa);
    const heap = LockedHeap.inBuffer(memory, { byteOffset: heapBase });

    const array = layout(4000, 4);
    const at = heap.alloc(array);
    expect(at).toBeGreaterThanOrEqual(heapBase);
    for (let i = 0; i < 1000; i++) heap.memory.writeU32(at + i * 4, i);
    expect(sum(at, 1000)).toBe(499_500);
    heap.dealloc(at, array);
    expect(heap.check()).toEqual([]);
    expect(new Uint8Array(memory.buffer, 0, heapBase).every((byte) => byte === 0xaa)).toBe(true);
  });

  it("stays good when the module grows its memory", () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 8 });
    const { sum, grow } = instantiate(memory);
    const heap = LockedHeap.inBuffer(memory, { byteOffset: 4096 });
    const small = heap.alloc(layout(16, 4));
    heap.memory.writeU32(small, 7);

    expect(grow(2)).toBe(1);
    heap.memory.writeU32(small + 4, 8);
    expect(sum(small, 2)).toBe(15);
    {
      using guard = heap.lock();
      guard.extend(2 * 65536);
    }
    const large = heap.alloc(layout(100_000, 16));
    heap.memory.writeU32(large + 99_996, 9);
    expect(sum(large + 99_996, 1)).toBe(9);
    expect(heap.check()).toEqual([]);
  });
});
