/**
 * The heap: alone and through the MMU, beside rivals; and what a lock costs.
 */
import { Heap, LockedHeap, type HeapOptions } from "@kmem/linked-list-allocator";
import { LinearMemory } from "@kmem/memory";
import { Mutex } from "@kmem/spin";
import type { Benchmark, Contestant } from "./harness.ts";
import { pagedMemory } from "./heap/paged-memory.ts";
import {
  assemblyScript,
  bytesFor,
  heapSubject,
  LAYOUTS,
  NO_ARRAY,
  ours,
  oursInBuffer,
  thing,
  typedArrays,
} from "./heap/subjects.ts";
import { Trace, type Subject } from "./heap/trace.ts";

const VIRTUAL = 0x4444_4444_0000;

/** Steps of a round: so few that most rounds are over before the system lets another program run. */
const STEPS = 2000;

/** A contestant on the trace. Slow ones are measured over fewer steps, and prepared with fewer. */
function onTrace<B>(name: string, subject: Subject<B>, none: B, live: number, steps = STEPS): Contestant {
  const trace = new Trace(subject, live, none);
  trace.fill();
  trace.run(steps < STEPS ? Math.min(live * 12, steps * 1000) : live * 12);
  return { name, operations: steps, run: () => trace.run(steps) };
}

/** Our heap, prepared by the index whatever is measured then. */
function oursOnTrace(name: string, live: number, heap: Heap, options: HeapOptions, steps: number): Contestant {
  const prepared = heapSubject(heap);
  const measured = heapSubject(Heap.attach(heap.memory, heap.controlAt, options));
  let subject = prepared;
  const switching: Subject<number> = {
    alloc: (size) => subject.alloc(size),
    free: (at, size) => subject.free(at, size),
  };
  const trace = new Trace(switching, live, 0);
  trace.fill();
  trace.run(live * 12);
  subject = measured;
  return { name, operations: steps, run: () => trace.run(steps) };
}

function besideRivals(live: number): Benchmark {
  const walkSteps = live <= 1000 ? 1000 : live <= 10_000 ? 100 : 10;
  return {
    name: `heap/${live}`,
    about: `alloc or free at random, about ${live} blocks of 8 … 256 bytes live`,
    contestants: async () => [
      oursOnTrace("linked-list-allocator", live, oursInBuffer(bytesFor(live)), {}, STEPS),
      oursOnTrace("… by walking", live, oursInBuffer(bytesFor(live)), { index: "off" }, walkSteps),
      onTrace("@thi.ng/malloc", thing(bytesFor(live)), 0, live, walkSteps / 5),
      onTrace("AssemblyScript TLSF, Wasm", await assemblyScript(), 0, live),
      onTrace("new Uint8Array", typedArrays(), NO_ARRAY, live),
    ],
  };
}

function throughMmu(live: number): Benchmark {
  const size = bytesFor(live);
  return {
    name: `heap/virtual-${live}`,
    about: `alloc or free at random, about ${live} blocks live, on scattered frames behind the MMU`,
    contestants: () =>
      (["auto", "off"] as const).flatMap((index) => {
        const how = index === "off" ? "by walking" : "as it chooses";
        const steps = index === "off" && live > 1000 ? 100 : STEPS;
        return [
          oursOnTrace(`linear memory, ${how}`, live, oursInBuffer(size), { index }, steps),
          oursOnTrace(
            `virtual memory, ${how}`,
            live,
            ours(pagedMemory(VIRTUAL, size), VIRTUAL, size),
            { index },
            steps,
          ),
        ];
      }),
  };
}

const PAIRS = 5000;

function mutexPairs(name: string, buffer: ArrayBufferLike): Contestant {
  const mutex = new Mutex(new LinearMemory(buffer), 0, undefined);
  return {
    name,
    operations: PAIRS,
    run: () => {
      for (let i = 0; i < PAIRS; i++) {
        mutex.acquire();
        mutex.release();
      }
    },
  };
}

function atomicPairs(): Contestant {
  const words = new Int32Array(new SharedArrayBuffer(64));
  return {
    name: "two bare Atomics.compareExchange",
    operations: PAIRS,
    run: () => {
      for (let i = 0; i < PAIRS; i++) {
        Atomics.compareExchange(words, 0, 0, 1);
        Atomics.compareExchange(words, 0, 1, 0);
      }
    },
  };
}

const lockPair: Benchmark = {
  name: "heap/lock-pair",
  about: "take and give back a lock that nobody else wants",
  contestants: () => [
    mutexPairs("Mutex, SharedArrayBuffer", new SharedArrayBuffer(64)),
    mutexPairs("Mutex, ArrayBuffer", new ArrayBuffer(64)),
    atomicPairs(),
  ],
};

function lockedSubject(heap: LockedHeap): Subject<number> {
  return { alloc: (size) => heap.alloc(LAYOUTS[size]!), free: (at, size) => heap.dealloc(at, LAYOUTS[size]!) };
}

const locked: Benchmark = {
  name: "heap/locked",
  about: "alloc or free at random, about 100 blocks live, with and without a lock",
  contestants: () => [
    onTrace("Heap", heapSubject(oursInBuffer(bytesFor(100))), 0, 100),
    onTrace("LockedHeap", lockedSubject(LockedHeap.inBuffer(new ArrayBuffer(bytesFor(100)))), 0, 100),
    onTrace("LockedHeap, shared", lockedSubject(LockedHeap.inBuffer(new SharedArrayBuffer(bytesFor(100)))), 0, 100),
  ],
};

export const heapBenchmarks: readonly Benchmark[] = [
  ...[100, 1000, 10_000, 100_000].map(besideRivals),
  ...[100, 1000, 10_000].map(throughMmu),
  lockPair,
  locked,
];
