/**
 * `pnpm --filter bench efficiency`: the share of a heap's bytes that is in use when the first request fails.
 *
 * Blocks are allocated and freed at random, more often allocated than freed, until a request fails; the same traces for
 * every design. What counts as in use is what was asked for, so headers, padding and fragments all lower the share.
 */
import { BuddyAllocator, TlsfAllocator } from "@kmem/allocators";
import { buddySubject, fixedSizeSubject, tlsfSubject } from "../allocators.ts";
import type { Subject } from "./trace.ts";
import { assemblyScript, heapSubject, oursInBuffer, thing } from "./subjects.ts";

const HEAP = 1 << 18;
const TRACES = 10;

interface Mix {
  readonly name: string;
  readonly least: number;
  readonly most: number;
}

const MIXES: readonly Mix[] = [
  { name: "8 … 64 bytes", least: 8, most: 64 },
  { name: "8 … 256 bytes", least: 8, most: 256 },
  { name: "128 … 256 bytes", least: 128, most: 256 },
];

const designs: Record<string, () => Subject<number> | Promise<Subject<number>>> = {
  "linked-list-allocator": () => heapSubject(oursInBuffer(HEAP + 4096)),
  TlsfAllocator: () => tlsfSubject(TlsfAllocator.inBuffer(new ArrayBuffer(HEAP))),
  "FixedSizeBlock over TLSF": () => fixedSizeSubject(HEAP),
  BuddyAllocator: () => buddySubject(BuddyAllocator.inBuffer(new ArrayBuffer(HEAP))),
  "@thi.ng/malloc": () => thing(HEAP),
  "AssemblyScript TLSF": () => assemblyScript(HEAP / 65536),
};

/** Runs one trace until a request fails. @returns bytes in use then */
function fill(subject: Subject<number>, seed: number, { least, most }: Mix): number {
  let state = seed;
  const below = (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.floor(((state >>> 0) / 0x1_0000_0000) * n);
  };
  const live: { at: number; size: number }[] = [];
  let used = 0;
  for (;;) {
    if (live.length > 0 && below(100) < 45) {
      const place = below(live.length);
      const { at, size } = live[place]!;
      live[place] = live[live.length - 1]!;
      live.pop();
      subject.free(at, size);
      used -= size;
      continue;
    }
    const size = least + below(most - least + 1);
    let at: number;
    try {
      at = subject.alloc(size);
    } catch {
      return used; // Wasm traps when its memory is at its maximum
    }
    if (at === 0) return used;
    live.push({ at, size });
    used += size;
  }
}

console.log(`share of a heap of ${HEAP / 1024} KiB in use at the first failure, mean of ${TRACES} traces\n`);
for (const mix of MIXES) {
  console.log(mix.name);
  for (const [name, make] of Object.entries(designs)) {
    let sum = 0;
    for (let seed = 1; seed <= TRACES; seed++) sum += fill(await make(), seed * 7919, mix) / HEAP;
    console.log(`  ${name.padEnd(24)} ${((sum / TRACES) * 100).toFixed(1)} %`);
  }
}
