/**
 * The machine's MMU beside a plain typed array: what an access costs when its translation is cached, and when it is not.
 */
import { Machine, VirtualMemory } from "@kmem/machine";
import type { Memory } from "@kmem/memory";
import { OffsetPageTable, Page, PageTable, PageTableFlags, PhysFrame } from "@kmem/x86-64";
import type { Benchmark, Contestant } from "./harness.ts";

export const BASE = 0x4444_4444_0000;
export const MIB = 2 ** 20;
const ACCESSES = 1 << 18;
const { PRESENT, WRITABLE } = PageTableFlags;

/** Virtual memory over frames in a mixed order. @param bytes - whole pages */
export function scattered(bytes: number): VirtualMemory {
  const machine = new Machine({ memory: 256 * MIB });
  const table = new PageTable(machine.ram, 0x1000);
  table.zero();
  const mapper = new OffsetPageTable(table, 0);
  let next = 0x1000;
  const frames = { allocateFrame: () => PhysFrame.fromStartAddress((next += 4096)) };
  const pages = bytes / 4096;
  for (let i = 0; i < pages; i++) {
    // 7919 is odd, so every page gets a frame of its own.
    const frame = PhysFrame.fromStartAddress(128 * MIB + ((i * 7919) % pages) * 4096);
    mapper.mapTo(Page.containingAddress(BASE + i * 4096), frame, PRESENT | WRITABLE, frames).ignore();
  }
  machine.startLongMode(0x1000);
  // The host gives a page its own memory only when it is written; until then all reads are of one page of zeros.
  machine.ram.fill(128 * MIB, 1, bytes);
  return new VirtualMemory(machine.mmu);
}

/** Places of u32s below `bytes`. @param stride - 0: random */
function places(bytes: number, stride: number): Int32Array {
  let state = 12_345;
  return Int32Array.from({ length: ACCESSES }, (_, i) => {
    if (stride > 0) return (i * stride) % bytes;
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * (bytes / 4)) * 4;
  });
}

/** Places 16 MiB from each other in turn: both pages want the same place in the TLB, so each access drives the other out. */
function rivalPlaces(): Int32Array {
  return Int32Array.from({ length: ACCESSES }, (_, i) => (i & 127) * 4096 + (i & 63) * 64 + ((i >> 7) & 1) * 16 * MIB);
}

/** Keeps what was read alive. */
export let sink = 0;

/** The same loop over every memory, with the base in a local variable: what is measured is the access. */
function readers(memory: Memory, at: Int32Array): Contestant {
  return {
    name: "read through the MMU",
    operations: ACCESSES,
    run() {
      const base = BASE;
      let sum = 0;
      for (let i = 0; i < ACCESSES; i++) sum = (sum + memory.readU32(base + at[i]!)) | 0;
      sink ^= sum;
    },
  };
}

function writers(memory: Memory, at: Int32Array): Contestant {
  return {
    name: "write through the MMU",
    operations: ACCESSES,
    run() {
      const base = BASE;
      for (let i = 0; i < ACCESSES; i++) memory.writeU32(base + at[i]!, i);
    },
  };
}

/** @param bytes - of the memory that is accessed */
function contestants(bytes: number, at: Int32Array): Contestant[] {
  const memory: Memory = scattered(bytes);
  const flat = new Uint32Array(bytes / 4).fill(1);
  return [
    {
      name: "read a Uint32Array",
      operations: ACCESSES,
      run() {
        let sum = 0;
        for (let i = 0; i < ACCESSES; i++) sum = (sum + flat[at[i]! >>> 2]!) | 0;
        sink ^= sum;
      },
    },
    readers(memory, at),
    writers(memory, at),
  ];
}

/** The same across two pages, where no typed array but a DataView can follow. */
function straddling(): Contestant[] {
  const memory: Memory = scattered(MIB);
  const flat = new DataView(new ArrayBuffer(MIB));
  const at = Int32Array.from({ length: ACCESSES }, (_, i) => (i & 127) * 4096 + 4094);
  return [
    {
      name: "read a DataView",
      operations: ACCESSES,
      run() {
        let sum = 0;
        for (let i = 0; i < ACCESSES; i++) sum = (sum + flat.getUint32(at[i]!, true)) | 0;
        sink ^= sum;
      },
    },
    readers(memory, at),
    writers(memory, at),
  ];
}

export const mmuBenchmarks: readonly Benchmark[] = [
  {
    name: "mmu/sequential",
    about: "u32 after u32 in 1 MiB of 4 KiB pages",
    contestants: () => contestants(MIB, places(MIB, 4)),
  },
  {
    name: "mmu/random",
    about: "random u32s in 1 MiB: every translation is cached",
    contestants: () => contestants(MIB, places(MIB, 0)),
  },
  {
    name: "mmu/misses",
    about: "u32s in 256 pages that drive each other out of the TLB: every access walks the tables",
    contestants: () => contestants(32 * MIB, rivalPlaces()),
  },
  {
    name: "mmu/large",
    about: "random u32s in 64 MiB: three of four translations are not cached, nor are most of the bytes by the host",
    contestants: () => contestants(64 * MIB, places(64 * MIB, 0)),
  },
  { name: "mmu/straddling", about: "u32s across two pages", contestants: straddling },
];
