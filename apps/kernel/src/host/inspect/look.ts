/**
 * Looks into a machine that stands still. It is not touched: what must be changed to be read, a heap's lock or the TLB,
 * is changed in a copy.
 *
 * @module
 */
import { BootInfo, layout } from "@kmem/bootloader";
import { CpuException, Machine, VirtualMemory } from "@kmem/machine";
import { KmemError, type Memory } from "@kmem/memory";
import { infoMem, infoTlb, readThrough, type ReadEntry } from "@kmem/x86-64";
import { pageTree } from "../../tour/page-tree.ts";
import { framesOf } from "./frames.ts";
import { heapsOf } from "./heaps.ts";
import { registersOf, stateOf } from "./registers.ts";
import type { Inspection, SectionName, Unreadable } from "./sections.ts";
import { tlbOf } from "./tlb.ts";

/** What the sections are read from. */
export interface Subject {
  readonly machine: Machine;
  /** Page-table entries by physical address. */
  readonly readEntry: ReadEntry;
  /** Physical address of the level 4 table. */
  readonly table: number;
  /** A copy of the kernel's memory, through the translations that are in force. */
  readonly memory: Memory;
  /** What the bootloader told the kernel. */
  readonly bootInfo: BootInfo;
}

/** Reads the sections that are asked for. */
export function look(machine: Machine, names: ReadonlySet<SectionName>): Inspection {
  const subject = subjectOf(machine);
  const { readEntry, table } = subject;
  const wants = (name: SectionName): boolean => names.has(name);
  return {
    machine: { state: stateOf(machine), nanoseconds: machine.clock.now, memory: machine.ram.byteLength },
    ...(wants("registers") && { registers: registersOf(machine) }),
    ...(wants("pages") && { pages: attempt(() => pageTree(readEntry, table)) }),
    ...(wants("heap") && { heap: attemptBooted(subject, () => heapsOf(subject)) }),
    ...(wants("frames") && { frames: attemptBooted(subject, () => framesOf(subject)) }),
    ...(wants("tlb") && { tlb: tlbOf(subject) }),
    ...(wants("info-tlb") && { "info-tlb": attempt(() => infoTlb(readEntry, table)) }),
    ...(wants("info-mem") && { "info-mem": attempt(() => infoMem(readEntry, table)) }),
  };
}

function subjectOf(machine: Machine): Subject {
  const copy = Machine.load(machine.save());
  // The kernel's own view, also where it had stopped in user mode.
  copy.mmu.setMode(0, true, 0);
  const memory = new VirtualMemory(copy.mmu);
  const { cr3 } = machine.cpu.registers;
  return {
    machine,
    readEntry: readThrough(machine.ram),
    table: cr3 - (cr3 % 4096),
    memory,
    bootInfo: new BootInfo(memory, layout.BOOT_INFO_ADDRESS),
  };
}

/** What needs the boot information, which a machine has only when our bootloader has booted it. */
function attemptBooted<T>({ bootInfo }: Subject, read: () => T): T | Unreadable {
  const found = attempt(() => [bootInfo.memoryMap, bootInfo.kernelStatics]);
  return "error" in found ? { error: `no boot information of @kmem/bootloader: ${found.error}` } : attempt(read);
}

/** A kernel may have written anything anywhere: what cannot be read is told, and the rest is shown. */
function attempt<T>(read: () => T): T | Unreadable {
  try {
    return read();
  } catch (error) {
    if (error instanceof CpuException) return { error: `not mapped: ${error.message}` };
    if (error instanceof KmemError) return { error: error.message };
    throw error;
  }
}
