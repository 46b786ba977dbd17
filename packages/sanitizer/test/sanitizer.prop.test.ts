import { Layout } from "@kmem/global-alloc";
import { NULL, type Ptr } from "@kmem/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Sanitizer, type FindingCode, type SanitizerOptions } from "../src/index.ts";
import { FirstFit } from "./first-fit.ts";

/** A step of a program; numbers are reduced to what is there when it runs. */
type Step =
  | { readonly do: "alloc"; readonly size: number; readonly alignBits: number; readonly isZeroed: boolean }
  | { readonly do: "realloc"; readonly which: number; readonly size: number }
  | { readonly do: "dealloc"; readonly which: number }
  | { readonly do: "write"; readonly which: number; readonly at: number; readonly length: number }
  | { readonly do: "copy"; readonly which: number; readonly from: number; readonly at: number; readonly length: number }
  | { readonly do: "read"; readonly which: number; readonly at: number; readonly length: number };

const natural = fc.nat(0xffff);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("alloc" as const),
      size: fc.nat(100),
      alignBits: fc.nat(6),
      isZeroed: fc.boolean(),
    }),
  },
  fc.record({ do: fc.constant("realloc" as const), which: natural, size: fc.nat(200) }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant("dealloc" as const), which: natural }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("write" as const), which: natural, at: natural, length: natural }),
  },
  fc.record({ do: fc.constant("copy" as const), which: natural, from: natural, at: natural, length: natural }),
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("read" as const), which: natural, at: natural, length: natural }),
  },
);
const steps = fc.array(step, { maxLength: 60, size: "max" });

/** A block as the model knows it: a byte's value, or `undefined` where nothing was written. */
interface ModelBlock {
  readonly at: Ptr;
  readonly layout: Layout;
  readonly bytes: (number | undefined)[];
}

/** Runs a program that does nothing wrong, and compares what it reads with a model. */
class Program {
  readonly sanitizer: Sanitizer;
  readonly live: ModelBlock[] = [];
  readonly freed: ModelBlock[] = [];
  private next = 1;

  constructor(sanitizer: Sanitizer) {
    this.sanitizer = sanitizer;
  }

  run(step: Step): void {
    const { sanitizer, live } = this;
    const { memory } = sanitizer;
    if (step.do === "alloc") {
      const layout = Layout.fromSizeAlign(step.size, 2 ** step.alignBits);
      const at = step.isZeroed ? sanitizer.allocZeroed(layout) : sanitizer.alloc(layout);
      if (at === NULL) return;
      const bytes = new Array<number | undefined>(step.size).fill(step.isZeroed ? 0 : undefined);
      live.push({ at, layout, bytes });
      return;
    }
    if (live.length === 0) return;
    const index = step.which % live.length;
    const block = live[index]!;
    if (step.do === "dealloc") {
      sanitizer.dealloc(block.at, block.layout);
      live.splice(index, 1);
      this.freed.push(block);
      return;
    }
    if (step.do === "realloc") {
      const at = sanitizer.realloc(block.at, block.layout, step.size);
      if (at === NULL) return;
      const bytes = Array.from({ length: step.size }, (_, i) => block.bytes[i]);
      live[index] = { at, layout: Layout.fromSizeAlign(step.size, block.layout.align), bytes };
      this.freed.push(block);
      return;
    }
    const { size } = block.layout;
    const at = step.at % (size + 1);
    const length = step.length % (size - at + 1);
    if (step.do === "write") this.write(block, at, length);
    else if (step.do === "read") this.read(block, at, length);
    else {
      const source = live[step.from % live.length]!;
      const count = Math.min(length, source.layout.size);
      memory.copy(block.at + at, source.at, count);
      source.bytes.slice(0, count).forEach((byte, i) => (block.bytes[at + i] = byte));
    }
  }

  freeAll(): void {
    for (const { at, layout } of this.live.splice(0)) this.sanitizer.dealloc(at, layout);
  }

  private write(block: ModelBlock, at: number, length: number): void {
    const { memory } = this.sanitizer;
    const value = this.next++ & 0xff;
    if (length === 4) memory.writeU32(block.at + at, value * 0x0101_0101);
    else if (length === 8) memory.writeU64(block.at + at, BigInt(value) * 0x0101_0101_0101_0101n);
    else if (length === 1) {
      const { views, firstIndex, address } = memory.window(block.at + at, true);
      views.u8[firstIndex + (block.at + at - address)] = value;
    } else memory.fill(block.at + at, value, length);
    block.bytes.fill(value, at, at + length);
  }

  /** Reads what was written of a range, through windows where they reach. */
  private read(block: ModelBlock, at: number, length: number): void {
    const { memory } = this.sanitizer;
    for (let i = at; i < at + length; i++) {
      const byte = block.bytes[i];
      if (byte === undefined) continue;
      expectByte(memory.readU8(block.at + i), byte);
      const { views, firstIndex, address, byteLength } = memory.window(block.at + i, false);
      const low = address - block.at;
      for (let j = low; j < low + byteLength; j++) expectByte(views.u8[firstIndex + j - low], block.bytes[j]);
    }
  }
}

/** As `expect`, which would take most of the time here. */
function expectByte(actual: number | undefined, expected: number | undefined): void {
  if (actual !== expected || actual === undefined) throw new Error(`expected ${expected}, got ${actual}`);
}

const options: fc.Arbitrary<SanitizerOptions> = fc.record({
  quarantineBytes: fc.constantFrom(0, 100, 1000, 1_000_000),
  redZoneBytes: fc.constantFrom(8, 16, 64),
  captureStacks: fc.constant(false),
  heap: fc.constantFrom({ start: 0x1000, size: 8192 }, { start: 0x1000, size: 5000 }),
});

describe("a program that does nothing wrong", () => {
  it("has no finding, reads what it wrote, and leaves the allocator whole", () => {
    fc.assert(
      fc.property(steps, options, (steps, options) => {
        const allocator = FirstFit.ofSize(8192);
        {
          using sanitizer = Sanitizer.wrap(allocator, options);
          const program = new Program(sanitizer);
          for (const step of steps) program.run(step);
          expect(sanitizer.check()).toEqual([]);
          program.freeAll();
        }
        expect(allocator.freeBytes).toBe(8192);
      }),
      { numRuns: 1000 },
    );
  });
});

/** One thing done wrong with `block`, which is live, or `freed`, which was. `n` chooses where. */
interface Mutation {
  readonly name: string;
  readonly code: FindingCode;
  run(program: Program, block: ModelBlock, freed: ModelBlock, n: number): void;
}

const mutations: readonly Mutation[] = [
  {
    name: "writes behind the block",
    code: "sanitizer/out-of-bounds",
    run: ({ sanitizer }, { at, layout }, _, n) => sanitizer.memory.writeU8(at + layout.size + (n % 16), 0),
  },
  {
    name: "reads before the block",
    code: "sanitizer/out-of-bounds",
    run: ({ sanitizer }, { at }, _, n) => sanitizer.memory.readU8(at - 1 - (n % 16)),
  },
  {
    name: "copies one byte too many",
    code: "sanitizer/out-of-bounds",
    run: ({ sanitizer }, { at, layout }) => sanitizer.memory.copy(at + 1, at, layout.size),
  },
  {
    name: "reads a freed block",
    code: "sanitizer/use-after-free",
    run: ({ sanitizer }, _, { at, layout }, n) => sanitizer.memory.readU8(at + (n % layout.size)),
  },
  {
    name: "writes a freed block through a new window",
    code: "sanitizer/use-after-free",
    run: ({ sanitizer }, _, { at, layout }, n) => sanitizer.memory.window(at + (n % layout.size), true),
  },
  {
    name: "frees twice",
    code: "sanitizer/double-free",
    run: ({ sanitizer }, _, { at, layout }) => sanitizer.dealloc(at, layout),
  },
  {
    name: "frees the middle of a block",
    code: "sanitizer/foreign-free",
    run: ({ sanitizer }, { at, layout }, _, n) => sanitizer.dealloc(at + 1 + (n % layout.size), layout),
  },
  {
    name: "frees with another size",
    code: "sanitizer/wrong-layout",
    run: (program, block, _, n) => {
      const { at, layout } = block;
      program.sanitizer.dealloc(at, Layout.fromSizeAlign(layout.size + 1 + (n % 9), layout.align));
      program.live.splice(program.live.indexOf(block), 1);
    },
  },
  {
    name: "reads what it never wrote",
    code: "sanitizer/uninitialised-read",
    run: (program, _, __, n) => {
      const layout = Layout.fromSizeAlign(8, 8);
      const at = program.sanitizer.alloc(layout);
      program.sanitizer.memory.writeU8(at + (n % 8), 1);
      program.sanitizer.memory.readU64(at);
      program.sanitizer.dealloc(at, layout);
    },
  },
  {
    name: "writes into a red zone past the checks",
    code: "sanitizer/damaged-red-zone",
    run: ({ sanitizer }, { at, layout }, _, n) =>
      sanitizer.allocator.memory.writeU8(at + (n % 2 === 0 ? -1 - (n % 16) : layout.size + (n % 16)), 0x41),
  },
  {
    name: "writes into a freed block past the checks",
    code: "sanitizer/damaged-free-block",
    run: ({ sanitizer }, _, { at, layout }, n) => sanitizer.allocator.memory.writeU8(at + (n % layout.size), 0x41),
  },
  {
    name: "forgets a block",
    code: "sanitizer/leak",
    run: (program, block) => void program.live.splice(program.live.indexOf(block), 1),
  },
];

describe("a program that", () => {
  for (const mutation of mutations)
    it(`${mutation.name} has one finding, of that kind`, () => {
      fc.assert(
        fc.property(steps, steps, natural, fc.integer({ min: 1, max: 64 }), (before, after, n, size) => {
          const allocator = FirstFit.ofSize(0x10_0000);
          const sanitizer = Sanitizer.wrap(allocator, { onFinding: "collect", quarantineBytes: 0x10_0000 });
          const program = new Program(sanitizer);
          for (const step of before) program.run(step);
          for (let i = 0; i < 2; i++) program.run({ do: "alloc", size, alignBits: 3, isZeroed: n % 3 === 0 });
          program.run({ do: "dealloc", which: program.live.length - 2 });
          expect(sanitizer.findings).toEqual([]);
          mutation.run(program, program.live[program.live.length - 1]!, program.freed[program.freed.length - 1]!, n);
          for (const step of after) program.run(step);
          program.freeAll();
          sanitizer[Symbol.dispose]();
          expect(sanitizer.findings.map(({ code }) => code)).toEqual([mutation.code]);
          expect(sanitizer.findings[0]!.block).toBeDefined();
        }),
        { numRuns: 100 },
      );
    });
});
