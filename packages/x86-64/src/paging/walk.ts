/**
 * Looking at page tables: one address step by step, or everything that they map.
 *
 * The tables are read through a function, so they may be anybody's: those in force, a virtual machine's, a memory dump's.
 *
 * @see Intel SDM vol. 3A, 4.5 and 4.6
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";
import { isCanonical, VirtAddr, type Level, type PhysAddr } from "../addr.ts";
import { flagsAtLevel, type LeveledFlags } from "./page-table.ts";

/** Reads an entry. @param at - its physical address, a multiple of 8 */
export type ReadEntry = (at: PhysAddr) => bigint;

/** Entries read from a memory in which physical address 0 is at `offset`. */
export function readThrough(memory: Memory, offset: Ptr = 0): ReadEntry {
  return (at) => memory.readU64(at + offset);
}

/** What all levels together permit. */
export interface Permissions {
  readonly writable: boolean;
  readonly userAccessible: boolean;
  readonly executable: boolean;
}

/** One entry on the way. */
export interface WalkStep extends LeveledFlags {
  readonly level: Level;
  /** Physical address of the table. */
  readonly table: PhysAddr;
  /** 0 … 511. */
  readonly index: number;
  readonly entry: bigint;
  /** What the levels down to this one permit together. */
  readonly permissions: Permissions;
}

/** The way from the level 4 table to a page, or to where it ends. */
export interface Walk {
  readonly steps: readonly WalkStep[];
  /** The physical address; `undefined` when the address is not mapped. */
  readonly physical: PhysAddr | undefined;
  /** Bytes of the page that the address is in; 0 when it is not mapped. */
  readonly pageSize: number;
}

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

const EVERYTHING: Permissions = { writable: true, userAccessible: true, executable: true };
const ADDRESS = 0x000f_ffff_ffff_f000n;
const [PRESENT, WRITABLE, USER, GLOBAL] = [1n, 2n, 4n, 0x100n];
const NO_EXECUTE = 1n << 63n;
const ENTRY_SIZES = [0, 2 ** 12, 2 ** 21, 2 ** 30, 2 ** 39] as const;

/**
 * Walks the tables for one address.
 *
 * @param levelFourTable - physical address of the level 4 table, as in CR3
 * @throws AddressError `address/not-canonical`
 */
export function walk(readEntry: ReadEntry, levelFourTable: PhysAddr, address: number): Walk {
  const at = VirtAddr.new(address);
  const steps: WalkStep[] = [];
  let table = levelFourTable;
  let permissions = EVERYTHING;
  for (const level of [4, 3, 2, 1] as const) {
    const index = VirtAddr.tableIndex(at, level);
    const entry = readEntry((table + index * 8) as PhysAddr);
    permissions = restrict(permissions, entry);
    const step: WalkStep = { level, table, index, entry, permissions, ...flagsAtLevel(entry, level) };
    steps.push(step);
    if ((entry & PRESENT) === 0n) break;
    if (step.isLeaf) {
      const pageSize = ENTRY_SIZES[level];
      const start = frameOf(entry, pageSize);
      return { steps, physical: (start + modulo(at, pageSize)) as PhysAddr, pageSize };
    }
    table = Number(entry & ADDRESS) as PhysAddr;
  }
  return { steps, physical: undefined, pageSize: 0 };
}

/**
 * Everything that the tables map, in the order of addresses as u64s; pages that continue each other, virtually and
 * physically, with the same permissions and size are one mapping.
 */
export function* mappings(readEntry: ReadEntry, levelFourTable: PhysAddr): Generator<Mapping, void> {
  let run: Mapping | undefined;
  for (const page of pages(readEntry, levelFourTable, 4, 0, EVERYTHING)) {
    if (run !== undefined && continues(run, page)) run = { ...run, length: run.length + page.length };
    else {
      if (run !== undefined) yield run;
      run = page;
    }
  }
  if (run !== undefined) yield run;
}

/** Every page on its own. @param base - first address of the table, as a number without a sign */
export function* pages(
  readEntry: ReadEntry,
  table: PhysAddr,
  level: Level = 4,
  base = 0,
  above: Permissions = EVERYTHING,
): Generator<Mapping, void> {
  const size = ENTRY_SIZES[level];
  for (let index = 0; index < 512; index++) {
    const entry = readEntry((table + index * 8) as PhysAddr);
    if ((entry & PRESENT) === 0n) continue;
    const permissions = restrict(above, entry);
    const address = base + index * size;
    if (level > 1 && !(level < 4 && (entry & 0x80n) !== 0n)) {
      yield* pages(readEntry, Number(entry & ADDRESS) as PhysAddr, (level - 1) as Level, address, permissions);
      continue;
    }
    const start = isCanonical(address) ? address : ((address - 2 ** 48) as VirtAddr);
    const global = (entry & GLOBAL) !== 0n;
    yield { start, length: size, physical: frameOf(entry, size), pageSize: size, entry, global, ...permissions };
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

function restrict({ writable, userAccessible, executable }: Permissions, entry: bigint): Permissions {
  return {
    writable: writable && (entry & WRITABLE) !== 0n,
    userAccessible: userAccessible && (entry & USER) !== 0n,
    executable: executable && (entry & NO_EXECUTE) === 0n,
  };
}

function frameOf(entry: bigint, pageSize: number): PhysAddr {
  const address = Number(entry & ADDRESS);
  return (address - (address % pageSize)) as PhysAddr;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
