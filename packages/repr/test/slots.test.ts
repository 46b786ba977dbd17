/** Slots and Access: elements by index and by address, over memory that is one buffer or pages. */
import { GlobalAlloc, Layout } from "@kmem/global-alloc";
import { LinearMemory, NULL, type Memory, type Ptr } from "@kmem/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Access, ReprError, Slots, type Lender } from "../src/index.ts";
import { samples } from "./samples.ts";

/** An allocator over a memory that nobody allocates from: the elements' places are chosen by the tests. */
class NoAllocator extends GlobalAlloc {
  readonly memory: Memory;
  constructor(memory: Memory) {
    super();
    this.memory = memory;
  }
  alloc(_layout: Layout): Ptr {
    return NULL;
  }
  dealloc(_at: Ptr, _layout: Layout): void {
    throw new Error("nothing was allocated");
  }
}

function lenderOver(memory: Memory): Lender {
  return { allocator: new NoAllocator(memory), epoch: 0, assertUsable: () => undefined };
}

const SIZE = 4096;
const BASE = 0x4444_4444_0000;
const BUFFERS: readonly (readonly [string, () => ArrayBufferLike])[] = [
  ["an ArrayBuffer", () => new ArrayBuffer(SIZE)],
  ["a SharedArrayBuffer", () => new SharedArrayBuffer(SIZE)],
];
const plain = samples.filter(({ type }) => type.drop === undefined && type.size <= 32);

describe.each(BUFFERS)("Slots over %s", (_, make) => {
  it.each(plain.map((sample) => [sample.type.name, sample] as const))("keep %s by index", (_name, { type, values }) => {
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 40 }), (all) => {
        const slots = new Slots<unknown>(type, lenderOver(new LinearMemory(make(), { base: BASE })), BASE + 64);
        all.forEach((value, i) => slots.set(i, value));
        expect(all.map((_value, i) => slots.get(i))).toEqual(all);
        expect(slots.addressOf(3)).toBe(BASE + 64 + 3 * type.size);
        slots.move(1, 0, all.length);
        expect(all.map((_value, i) => slots.get(i + 1))).toEqual(all);
      }),
      { numRuns: 30 },
    );
  });

  it.each(plain.map((sample) => [sample.type.name, sample] as const))(
    "refuse what %s cannot hold",
    (_name, { type, wrong, values }) => {
      const memory = new LinearMemory(make());
      const slots = new Slots<unknown>(type, lenderOver(memory), 64);
      const [good] = fc.sample(values, { numRuns: 1, seed: 1 });
      slots.set(0, good);
      for (const value of wrong) {
        expect(() => slots.check(value)).toThrow(ReprError);
        expect(() => slots.set(0, value)).toThrow(ReprError);
        expect(slots.get(0)).toEqual(good);
      }
    },
  );

  it.each(plain.map((sample) => [sample.type.name, sample] as const))(
    "agree with Access for %s",
    (_name, { type, values }) => {
      const lender = lenderOver(new LinearMemory(make()));
      const slots = new Slots<unknown>(type, lender, 64);
      const access = new Access<unknown>(type, lender);
      for (const [i, value] of fc.sample(values, { numRuns: 20, seed: 7 }).entries()) {
        access.write(slots.addressOf(i), value);
        expect(slots.get(i)).toEqual(value);
        expect(access.read(slots.addressOf(i))).toEqual(value);
      }
    },
  );
});

describe("Slots over memory that grows", () => {
  it("see the new buffer", () => {
    const wasm = new WebAssembly.Memory({ initial: 1, maximum: 4 });
    const memory = new LinearMemory(wasm);
    const { type } = samples.find((sample) => sample.type.name === "u32")!;
    const slots = new Slots<unknown>(type, lenderOver(memory), 64);
    slots.set(0, 41);
    wasm.grow(1);
    expect(slots.get(0)).toBe(41);
    slots.set(20_000, 42);
    expect(slots.get(20_000)).toBe(42);
  });
});
