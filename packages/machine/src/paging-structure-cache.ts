/**
 * The paging-structure cache: the way to the last page table, remembered for 64 regions of 2 MiB.
 *
 * ```
 *   virtual address   … │ 26 … 21 │ 20 … 0
 *                          slot     in the region
 *
 *   tags[slot]     first address of the region, or NaN
 *   tables[slot]   physical address of its level 1 table      rights[slot]   what the levels above permit
 * ```
 *
 * @see Intel SDM volume 3A, 4.10.3
 * @module
 */
import type { Ptr } from "@kmem/memory";
import type { StateTransfer } from "./state/transfer.ts";

/** Regions that are remembered; a power of two. */
export const REGIONS = 64;
/** Bytes of one. */
export const REGION_SIZE = 0x20_0000;
/** First address above the lower canonical half. */
const CANONICAL_END = 0x8000_0000_0000;
const PAGE_SIZE = 4096;

/** Ways to level 1 tables. */
export class PagingStructureCache {
  readonly tags: Float64Array = new Float64Array(REGIONS).fill(NaN);
  readonly tables: Int32Array = new Int32Array(REGIONS);
  readonly rights: Int32Array = new Int32Array(REGIONS);
  private isUsed = false;

  /** @param region - a multiple of {@link REGION_SIZE} */
  keep(slot: number, region: Ptr, table: number, rights: number): void {
    this.tags[slot] = region;
    this.tables[slot] = table;
    this.rights[slot] = rights;
    this.isUsed = true;
  }

  /** Drops what is remembered in the place of one address. */
  forget(at: Ptr): void {
    this.tags[(at >>> 21) & (REGIONS - 1)] = NaN;
  }

  forgetAll(): void {
    if (!this.isUsed) return;
    this.tags.fill(NaN);
    this.isUsed = false;
  }

  /** @internal saves or loads it. @param ramSize - bytes; a table lies below */
  transfer(state: StateTransfer, ramSize: number): void {
    for (let slot = 0; slot < REGIONS; slot++) {
      const region = this.tags[slot]!;
      if (!state.flag(region === region)) continue;
      const saved = state.integer(region, -CANONICAL_END, CANONICAL_END - REGION_SIZE);
      const table = state.u32(this.tables[slot]!, ramSize - PAGE_SIZE);
      const isRight = (saved & (REGION_SIZE - 1)) === 0 && (table & (PAGE_SIZE - 1)) === 0;
      state.check(isRight, "a region and its page table");
      this.keep(slot, saved, table, state.u32(this.rights[slot]!));
    }
  }
}
