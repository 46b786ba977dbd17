import { Layout } from "@kmem/global-alloc";
import { LinearMemory, type Memory } from "@kmem/memory";
import { memoryLaws } from "@kmem/memory/testing";
import { describe, expect, it } from "vitest";
import { Sanitizer } from "../src/index.ts";
import { FirstFit } from "./first-fit.ts";
import { ScatteredMemory } from "./scattered-memory.ts";

const EIGHT = Layout.fromSizeAlign(8, 8);
const BASE = 0x4444_4444_0000;
const memories: [string, () => Memory][] = [
  ["an ArrayBuffer", () => new LinearMemory(new ArrayBuffer(0x1_0000), { base: BASE })],
  ["a SharedArrayBuffer", () => new LinearMemory(new SharedArrayBuffer(0x1_0000), { base: BASE })],
  ["a WebAssembly.Memory", () => new LinearMemory(new WebAssembly.Memory({ initial: 1 }), { base: BASE })],
  ["scattered pages", () => new ScatteredMemory(BASE, 16)],
  ["the upper half", () => new ScatteredMemory(-0x8000_0000_0000, 16)],
];

for (const [name, makeMemory] of memories) {
  const make = (onFinding: "throw" | "collect" = "throw"): Sanitizer => {
    const memory = makeMemory();
    const start = (memory as { base?: number }).base!;
    return Sanitizer.wrap(new FirstFit(memory, start, 0x1_0000), { onFinding });
  };

  describe(`Sanitizer.memory over ${name}`, () => {
    // The block lies at a page's start, between red zones of a page.
    const layout = Layout.fromSizeAlign(8192, 4096);
    const start = make().allocZeroed(layout);
    const laws = memoryLaws(
      () => {
        const sanitizer = make();
        sanitizer.allocZeroed(layout);
        return sanitizer.memory;
      },
      start,
      8192,
    );
    for (const law of laws) it(law.name, () => law.run());

    it("finds each kind of access outside of a block, and does not do it", () => {
      const sanitizer = make("collect");
      const at = sanitizer.allocZeroed(EIGHT);
      const m = sanitizer.memory;
      const beyond = at + 8;
      const bytes = new Uint8Array(4);
      const accesses: [string, (m: Memory) => unknown][] = [
        ["readU8", (m) => m.readU8(beyond)],
        ["readU16", (m) => m.readU16(beyond)],
        ["readU32", (m) => m.readU32(beyond)],
        ["readU64", (m) => m.readU64(beyond)],
        ["readF32", (m) => m.readF32(beyond)],
        ["readF64", (m) => m.readF64(beyond)],
        ["writeU8", (m) => m.writeU8(beyond, 1)],
        ["writeU16", (m) => m.writeU16(beyond, 1)],
        ["writeU32", (m) => m.writeU32(beyond, 1)],
        ["writeU64", (m) => m.writeU64(beyond, 1n)],
        ["writeF32", (m) => m.writeF32(beyond, 1)],
        ["writeF64", (m) => m.writeF64(beyond, 1)],
        ["writeUsize", (m) => m.writeUsize(beyond, 1)],
        ["copy", (m) => m.copy(beyond, at, 4)],
        ["copy", (m) => m.copy(at, beyond, 4)],
        ["fill", (m) => m.fill(at, 0, 9)],
        ["readBytes", (m) => m.readBytes(beyond, bytes)],
        ["writeBytes", (m) => m.writeBytes(beyond, bytes)],
        ["loadU32", (m) => m.loadU32(beyond)],
        ["storeU32", (m) => m.storeU32(beyond, 1)],
        ["addU32", (m) => m.addU32(beyond, 1)],
        ["compareExchangeU32", (m) => m.compareExchangeU32(beyond, 0xfafa_fafa, 1)],
        ["notifyU32", (m) => m.notifyU32(beyond, 1)],
        ["window", (m) => m.window(beyond, false)],
        ["window", (m) => m.window(beyond, true)],
      ];
      for (const [method, access] of accesses) {
        const before = sanitizer.findings.length;
        access(m);
        const found = sanitizer.findings.slice(before);
        expect(
          found.map((finding) => [finding.code, finding.address]),
          method,
        ).toEqual([["sanitizer/out-of-bounds", beyond]]);
        expect(found[0]!.message.endsWith(` by ${method}`)).toBe(true);
        expect(sanitizer.check()).toEqual([]);
      }
    });
  });
}

describe("Sanitizer.memory", () => {
  function make(onFinding: "throw" | "collect" = "collect"): { sanitizer: Sanitizer; at: number; m: Memory } {
    const sanitizer = Sanitizer.wrap(FirstFit.ofSize(0x1_0000), { onFinding });
    return { sanitizer, at: sanitizer.alloc(Layout.fromSizeAlign(64, 64)), m: sanitizer.memory };
  }
  const codes = (sanitizer: Sanitizer): string[] => sanitizer.findings.map(({ code }) => code);

  it("lets copies of unwritten bytes pass, and finds the read of what was copied", () => {
    const { sanitizer, at, m } = make();
    m.writeU8(at, 1);
    m.copy(at + 32, at, 8);
    expect(codes(sanitizer)).toEqual([]);
    expect(m.readU8(at + 32)).toBe(1);
    m.readU8(at + 33);
    expect(codes(sanitizer)).toEqual(["sanitizer/uninitialised-read"]);
    m.fill(at + 40, 0, 8);
    m.copy(at + 40, at + 1, 8);
    m.readU8(at + 47);
    expect(codes(sanitizer)).toEqual(["sanitizer/uninitialised-read", "sanitizer/uninitialised-read"]);
  });

  it("moves what is written with an overlapping copy", () => {
    const { sanitizer, at, m } = make();
    m.writeU8(at, 1);
    m.writeU8(at + 2, 1);
    m.copy(at + 1, at, 4);
    m.readU8(at + 1);
    m.readU8(at + 3);
    expect(codes(sanitizer)).toEqual([]);
    m.readU8(at + 2);
    m.readU8(at + 4);
    expect(sanitizer.findings.map(({ offset }) => offset)).toEqual([2, 4]);
  });

  it("finds unwritten bytes in each kind of read", () => {
    const { sanitizer, at, m } = make();
    const reads: ((m: Memory) => unknown)[] = [
      (m) => m.readU8(at),
      (m) => m.readU16(at),
      (m) => m.readU32(at),
      (m) => m.readU64(at),
      (m) => m.readF32(at),
      (m) => m.readF64(at),
      (m) => m.readBytes(at, new Uint8Array(3)),
      (m) => m.loadU32(at),
      (m) => m.window(at, false),
    ];
    for (const read of reads) read(m);
    expect(codes(sanitizer)).toEqual(reads.map(() => "sanitizer/uninitialised-read"));
    m.addU32(at, 1);
    m.compareExchangeU32(at + 4, 0, 1);
    expect(sanitizer.findings.slice(reads.length).map(({ code }) => code)).toEqual([
      "sanitizer/uninitialised-read",
      "sanitizer/uninitialised-read",
    ]);
    m.readU64(at);
    expect(sanitizer.findingCount).toBe(reads.length + 2);
  });

  it("does not look for unwritten bytes when told not to", () => {
    const sanitizer = Sanitizer.wrap(FirstFit.ofSize(4096), { uninitialised: false });
    const at = sanitizer.alloc(EIGHT);
    expect(sanitizer.memory.readU32(at)).toBe(0xbebe_bebe);
    expect(sanitizer.memory.window(at, false).byteLength).toBe(1);
  });

  it("does not judge what is no block's, nor accesses of no bytes", () => {
    const { sanitizer, at, m } = make("throw");
    m.writeU32(0x9000, 7);
    expect(m.readU32(0x9000)).toBe(7);
    m.copy(at, 0x9000, 4);
    expect(m.readU32(at)).toBe(7);
    m.fill(at - 1, 0, 0);
    m.copy(at - 1, at + 64, 0);
    expect(sanitizer.check()).toEqual([]);
  });

  it("leaves what is no range of addresses to the memory, which refuses it; nothing counts as written then", () => {
    const { sanitizer, at, m } = make("throw");
    for (const wrong of [NaN, 0.5, Infinity, -1, 2 ** 53]) {
      expect(() => m.readU32(wrong)).toThrow(/out-of-bounds|not inside/);
      expect(() => m.writeU32(wrong, 1)).toThrow(/not inside/);
      expect(() => m.fill(wrong, 0, 4)).toThrow(/not inside/);
      expect(() => m.copy(wrong, at, 4)).toThrow(/not inside/);
      expect(() => m.window(wrong, true)).toThrow(/not inside/);
    }
    for (const wrong of [NaN, 0.5, -1]) expect(() => m.fill(at, 0, wrong)).toThrow(/a length of 0 bytes or more/);
    expect(() => m.writeUsize(at, -1)).toThrow(/2\^53/);
    expect(() => m.storeU32(at + 1, 1)).toThrow(/multiple of 4/);
    expect(() => m.readU8(at)).toThrow(/uninitialised-read/);
    expect(sanitizer.check()).toEqual([]);
  });

  it("waits and wakes as the memory does", () => {
    const memory = new LinearMemory(new SharedArrayBuffer(4096));
    const sanitizer = Sanitizer.wrap(new FirstFit(memory, 64, 1024));
    const at = sanitizer.allocZeroed(EIGHT);
    expect(sanitizer.memory.isShared).toBe(true);
    expect(sanitizer.memory.waitU32(at, 1, 0)).toBe("not-equal");
    expect(sanitizer.memory.waitU32(at, 0, 1)).toBe("timed-out");
    expect(sanitizer.memory.notifyU32(at, 1)).toBe(0);
    expect(() => sanitizer.memory.waitU32(at + 8, 0, 0)).toThrow(/out-of-bounds/);
  });

  it("gives windows over written neighbours in the same block only", () => {
    const { at, m } = make("throw");
    m.fill(at + 8, 1, 16);
    for (const forWriting of [false, true]) {
      const { address, byteLength, firstIndex } = m.window(at + 12, forWriting);
      expect([address, byteLength, firstIndex]).toEqual([at + 8, 16, at + 8 - 0x1000]);
    }
    const { address, byteLength } = m.window(at + 40, true);
    expect([address, byteLength]).toEqual([at + 40, 1]);
    expect(m.readU8(at + 40)).toBe(0xbe);
    expect(() => m.readU8(at + 41)).toThrow(/uninitialised-read/);
  });

  it("ends windows with each allocation and free, and when written bytes become unwritten", () => {
    const { sanitizer, at, m } = make("throw");
    let generation = m.generation;
    const changes = (run: () => unknown): boolean => {
      run();
      const changed = m.generation !== generation;
      generation = m.generation;
      return changed;
    };
    expect(changes(() => m.writeU32(at, 1))).toBe(false);
    expect(changes(() => m.copy(at + 8, at, 4))).toBe(false);
    expect(changes(() => m.copy(at, at + 32, 4))).toBe(true);
    expect(changes(() => sanitizer.alloc(EIGHT))).toBe(true);
    expect(changes(() => sanitizer.dealloc(at, Layout.fromSizeAlign(64, 64)))).toBe(true);
    expect(changes(() => m.generation)).toBe(false);
  });

  it("follows a memory that grows", () => {
    const wasm = new WebAssembly.Memory({ initial: 1, maximum: 4 });
    const sanitizer = Sanitizer.wrap(new FirstFit(new LinearMemory(wasm), 8, 4 * 0x1_0000 - 8));
    const at = sanitizer.allocZeroed(EIGHT);
    sanitizer.memory.writeU32(at, 9);
    const before = sanitizer.memory.generation;
    wasm.grow(1);
    expect(sanitizer.memory.readU32(at)).toBe(9);
    expect(sanitizer.memory.generation).not.toBe(before);
  });

  it("finds an overrun through pages far beyond the block", () => {
    const { sanitizer, at, m } = make();
    m.fill(at, 0, 0x8000);
    m.fill(0x1000, 0, 2 ** 52);
    expect(codes(sanitizer)).toEqual(["sanitizer/out-of-bounds", "sanitizer/out-of-bounds"]);
    expect(sanitizer.check()).toEqual([]);
  });
});
