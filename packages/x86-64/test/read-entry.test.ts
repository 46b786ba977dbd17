import { LinearMemory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import { PhysicalMemoryError, PhysAddr, readBytes, readThrough, walk } from "../src/index.ts";
import { ROOT, Tables } from "./setup.ts";

const at = PhysAddr.new;

describe("readThrough", () => {
  it("reads an entry at an offset", () => {
    const memory = new LinearMemory(new ArrayBuffer(0x100), { base: 0x5000 });
    memory.writeU64(0x5008, 0x8000_0000_0000_1003n);
    expect(readThrough(memory, 0x5000)(at(8))).toBe(0x8000_0000_0000_1003n);
  });

  it("throws PhysicalMemoryError outside of the memory, with the physical address", () => {
    const read = readThrough(new LinearMemory(new ArrayBuffer(0x100), { base: 0x5000 }), 0x5000);
    expect(read(at(0xf8))).toBe(0n);
    for (const address of [0xfc, 0x100, 0xf_ffff_ffff_fff8])
      expect(() => read(at(address))).toThrow(
        expect.objectContaining({ name: "PhysicalMemoryError", code: "paging/outside-memory", address }),
      );
  });

  it("refuses an offset that is no multiple of 8", () => {
    const { memory } = new Tables();
    for (const offset of [4, 0.5, NaN, Infinity, 2 ** 53])
      expect(() => readThrough(memory, offset)).toThrow(expect.objectContaining({ code: "address/not-aligned" }));
  });
});

describe("readBytes", () => {
  it("walks a dump that begins at any address and lies anywhere in its buffer", () => {
    const tables = new Tables(0x8000);
    tables.map(0x4444_4444_0000, 0xb_8000);
    const dump = new Uint8Array(0x7003);
    dump.set(tables.bytes().subarray(ROOT), 3);
    expect(walk(readBytes(dump.subarray(3), ROOT), ROOT, 0x4444_4444_0010).physical).toBe(0xb_8010);
  });

  it("throws PhysicalMemoryError outside of the bytes, and for what is no address", () => {
    const read = readBytes(new Uint8Array(16), 0x1000);
    expect(read(at(0x1008))).toBe(0n);
    for (const address of [0xff8, 0x100c, 0x1010, NaN, 4104.5])
      expect(() => read(address as PhysAddr)).toThrow(PhysicalMemoryError);
  });

  it("refuses a start that is no physical address", () => {
    for (const start of [-1, 0.5, NaN, 2 ** 52])
      expect(() => readBytes(new Uint8Array(8), start)).toThrow(
        expect.objectContaining({ code: "address/not-physical" }),
      );
  });
});
