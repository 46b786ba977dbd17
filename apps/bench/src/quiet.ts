/**
 * Shows that accesses through the MMU, and mapping, unmapping and translating with real `Page` and `PhysFrame` objects and a
 * flush each, allocate nothing: 10⁷ of each kind, with what the JavaScript heap grew by and how often it was collected
 * meanwhile. `node --trace-gc` shows the same: no line between the rows.
 */
import { PerformanceObserver } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import type { Memory } from "@kmem/memory";
import { Page, PhysFrame, type VirtAddr } from "@kmem/x86-64";
import { BASE, MIB, scattered } from "./mmu.ts";
import { PAGED_BASE, FLAGS, PAGES, Subject } from "./paging.ts";

const ACCESSES = 10_000_000;
let collections = 0;
const sink = new Float64Array(1);

const memory: Memory = scattered(32 * MIB);
const tables = new Subject();
tables.mapRange(PhysFrame.containingAddress(4096));
const { mapper, tlb } = tables;
const at = (i: number): number => PAGED_BASE + (i & (PAGES - 1)) * 4096;
const unmapAndMap = [unmap, map] as const;
const kinds: readonly (readonly [name: string, access: (i: number) => void])[] = [
  // 0xffff_fff0 and more: numbers that are no small integers of V8's, which boxing would show.
  ["write u32, hits", (i) => memory.writeU32(BASE + (i & 0x3_ffff) * 4, 0xffff_fff0 + (i & 15))],
  ["read u32, hits", (i) => void (sink[0]! ^= memory.readU32(BASE + (i & 0x3_ffff) * 4))],
  ["write usize, hits", (i) => memory.writeUsize(BASE + (i & 0x1_ffff) * 8, 2 ** 40 + i)],
  ["read usize, hits", (i) => void (sink[0]! += memory.readUsize(BASE + (i & 0x1_ffff) * 8))],
  ["read u8, hits", (i) => void (sink[0]! ^= memory.readU8(BASE + (i & 0xf_ffff)))],
  ["read u32, misses", (i) => void (sink[0]! ^= memory.readU32(BASE + (i & 127) * 4096 + ((i >> 7) & 1) * 16 * MIB))],
  ["write u32, misses", (i) => memory.writeU32(BASE + (i & 127) * 4096 + ((i >> 7) & 1) * 16 * MIB, i)],
  ["read u32, straddling", (i) => void (sink[0]! ^= memory.readU32(BASE + (i & 127) * 4096 + 4094))],
  ["write usize, straddling", (i) => memory.writeUsize(BASE + (i & 127) * 4096 + 4092, 2 ** 40 + i)],
  ["write u32, straddling", (i) => memory.writeU32(BASE + (i & 127) * 4096 + 4094, i)],
  ["translateAddr", (i) => void (sink[0]! += mapper.translateAddr((at(i) + 5) as VirtAddr)!)],
  ["translatePage", (i) => void (sink[0]! += mapper.translatePage(Page.containingAddress(at(i))).startAddress)],
  ["updateFlags and flush", (i) => mapper.updateFlags(Page.containingAddress(at(i)), FLAGS).flush(tlb)],
  // Chosen from a list: as parts of one function the two are too much for V8 to make one piece of.
  ["unmap, then mapTo; flush", (i) => unmapAndMap[i & 1]!(i >> 1)],
];

function map(i: number): void {
  const frame = PhysFrame.containingAddress(2 ** 40 + i * 4096);
  mapper.mapTo(Page.containingAddress(at(i)), frame, FLAGS, tables).flush(tlb);
}

function unmap(i: number): void {
  mapper.unmap(Page.containingAddress(at(i))).flush.flush(tlb);
}

const observer = new PerformanceObserver((list) => {
  collections += list.getEntries().length;
});
observer.observe({ entryTypes: ["gc"] });

for (const [name, access] of kinds) {
  // So many that all numbers here have had to grow out of 32 bits, which makes V8 compile anew.
  for (let i = 0; i < 2_000_000; i++) access(i);
  await setTimeout(50);
  collections = 0;
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < ACCESSES; i++) access(i);
  const grown = process.memoryUsage().heapUsed - before;
  await setTimeout(50);
  console.log(`${name.padEnd(24)} ${collections} collections, ${(grown / ACCESSES).toFixed(4)} bytes an access`);
}
