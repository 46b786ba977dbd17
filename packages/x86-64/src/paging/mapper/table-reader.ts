/**
 * Reading page tables: what all mappers have in common.
 *
 * @see https://docs.rs/x86_64/0.15.4/x86_64/structures/paging/mapper/trait.Translate.html
 * @module
 */
import type { Memory } from "@kmem/memory";
import { VirtAddr, type PhysAddr } from "../../addr.ts";
import { TranslateError } from "../errors.ts";
import type { Page } from "../page.ts";
import { offsetIn, Size1GiB, Size2MiB, Size4KiB, type PageSize } from "../page-size.ts";
import { packHalves } from "../page-table-flags.ts";
import { addressIn, type PageTable } from "../page-table.ts";
import { PhysFrame } from "../phys-frame.ts";
import { UNUSUAL } from "./flat-tables.ts";
import type { Translate, TranslateResult } from "./mapper.ts";
import { entryOffset, TableWalk, type TablePointer } from "./table-walk.ts";

const SIZES = [Size4KiB, Size4KiB, Size2MiB, Size1GiB] as const;

/** A reader: what differs between mappers is only where tables can be read and written. */
export abstract class TableReader implements Translate {
  readonly level4Table: PageTable;
  protected readonly walk: TableWalk;

  /** @param ownIndex - of the level 4 entry that names the table itself, where the mapping is recursive; else −1 */
  protected constructor(level4Table: PageTable, pointer: TablePointer | number, ownIndex: number) {
    this.level4Table = level4Table;
    this.walk = new TableWalk(level4Table, pointer, ownIndex >= 0);
  }

  /** Memory that the tables lie in. */
  get memory(): Memory {
    return this.level4Table.memory;
  }

  // `translatePage` and `translateAddr` are small, with what few calls need apart: so V8 makes them part of their callers,
  // and no objects for a `Page` or a `PhysFrame` that a loop makes and drops.

  translatePage<S extends PageSize>(page: Page<S>): PhysFrame<S> {
    const { startAddress, size } = page;
    const { flat } = this.walk;
    const at = flat?.leaf(Math.floor(startAddress / 0x4000_0000) | 0, startAddress | 0) ?? UNUSUAL;
    const frame =
      at >= 0 && flat!.leafMask === 0xfff && size.level === 1
        ? addressIn(flat!.words[at]!, flat!.words[at + 1]!)
        : this.translateAny(startAddress, size);
    return PhysFrame.fromStartAddressUnchecked(frame, size);
  }

  translate(address: VirtAddr): TranslateResult {
    VirtAddr.new(address);
    const window = this.walk.descendToLeaf(address);
    if (window === undefined) return { kind: "not-mapped" };
    const level = this.walk.leafLevel;
    const at = window.first + entryOffset(address, level);
    const size = SIZES[level];
    const start = addressIn(window.words[at]!, window.words[at + 1]!);
    return {
      kind: "mapped",
      frame: PhysFrame.containingAddress(start, size),
      offset: offsetIn(address, size),
      flags: packHalves(window.words[at]!, window.words[at + 1]!),
    };
  }

  translateAddr(address: VirtAddr): PhysAddr | undefined {
    // Written out, as in `Page`.
    if (!(Number.isInteger(address) && address >= -0x8000_0000_0000 && address < 0x8000_0000_0000))
      VirtAddr.new(address);
    const { flat } = this.walk;
    if (flat === undefined) return this.translateSlowly(address);
    const at = flat.leaf(Math.floor(address / 0x4000_0000) | 0, address | 0);
    if (at < 0) return at === -1 ? undefined : this.translateSlowly(address);
    return physicalIn(flat.words[at]!, flat.words[at + 1]!, flat.leafMask, address);
  }

  private translateAny(page: VirtAddr, size: PageSize): PhysAddr {
    const window = this.walk.descend(page, size.level, false);
    if (window === undefined) throw new TranslateError(this.walk.obstacle);
    const at = window.first + entryOffset(page, size.level);
    const low = window.words[at]!;
    const high = window.words[at + 1]!;
    if (low === 0 && high === 0) throw new TranslateError("map/page-not-mapped");
    const address = addressIn(low, high);
    if (offsetIn(address, size) !== 0) throw new TranslateError("map/invalid-frame-address", address);
    return address;
  }

  private translateSlowly(address: VirtAddr): PhysAddr | undefined {
    const window = this.walk.descendToLeaf(address);
    if (window === undefined) return undefined;
    const { leafLevel } = this.walk;
    const at = window.first + entryOffset(address, leafLevel);
    return physicalIn(window.words[at]!, window.words[at + 1]!, SIZES[leafLevel].bytes - 1, address);
  }
}

/** The physical address, given the halves of the entry that maps an address, and the size of its page less 1. */
function physicalIn(low: number, high: number, mask: number, address: VirtAddr): PhysAddr {
  const start = (low & 0xffff_f000 & ~mask) >>> 0;
  return ((high & 0xf_ffff) * 0x1_0000_0000 + start + (address & mask)) as PhysAddr;
}
