/**
 * Heaps over each kind of memory, for tests that must hold on all of them.
 *
 * @module
 */
import { GlobalAlloc, type Layout } from "@kmem/global-alloc";
import { LockedHeap } from "@kmem/linked-list-allocator";
import { Mmu, PhysicalMemory, VirtualMemory } from "@kmem/machine";
import { NULL, type Memory, type Ptr } from "@kmem/memory";
import { Cr0Flags, Cr4Flags, EferFlags } from "@kmem/x86-64";
import { expect } from "vitest";

const SIZE = 0x8_0000;
/** Where the post's kernel has its heap. */
const HEAP_START = 0x4444_4444_0000;
const PAGE = 4096;

/** By name: an empty heap of half a MiB. */
export const HEAPS: readonly { readonly name: string; make(): LockedHeap }[] = [
  { name: "linear memory", make: () => LockedHeap.inBuffer(new ArrayBuffer(SIZE)) },
  { name: "shared memory", make: () => LockedHeap.inBuffer(new SharedArrayBuffer(SIZE)) },
  {
    name: "the kernel's virtual memory",
    make: () => LockedHeap.new(virtualMemory(), HEAP_START, HEAP_START + PAGE, SIZE),
  },
];

/** Says that all is given back and nothing is damaged: the heap is one hole. */
export function expectEmpty(heap: LockedHeap): void {
  expect(heap.check()).toEqual([]);
  const { used, holes } = heap.stats();
  expect({ used, holes }).toEqual({ used: 0, holes: 1 });
}

/** Pages next to each other whose frames are not, translated by page tables as a kernel writes them. */
function virtualMemory(): Memory {
  const ram = new PhysicalMemory(0x80_0000);
  const pages = SIZE / PAGE + 2;
  const root = 0x1000;
  let nextTable = 0x2000;
  for (let i = 0; i < pages; i++) {
    let table = root;
    const address = HEAP_START + i * PAGE;
    for (let level = 3; level > 0; level--) {
      const entry = table + 8 * (Math.floor(address / (PAGE * 512 ** level)) % 512);
      if (ram.readUsize(entry) === 0) {
        ram.writeUsize(entry, nextTable + 3);
        nextTable += PAGE;
      }
      table = ram.readUsize(entry) - 3;
    }
    // 37 has no factor in common with 512: every page has a frame of its own.
    const frame = 0x20_0000 + ((i * 37) % 512) * PAGE;
    ram.writeUsize(table + 8 * (Math.floor(address / PAGE) % 512), frame + 3);
  }
  const mmu = new Mmu(ram);
  const cr0 = Cr0Flags.PAGING + Cr0Flags.PROTECTED_MODE_ENABLE + Cr0Flags.WRITE_PROTECT;
  mmu.setControl(
    cr0,
    root,
    Cr4Flags.PHYSICAL_ADDRESS_EXTENSION,
    EferFlags.LONG_MODE_ENABLE + EferFlags.LONG_MODE_ACTIVE,
  );
  return new VirtualMemory(mmu);
}

/** Passes everything on to another allocator, but the k-th request for memory is refused. */
export class FailingHeap extends GlobalAlloc {
  readonly memory: Memory;
  /** Requests so far. */
  requests = 0;
  private readonly inner: GlobalAlloc;
  private readonly refused: number;

  constructor(inner: GlobalAlloc, refused: number) {
    super();
    this.inner = inner;
    this.memory = inner.memory;
    this.refused = refused;
  }

  get hasFailed(): boolean {
    return this.requests > this.refused;
  }

  alloc(layout: Layout): Ptr {
    return this.requests++ === this.refused ? NULL : this.inner.alloc(layout);
  }

  override allocZeroed(layout: Layout): Ptr {
    return this.requests++ === this.refused ? NULL : this.inner.allocZeroed(layout);
  }

  override realloc(at: Ptr, layout: Layout, newSize: number): Ptr {
    return this.requests++ === this.refused ? NULL : this.inner.realloc(at, layout, newSize);
  }

  dealloc(at: Ptr, layout: Layout): void {
    this.inner.dealloc(at, layout);
  }
}
