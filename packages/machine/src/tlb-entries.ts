/**
 * What the TLB holds, for people: also what the tables say otherwise by now.
 *
 * @module
 */
import type { Ptr } from "@kmem/memory";
import { DIRTY, GLOBAL, KEY_SHIFT, NO_EXECUTE, SIZE_1G, SIZE_2M, USER, WRITABLE } from "./access.ts";
import type { Mmu } from "./mmu.ts";

/** One translation of 4 KiB. */
export interface TlbEntry {
  /** First virtual address. */
  readonly address: Ptr;
  /** First physical address. */
  readonly physical: number;
  /** Bytes of the page that it is a piece of: 4 KiB, 2 MiB or 1 GiB. */
  readonly pageSize: number;
  /** Of the address space in which it was made; a global one is used in all. */
  readonly pcid: number;
  readonly global: boolean;
  /** What all levels together permit. */
  readonly writable: boolean;
  readonly userAccessible: boolean;
  readonly executable: boolean;
  /** Whether a write went through it: the first one sets the page's dirty bit. */
  readonly dirty: boolean;
  /** Protection key, 0 … 15. */
  readonly key: number;
}

/** The translations that are cached, in the order of their addresses as signed numbers; it changes nothing. */
export function tlbEntries({ cache }: Mmu): TlbEntry[] {
  const entries: TlbEntry[] = [];
  for (const slot of cache.usedSlots()) {
    const rights = cache.rights[slot]!;
    entries.push({
      address: cache.pages[slot]!,
      physical: cache.frames[slot]!,
      pageSize: (rights & SIZE_1G) !== 0 ? 0x4000_0000 : (rights & SIZE_2M) !== 0 ? 0x20_0000 : 4096,
      pcid: cache.pcidOf(slot),
      global: (rights & GLOBAL) !== 0,
      writable: (rights & WRITABLE) !== 0,
      userAccessible: (rights & USER) !== 0,
      executable: (rights & NO_EXECUTE) === 0,
      dirty: (rights & DIRTY) !== 0,
      key: (rights >>> KEY_SHIFT) & 15,
    });
  }
  return entries.sort((a, b) => a.address - b.address || a.pcid - b.pcid);
}
