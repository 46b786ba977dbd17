/**
 * `pnpm --filter bench resident`: what a million entries cost while a program lives with them: the garbage collector's
 * pauses, and resident memory. This is where living outside of its heap pays.
 *
 * Each contestant runs in a process of its own: fills its collection, then makes short-lived garbage for a while, as any
 * program does. The collector's pauses during that are counted (`perf_hooks`, entries of type "gc"), and after a last full
 * collection the resident memory that was not there before.
 */
import { execFileSync } from "node:child_process";
import { constants, PerformanceObserver } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { BTreeMap, LinkedList, string, String as RustString, Vec } from "@kmem/alloc";
import { LockedHeap } from "@kmem/linked-list-allocator";
import { f64, struct, u32 } from "@kmem/repr";
import { createObjectBuffer } from "@bnaya/objectbuffer";
import { markdownTable } from "markdown-table";
import sortedBtree from "sorted-btree";
import { Yallist } from "yallist";

const ENTRIES = 1_000_000;
/** @bnaya/objectbuffer is given fewer: a million take minutes. */
const FEW_ENTRIES = 20_000;
const GARBAGE_ROUNDS = 200;
const GARBAGE_OBJECTS = 20_000;
const MIB = 2 ** 20;
const externalArgs = { textEncoder: new TextEncoder(), textDecoder: new TextDecoder() };

const { default: SortedBTree } = sortedBtree as unknown as { default: typeof sortedBtree };

interface Measured {
  readonly entries: number;
  readonly fillMs: number;
  readonly scavenges: number;
  readonly maxScavengeMs: number;
  readonly fullGcMs: number;
  readonly totalMs: number;
  readonly residentMiB: number;
}

interface Contestant {
  readonly name: string;
  readonly entries?: number;
  /** Fills the collection, and gives what keeps it alive. */
  readonly fill: (entries: number) => unknown;
}

/** Memory that the system gives page by page, as it is touched. */
function heap(mebibytes: number): LockedHeap {
  return LockedHeap.inBuffer(new ArrayBuffer(mebibytes * MIB));
}

const point = struct({ x: f64, y: f64, id: u32 });

const contestants: readonly Contestant[] = [
  { name: "nothing", fill: () => null },
  {
    name: "kmem `Vec` of u32",
    fill: (entries) => {
      const list = Vec.newIn(heap(32), u32);
      for (let i = 0; i < entries; i++) list.push(i);
      return list;
    },
  },
  { name: "`Array` of numbers", fill: (entries) => Array.from({ length: entries }, (_, i) => i) },
  { name: "`Uint32Array`", fill: (entries) => Uint32Array.from({ length: entries }, (_, i) => i) },
  {
    name: "kmem `Vec` of structs",
    fill: (entries) => {
      const list = Vec.newIn(heap(128), point);
      for (let i = 0; i < entries; i++) list.push({ x: i, y: i / 2, id: i });
      return list;
    },
  },
  {
    name: "`Array` of objects",
    fill: (entries) => Array.from({ length: entries }, (_, i) => ({ x: i, y: i / 2, id: i })),
  },
  {
    name: "kmem `Vec` of `String`",
    fill: (entries) => {
      const memory = heap(256);
      const list = Vec.newIn(memory, string);
      for (let i = 0; i < entries; i++) list.push(RustString.fromIn(memory, `key ${i}`));
      return list;
    },
  },
  { name: "`Array` of strings", fill: (entries) => Array.from({ length: entries }, (_, i) => `key ${i}`) },
  {
    name: "kmem `BTreeMap`, u32 to u32",
    fill: (entries) => {
      const map = BTreeMap.newIn(heap(64), u32, u32);
      for (let i = 0; i < entries; i++) map.insert((i * 61_169) % entries, i);
      return map;
    },
  },
  {
    name: "`Map`, number to number",
    fill: (entries) => {
      const map = new Map<number, number>();
      for (let i = 0; i < entries; i++) map.set((i * 61_169) % entries, i);
      return map;
    },
  },
  {
    name: "`Set` of numbers",
    fill: (entries) => {
      const set = new Set<number>();
      for (let i = 0; i < entries; i++) set.add((i * 61_169) % entries);
      return set;
    },
  },
  {
    name: "sorted-btree",
    fill: (entries) => {
      const tree = new SortedBTree<number, number>(undefined, (a, b) => a - b);
      for (let i = 0; i < entries; i++) tree.set((i * 61_169) % entries, i);
      return tree;
    },
  },
  {
    name: "kmem `LinkedList` of u32",
    fill: (entries) => {
      const list = LinkedList.newIn(heap(64), u32);
      for (let i = 0; i < entries; i++) list.pushBack(i);
      return list;
    },
  },
  {
    name: "yallist",
    fill: (entries) => {
      const list = new Yallist<number>();
      for (let i = 0; i < entries; i++) list.push(i);
      return list;
    },
  },
  {
    name: `@bnaya/objectbuffer, array of ${FEW_ENTRIES}`,
    entries: FEW_ENTRIES,
    fill: (entries) => {
      const list = Array.from({ length: entries }, (_, i) => i);
      return createObjectBuffer<{ list: number[] }>(externalArgs, 64 * MIB, { list });
    },
  },
];

/** Short-lived objects, a few of which live a little longer. */
function makeGarbage(): number {
  let kept: { a: number; b: string }[] = [];
  for (let i = 0; i < GARBAGE_OBJECTS; i++) {
    if (kept.length > 1000) kept = [];
    kept.push({ a: i, b: `garbage ${i}` });
  }
  return kept.length;
}

async function measure({ fill, entries = ENTRIES }: Contestant): Promise<Measured> {
  const collect = (): void => (globalThis as unknown as { gc(): void }).gc();
  const pauses: { kind: number; ms: number }[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      // Its type is missing from the type of all entries.
      const { duration, detail } = entry as typeof entry & { readonly detail: unknown };
      const { kind } = detail as { readonly kind: number };
      pauses.push({ kind, ms: duration });
    }
  });
  makeGarbage();
  collect();
  const before = process.memoryUsage().rss;
  const start = performance.now();
  const held = fill(entries);
  const fillMs = performance.now() - start;
  observer.observe({ entryTypes: ["gc"] });
  for (let round = 0; round < GARBAGE_ROUNDS; round++) {
    makeGarbage();
    if (round % 20 === 0) await sleep(0);
  }
  collect();
  await sleep(20);
  observer.disconnect();
  const residentMiB = (process.memoryUsage().rss - before) / MIB;
  if (held === undefined) throw new Error("nothing was filled");
  const minor = pauses.filter(({ kind }) => kind === constants.NODE_PERFORMANCE_GC_MINOR);
  const full = pauses.filter(({ kind }) => kind === constants.NODE_PERFORMANCE_GC_MAJOR);
  const max = (of: typeof pauses): number => of.reduce((most, { ms }) => Math.max(most, ms), 0);
  return {
    entries,
    fillMs,
    scavenges: minor.length,
    maxScavengeMs: max(minor),
    fullGcMs: max(full),
    totalMs: pauses.reduce((sum, { ms }) => sum + ms, 0),
    residentMiB,
  };
}

const chosen = contestants.find(({ name }) => name === process.argv[2]);
if (chosen !== undefined) console.log(JSON.stringify(await measure(chosen)));
else {
  const rows = contestants.map(({ name }) => {
    const output = execFileSync(
      process.execPath,
      ["--expose-gc", ...process.execArgv, fileURLToPath(import.meta.url), name],
      { encoding: "utf8" },
    );
    const it = JSON.parse(output) as Measured;
    const ms = (value: number): string => `${value.toFixed(1)} ms`;
    return [
      name,
      ms(it.fullGcMs),
      ms(it.maxScavengeMs),
      ms(it.totalMs),
      `${it.residentMiB.toFixed(0)} MiB`,
      ms(it.fillMs),
    ];
  });
  const header = ["10^6 entries in a", "full collection", "longest minor one", "all pauses", "resident", "filling"];
  console.log(markdownTable([header, ...rows]));
}
