/**
 * Virtual memory of the simulated machine whose neighbouring pages lie in frames apart, as a kernel's heap has it.
 */
import { Mmu, PhysicalMemory, VirtualMemory } from "@kmem/machine";

const PAGE = 4096;
const PRESENT_WRITABLE = 0x3;
/** PG, WP, PE; PAE; LME and LMA. */
const [CR0, CR4, EFER] = [0x8001_0001, 0x20, 0x500] as const;

/** Maps `byteLength` bytes at `start`; both are multiples of a page. */
export function pagedMemory(start: number, byteLength: number): VirtualMemory {
  const pages = byteLength / PAGE;
  const tables = 8 + 2 * Math.ceil(pages / 512);
  const ram = new PhysicalMemory(Math.max(0x10_0000, (pages + tables + 1) * PAGE));
  let lastTable = PAGE;
  for (let i = 0; i < pages; i++) {
    let table = PAGE;
    for (const span of [2 ** 39, 2 ** 30, 2 ** 21]) {
      const entry = table + (Math.floor((start + i * PAGE) / span) % 512) * 8;
      if (ram.readUsize(entry) === 0) ram.writeUsize(entry, (lastTable += PAGE) + PRESENT_WRITABLE);
      table = ram.readUsize(entry) - PRESENT_WRITABLE;
    }
    // Odd pages from the front, even ones from the back: no two neighbours.
    const frame = tables + (i % 2 === 0 ? pages - 1 - (i >> 1) : i >> 1);
    ram.writeUsize(table + (Math.floor((start + i * PAGE) / PAGE) % 512) * 8, frame * PAGE + PRESENT_WRITABLE);
  }
  const mmu = new Mmu(ram);
  mmu.setControl(CR0, PAGE, CR4, EFER);
  return new VirtualMemory(mmu);
}
