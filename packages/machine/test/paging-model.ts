/** A model of what page tables map, as pages in the order of their positions, and machines whose tables are to agree with it. */
import type { Ptr } from "@kmem/memory";
import {
  MappedPageTable,
  OffsetPageTable,
  Page,
  pages,
  PageTable,
  PageTableFlags,
  PhysAddr,
  PhysFrame,
  readThrough,
  RecursivePageTable,
  Size1GiB,
  Size2MiB,
  Size4KiB,
  VirtAddr,
  type FrameAllocator,
  type FrameDeallocator,
  type PageSize,
  type Tlb,
} from "@kmem/x86-64";
import { Machine, VirtualMemory } from "../src/index.ts";

export const { PRESENT, WRITABLE, GLOBAL } = PageTableFlags;
export const TABLE: number = PRESENT | WRITABLE;
export const GIB = 2 ** 30;
/** The model's arena: the last GiB of the lower half, and the first of the upper. */
export const ARENA: number = 2 ** 47 - GIB;
export const ARENA_SIZE: number = 2 * GIB;
export const RAM: number = 8 * 2 ** 20;
const ROOT = 0x10_0000;
const FIRST_TABLE = 0x20_0000;
const OWN_TABLES = 0x60_0000;
const RECURSIVE = 300;
const OFFSET = -(2 ** 44);

export type AnyMapper = OffsetPageTable | MappedPageTable | RecursivePageTable;

export interface Leaf {
  /** Among all canonical addresses in their order. */
  readonly position: number;
  readonly size: PageSize;
  readonly physical: number;
  readonly writable: boolean;
}

export const end = ({ position, size }: Leaf): number => position + size.bytes;

export function addressAt(position: number): VirtAddr {
  return VirtAddr.forwardChecked(VirtAddr.ZERO, position)!;
}

export class Model {
  leaves: Leaf[] = [];

  /** What overlaps the positions from `from` up to `to`. */
  within(from: number, to: number): Leaf[] {
    return this.leaves.filter((leaf) => leaf.position < to && end(leaf) > from);
  }

  at(position: number): Leaf | undefined {
    return this.within(position, position + 1)[0];
  }

  exactly(position: number, size: PageSize): Leaf | undefined {
    return this.leaves.find((leaf) => leaf.position === position && leaf.size === size);
  }

  add(...leaves: Leaf[]): void {
    this.leaves = [...this.leaves, ...leaves].sort((a, b) => a.position - b.position);
  }

  remove(leaves: readonly Leaf[]): void {
    this.leaves = this.leaves.filter((leaf) => !leaves.includes(leaf));
  }
}

/** Frames for tables, counted; those given back come again. */
export class TableFrames implements FrameAllocator, FrameDeallocator {
  readonly taken = new Set<number>();
  private readonly free: number[] = [];

  constructor(first: number, count: number) {
    for (let i = count - 1; i >= 0; i--) this.free.push(first + i * 4096);
  }

  allocateFrame(): PhysFrame | undefined {
    const at = this.free.pop();
    if (at === undefined) return undefined;
    this.taken.add(at);
    return PhysFrame.fromStartAddress(at);
  }

  deallocateFrame(frame: PhysFrame): void {
    if (!this.taken.delete(frame.startAddress)) throw new Error(`${frame.toString()} was not taken`);
    this.free.push(frame.startAddress);
  }
}

export const KINDS = [
  "OffsetPageTable",
  "OffsetPageTable over the MMU",
  "MappedPageTable",
  "RecursivePageTable",
] as const;

/** A machine in long mode, and a mapper of one kind over the tables in force. */
export class Subject {
  readonly machine: Machine = new Machine({ memory: RAM });
  readonly frames: TableFrames;
  readonly mapper: AnyMapper;

  /** @param tables - how many frames there are for tables */
  constructor(kind: (typeof KINDS)[number], tables: number) {
    const { ram, mmu } = this.machine;
    this.frames = new TableFrames(FIRST_TABLE, tables);
    const root = new PageTable(ram, ROOT);
    root.zero();
    if (kind === "RecursivePageTable") root.entry(RECURSIVE).setAddr(PhysAddr.new(ROOT), TABLE);
    if (kind === "OffsetPageTable over the MMU") {
      const own = new TableFrames(OWN_TABLES, 16);
      const all = PhysFrame.containingAddress(0, Size2MiB);
      const range = Page.range(
        Page.containingAddress(OFFSET, Size2MiB),
        Page.containingAddress(OFFSET + RAM, Size2MiB),
      );
      new OffsetPageTable(root, 0).mapRange(range, all, TABLE, own).ignore();
    }
    this.machine.startLongMode(ROOT);
    const memory = new VirtualMemory(mmu);
    if (kind === "OffsetPageTable") this.mapper = new OffsetPageTable(root, 0);
    else if (kind === "MappedPageTable") this.mapper = new MappedPageTable(root, (frame) => frame);
    else if (kind === "RecursivePageTable") {
      const table = Page.fromPageTableIndices(RECURSIVE, RECURSIVE, RECURSIVE, RECURSIVE).startAddress;
      this.mapper = RecursivePageTable.new(memory, table, PhysAddr.new(ROOT));
    } else this.mapper = new OffsetPageTable(new PageTable(memory, OFFSET + ROOT), OFFSET);
  }

  get tlb(): Tlb {
    const { mmu } = this.machine;
    return {
      flush: (at: Ptr) => mmu.flush(at),
      flushAll: () => mmu.flushAll(),
      flushPcid: (kind, pcid, at) => mmu.flushPcid(kind, pcid, at),
    };
  }

  /** What the tables map in the arena. */
  leaves(): Leaf[] {
    const found: Leaf[] = [];
    for (const { start, physical, pageSize, writable } of pages(readThrough(this.machine.ram), ROOT)) {
      const position = VirtAddr.stepsBetween(VirtAddr.ZERO, start)!;
      const size = pageSize === GIB ? Size1GiB : pageSize === Size2MiB.bytes ? Size2MiB : Size4KiB;
      if (position >= ARENA && position < ARENA + ARENA_SIZE) found.push({ position, size, physical, writable });
    }
    return found;
  }

  /** All entries of the tables in use, without the A and D bits, which the MMU sets also when a mapper reads through it. */
  tables(): Map<number, string> {
    const words = (at: number): Uint32Array => this.machine.ram.views.u32.slice(at / 4, at / 4 + 1024);
    const text = (at: number): string =>
      words(at)
        .map((word, i) => (i % 2 === 0 ? word & ~0x60 : word))
        .join();
    return new Map([ROOT, ...this.frames.taken].map((at) => [at, text(at)]));
  }
}
