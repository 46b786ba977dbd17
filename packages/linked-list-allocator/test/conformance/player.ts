/**
 * Plays the operations of a recording on one heap and compares what it says.
 *
 * @module
 */
import { Layout } from "@kmem/global-alloc";
import { LinearMemory, NULL, type Memory } from "@kmem/memory";
import { Mismatch } from "../../../../config/conformance.ts";
import type * as Api from "../../src/index.ts";
import { contentHash, holeHash, type Op, type State } from "./format.ts";

const PAGE = 4096;
/** Room below the heap, for its control block, and above, for frees beyond its top. */
const MARGIN = 2 * PAGE;

/** Gives memory for a range of addresses, both multiples of a page; replays run on other kinds of memory too. */
export type MakeMemory = (start: number, byteLength: number) => Memory;

export const linear: MakeMemory = (start, byteLength) => new LinearMemory(new ArrayBuffer(byteLength), { base: start });

export interface PlayerOptions {
  readonly heap?: Api.LockedHeapOptions;
  readonly makeMemory?: MakeMemory;
}

interface Block {
  address: number;
  layout: Layout;
  /** What `a` and `r` write; a `z` block stays as it is until its first `r`. */
  isFilled: boolean;
}

/** A layout as recorded: Rust's limit is 2^63 − 1, ours 2^53 − 1, so some of theirs cannot be checked by `Layout`. */
function layoutOf(size: number, align: number): Layout {
  return size > Number.MAX_SAFE_INTEGER - align
    ? Layout.fromSizeAlignUnchecked(size, align)
    : Layout.fromSizeAlign(size, align);
}

/** Codes of our errors for the recordings' reasons. */
function reasonOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code.replace(/^.*\//, "") : String(error);
}

export class Player {
  private readonly api: typeof Api;
  private readonly memory: Memory;
  private readonly controlAt: number;
  private readonly options: Api.LockedHeapOptions;
  private readonly holdsContent: boolean;
  private readonly blocks = new Map<number, Block>();
  private heap: Api.LockedHeap;
  calls = 0;

  /** A player for heaps that lie in `start … start + size`. */
  constructor(api: typeof Api, start: number, size: number, holdsContent: boolean, options: PlayerOptions = {}) {
    this.api = api;
    const from = Math.floor(start / PAGE) * PAGE - MARGIN;
    const to = Math.ceil((start + size) / PAGE) * PAGE + MARGIN;
    this.memory = (options.makeMemory ?? linear)(from, to - from);
    this.controlAt = from;
    this.options = options.heap ?? {};
    this.holdsContent = holdsContent;
    this.heap = api.LockedHeap.empty(this.memory, this.controlAt, this.options);
  }

  /** Creates the heap; throws what creating it throws. */
  create(start: number, size: number): void {
    this.heap = this.api.LockedHeap.new(this.memory, this.controlAt, start, size, this.options);
  }

  state(): State {
    using heap = this.heap.lock();
    const { bottom, top, size, used, free } = heap;
    return { bottom, top, size, used, free, holes: Array.from(heap.holes(), (h) => [h.address, h.size] as const) };
  }

  play(ops: readonly Op[]): void {
    ops.forEach((op, i) => {
      try {
        this.step(op);
      } catch (error) {
        const text = error instanceof Mismatch ? error.message : String((error as Error).stack);
        throw new Error(`op ${i} ${JSON.stringify(op).slice(0, 200)}: ${text}`);
      }
    });
  }

  private step(op: Op): void {
    switch (op[0]) {
      case "a":
      case "z":
        this.allocate(op[1], layoutOf(op[2], op[3]), op[0] === "z", op[4]);
        {
          this.expectAfter(op[5], op[6]);
          return;
        }
      case "d": {
        this.calls++;
        const block = this.block(op[1]);
        this.heap.dealloc(block.address, block.layout);
        this.blocks.delete(op[1]);
        this.expectAfter(op[2], op[3]);
        return;
      }
      case "r":
        this.reallocate(op[1], op[2], op[3], op[6] ?? null);
        {
          this.expectAfter(op[4], op[5]);
          return;
        }
      case "x":
        this.calls++;
        if (op[2] === "panic") {
          this.expectRefusal(op[3], () => this.extend(op[1]));
          return;
        }
        this.extend(op[1]);
        {
          this.expectAfter(op[2], op[3]);
          return;
        }
      case "s": {
        same("state", op[1], this.state());
        return;
      }
      case "holes": {
        same("holes", op[1], this.state().holes);
        return;
      }
      case "new-empty":
        this.heap = this.api.LockedHeap.empty(this.memory, this.controlAt, this.options);
        return;
      case "new": {
        this.create(op[1], op[2]);
        return;
      }
      case "init":
      case "init-from-slice": {
        const initialize = (): void => {
          using heap = this.heap.lock();
          if (op[0] === "init") heap.init(op[1], op[2]);
          else heap.initFromSlice({ start: op[1], size: op[2] });
        };
        if (op[3] === "panic") {
          this.expectRefusal(op[4]!, initialize);
          return;
        }
        initialize();
        return;
      }
      case "D": {
        const layout = Layout.fromSizeAlign(op[2], op[3]);
        if (op[4] === "panic") {
          this.expectRefusal(op[5], () => this.heap.dealloc(op[1], layout));
          return;
        }
        this.heap.dealloc(op[1], layout);
        this.expectAfter(op[5], op[6]);
        return;
      }
      case "print":
      case "phase":
        return;
      case "repeat":
        for (let round = 0; round < op[1]; round++) this.play(op[2]);
        return;
      default:
        throw new Error("an operation that the format does not have");
    }
  }

  private allocate(id: number, layout: Layout, isZeroed: boolean, expected: number | null): void {
    this.calls++;
    const address = isZeroed ? this.heap.allocZeroed(layout) : this.heap.alloc(layout);
    same("address", expected, address === NULL ? null : address);
    if (address === NULL) return;
    const block = { address, layout, isFilled: !isZeroed };
    this.blocks.set(id, block);
    if (isZeroed && this.holdsContent)
      same(
        "zeroed bytes",
        true,
        this.bytesOf(block).every((byte) => byte === 0),
      );
    this.fill(id, block);
  }

  private reallocate(id: number, newSize: number, expected: number | null, content: number | null): void {
    this.calls++;
    const block = this.block(id);
    const kept = Math.min(block.layout.size, newSize);
    const address = this.heap.realloc(block.address, block.layout, newSize);
    same("address", expected, address === NULL ? null : address);
    if (address === NULL) return;
    block.address = address;
    block.layout = Layout.fromSizeAlign(newSize, block.layout.align);
    if (content !== null && this.holdsContent)
      same("content", content, contentHash(this.bytesOf(block).subarray(0, kept)));
    block.isFilled = true;
    this.fill(id, block);
  }

  private extend(by: number): void {
    using heap = this.heap.lock();
    heap.extend(by);
  }

  private fill(id: number, block: Block): void {
    if (!this.holdsContent || !block.isFilled) return;
    const { size } = block.layout;
    this.memory.writeBytes(
      block.address,
      Uint8Array.from({ length: size }, (_, i) => id * 131 + size * 17 + i * 7),
    );
  }

  private bytesOf(block: Block): Uint8Array {
    const bytes = new Uint8Array(block.layout.size);
    this.memory.readBytes(block.address, bytes);
    return bytes;
  }

  private block(id: number): Block {
    const block = this.blocks.get(id);
    if (block === undefined) throw new Error(`no block ${id} is live`);
    return block;
  }

  private expectAfter(used: number, hash: number): void {
    using heap = this.heap.lock();
    same("used", used, heap.used);
    same("hole hash", hash, holeHash(heap.holes()));
  }

  private expectRefusal(reason: string, run: () => void): void {
    const before = this.state();
    try {
      run();
    } catch (error) {
      same("reason", reason, reasonOf(error));
      same("state after a refusal", before, this.state());
      return;
    }
    throw new Mismatch("outcome", reason, "accepted");
  }
}

export function same(what: string, expected: unknown, actual: unknown): void {
  if (Object.is(expected, actual)) return;
  if (typeof expected === "object" && JSON.stringify(sorted(expected)) === JSON.stringify(sorted(actual))) return;
  throw new Mismatch(what, expected, actual);
}

/** The same value with the keys of objects in alphabetical order. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
