/**
 * Everything that page tables map.
 *
 * @module
 */
import type { Level, PhysAddr, VirtAddr } from "../addr.ts";
import { addressAt, ENTRY_SIZES } from "./mapper/positions.ts";
import { EVERYTHING, restrict, type Permissions } from "./permissions.ts";
import type { ReadEntry } from "./read-entry.ts";
import { checkedTable } from "./walk.ts";

const ADDRESS = 0x000f_ffff_ffff_f000n;
const [PRESENT, HUGE, GLOBAL] = [1n, 0x80n, 0x100n];

/** A run of addresses that are mapped one after the other with the same permissions. */
export interface Mapping extends Permissions {
  /** First address. */
  readonly start: VirtAddr;
  /** Bytes. */
  readonly length: number;
  /** Physical address of the first byte. */
  readonly physical: PhysAddr;
  /** Bytes of each of its pages. */
  readonly pageSize: number;
  /** The last entry of the first page. */
  readonly entry: bigint;
  readonly global: boolean;
}

/**
 * Everything that the tables map, in the order of addresses as u64s; pages that continue each other, virtually and
 * physically, with the same permissions and size are one mapping.
 *
 * @param levelFourTable - physical address of the level 4 table, as in CR3
 * @throws AddressError `address/not-physical`, `address/not-aligned`; PhysicalMemoryError when an entry leads out of memory
 */
export function* mappings(readEntry: ReadEntry, levelFourTable: number): Generator<Mapping, void> {
  let run: Mapping | undefined;
  for (const page of pages(readEntry, levelFourTable)) {
    if (run !== undefined && continues(run, page)) run = { ...run, length: run.length + page.length };
    else {
      if (run !== undefined) yield run;
      run = page;
    }
  }
  if (run !== undefined) yield run;
}

/** Every page on its own, in the same order. */
export function* pages(readEntry: ReadEntry, levelFourTable: number): Generator<Mapping, void> {
  yield* pagesBelow(readEntry, checkedTable(levelFourTable), 4, 0, EVERYTHING);
}

/** @param base - position of the first address that the table maps */
function* pagesBelow(
  readEntry: ReadEntry,
  table: PhysAddr,
  level: Level,
  base: number,
  above: Permissions,
): Generator<Mapping, void> {
  const size = ENTRY_SIZES[level];
  for (let index = 0; index < 512; index++) {
    const entry = readEntry((table + index * 8) as PhysAddr);
    if ((entry & PRESENT) === 0n) continue;
    const permissions = restrict(above, entry);
    const position = base + index * size;
    const isLeaf = level === 1 || (level < 4 && (entry & HUGE) !== 0n);
    if (isLeaf) {
      const physical = Number(entry & ADDRESS & ~BigInt(size - 1)) as PhysAddr;
      const global = (entry & GLOBAL) !== 0n;
      yield { start: addressAt(position), length: size, physical, pageSize: size, entry, global, ...permissions };
    } else
      yield* pagesBelow(readEntry, Number(entry & ADDRESS) as PhysAddr, (level - 1) as Level, position, permissions);
  }
}

function continues(run: Mapping, page: Mapping): boolean {
  return (
    run.start + run.length === page.start &&
    run.physical + run.length === page.physical &&
    run.pageSize === page.pageSize &&
    run.global === page.global &&
    run.writable === page.writable &&
    run.userAccessible === page.userAccessible &&
    run.executable === page.executable
  );
}
