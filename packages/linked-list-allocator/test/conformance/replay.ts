/**
 * Replays the recordings of `linked_list_allocator` 0.10.5.
 *
 * @module
 */
import { Layout } from "@kmem/global-alloc";
import { NULL } from "@kmem/memory";
import { Mismatch, type Replay, type Tally } from "../../../../config/conformance.ts";
import type * as Api from "../../src/index.ts";
import { HASH_START, holeHash, mix, type Op, type State, type Trace } from "./format.ts";
import { linear, Player, same, type PlayerOptions } from "./player.ts";

type HeapReplay = Replay<typeof Api>;

/** Where scripts run that name no address. */
const START = 0x4444_4444_0000;

interface InitCase {
  readonly heapStart: number;
  readonly heapSize: number;
  readonly result: "ok" | "panic";
  readonly reason?: string;
  readonly pending?: number;
  readonly state?: State;
}

interface HeapInit {
  readonly cases?: readonly InitCase[];
  readonly constructors?: readonly { readonly name: string; readonly ops: readonly Op[] }[];
  readonly traces?: readonly Trace[];
  readonly helpers?: readonly {
    readonly fn: "alignDownSize" | "alignUpSize" | "alignLayout";
    readonly size: number;
    readonly align: number;
    readonly result: unknown;
  }[];
}

interface UpstreamTest extends Trace {
  readonly variant: string | null;
  readonly kind: "ops" | "init-panic" | "empty-heap" | "fill-table";
  readonly reason?: string;
  readonly rows?: readonly (readonly [number, number, number, number, number, number, number, number])[];
}

/** The replays, with options for the heaps and the memory that they run on. */
export function replaysWith(options: PlayerOptions): Record<string, HeapReplay> {
  return {
    // One of its cases initializes a heap again, with blocks in use: as the crate, ours does that when told to.
    "heap-init": (recording, api, tally) =>
      replayHeapInit(recording as HeapInit, api, tally, {
        ...options,
        heap: { ...options.heap, secondInit: "as-upstream" },
      }),
    "heap-traces": (recording, api, tally) => replayTraces(traces(recording), api, tally, false, options),
    "realloc-traces": (recording, api, tally) => replayTraces(traces(recording), api, tally, true, options),
    "upstream-tests": (recording, api, tally) => {
      for (const test of (recording as { tests: readonly UpstreamTest[] }).tests)
        tally.case(`${test.name} ${test.variant ?? ""}`, () => replayUpstreamTest(test, api, options));
    },
    "post-showcase": (recording, api, tally) => {
      for (const program of (recording as { programs: readonly Trace[] }).programs)
        tally.case(program.name, () => playTrace(program, api, false, options));
    },
    // What upstream does with bad frees is what these record, so the heap is told to do as upstream does.
    misuse: (recording, api, tally) => {
      const asUpstream: PlayerOptions = { ...options, heap: { ...options.heap, badFrees: "as-upstream" } };
      for (const trace of (recording as { cases: readonly Trace[] }).cases)
        tally.case(trace.name, () => playTrace(trace, api, false, asUpstream));
    },
  };
}

export const replays: Record<string, HeapReplay> = replaysWith({});

function traces(recording: unknown): readonly Trace[] {
  return (recording as { traces: readonly Trace[] }).traces;
}

function replayTraces(
  all: readonly Trace[],
  api: typeof Api,
  tally: Tally,
  holdsContent: boolean,
  options: PlayerOptions,
): void {
  for (const trace of all) tally.case(trace.name, () => playTrace(trace, api, holdsContent, options));
}

function playTrace(trace: Trace, api: typeof Api, holdsContent: boolean, options: PlayerOptions): void {
  const player = new Player(api, trace.heapStart, spanOf(trace), holdsContent, options);
  player.create(trace.heapStart, trace.heapSize);
  player.play(trace.ops);
  const calls = trace.opCount ?? trace.callCount;
  if (calls !== undefined) same("operations", calls, player.calls);
  if (trace.endsDrained === true) {
    const { size, holes } = player.state();
    same(
      "holes at the end",
      [size],
      Array.from(holes, ([, length]) => length),
    );
  }
}

/** Bytes that a trace's heap grows to. */
function spanOf(trace: Trace): number {
  return trace.heapSize + grownBy(trace.ops);
}

/** Bytes that the operations extend a heap by. */
function grownBy(ops: readonly Op[]): number {
  return ops.reduce((sum, op) => (op[0] === "x" && op[2] !== "panic" ? sum + op[1] : sum), 0);
}

function replayHeapInit(recording: HeapInit, api: typeof Api, tally: Tally, options: PlayerOptions): void {
  for (const one of recording.cases ?? [])
    tally.case(`heap of ${one.heapSize} bytes at ${one.heapStart}`, () => {
      const outcome: Op[] = one.result === "panic" ? [] : [["s", one.state!]];
      const panic = one.result === "panic" ? (["panic", one.reason!] as const) : ([] as const);
      for (const how of ["init", "init-from-slice"] as const) {
        const player = new Player(api, one.heapStart, one.heapSize, false, options);
        player.play([["new-empty"], [how, one.heapStart, one.heapSize, ...panic], ...outcome]);
      }
      const player = new Player(api, one.heapStart, one.heapSize, false, options);
      if (one.result === "panic") expectReason(one.reason!, () => player.create(one.heapStart, one.heapSize));
      else {
        player.play([["new", one.heapStart, one.heapSize], ...outcome]);
        const { top, bottom, size } = player.state();
        same("pending", one.pending, top - bottom - size);
      }
    });
  for (const { name, ops } of recording.constructors ?? [])
    tally.case(name, () => {
      const ranges = ops.flatMap((op) =>
        op[0] === "new" || op[0] === "init" || op[0] === "init-from-slice" ? [[op[1], op[2]] as const] : [],
      );
      // A script may create no heap at all; then it is as good here as anywhere.
      const from = ranges.length === 0 ? START : Math.min(...ranges.map(([start]) => start));
      const to = Math.max(from, ...ranges.map(([start, size]) => start + size)) + grownBy(ops);
      new Player(api, from, to - from, false, options).play(ops);
    });
  replayTraces(recording.traces ?? [], api, tally, false, options);
  for (const { fn, size, align, result } of recording.helpers ?? [])
    tally.case(`${fn}(${size}, ${align})`, () => {
      if (fn === "alignLayout") {
        const layout = api.alignLayout(Layout.fromSizeAlign(size, align));
        same("layout", result, [layout.size, layout.align]);
        return;
      }
      if (result !== "panic") {
        same("result", result, api[fn](size, align));
        return;
      }
      try {
        api[fn](size, align);
      } catch {
        return;
      }
      throw new Mismatch("outcome", "panic", "accepted");
    });
}

function expectReason(reason: string, run: () => void): void {
  try {
    run();
  } catch (error) {
    same("reason", reason, (error as { code: string }).code.replace(/^.*\//, ""));
    return;
  }
  throw new Mismatch("outcome", reason, "accepted");
}

function replayUpstreamTest(test: UpstreamTest, api: typeof Api, options: PlayerOptions): void {
  switch (test.kind) {
    case "ops": {
      playTrace(test, api, false, options);
      return;
    }
    case "empty-heap": {
      new Player(api, START, 4096, false, options).play([["new-empty"], ...test.ops]);
      return;
    }
    case "init-panic": {
      const player = new Player(api, test.heapStart, test.heapSize, false, options);
      expectReason(test.reason!, () => player.create(test.heapStart, test.heapSize));
      return;
    }
    case "fill-table": {
      replayFillTable(test, api, options);
      return;
    }
    default:
      throw new Error(`a kind of test that the format does not have: ${String(test.kind)}`);
  }
}

function replayFillTable(test: UpstreamTest, api: typeof Api, options: PlayerOptions): void {
  const { heapStart, heapSize } = test;
  const from = Math.floor(heapStart / 4096) * 4096 - 4096;
  const memory = (options.makeMemory ?? linear)(from, Math.ceil(heapSize / 4096) * 4096 + 3 * 4096);
  const heap = api.Heap.new(memory, from, heapStart, heapSize, options.heap);
  for (const [align, size, count, addressHash, ...freeHashes] of test.rows ?? [])
    freeHashes.forEach((freeHash, strategy) => {
      const layout = Layout.fromSizeAlign(size, align);
      const blocks: number[] = [];
      let hash = HASH_START;
      for (let at = heap.allocateFirstFit(layout); at !== NULL; at = heap.allocateFirstFit(layout)) {
        blocks.push(at);
        hash = mix(mix(hash, at % 4294967296), Math.floor(at / 4294967296));
      }
      same(`blocks of ${size} align ${align}`, count, blocks.length);
      same(`addresses of ${size} align ${align}`, addressHash, hash >>> 0);
      const ordered = strategy % 2 === 0 ? blocks : [...blocks].reverse();
      const frees =
        strategy < 2 ? ordered : [...ordered.filter((_, i) => i % 2 === 0), ...ordered.filter((_, i) => i % 2 === 1)];
      // The README numbers the strategies 0 … 3: in order, reversed, every other one, every other one reversed.
      let freed = HASH_START;
      for (const at of frees) {
        heap.deallocate(at, layout);
        freed = mix(freed, holeHash(heap.holes()));
      }
      same(`frees of ${size} align ${align}, strategy ${strategy}`, freeHash, freed >>> 0);
      const whole = Layout.fromSizeAlign(heapSize, 1);
      same("the whole heap again", heap.bottom, heap.allocateFirstFit(whole));
      heap.deallocate(heap.bottom, whole);
    });
}
