/**
 * A machine's virtual memory whose neighbouring pages lie in frames apart: what a kernel's heap lies in.
 *
 * @module
 */
import { Mmu, PhysicalMemory, VirtualMemory } from "@kmem/machine";
import type { Ptr } from "@kmem/memory";

const PAGE = 4096;
const PRESENT_WRITABLE = 0x3;
const CR0_PAGING_PROTECT_ENABLE = 0x8001_0001;
const CR4_PAE = 0x20;
const EFER_LONG_MODE = 0x500;

/** Memory of `byteLength` bytes at `start`, both multiples of a page; nothing else is mapped. */
export function pagedMemory(start: Ptr, byteLength: number): VirtualMemory {
  const pages = byteLength / PAGE;
  const tables = 8 + Math.ceil(pages / 512) * 2;
  const frames = pages + tables;
  const ram = new PhysicalMemory(Math.max(0x10_0000, 2 ** Math.ceil(Math.log2((frames + 1) * PAGE))));
  let freeTable = 0;
  const newTable = (): Ptr => {
    freeTable += PAGE;
    return freeTable;
  };
  const root = newTable();
  // A step that has no divisor in common with the number of pages visits each of them once.
  let step = Math.floor(pages * 0.618) | 1;
  while (gcd(step, pages) !== 1) step += 2;
  for (let i = 0; i < pages; i++) {
    let table = root;
    for (const span of [2 ** 39, 2 ** 30, 2 ** 21]) {
      const entry = table + (Math.floor((start + i * PAGE) / span) % 512) * 8;
      if (ram.readUsize(entry) === 0) ram.writeUsize(entry, newTable() | PRESENT_WRITABLE);
      table = ram.readUsize(entry) - PRESENT_WRITABLE;
    }
    const frame = (tables + ((i * step) % pages)) * PAGE;
    ram.writeUsize(table + (Math.floor((start + i * PAGE) / PAGE) % 512) * 8, frame + PRESENT_WRITABLE);
  }
  const mmu = new Mmu(ram);
  mmu.setControl(CR0_PAGING_PROTECT_ENABLE, root, CR4_PAE, EFER_LONG_MODE);
  return new VirtualMemory(mmu);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
