import { GlobalAlloc, Layout, LayoutError } from "@kmem/global-alloc";
import { LinearMemory, NULL, type Ptr } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import { Sanitizer, SanitizerError, SanitizerOptionError, type Finding, type SanitizerOptions } from "../src/index.ts";
import { FirstFit } from "./first-fit.ts";

const EIGHT = Layout.fromSizeAlign(8, 8);

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof SanitizerError || error instanceof SanitizerOptionError) return error.code;
    throw error;
  }
  return "nothing thrown";
}

describe("Sanitizer.wrap", () => {
  const allocator = FirstFit.ofSize(4096);
  const wrong: [string, SanitizerOptions][] = [
    ...[NaN, -1, 0.5, Infinity, 2 ** 53].map((n): [string, SanitizerOptions] => [
      `quarantineBytes ${n}`,
      { quarantineBytes: n },
    ]),
    ...[NaN, -8, 0, 4, 8.5, Infinity, 0x1_0008].map((n): [string, SanitizerOptions] => [
      `redZoneBytes ${n}`,
      { redZoneBytes: n },
    ]),
    ["onFinding", { onFinding: "ignore" as "throw" }],
    ["captureStacks", { captureStacks: 1 as unknown as boolean }],
    ["uninitialised", { uninitialised: "no" as unknown as boolean }],
    ["heap null", { heap: null as unknown as { start: number; size: number } }],
    ["heap start NaN", { heap: { start: NaN, size: 8 } }],
    ["heap size −1", { heap: { start: 0, size: -1 } }],
    ["heap beyond 2^53", { heap: { start: Number.MAX_SAFE_INTEGER, size: 8 } }],
    ["options null", null as unknown as SanitizerOptions],
  ];
  for (const [name, options] of wrong)
    it(`refuses ${name}`, () => {
      expect(() => Sanitizer.wrap(allocator, options)).toThrow(SanitizerOptionError);
    });

  it("refuses what is no allocator", () => {
    for (const it of [undefined, null, {}, { alloc: () => 0, dealloc: () => undefined }])
      expect(codeOf(() => Sanitizer.wrap(it as unknown as GlobalAlloc))).toBe("sanitizer/options");
  });

  it("names the option and the value", () => {
    try {
      Sanitizer.wrap(allocator, { redZoneBytes: 12 });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        name: "SanitizerOptionError",
        option: "redZoneBytes",
        value: 12,
        message: "redZoneBytes: expected a multiple of 8, 8 … 65536, got 12",
      });
    }
  });
});

describe("Sanitizer.alloc", () => {
  it("keeps sizes, alignments and red zones", () => {
    const allocator = FirstFit.ofSize(0x1_0000);
    using sanitizer = Sanitizer.wrap(allocator);
    const blocks: [Ptr, Layout][] = [];
    for (const align of [1, 2, 8, 64, 4096])
      for (const size of [0, 1, 7, 100]) {
        const layout = Layout.fromSizeAlign(size, align);
        const at = sanitizer.alloc(layout);
        expect(at % align).toBe(0);
        sanitizer.memory.fill(at, size, size);
        blocks.push([at, layout]);
      }
    expect(sanitizer.check()).toEqual([]);
    for (const [at, layout] of blocks) {
      for (let i = 0; i < layout.size; i++) expect(sanitizer.memory.readU8(at + i)).toBe(layout.size);
      for (const outside of [-1, -16, layout.size, layout.size + 15])
        expect(codeOf(() => sanitizer.memory.readU8(at + outside))).toBe("sanitizer/out-of-bounds");
      sanitizer.dealloc(at, layout);
    }
  });

  it("gives NULL when there is no room, and for sizes beyond all room", () => {
    const sanitizer = Sanitizer.wrap(FirstFit.ofSize(64));
    expect(sanitizer.alloc(Layout.fromSizeAlign(33, 1))).toBe(NULL);
    expect(sanitizer.alloc(Layout.fromSizeAlign(Number.MAX_SAFE_INTEGER, 1))).toBe(NULL);
    expect(sanitizer.alloc(Layout.fromSizeAlign(8, 2 ** 52))).toBe(NULL);
    expect(sanitizer.alloc(Layout.fromSizeAlign(32, 1))).not.toBe(NULL);
  });

  it("refuses what is no layout, and has changed nothing", () => {
    const allocator = FirstFit.ofSize(4096);
    const sanitizer = Sanitizer.wrap(allocator);
    for (const [size, align] of [
      [NaN, 8],
      [-1, 8],
      [8, 3],
      [8, 0],
      [0.5, 1],
    ] as const) {
      const layout = Layout.fromSizeAlignUnchecked(size, align);
      expect(() => sanitizer.alloc(layout)).toThrow(LayoutError);
      expect(() => sanitizer.allocZeroed(layout)).toThrow(LayoutError);
    }
    expect(allocator.taken.size).toBe(0);
    const at = sanitizer.alloc(EIGHT);
    for (const size of [NaN, -1, 2 ** 53, 1.5]) expect(() => sanitizer.realloc(at, EIGHT, size)).toThrow(LayoutError);
    expect(sanitizer.blockAt(at)!.state).toBe("live");
  });

  it("gives the allocator back what is in quarantine before it gives up", () => {
    const sanitizer = Sanitizer.wrap(FirstFit.ofSize(40 * 8));
    for (let i = 0; i < 100; i++) {
      const at = sanitizer.alloc(EIGHT);
      expect(at).not.toBe(NULL);
      sanitizer.dealloc(at, EIGHT);
    }
    const large = Layout.fromSizeAlign(40 * 8 - 32, 8);
    expect(sanitizer.alloc(large)).toBe(0x1010);
  });

  it("reports an allocator that hands out what is taken, or misaligned", () => {
    class Broken extends FirstFit {
      static answer = 0x1000;
      override alloc(): Ptr {
        return Broken.answer;
      }
    }
    const sanitizer = Sanitizer.wrap(new Broken(new LinearMemory(new ArrayBuffer(8192)), 0, 8192), {
      onFinding: "collect",
    });
    expect(sanitizer.alloc(EIGHT)).toBe(0x1010);
    expect(sanitizer.alloc(EIGHT)).toBe(NULL);
    Broken.answer = 0x1104;
    expect(sanitizer.alloc(EIGHT)).toBe(NULL);
    Broken.answer = NaN;
    expect(sanitizer.alloc(EIGHT)).toBe(NULL);
    expect(sanitizer.findings.map(({ text }) => text.split("\n").slice(0, 2))).toEqual([
      [
        "sanitizer/bad-block: the allocator handed out 0x1000 for 40 bytes",
        "  it overlaps block #1 (8 bytes at 0x1010..0x1018, align 8) or its red zone",
      ],
      ["sanitizer/bad-block: the allocator handed out 0x1104 for 40 bytes", "  expected a multiple of 8"],
      ["sanitizer/bad-block: the allocator handed out NaN for 40 bytes", "  expected a multiple of 8"],
    ]);
  });
});

describe("Sanitizer.allocZeroed", () => {
  it("gives zeros that count as written, between intact red zones", () => {
    using sanitizer = Sanitizer.wrap(FirstFit.ofSize(4096));
    const layout = Layout.fromSizeAlign(100, 32);
    const at = sanitizer.allocZeroed(layout);
    for (let i = 0; i < 100; i++) expect(sanitizer.memory.readU8(at + i)).toBe(0);
    sanitizer.dealloc(at, layout);
  });
});

describe("Sanitizer.realloc", () => {
  it("always moves, keeps contents and what is not written yet", () => {
    const sanitizer = Sanitizer.wrap(FirstFit.ofSize(4096), { onFinding: "collect" });
    const at = sanitizer.alloc(EIGHT);
    sanitizer.memory.writeU32(at, 42);
    const to = sanitizer.realloc(at, EIGHT, 12);
    expect(to).not.toBe(at);
    expect(sanitizer.memory.readU32(to)).toBe(42);
    expect(sanitizer.findings).toEqual([]);
    sanitizer.memory.readU8(to + 4);
    sanitizer.memory.readU8(to + 11);
    sanitizer.memory.readU32(at);
    expect(sanitizer.findings.map(({ code, address }) => [code, address])).toEqual([
      ["sanitizer/uninitialised-read", to + 4],
      ["sanitizer/uninitialised-read", to + 11],
      ["sanitizer/use-after-free", at],
    ]);
    expect(sanitizer.blockAt(at)!.freedBy!.frames.length).toBeGreaterThan(0);
  });

  it("leaves the old block as it is when there is no room", () => {
    using sanitizer = Sanitizer.wrap(FirstFit.ofSize(64));
    const at = sanitizer.alloc(EIGHT);
    sanitizer.memory.writeU32(at, 42);
    expect(sanitizer.realloc(at, EIGHT, 4096)).toBe(NULL);
    expect(sanitizer.memory.readU32(at)).toBe(42);
    sanitizer.dealloc(at, EIGHT);
  });
});

describe("Sanitizer.dealloc", () => {
  it("keeps blocks from the allocator until the quarantine is full, the oldest first", () => {
    const allocator = FirstFit.ofSize(4096);
    const sanitizer = Sanitizer.wrap(allocator, { quarantineBytes: 100 });
    const blocks = [1, 2, 3].map(() => sanitizer.alloc(EIGHT));
    for (const at of blocks) sanitizer.dealloc(at, EIGHT);
    expect(blocks.map((at) => sanitizer.blockAt(at)!.state)).toEqual(["returned", "quarantined", "quarantined"]);
    expect(allocator.taken.size).toBe(2);
    const large = Layout.fromSizeAlign(200, 8);
    const at = sanitizer.alloc(large);
    sanitizer.dealloc(at, large);
    expect(sanitizer.blockAt(at)!.state).toBe("returned");
    expect(allocator.taken.size).toBe(2);
  });

  it("changes nothing when it throws", () => {
    const allocator = FirstFit.ofSize(4096);
    const sanitizer = Sanitizer.wrap(allocator, { quarantineBytes: 0 });
    const at = sanitizer.allocZeroed(EIGHT);
    const before = new Uint8Array(4096);
    allocator.memory.readBytes(0x1000, before);
    expect(codeOf(() => sanitizer.dealloc(at + 4, EIGHT))).toBe("sanitizer/foreign-free");
    expect(codeOf(() => sanitizer.dealloc(at, Layout.fromSizeAlign(8, 4)))).toBe("sanitizer/wrong-layout");
    expect(codeOf(() => sanitizer.dealloc(at, Layout.fromSizeAlignUnchecked(NaN, 8)))).toBe("sanitizer/wrong-layout");
    const after = new Uint8Array(4096);
    allocator.memory.readBytes(0x1000, after);
    expect(after).toEqual(before);
    expect(allocator.taken.size).toBe(1);
    sanitizer.dealloc(at, EIGHT);
    expect(allocator.taken.size).toBe(0);
    expect(codeOf(() => sanitizer.dealloc(at, EIGHT))).toBe("sanitizer/double-free");
  });

  it("looks at a block that leaves the quarantine; the free that made it leave can be repeated", () => {
    const allocator = FirstFit.ofSize(4096);
    const sanitizer = Sanitizer.wrap(allocator, { quarantineBytes: 40 });
    const [first, second] = [sanitizer.alloc(EIGHT), sanitizer.alloc(EIGHT)];
    sanitizer.dealloc(first, EIGHT);
    allocator.memory.writeU8(first, 1);
    expect(codeOf(() => sanitizer.dealloc(second, EIGHT))).toBe("sanitizer/damaged-free-block");
    sanitizer.dealloc(second, EIGHT);
    expect(sanitizer.leaks()).toEqual([]);
  });

  it("gives a block back that cannot be written", () => {
    const allocator = new FirstFit(new LinearMemory(new ArrayBuffer(1024)), 8, 4096);
    const sanitizer = Sanitizer.wrap(allocator);
    expect(() => sanitizer.alloc(Layout.fromSizeAlign(2000, 8))).toThrow(/not inside/);
    expect(allocator.taken.size).toBe(0);
    expect(sanitizer.leaks()).toEqual([]);
  });

  it("hands a foreign error of the allocator on, and keeps the block", () => {
    class Refusing extends FirstFit {
      override dealloc(): void {
        throw new RangeError("refused");
      }
    }
    const sanitizer = Sanitizer.wrap(new Refusing(new LinearMemory(new ArrayBuffer(4096)), 8, 1024), {
      quarantineBytes: 0,
    });
    const at = sanitizer.allocZeroed(EIGHT);
    expect(() => sanitizer.dealloc(at, EIGHT)).toThrow(RangeError);
    expect(sanitizer.memory.readU32(at)).toBe(0);
  });
});

describe("Sanitizer", () => {
  it("calls a function with each finding, and goes on when it returns", () => {
    const found: Finding[] = [];
    const sanitizer = Sanitizer.wrap(FirstFit.ofSize(4096), { onFinding: (finding) => found.push(finding) });
    sanitizer.dealloc(8, EIGHT);
    const at = sanitizer.allocZeroed(EIGHT);
    sanitizer.memory.writeU8(at + 8, 1);
    expect(sanitizer.check()).toEqual([]);
    expect(found.map(({ code }) => code)).toEqual(["sanitizer/foreign-free", "sanitizer/out-of-bounds"]);
    expect(sanitizer.findings).toEqual(found);
  });

  it("does not do what a function that throws was told of", () => {
    const sanitizer = Sanitizer.wrap(FirstFit.ofSize(4096), {
      onFinding: () => {
        throw new RangeError("stop");
      },
    });
    const at = sanitizer.alloc(EIGHT);
    expect(() => sanitizer.memory.writeU8(at + 8, 1)).toThrow("stop");
    expect(() => sanitizer.dealloc(at, Layout.fromSizeAlign(4, 4))).toThrow("stop");
    expect(sanitizer.blockAt(at)!.state).toBe("live");
  });

  it("keeps 1000 findings and counts the others", () => {
    const sanitizer = Sanitizer.wrap(FirstFit.ofSize(4096), { onFinding: "collect" });
    for (let i = 0; i < 1100; i++) sanitizer.dealloc(8, EIGHT);
    expect(sanitizer.findings).toHaveLength(1000);
    expect(sanitizer.findingCount).toBe(1100);
  });

  it("gives everything back at its end, and says nothing when all is well", () => {
    const allocator = FirstFit.ofSize(4096);
    {
      using sanitizer = Sanitizer.wrap(allocator);
      for (const at of [1, 2, 3].map(() => sanitizer.alloc(EIGHT))) sanitizer.dealloc(at, EIGHT);
      expect(allocator.taken.size).toBe(3);
    }
    expect(allocator.freeBytes).toBe(4096);
  });

  it("ends once", () => {
    const sanitizer = Sanitizer.wrap(FirstFit.ofSize(4096), { onFinding: "collect" });
    sanitizer.alloc(EIGHT);
    sanitizer[Symbol.dispose]();
    sanitizer[Symbol.dispose]();
    expect(sanitizer.findings.map(({ code }) => code)).toEqual(["sanitizer/leak"]);
  });

  it("works with the least red zones and on top of another sanitizer", () => {
    using outer = Sanitizer.wrap(FirstFit.ofSize(8192));
    using sanitizer = Sanitizer.wrap(outer, { redZoneBytes: 8, quarantineBytes: 0 });
    const at = sanitizer.allocZeroed(EIGHT);
    expect(codeOf(() => sanitizer.memory.writeU8(at + 8, 1))).toBe("sanitizer/out-of-bounds");
    sanitizer.dealloc(at, EIGHT);
    expect(codeOf(() => sanitizer.memory.readU8(at))).toBe("sanitizer/use-after-free");
    const empty = Layout.fromSizeAlign(0, 1);
    sanitizer.dealloc(sanitizer.alloc(empty), empty);
  });

  it("finds far strays when it knows the heap's range", () => {
    const sanitizer = Sanitizer.wrap(FirstFit.ofSize(0x8000), { heap: { start: 0x1000, size: 0x8000 } });
    const at = sanitizer.alloc(EIGHT);
    for (const stray of [at + 100, 0x4000, 0x8fff]) {
      expect(codeOf(() => sanitizer.memory.readU8(stray))).toBe("sanitizer/wild-access");
      expect(codeOf(() => sanitizer.memory.window(stray, true))).toBe("sanitizer/wild-access");
    }
    expect(codeOf(() => sanitizer.memory.fill(0x3000, 0, 2 ** 50))).toBe("sanitizer/wild-access");
  });
});

describe("Sanitizer.markInitialised", () => {
  it("makes bytes of live blocks readable, and nothing else", () => {
    const sanitizer = Sanitizer.wrap(FirstFit.ofSize(4096));
    const at = sanitizer.alloc(EIGHT);
    sanitizer.allocator.memory.writeU32(at, 5);
    sanitizer.markInitialised(at - 16, 20);
    expect(sanitizer.memory.readU32(at)).toBe(5);
    expect(codeOf(() => sanitizer.memory.readU8(at + 4))).toBe("sanitizer/uninitialised-read");
    expect(codeOf(() => sanitizer.memory.readU8(at - 1))).toBe("sanitizer/out-of-bounds");
  });

  it("leaves freed, red and wild bytes as they are", () => {
    const sanitizer = Sanitizer.wrap(FirstFit.ofSize(0x8000), { heap: { start: 0x1000, size: 0x8000 } });
    const [at, freed] = [sanitizer.alloc(EIGHT), sanitizer.alloc(EIGHT)];
    sanitizer.dealloc(freed, EIGHT);
    sanitizer.markInitialised(0, 2 ** 32);
    expect(sanitizer.memory.readU32(at)).toBe(0xbebe_bebe);
    expect(codeOf(() => sanitizer.memory.readU8(at + 8))).toBe("sanitizer/out-of-bounds");
    expect(codeOf(() => sanitizer.memory.readU8(freed))).toBe("sanitizer/use-after-free");
    expect(codeOf(() => sanitizer.memory.readU8(freed + 100))).toBe("sanitizer/wild-access");
    expect(codeOf(() => sanitizer.memory.readU8(0x7000))).toBe("sanitizer/wild-access");
  });

  it("refuses what is no range", () => {
    const sanitizer = Sanitizer.wrap(FirstFit.ofSize(4096));
    for (const [at, length] of [
      [NaN, 1],
      [0.5, 1],
      [0, -1],
      [0, NaN],
      [0, 2 ** 33],
      [Number.MAX_SAFE_INTEGER, 8],
    ] as const)
      expect(codeOf(() => sanitizer.markInitialised(at, length))).toBe("sanitizer/options");
  });
});
