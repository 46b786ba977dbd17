/**
 * Looking at the way through page tables to one address, step by step.
 *
 * @see Intel SDM vol. 3A, 4.5 and 4.6
 * @module
 */
import { PhysAddr, type Level } from "../addr.ts";
import { AddressError } from "../errors.ts";
import { EVERYTHING, restrict, type Permissions } from "./permissions.ts";
import { flagsAtLevel, type LeveledFlags } from "./page-table.ts";
import type { ReadEntry } from "./read-entry.ts";

/** A table of level 5 is there only with 5-level paging. */
export type WalkLevel = Level | 5;

/** One entry on the way. */
export interface WalkStep extends LeveledFlags {
  readonly level: WalkLevel;
  /** Physical address of the table. */
  readonly table: PhysAddr;
  /** 0 … 511. */
  readonly index: number;
  readonly entry: bigint;
  /** What the levels down to this one permit together. */
  readonly permissions: Permissions;
}

/** The way from the highest table to a page, or to where it ends. */
export interface Walk {
  readonly steps: readonly WalkStep[];
  /** The physical address; `undefined` when the address is not mapped. */
  readonly physical: PhysAddr | undefined;
  /** Bytes of the page that the address is in; 0 when it is not mapped. */
  readonly pageSize: number;
}

export interface WalkOptions {
  /** 5 with CR4.LA57: then addresses have 57 bits, and those beyond 2^53 must be a `bigint`. Default: 4. */
  readonly levels?: 4 | 5;
}

const ADDRESS = 0x000f_ffff_ffff_f000n;

/**
 * Walks the tables for one address.
 *
 * @param table - physical address of the highest table, as in CR3
 * @param address - canonical; as a number, or as a u64
 * @throws {@link AddressError} `address/not-canonical`, `address/not-physical`, `address/not-aligned`, `address/level`;
 * PhysicalMemoryError when an entry leads out of memory
 */
export function walk(readEntry: ReadEntry, table: number, address: number | bigint, options: WalkOptions = {}): Walk {
  const { levels = 4 } = options;
  if ((levels as unknown) !== 4 && (levels as unknown) !== 5)
    throw new AddressError("address/level", "expected page tables of 4 or 5 levels, got", levels);
  const word = canonical(address, levels);
  const steps: WalkStep[] = [];
  let at = checkedTable(table);
  let permissions = EVERYTHING;
  for (let level: WalkLevel = levels; level > 0; level--) {
    const shift = BigInt(9 * level + 3);
    const index = Number((word >> shift) & 511n);
    const entry = readEntry((at + index * 8) as PhysAddr);
    permissions = restrict(permissions, entry);
    const step: WalkStep = {
      level: level as WalkLevel,
      table: at,
      index,
      entry,
      permissions,
      ...flagsAtLevel(entry, level as WalkLevel),
    };
    steps.push(step);
    if ((entry & 1n) === 0n) break;
    if (step.isLeaf) {
      const mask = (1n << shift) - 1n;
      return {
        steps,
        physical: Number((entry & ADDRESS & ~mask) | (word & mask)) as PhysAddr,
        pageSize: Number(mask) + 1,
      };
    }
    at = Number(entry & ADDRESS) as PhysAddr;
  }
  return { steps, physical: undefined, pageSize: 0 };
}

/** @throws {@link AddressError} unless this is the physical address of a table */
export function checkedTable(table: number): PhysAddr {
  if (PhysAddr.new(table) % 4096 !== 0)
    throw new AddressError(
      "address/not-aligned",
      "expected the address of a page table, a multiple of 4096, got",
      table,
    );
  return table as PhysAddr;
}

/** The address as a signed integer. */
function canonical(address: number | bigint, levels: 4 | 5): bigint {
  const isExact =
    typeof address === "bigint" ? address >= -(1n << 63n) && address < 1n << 64n : Number.isSafeInteger(address);
  if (isExact) {
    const word = BigInt.asIntN(64, BigInt(address));
    if (BigInt.asIntN(9 * levels + 12, word) === word) return word;
  }
  throw new AddressError("address/not-canonical", `expected a canonical address of ${levels} levels, got`, address);
}
