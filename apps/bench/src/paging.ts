/**
 * Changing and reading page tables, page by page and by the range, beside a plain mapper in bigints.
 *
 * Rust's crate x86_64 0.15, compiled natively, takes 2.8 … 6.2 ns to map a page (with and without link-time optimisation)
 * and 10.6 ns to translate a random address, on an idle Xeon. `rivals/native-mapper.rs` gives native figures for any machine.
 */
import { LinearMemory } from "@kmem/memory";
import {
  OffsetPageTable,
  Page,
  PageTable,
  PageTableFlags,
  PhysFrame,
  type FrameAllocator,
  type FrameDeallocator,
  type Tlb,
  type VirtAddr,
} from "@kmem/x86-64";
import type { Benchmark, Contestant } from "./harness.ts";
import { BigintMapper } from "./rivals/bigint-mapper.ts";

export const PAGES = 1 << 18;
export const PAGED_BASE = 0x4444_4440_0000;
const TARGET = 0x1_0000_0000;
const ROOT = 0x1000;
const { PRESENT, WRITABLE } = PageTableFlags;
export const FLAGS: number = PRESENT | WRITABLE;

/** A TLB that counts, so that flushes are not optimised away. */
export class CountingTlb implements Tlb {
  flushes = 0;
  flush(): void {
    this.flushes++;
  }
  flushAll(): void {
    this.flushes++;
  }
  flushPcid(): void {
    this.flushes++;
  }
}

/** Tables in 4 MiB of plain memory, of which 2 MiB and some are needed. */
export class Subject implements FrameAllocator, FrameDeallocator {
  readonly buffer: ArrayBuffer = new ArrayBuffer(0x40_0000);
  readonly memory: LinearMemory = new LinearMemory(this.buffer);
  readonly mapper: OffsetPageTable = new OffsetPageTable(new PageTable(this.memory, ROOT), 0);
  readonly tlb: CountingTlb = new CountingTlb();
  readonly frames: readonly PhysFrame[] = Array.from({ length: PAGES }, (_, i) => scatteredFrame(i));
  private next = ROOT;

  allocateFrame(): PhysFrame {
    return PhysFrame.fromStartAddress((this.next += 4096));
  }

  deallocateFrame(): void {
    throw new Error("nothing runs out");
  }

  /** Empties the level 4 table, and starts again with the frames: mappers empty tables when they make them. */
  reset(): void {
    this.mapper.level4Table.zero();
    this.next = ROOT;
  }

  // Constants are parameters here, as a kernel has them: a module's are looked up in every round.

  mapEach(base = PAGED_BASE, target = TARGET, flags = FLAGS): void {
    const { mapper, tlb } = this;
    for (let i = 0; i < 262_144; i++) {
      const page = Page.containingAddress(base + i * 4096);
      const frame = PhysFrame.containingAddress(target + i * 4096);
      mapper.mapTo(page, frame, flags, this).flush(tlb);
    }
  }

  unmapEach(base = PAGED_BASE): void {
    const { mapper, tlb } = this;
    for (let i = 0; i < 262_144; i++) mapper.unmap(Page.containingAddress(base + i * 4096)).flush.flush(tlb);
  }

  /** @param target - a frame, or all frames */
  mapRange(target: PhysFrame | readonly PhysFrame[]): void {
    this.mapper.mapRange(allPages(), target, FLAGS, this).flush(this.tlb);
  }
}

function allPages(): ReturnType<typeof Page.range> {
  return Page.range(Page.containingAddress(PAGED_BASE), Page.containingAddress(PAGED_BASE + PAGES * 4096));
}

/** No two frames that follow each other, so that a range needs small pages. */
function scatteredFrame(i: number): PhysFrame {
  return PhysFrame.fromStartAddress(TARGET + ((i * 7919) % PAGES) * 4096);
}

/** The rival with tables of its own. */
class Rival {
  readonly buffer: ArrayBuffer = new ArrayBuffer(0x40_0000);
  readonly mapper: BigintMapper = new BigintMapper(this.buffer, BigInt(ROOT), () => (this.next += 4096n));
  private next = BigInt(ROOT);

  reset(): void {
    new Uint8Array(this.buffer, ROOT, 4096).fill(0);
    this.next = BigInt(ROOT);
  }

  mapEach(): void {
    for (let i = 0n; i < PAGES; i++) this.mapper.map(BigInt(PAGED_BASE) + i * 4096n, BigInt(TARGET) + i * 4096n, 3n);
  }

  unmapEach(): void {
    for (let i = 0n; i < PAGES; i++) this.mapper.unmap(BigInt(PAGED_BASE) + i * 4096n);
  }
}

/** Addresses all over the pages. */
export function randomAddresses(): Float64Array {
  let state = 12_345;
  return Float64Array.from({ length: PAGES }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return PAGED_BASE + Math.floor((state / 2 ** 32) * PAGES * 4096);
  });
}

/** Keeps what was translated alive. */
export const sink = new Float64Array(1);

function mapping(): Contestant[] {
  const [each, range, list] = [new Subject(), new Subject(), new Subject()];
  const rival = new Rival();
  // A first frame at an odd multiple of 4 KiB: no address fits a page of 2 MiB.
  const odd = PhysFrame.fromStartAddress(TARGET + 4096);
  return [
    {
      name: "mapTo and flush",
      operations: PAGES,
      run() {
        each.reset();
        each.mapEach();
      },
    },
    {
      name: "mapRange to frames in a row",
      operations: PAGES,
      run() {
        range.reset();
        range.mapRange(odd);
      },
    },
    {
      name: "mapRange to a list of frames",
      operations: PAGES,
      run() {
        list.reset();
        list.mapRange(list.frames);
      },
    },
    {
      name: "a mapper in bigints",
      operations: PAGES,
      run() {
        rival.reset();
        rival.mapEach();
      },
    },
  ];
}

function unmapping(): Contestant[] {
  const [each, range] = [new Subject(), new Subject()];
  const rival = new Rival();
  for (const subject of [each, range]) subject.mapRange(subject.frames);
  rival.mapEach();
  const restore = (buffer: ArrayBuffer): (() => void) => {
    const copy = new Uint8Array(buffer.slice(0));
    return () => new Uint8Array(buffer).set(copy);
  };
  const [restoreEach, restoreRange, restoreRival] = [each, range, rival].map(({ buffer }) => restore(buffer));
  return [
    {
      name: "unmap and flush",
      operations: PAGES,
      run() {
        restoreEach!();
        each.unmapEach();
      },
    },
    {
      name: "unmapRange",
      operations: PAGES,
      run() {
        restoreRange!();
        range.mapper.unmapRange(allPages()).flush.flush(range.tlb);
      },
    },
    {
      name: "a mapper in bigints",
      operations: PAGES,
      run() {
        restoreRival!();
        rival.unmapEach();
      },
    },
  ];
}

function translating(): Contestant[] {
  const subject = new Subject();
  subject.mapRange(subject.frames);
  const rival = new Rival();
  rival.mapEach();
  const at = randomAddresses();
  const wide = BigInt64Array.from(at, BigInt);
  return [
    {
      name: "translateAddr",
      operations: PAGES,
      run() {
        let sum = 0;
        const { mapper } = subject;
        for (let i = 0; i < 262_144; i++) sum += mapper.translateAddr(at[i] as VirtAddr)!;
        sink[0] = sum;
      },
    },
    {
      name: "a mapper in bigints",
      operations: PAGES,
      run() {
        let sum = 0n;
        for (let i = 0; i < PAGES; i++) sum += rival.mapper.translate(wide[i]!) ?? 0n;
        sink[0] = Number(sum);
      },
    },
  ];
}

export const pagingBenchmarks: readonly Benchmark[] = [
  {
    name: "paging/map",
    about: "a page of 4 KiB, of 262 144 that follow each other; tables are made on the way",
    contestants: mapping,
  },
  {
    name: "paging/unmap",
    about: "a page of the same 262 144; all tables are first copied back, which is counted too",
    contestants: unmapping,
  },
  {
    name: "paging/translate",
    about: "a random address in 1 GiB of pages of 4 KiB",
    contestants: translating,
  },
];
