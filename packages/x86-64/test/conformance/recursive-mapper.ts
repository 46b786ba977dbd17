import { LinearMemory } from "@kmem/memory";
import { Harness, RecordedAllocator } from "./mapper-harness.ts";
import { expectSame, performAll, wordsOf } from "./mapper.ts";
import { word, type Api, type Case } from "./words.ts";

/** Bytes of the recorded machine's memory. */
const MEMORY = 1024 * 1024;
const PRESENT = 1n;
const HUGE = 0x80n;
const ADDRESS = 0x000f_ffff_ffff_f000n;

const bytes = new BigUint64Array(MEMORY / 8);

/** Replays a case of suite `recursive-mapper`: as suite `mapper`, where entry `recursive` of the level 4 table names itself. */
export function replayRecursiveMapper(api: Api, given: Case): void {
  const { Page, PageTable, RecursivePageTable } = api;
  const p4 = Number(word(given.p4));
  const r = given.recursive as number;
  bytes.fill(word(given.fill));
  bytes.fill(0n, p4 / 8, p4 / 8 + 512);
  bytes[p4 / 8 + r] = word(given.p4) | 3n;
  const virtual = new VirtualTables(bytes.buffer, p4);
  const table = new PageTable(virtual, Page.fromPageTableIndices(r, r, r, r).startAddress);
  const allocator = new RecordedAllocator(api, given.alloc as ConstructorParameters<typeof RecordedAllocator>[1]);
  const mapper = RecursivePageTable.newUnchecked(table, r);
  const harness = new Harness(api, new LinearMemory(bytes.buffer), (at) => at, mapper, allocator);
  performAll(given, harness, () => virtual.flush());
  expectSame("allocated", given.allocated, allocator.allocated);
  expectSame("deallocated", given.deallocated, allocator.deallocated);
  const frames = new Set([p4, ...allocator.allocated.map(Number), ...harness.poked]);
  expectSame("final", given.final, wordsOf(bytes, frames));
}

/** Memory seen through the tables that lie in it, page by page. What was translated is good until `flush`. */
class VirtualTables extends LinearMemory {
  private readonly p4: number;
  private flushes = 0;

  constructor(buffer: ArrayBuffer, p4: number) {
    super(buffer);
    this.p4 = p4;
  }

  override get generation(): number {
    return this.flushes;
  }

  /** Drops all translations. */
  flush(): void {
    this.flushes++;
  }

  override window(at: number): ReturnType<LinearMemory["window"]> {
    const address = at - (((at % 4096) + 4096) % 4096);
    return { views: this.views, address, firstIndex: this.translate(address), byteLength: 4096 };
  }

  private translate(page: number): number {
    const address = BigInt.asUintN(48, BigInt(page));
    let table = this.p4;
    for (let level = 4; level > 0; level--) {
      const shift = BigInt(9 * level + 3);
      const entry = bytes[table / 8 + Number((address >> shift) & 511n)] ?? 0n;
      if ((entry & PRESENT) === 0n) break;
      const mask = (1n << shift) - 1n;
      if (level === 1 || (level < 4 && (entry & HUGE) !== 0n))
        return Number((entry & ADDRESS & ~mask) | (address & mask));
      table = Number(entry & ADDRESS);
    }
    throw new Error(`page fault at ${page}`);
  }
}
