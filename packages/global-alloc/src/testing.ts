/**
 * The laws of {@link GlobalAlloc}, for every allocator: run each in any test runner.
 *
 * Each law is a random trace from a seed that its error names, so a failure can be run again.
 *
 * @module
 */
import { hex, NULL, type Memory, type Ptr } from "@kmem/memory";
import type { GlobalAlloc } from "./global-alloc.ts";
import { Layout } from "./layout.ts";
import { bytesOf, expectSameBytes, type ByteRange } from "./testing-bytes.ts";

export { globalAllocRefusals, WRONG_ADDRESSES, WRONG_ALIGNS, WRONG_LAYOUTS, WRONG_SIZES } from "./testing-bad-input.ts";
export type { GlobalAllocRefusalsOptions } from "./testing-bad-input.ts";
export type { ByteRange } from "./testing-bytes.ts";

/** One property; `run` throws an Error that says what was broken. */
export interface Law {
  readonly name: string;
  run(): void;
}

export interface GlobalAllocLawsOptions<A extends GlobalAlloc = GlobalAlloc> {
  /** Of the random traces. @defaultValue 1 */
  readonly seed?: number;
  /** Steps of each trace. @defaultValue 2000 */
  readonly steps?: number;
  /** Largest alignment asked for, in bytes. @defaultValue 4096 */
  readonly largestAlign?: number;
  /** The bytes that must not change when a request fails. By default the whole memory, where its ends are known. */
  readonly range?: ByteRange;
  /** Gives back what a design keeps for later, where it keeps something: called when all blocks are freed. */
  settle?(allocator: A): void;
  /** Looks the allocator over; throws when something is wrong. Called now and then. */
  inspect?(allocator: A): void;
  /** Laws that the design cannot keep, by the beginning of their name, with the reason. They are left out. */
  readonly except?: Readonly<Record<string, string>>;
}

interface Block {
  readonly at: Ptr;
  readonly layout: Layout;
  /** First byte of its pattern. */
  readonly mark: number;
}

/**
 * @param make - gives a fresh allocator with at least 16 KiB; the smaller its memory, the sooner the laws are checked
 * @example globalAllocLaws(() => new Dummy(new LinearMemory(new ArrayBuffer(8)))).length // => 7
 */
export function globalAllocLaws<A extends GlobalAlloc>(make: () => A, options: GlobalAllocLawsOptions<A> = {}): Law[] {
  const { seed = 1, steps = 2000, except = {} } = options;
  const laws: Law[] = [];
  const law = (name: string, run: (allocator: A, trial: Trial<A>) => void): void => {
    if (Object.keys(except).some((start) => name.startsWith(start))) return;
    laws.push({
      name,
      run() {
        const allocator = make();
        try {
          run(allocator, new Trial(allocator, seed, options));
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          throw Object.assign(new Error(`${name} (seed ${seed}): ${why}`), { cause: error });
        }
      },
    });
  };

  law("blocks are aligned, inside of the memory, apart from each other, and keep what was written", (_, trial) => {
    for (let i = 0; i < steps; i++) trial.step();
    trial.expectContents();
  });
  law("freeing everything gives the largest block back that a fresh one has", (allocator, trial) => {
    const whole = largestBlock(make);
    expect(whole > 0, "a fresh allocator has a block");
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < steps / 3; i++) trial.step();
      trial.freeAll();
      options.settle?.(allocator);
      const at = allocator.alloc(layoutOf(whole));
      expect(at !== NULL, `a block of ${whole} bytes after freeing everything`);
      allocator.dealloc(at, layoutOf(whole));
      options.settle?.(allocator);
    }
  });
  law("a request that fails gives NULL and changes no byte", (allocator, trial) => {
    trial.fillUp();
    const before = trial.bytes();
    for (const align of [1, 8, trial.largestAlign])
      for (const size of [1 << 20, 2 ** 31, 2 ** 32, 2 ** 40, Number.MAX_SAFE_INTEGER - align + 1]) {
        const layout = Layout.fromSizeAlign(size, align);
        if (trial.smallestRefused > size) continue;
        expect(allocator.alloc(layout) === NULL, `NULL for ${size} bytes aligned to ${align}`);
        expect(allocator.allocZeroed(layout) === NULL, `NULL for ${size} zeros aligned to ${align}`);
      }
    expectSameBytes(before, trial.bytes());
    trial.expectContents();
    trial.freeAll();
  });
  law("allocZeroed gives zeros where other bytes were", (allocator, trial) => {
    for (let i = 0; i < 200; i++) trial.step();
    trial.freeAll();
    for (let i = 0; i < 100; i++) {
      const layout = trial.layout();
      const at = allocator.allocZeroed(layout);
      if (at === NULL) break;
      for (let j = 0; j < layout.size; j++) expectByte(allocator.memory, at + j, 0);
      trial.adopt(at, layout);
    }
    trial.freeAll();
  });
  law("realloc keeps the contents, larger or smaller", (_, trial) => {
    for (let i = 0; i < steps; i++) {
      if (trial.below(3) === 0) trial.step();
      else trial.reallocOne(trial.size());
    }
    trial.expectContents();
    trial.freeAll();
  });
  law("a realloc that fails gives NULL and changes no byte", (_, trial) => {
    for (let i = 0; i < 50; i++) trial.step();
    trial.takeOne(40);
    const before = trial.bytes();
    for (const size of [2 ** 31, 2 ** 32, 2 ** 40]) trial.refuseRealloc(size);
    expectSameBytes(before, trial.bytes());
    trial.expectContents();
    trial.freeAll();
  });
  law("the same calls give the same addresses", (_, trial) => {
    const other = new Trial(make(), seed, options);
    for (let i = 0; i < steps / 4; i++) {
      trial.step();
      other.step();
      expect(trial.lastAddress === other.lastAddress, `${hex(trial.lastAddress)} again, got ${hex(other.lastAddress)}`);
    }
  });
  return laws;
}

/** Size of the largest block that a fresh allocator has, aligned to 8. */
function largestBlock(make: () => GlobalAlloc): number {
  let fits = 0;
  let fails = 2 ** 32;
  while (fails - fits > 1) {
    const size = Math.floor((fits + fails) / 2);
    if (make().alloc(layoutOf(size)) === NULL) fails = size;
    else fits = size;
  }
  return fits;
}

/** A random trace on one allocator, and what it must have left. */
class Trial<A extends GlobalAlloc> {
  /** What the last step got, freed, or {@link NULL}. */
  lastAddress: Ptr = NULL;
  readonly largestAlign: number;
  /** Smallest size of align 1 that was refused. */
  smallestRefused = Infinity;

  private readonly allocator: A;
  private readonly options: GlobalAllocLawsOptions<A>;
  private readonly live: Block[] = [];
  private state: number;
  private taken = 0;

  constructor(allocator: A, seed: number, options: GlobalAllocLawsOptions<A>) {
    this.allocator = allocator;
    this.options = options;
    this.largestAlign = options.largestAlign ?? 4096;
    this.state = seed | 0;
  }

  below(count: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) | 0;
    return Math.floor(((this.state >>> 0) / 0x1_0000_0000) * count);
  }

  /** Mostly small, seldom large. */
  size(): number {
    return 1 + (this.below(10) === 0 ? this.below(3000) : this.below(96));
  }

  layout(): Layout {
    const align = this.below(6) === 0 ? 2 ** this.below(Math.log2(this.largestAlign) + 1) : 8;
    return Layout.fromSizeAlign(this.size(), align);
  }

  /** Allocates or frees one block. */
  step(): void {
    this.lastAddress = NULL;
    if (this.live.length > 0 && this.below(100) < Math.min(90, 20 + this.live.length)) this.freeOne();
    else {
      const layout = this.layout();
      const at = this.allocator.alloc(layout);
      this.lastAddress = at;
      if (at !== NULL) this.adopt(at, layout);
    }
    if (this.below(50) === 0) this.options.inspect?.(this.allocator);
  }

  takeOne(size: number): void {
    while (this.live.length > 0) {
      const at = this.allocator.alloc(layoutOf(size));
      if (at !== NULL) return this.adopt(at, layoutOf(size));
      this.freeOne();
    }
  }

  /** Judges a block that was handed out, and writes its pattern. */
  adopt(at: Ptr, layout: Layout): void {
    const { memory } = this.allocator;
    const { size, align } = layout;
    expect(Number.isSafeInteger(at) && at % align === 0, `a multiple of ${align}, got ${hex(at)}`);
    for (const other of this.live)
      expect(
        at >= other.at + other.layout.size || other.at >= at + size,
        `blocks apart, got ${size} bytes at ${hex(at)} and ${other.layout.size} at ${hex(other.at)}`,
      );
    const mark = this.taken++;
    // Outside of its bounds the memory throws.
    for (let i = 0; i < size; i++) memory.writeU8(at + i, mark + i);
    this.live.push({ at, layout, mark });
  }

  freeOne(): void {
    const place = this.below(this.live.length);
    const block = this.live[place]!;
    this.live[place] = this.live[this.live.length - 1]!;
    this.live.pop();
    this.expectContent(block, block.layout.size);
    this.lastAddress = block.at;
    this.allocator.dealloc(block.at, block.layout);
  }

  freeAll(): void {
    while (this.live.length > 0) this.freeOne();
    this.options.inspect?.(this.allocator);
  }

  reallocOne(size: number): void {
    if (this.live.length === 0) return;
    const place = this.below(this.live.length);
    const block = this.live[place]!;
    const to = this.allocator.realloc(block.at, block.layout, size);
    if (to === NULL) return this.expectContent(block, block.layout.size);
    this.live[place] = this.live[this.live.length - 1]!;
    this.live.pop();
    this.expectContent({ ...block, at: to }, Math.min(size, block.layout.size));
    this.adopt(to, Layout.fromSizeAlign(size, block.layout.align));
  }

  refuseRealloc(size: number): void {
    const { at, layout } = this.live[0]!;
    expect(this.allocator.realloc(at, layout, size) === NULL, `NULL for ${size} bytes`);
  }

  /** Allocates until nothing fits any more. */
  fillUp(): void {
    for (let size = 4096; size >= 1; size = Math.floor(size / 2)) {
      const layout = Layout.fromSizeAlign(size, 1);
      for (let at = this.allocator.alloc(layout); at !== NULL; at = this.allocator.alloc(layout))
        this.adopt(at, layout);
      this.smallestRefused = size;
    }
  }

  expectContents(): void {
    for (const block of this.live) this.expectContent(block, block.layout.size);
  }

  /** A copy of the bytes that a failure must leave alone. */
  bytes(): Uint8Array {
    return bytesOf(this.allocator.memory, this.options.range);
  }

  private expectContent({ at, mark }: Block, length: number): void {
    for (let i = 0; i < length; i++) expectByte(this.allocator.memory, at + i, (mark + i) & 0xff);
  }
}

function layoutOf(size: number): Layout {
  return Layout.fromSizeAlign(size, 8);
}

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`expected ${what}`);
}

function expectByte(memory: Memory, at: Ptr, byte: number): void {
  const found = memory.readU8(at);
  if (found !== byte) throw new Error(`expected ${byte} at ${hex(at)}, got ${found}`);
}
