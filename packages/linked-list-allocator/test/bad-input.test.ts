import { inspect } from "node:util";
import { Layout, LayoutError } from "@kmem/global-alloc";
import { KmemError, LinearMemory, Panic } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import {
  alignDownSize,
  alignUpSize,
  AttachError,
  BadFreeError,
  check,
  Heap,
  HeapError,
  HoleList,
  LockedHeap,
} from "../src/index.ts";
import { CONTROL, layout, refused, START, testHeap } from "./support/heaps.ts";

/** What is no count of bytes. */
const NO_SIZES = [NaN, Infinity, -Infinity, -1, -8, 0.5, 16.25, 2 ** 53, 2 ** 60, "16", null, undefined, {}, true];
/** What is no alignment. */
const NO_ALIGNS = [0, -1, -8, 3, 12, 0.5, NaN, Infinity, 2 ** 53 + 2, 2 ** 60 + 2 ** 20, "8", null, {}];

for (const index of ["off", "always"] as const)
  describe(`a bad free, index ${index}`, () => {
    /** Blocks of 64 bytes; 0 and 2 are free again, 1 and 3 in use, the tail is free. */
    function prepared() {
      const test = testHeap(4096, { index });
      for (let i = 0; i < 4; i++) test.heap.allocateFirstFit(layout(64));
      test.heap.deallocate(START, layout(64));
      test.heap.deallocate(START + 128, layout(64));
      return test;
    }

    const cases: [what: string, code: string, at: number, size: number, align: number][] = [
      ["of null", "bad-free/null", 0, 64, 8],
      ["below the heap", "bad-free/outside", START - 64, 64, 8],
      ["across the heap's bottom", "bad-free/outside", START - 8, 64, 8],
      ["above the heap", "bad-free/outside", START + 4096, 64, 8],
      ["across the heap's top", "bad-free/outside", START + 4064, 64, 8],
      ["far away", "bad-free/outside", 64, 64, 8],
      ["far away, low 32 bits inside", "bad-free/outside", START + 64 + 2 ** 32, 64, 8],
      ["at the upper half", "bad-free/outside", -4096, 64, 8],
      ["of more than any heap", "bad-free/outside", START + 64, 2 ** 40, 8],
      ["at no multiple of 8", "bad-free/misaligned", START + 68, 16, 1],
      ["at no multiple of its alignment", "bad-free/misaligned", START + 72, 16, 16],
      ["at a fraction", "bad-free/misaligned", START + 64.5, 16, 8],
      ["at NaN", "bad-free/misaligned", NaN, 16, 8],
      ["at Infinity", "bad-free/misaligned", Infinity, 16, 8],
      ["beyond 2^53", "bad-free/misaligned", 2 ** 54, 16, 8],
      ["of the first hole", "bad-free/aliases-hole", START, 64, 8],
      ["of a hole between", "bad-free/aliases-hole", START + 128, 64, 8],
      ["inside of a hole", "bad-free/aliases-hole", START + 16, 16, 8],
      ["in the tail hole", "bad-free/aliases-hole", START + 2048, 64, 8],
      ["that reaches into the next hole", "bad-free/aliases-hole", START + 64, 72, 8],
      ["that begins in the hole before", "bad-free/aliases-hole", START + 48, 32, 8],
      ["over a whole hole", "bad-free/aliases-hole", START + 64, 192, 8],
      ...NO_SIZES.map((size): [string, string, number, number, number] => [
        `with the size ${inspect(size)}`,
        "bad-free/layout",
        START + 64,
        size as number,
        8,
      ]),
      ...NO_ALIGNS.map((align): [string, string, number, number, number] => [
        `with the alignment ${inspect(align)}`,
        "bad-free/layout",
        START + 64,
        64,
        align as number,
      ]),
    ];
    for (const [what, code, at, size, align] of cases)
      it(`${what} is refused, and no byte changes`, () => {
        const test = prepared();
        const impossible = Layout.fromSizeAlignUnchecked(size, align);
        const error = refused(test, () => test.heap.deallocate(at, impossible));
        expect(error).toBeInstanceOf(BadFreeError);
        expect(error).toMatchObject({ code, name: "BadFreeError", address: at, size, align });
        expect(test.heap.check()).toEqual([]);
        const whole = refused(test, () => test.heap.deallocate(at, impossible));
        expect((whole as Error).message).toBe((error as Error).message);
      });

    it("names the values in hex", () => {
      const test = prepared();
      const error = refused(test, () => test.heap.deallocate(START + 128, layout(64)));
      expect((error as Error).message).toBe(
        "Freed node aliases existing hole! Bad free?: it overlaps the hole at 0x444444440080; " +
          "freeing 0x444444440080, size 0x40, align 0x8",
      );
    });

    it("of more than is in use is refused", () => {
      const test = testHeap(4096, { index });
      const at = test.heap.allocateFirstFit(layout(4096));
      // Written by a stranger: fewer bytes in use than the block has.
      test.memory.writeU32(CONTROL + 48, 16);
      expect(refused(test, () => test.heap.deallocate(at, layout(4096)))).toMatchObject({ code: "bad-free/used" });
    });

    it("of a heap without memory is refused", () => {
      const memory = new LinearMemory(new ArrayBuffer(4096));
      const heap = Heap.empty(memory, 0, { index });
      const error = refused({ bytes: () => memory.views.u8.slice() }, () => heap.deallocate(128, layout(16)));
      expect(error).toMatchObject({ code: "bad-free/outside" });
    });
  });

describe("without a layout, or with an address that is no number", () => {
  it("nothing is allocated, freed or moved, and no byte changes", () => {
    for (const index of ["off", "always"] as const) {
      const test = testHeap(4096, { index });
      const at = test.heap.allocateFirstFit(layout(64));
      const locked = LockedHeap.attach(test.memory, CONTROL, { index });
      test.heap.allocateFirstFit(layout(64));
      // Callers without types.
      const wrongs = [undefined, null, 5, "layout", {}, { size: 64 }, { size: 64n, align: 8n }] as unknown as Layout[];
      for (const wrong of wrongs) {
        for (const allocate of [() => test.heap.allocateFirstFit(wrong), () => locked.alloc(wrong)])
          expect(refused(test, allocate)).toBeInstanceOf(LayoutError);
        for (const free of [
          () => test.heap.deallocate(at, wrong),
          () => locked.dealloc(at, wrong),
          () => locked.realloc(at, wrong, 8),
        ])
          expect(refused(test, free)).toMatchObject({ code: "bad-free/layout" });
      }
      for (const wrong of [String(at), BigInt(at), undefined, null, [at], {}, true] as unknown as number[])
        for (const free of [
          () => test.heap.deallocate(wrong, layout(64)),
          () => locked.dealloc(wrong, layout(64)),
          () => locked.realloc(wrong, layout(64), 8),
        ])
          expect(refused(test, free)).toBeInstanceOf(BadFreeError);
      for (const wrong of NO_SIZES)
        expect(refused(test, () => locked.realloc(at, layout(64), wrong as number))).toBeInstanceOf(LayoutError);
      expect(locked.check()).toEqual([]);
    }
  });

  it("a realloc of what is no block changes no byte, not even of free memory", () => {
    const test = testHeap(4096);
    const at = test.heap.allocateFirstFit(layout(64));
    test.memory.fill(at, 0x5a, 64);
    const locked = LockedHeap.attach(test.memory, CONTROL);
    for (const wrong of [0, 2 ** 40, NaN, 12345, at + 64, at - 8])
      expect(refused(test, () => locked.realloc(wrong, layout(64), 128))).toBeInstanceOf(BadFreeError);
    expect(locked.stats().used).toBe(64);
  });
});

describe("alignUpSize and alignDownSize", () => {
  it("refuse what is no size", () => {
    for (const wrong of NO_SIZES)
      for (const align of [alignUpSize, alignDownSize]) {
        expect(() => align(wrong as number, 8)).toThrow(Panic);
        if (wrong !== "16") expect(() => align(8, wrong as number)).toThrow(Panic);
      }
    for (const wrong of ["8", 8n] as unknown as number[]) expect(() => alignUpSize(wrong, 8)).toThrow(Panic);
  });
});

describe("an impossible request", () => {
  it("is refused, and no byte changes", () => {
    for (const index of ["off", "always"] as const) {
      const test = testHeap(4096, { index });
      for (const size of NO_SIZES) {
        const error = refused(test, () => test.heap.allocateFirstFit(Layout.fromSizeAlignUnchecked(size as number, 8)));
        expect(error).toBeInstanceOf(LayoutError);
        expect(error).toMatchObject({ code: "layout/size" });
      }
      for (const align of NO_ALIGNS) {
        const error = refused(test, () =>
          test.heap.allocateFirstFit(Layout.fromSizeAlignUnchecked(8, align as number)),
        );
        expect(error).toMatchObject({ code: "layout/align" });
      }
    }
  });
});

describe("creating a heap", () => {
  const memory = new LinearMemory(new ArrayBuffer(16384), { base: CONTROL });
  const bytes = (): Uint8Array => memory.views.u8.slice();
  const heap = Heap.empty(memory, CONTROL);

  const cases: [what: string, code: string, start: unknown, size: unknown][] = [
    ...[0, 8, 15].map((size): [string, string, number, number] => [
      `of ${size} bytes`,
      "heap/size-below-16",
      START,
      size,
    ]),
    ["of 22 bytes behind an odd start", "heap/aligned-size-below-16", START + 1, 22],
    ...NO_SIZES.map((size): [string, string, number, unknown] => [
      `of ${inspect(size)} bytes`,
      "heap/size",
      START,
      size,
    ]),
    ...[0, NaN, 0.5, Infinity, 2 ** 53, "8", null, undefined].map((start): [string, string, unknown, number] => [
      `at ${String(start)}`,
      "heap/start",
      start,
      1024,
    ]),
    ["across the null address", "heap/start", -512, 1024],
    ["of more than 4 GiB", "heap/too-large", START, 2 ** 33],
    ["below its memory", "heap/outside-memory", CONTROL - 4096, 1024],
    ["across the memory's end", "heap/outside-memory", START, 16384],
    ["over its control block", "heap/overlaps-control-block", CONTROL + 120, 1024],
  ];
  for (const [what, code, start, size] of cases)
    it(`${what} is refused, and no byte changes`, () => {
      const attempts = [
        () => heap.init(start as number, size as number),
        () => heap.initFromSlice({ start: start as number, size: size as number }),
      ];
      for (const attempt of attempts) {
        const error = refused({ bytes }, attempt);
        expect(error).toBeInstanceOf(HeapError);
        expect(error).toMatchObject({ code, name: "HeapError" });
      }
      const create = (): Heap => Heap.new(memory, CONTROL, start as number, size as number);
      expect(refused({ bytes }, create)).toMatchObject({ code });
    });

  it("twice is refused, and no byte changes", () => {
    const test = testHeap(4096);
    test.heap.allocateFirstFit(layout(64));
    const locked = LockedHeap.attach(test.memory, CONTROL);
    const attempts = [
      () => test.heap.init(START, 4096),
      () => test.heap.initFromSlice({ start: START, size: 4096 }),
      () => test.heap.holeList.init(START, 4096),
    ];
    for (const attempt of attempts) {
      const error = refused(test, attempt);
      expect(error).toMatchObject({ code: "heap/already-initialized", name: "HeapError", value: START });
      expect((error as Error).message).toContain("0x444444440000");
    }
    using heap = locked.lock();
    expect(() => heap.init(START, 64)).toThrow("already been initialized");
    expect(heap.check()).toEqual([]);
  });

  it("with options that there are not is refused before its control block is written", () => {
    const fresh = new LinearMemory(new ArrayBuffer(4096));
    const test = { bytes: () => fresh.views.u8.slice() };
    for (const options of [
      null,
      5,
      { index: "sometimes" },
      { secondInit: true },
      { indexRegion: null },
      { badFrees: "ignore" },
      { indexRegion: { start: 0, size: 64 } },
      { indexRegion: { start: 1024, size: 3 } },
      { indexRegion: { start: 1028, size: 512 } },
      { indexRegion: { start: 1024, size: NaN } },
    ])
      expect(refused(test, () => Heap.new(fresh, 0, 128, 512, options as never))).toMatchObject({
        code: "heap/options",
      });
    expect(refused(test, () => Heap.new(fresh, 0, 128, 512, { indexRegion: { start: 64, size: 512 } }))).toMatchObject({
      code: "heap/overlaps-control-block",
    });
    expect(
      refused(test, () => Heap.new(fresh, 0, 128, 512, { indexRegion: { start: 4000, size: 512 } })),
    ).toMatchObject({ code: "heap/outside-memory" });
  });

  it("with a lock that cannot be is refused before its control block is written", () => {
    const fresh = new LinearMemory(new ArrayBuffer(4096));
    LockedHeap.new(fresh, 128, 256, 1024).alloc(layout(64));
    const test = { bytes: () => fresh.views.u8.slice() };
    for (const patience of [NaN, 0, -1, "5000", null]) {
      const options = { patience: patience as number };
      for (const make of [
        () => LockedHeap.new(fresh, 128, 256, 1024, options),
        () => LockedHeap.empty(fresh, 128, options),
        () => LockedHeap.inBuffer(fresh.buffer, options),
        () => LockedHeap.attach(fresh, 128, options),
      ])
        expect(refused(test, make)).toMatchObject({ code: "lock/options" });
    }
  });

  it("in what is no memory, or of what is no slice, is refused", () => {
    const fresh = new LinearMemory(new ArrayBuffer(4096));
    for (const none of [undefined, null, 5, "memory", {}]) {
      const wrong = none as LinearMemory; // a caller without types
      for (const make of [
        () => Heap.new(wrong, 0, 128, 1024),
        () => Heap.empty(wrong, 0),
        () => Heap.attach(wrong, 0),
        () => HoleList.attachUnchecked(wrong, 0),
        () => LockedHeap.new(wrong, 0, 128, 1024),
        () => LockedHeap.empty(wrong, 0),
        () => LockedHeap.attach(wrong, 0),
      ])
        expect(make).toThrow(expect.objectContaining({ code: "heap/options" }));
      for (const make of [LockedHeap.inBuffer, LockedHeap.attachBuffer])
        expect(() => make(wrong as never)).toThrow(expect.objectContaining({ code: "memory/options" }));
      if (typeof none === "object" && none !== null) continue;
      const slice = none as { start: number; size: number };
      for (const make of [() => Heap.fromSlice(fresh, 0, slice), () => Heap.empty(fresh, 0).initFromSlice(slice)])
        expect(make).toThrow(expect.objectContaining({ code: "heap/options" }));
    }
  });

  it("at an address for no control block is refused", () => {
    for (const controlAt of [1, 64, NaN, 0.5, 2 ** 53, -1, "0", 0n, undefined, null, 0, CONTROL + 16384])
      for (const make of [
        () => Heap.empty(memory, controlAt as number),
        () => Heap.attach(memory, controlAt as number),
        () => LockedHeap.empty(memory, controlAt as number),
        () => LockedHeap.attach(memory, controlAt as number),
      ])
        expect(make).toThrow(AttachError);
  });

  it("over its own index is refused", () => {
    const both = new LinearMemory(new ArrayBuffer(8192));
    const heapBeside = Heap.empty(both, 0, { indexRegion: { start: 1024, size: 512 } });
    const test = { bytes: () => both.views.u8.slice() };
    expect(refused(test, () => heapBeside.init(128, 4096))).toMatchObject({ code: "heap/overlaps-control-block" });
  });

  it("in a buffer too small for a control block is refused", () => {
    for (const byteLength of [0, 64, 128, 136, 143])
      expect(() => LockedHeap.inBuffer(new ArrayBuffer(byteLength))).toThrow();
  });
});

describe("extending a heap", () => {
  it("by what is no size is refused, and no byte changes", () => {
    const test = testHeap(4096);
    for (const by of NO_SIZES)
      expect(refused(test, () => test.heap.extend(by as number))).toMatchObject({ code: "heap/size" });
  });

  it("beyond its memory or 4 GiB is refused, and no byte changes", () => {
    const test = testHeap(4096);
    expect(refused(test, () => test.heap.extend(4097))).toMatchObject({ code: "heap/outside-memory" });
    expect(refused(test, () => test.heap.extend(2 ** 32))).toMatchObject({ code: "heap/too-large" });
  });

  it("is refused without memory", () => {
    const memory = new LinearMemory(new ArrayBuffer(4096));
    const heap = Heap.empty(memory, 0);
    for (const by of [0, 16])
      expect(refused({ bytes: () => memory.views.u8.slice() }, () => heap.extend(by))).toMatchObject({
        code: "heap/extend-empty",
      });
  });
});

describe("what is no number at all", () => {
  const strange = [8n, Symbol("8"), "8", [8]] as unknown as number[];
  for (const value of strange)
    it(`is refused before anything is written: ${typeof value}`, () => {
      const memory = new LinearMemory(new ArrayBuffer(8192));
      const bytes = (): Uint8Array => memory.views.u8.slice();
      for (const make of [
        () => Heap.new(memory, value, 128, 512),
        () => Heap.new(memory, 0, 128, 512, { indexRegion: { start: value, size: 2000 } }),
        () => Heap.new(memory, 0, 128, 512, { indexRegion: { start: 4096, size: value } }),
        () => check({ memory, controlAt: value }),
        () => check(value as unknown as Heap),
      ])
        expect(refused({ bytes }, make)).toBeInstanceOf(KmemError);
    });
});
