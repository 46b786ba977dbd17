import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { LinearMemory, MemoryError } from "../src/index.ts";
import { memoryLaws } from "../src/testing.ts";

const KERNEL_HEAP = 0x4444_4444_0000;
const wasm = (initial: number, maximum: number, shared = false) => new WebAssembly.Memory({ initial, maximum, shared });

describe("LinearMemory", () => {
  const kinds: [string, () => LinearMemory, number, number][] = [
    ["an ArrayBuffer", () => new LinearMemory(new ArrayBuffer(4096)), 0, 4096],
    [
      "a part of a SharedArrayBuffer",
      () => new LinearMemory(new SharedArrayBuffer(512), { byteOffset: 64, byteLength: 256, base: KERNEL_HEAP }),
      KERNEL_HEAP,
      256,
    ],
    [
      "a WebAssembly.Memory in the upper half",
      () => new LinearMemory(wasm(1, 2), { base: -0x8000_0000_0000 }),
      -0x8000_0000_0000,
      65536,
    ],
    ["a length that is no multiple of 8", () => new LinearMemory(new ArrayBuffer(77)), 0, 76],
  ];
  for (const [name, make, start, length] of kinds)
    describe(`over ${name}`, () => {
      for (const law of memoryLaws(make, start, length)) it(law.name, () => law.run());
    });

  it("refuses every access that is not wholly inside, and changes nothing", () => {
    const memory = new LinearMemory(new ArrayBuffer(64), { base: 0x1000 });
    const accesses: [number, (at: number) => unknown][] = [
      [1, (at) => memory.readU8(at)],
      [2, (at) => memory.readU16(at)],
      [4, (at) => memory.readU32(at)],
      [8, (at) => memory.readU64(at)],
      [4, (at) => memory.readF32(at)],
      [8, (at) => memory.readF64(at)],
      [8, (at) => memory.readUsize(at)],
      [1, (at) => memory.writeU8(at, 1)],
      [2, (at) => memory.writeU16(at, 1)],
      [4, (at) => memory.writeU32(at, 1)],
      [8, (at) => memory.writeU64(at, 1n)],
      [4, (at) => memory.writeF32(at, 1)],
      [8, (at) => memory.writeF64(at, 1)],
      [8, (at) => memory.writeUsize(at, 1)],
      [5, (at) => memory.fill(at, 1, 5)],
      [5, (at) => memory.copy(at, 0x1000, 5)],
      [5, (at) => memory.copy(0x1000, at, 5)],
      [5, (at) => memory.readBytes(at, new Uint8Array(5))],
      [5, (at) => memory.writeBytes(at, new Uint8Array(5).fill(1))],
      [4, (at) => memory.storeU32(at, 1)],
      [1, (at) => memory.window(at, true)],
    ];
    for (const [size, access] of accesses)
      for (const at of [
        0xfff,
        0x1040,
        0x1040 - size + 1,
        0,
        -1,
        0x1000 + 2 ** 32,
        0x1000 - 2 ** 32,
        0x1000 + 0.5,
        NaN,
        Infinity,
        2 ** 53,
      ]) {
        expect(() => access(at), `${String(access)} at ${at}`).toThrow(MemoryError);
      }
    expect(new Uint8Array(memory.buffer).every((byte) => byte === 0)).toBe(true);
  });

  it("prints the address in its error as hex", () => {
    const memory = new LinearMemory(new ArrayBuffer(16), { base: KERNEL_HEAP });
    expect(() => memory.readU32(-8)).toThrow(
      "4 bytes are not inside 0x444444440000..0x444444440010: 0xfffffffffffffff8",
    );
  });

  it("refuses options out of range", () => {
    const buffer = new ArrayBuffer(64);
    for (const options of [
      { base: 4 },
      { base: 2 ** 53 },
      { base: NaN },
      { byteOffset: 4 },
      { byteOffset: -8 },
      { byteOffset: 72 },
      { byteLength: 65 },
      { byteLength: -1 },
      { byteLength: 1.5 },
      { byteOffset: 32, byteLength: 33 },
    ])
      expect(() => new LinearMemory(buffer, options), JSON.stringify(options)).toThrow(MemoryError);
  });

  it.each([
    ["undefined", undefined],
    ["null", null],
    ["a number", 64],
    ["an array", [1, 2]],
    ["an object without a buffer", {}],
    ["a typed array, which shows a part of its buffer only", new Uint8Array(new ArrayBuffer(64), 8, 8)],
    ["a DataView", new DataView(new ArrayBuffer(8))],
  ])("refuses %s for a buffer", (_, source) => {
    expect(() => new LinearMemory(source as unknown as ArrayBuffer)).toThrow(
      expect.objectContaining({ name: "MemoryError", code: "memory/options" }) as Error,
    );
  });

  it("takes a buffer that was made in another realm", () => {
    const buffer = runInNewContext("new ArrayBuffer(16)") as ArrayBuffer;
    const memory = new LinearMemory(buffer);
    memory.writeU32(8, 77);
    expect(new DataView(buffer).getUint32(8, true)).toBe(77);
    const shared = runInNewContext("new SharedArrayBuffer(16)") as SharedArrayBuffer;
    expect(new LinearMemory(shared).isShared).toBe(true);
  });

  it.each([
    ["not shared", false],
    ["shared", true],
  ])("follows a WebAssembly.Memory that grows (%s)", (_, shared) => {
    const source = wasm(1, 3, shared);
    const memory = new LinearMemory(source);
    memory.writeU32(8, 77);
    const before = memory.generation;
    source.grow(1);
    expect(memory.readU32(8)).toBe(77);
    memory.writeU32(65536 + 8, 78);
    expect(memory.readU32(65536 + 8)).toBe(78);
    expect(memory.byteLength).toBe(2 * 65536);
    expect(memory.generation).not.toBe(before);
    expect(memory.grow(1)).toBe(3 * 65536);
    expect(() => memory.grow(1)).toThrow(MemoryError);
    expect(memory.window(0, false).byteLength).toBe(3 * 65536);
  });

  it("grows a resizable ArrayBuffer to the byte", () => {
    const Resizable = ArrayBuffer as unknown as new (length: number, options: { maxByteLength: number }) => ArrayBuffer;
    const memory = new LinearMemory(new Resizable(16, { maxByteLength: 32 }));
    expect(memory.grow(4)).toBe(20);
    memory.writeU32(16, 5);
    expect(memory.readU32(16)).toBe(5);
    expect(() => memory.grow(100)).toThrow(MemoryError);
    expect(memory.byteLength).toBe(20);
  });

  it("says so when it cannot grow or wait", () => {
    const memory = new LinearMemory(new ArrayBuffer(16));
    expect(() => memory.grow(1)).toThrow(expect.objectContaining({ code: "memory/cannot-grow" }) as Error);
    expect(() => memory.waitU32(0, 0, 1)).toThrow(expect.objectContaining({ code: "memory/cannot-wait" }) as Error);
  });

  it("reports a buffer that was transferred away as out of bounds", () => {
    const buffer = new ArrayBuffer(16);
    const memory = new LinearMemory(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    expect(() => memory.readU32(0)).toThrow(MemoryError);
    expect(() => memory.writeU8(0, 1)).toThrow(MemoryError);
  });

  it("waits on shared memory until the time is over or the word differs", () => {
    const memory = new LinearMemory(new SharedArrayBuffer(16));
    expect(memory.isShared).toBe(true);
    expect(memory.waitU32(4, 1, 1)).toBe("not-equal");
    expect(memory.waitU32(4, 0, 1)).toBe("timed-out");
    expect(() => memory.waitU32(4, 0, NaN)).toThrow(expect.objectContaining({ code: "memory/options" }) as Error);
  });
});
