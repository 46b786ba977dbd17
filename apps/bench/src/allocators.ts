/**
 * The other designs behind `GlobalAlloc`, on the trace of the heap's benchmarks, beside AssemblyScript's TLSF.
 */
import { BuddyAllocator, FixedSizeBlockAllocator, TlsfAllocator } from "@kmem/allocators";
import { LinearMemory } from "@kmem/memory";
import type { Benchmark, Contestant } from "./harness.ts";
import { assemblyScript, bytesFor, heapSubject, LAYOUTS, oursInBuffer } from "./heap/subjects.ts";
import { Trace, type Subject } from "./heap/trace.ts";

/** Steps of a round: so few that most rounds are over before the system lets another program run. */
const STEPS = 2000;

// Functions of its own for each design: a call site that has met several classes is slower for all of them.

export function tlsfSubject(allocator: TlsfAllocator): Subject<number> {
  return {
    alloc: (size) => allocator.alloc(LAYOUTS[size]!),
    free: (at, size) => allocator.dealloc(at, LAYOUTS[size]!),
  };
}

/** TLSF by sizes instead of layouts, as AssemblyScript's is called. */
export function tlsfBySize(allocator: TlsfAllocator): Subject<number> {
  return { alloc: (size) => allocator.allocate(size), free: (at, size) => allocator.free(at, size) };
}

export function buddySubject(allocator: BuddyAllocator): Subject<number> {
  return {
    alloc: (size) => allocator.alloc(LAYOUTS[size]!),
    free: (at, size) => allocator.dealloc(at, LAYOUTS[size]!),
  };
}

/** Fixed-size blocks over TLSF, in one buffer: control block, fallback's control block, range. */
export function fixedSizeSubject(byteLength: number): Subject<number> {
  const memory = new LinearMemory(new ArrayBuffer(byteLength + 8192));
  const allocator = FixedSizeBlockAllocator.new(TlsfAllocator.new(memory, 4096, 8192, byteLength), 256);
  return {
    alloc: (size) => allocator.alloc(LAYOUTS[size]!),
    free: (at, size) => allocator.dealloc(at, LAYOUTS[size]!),
  };
}

function onTrace(name: string, contestant: Subject<number>, live: number): Contestant {
  const trace = new Trace(contestant, live, 0);
  trace.run(live * 12);
  return { name, operations: STEPS, run: () => trace.run(STEPS) };
}

function besideAssemblyScript(live: number): Benchmark {
  return {
    name: `allocators/${live}`,
    about: `alloc or free at random, about ${live} blocks of 8 … 256 bytes live`,
    contestants: async () => [
      onTrace("TlsfAllocator by size", tlsfBySize(TlsfAllocator.inBuffer(new ArrayBuffer(bytesFor(live)))), live),
      onTrace("AssemblyScript TLSF, Wasm", await assemblyScript(), live),
      onTrace("TlsfAllocator by layout", tlsfSubject(TlsfAllocator.inBuffer(new ArrayBuffer(bytesFor(live)))), live),
      onTrace("FixedSizeBlockAllocator over TLSF", fixedSizeSubject(bytesFor(live) * 2), live),
      onTrace("BuddyAllocator", buddySubject(BuddyAllocator.inBuffer(new ArrayBuffer(bytesFor(live)))), live),
      onTrace("linked-list-allocator", heapSubject(oursInBuffer(bytesFor(live))), live),
    ],
  };
}

export const allocatorBenchmarks: readonly Benchmark[] = [100, 1000, 10_000, 100_000].map(besideAssemblyScript);
