/**
 * The memory management unit: translates virtual addresses with the tables that CR3 names.
 *
 * Translations are cached as hardware does it, and stay in force until they are flushed: in a {@link TranslationCache}, and
 * the way to the last table in a {@link PagingStructureCache}. A refused access walks the tables anew before it is refused,
 * and drops what was cached for its address.
 *
 * @see Intel SDM volume 3A, chapter 4 "Paging": 4.6 (rights), 4.10 (caches)
 * @module
 */
import { Cr0Flags, Cr4Flags, EferFlags } from "@kmem/x86-64";
import type { Ptr } from "@kmem/memory";
import { DIRTY, EXECUTE, FAULT, SIZE_1G, SIZE_2M, SYSTEM, WRITE } from "./access.ts";
import { HIGH_NX } from "./entry-bits.ts";
import { PageWalker } from "./page-walker.ts";
import { REGION_SIZE } from "./paging-structure-cache.ts";
import type { StateTransfer } from "./state/transfer.ts";

const BYTES_1G = 0x4000_0000;

/** Translates addresses, and remembers why it could not. */
export class Mmu extends PageWalker {
  private cr0 = 0;
  private cr4 = 0;
  private efer = 0;
  private pcid = 0;

  /** Takes over the control registers. The caller has checked them; what a real CPU would flush is flushed. */
  setControl(cr0: number, cr3: number, cr4: number, efer: number): void {
    // MOV to CR0 and CR4, and WRMSR, flush everything when they change how entries are read (SDM 3A, 4.10.4.1).
    const changedCr4 = (this.cr4 ^ cr4) & (Cr4Flags.PAGE_GLOBAL | Cr4Flags.PHYSICAL_ADDRESS_EXTENSION | Cr4Flags.PCID);
    const smepOn = (cr4 & ~this.cr4 & Cr4Flags.SUPERVISOR_MODE_EXECUTION_PROTECTION) !== 0;
    const changedCr0 = ((this.cr0 ^ cr0) & Cr0Flags.PAGING) !== 0;
    const changedNx = ((this.efer ^ efer) & EferFlags.NO_EXECUTE_ENABLE) !== 0;
    const flush = changedCr4 !== 0 || smepOn || changedCr0 || changedNx;
    this.cr0 = cr0;
    this.cr4 = cr4;
    this.efer = efer;
    this.setTable(cr3);
    this.rules.setControl(cr0, cr4, efer);
    this.reservedHigh = this.rules.noExecute ? this.reservedFrameHigh : this.reservedFrameHigh | HIGH_NX;
    if (flush) this.flushEverything();
    this.cache.forgetTags();
  }

  /** Writes CR3, and drops what is not global; with `keepTranslations` (PCIDs in use, bit 63 of the value) nothing. */
  writeCr3(cr3: number, keepTranslations: boolean): void {
    this.setTable(cr3);
    if (keepTranslations) this.regions.forgetAll();
    else this.flushAll();
  }

  /** Sets what rights depend on besides the control registers. */
  setMode(privilegeLevel: number, alignmentCheck: boolean, pkru: number): void {
    if (this.rules.setMode(privilegeLevel, alignmentCheck, pkru)) this.cache.forgetTags();
  }

  /** `invlpg`. */
  flush(address: Ptr): void {
    this.cache.flush(address);
    this.regions.forgetAll();
  }

  /** Drops what is not global of the present address space. */
  flushAll(): void {
    if ((this.cr4 & Cr4Flags.PCID) === 0) this.cache.flushAll(false);
    else this.cache.flushSpace(this.pcid);
    this.regions.forgetAll();
  }

  /** `invpcid`; the kinds are the manual's. */
  flushPcid(kind: 0 | 1 | 2 | 3, pcid: number, address: Ptr): void {
    if (kind === 0) this.cache.flushInSpace(pcid, address);
    else if (kind === 1) this.cache.flushSpace(pcid);
    else this.cache.flushAll(kind === 2);
    this.regions.forgetAll();
  }

  /**
   * Translates an address for an access to bytes of one page.
   *
   * @param access - `READ`, {@link WRITE} or {@link EXECUTE}, with {@link STACK} or {@link SYSTEM}
   * @returns the physical address, or {@link FAULT}: then `faultVector`, `faultErrorCode` and `faultAddress` say why
   * @throws {@link PhysicalMemoryError} when a table or the frame lies where there is no memory
   */
  translate(at: Ptr, access: number): number {
    this.missed[0] = at;
    return this.translateMissed(access);
  }

  /** @internal likewise, of the address in `missed` */
  translateMissed(access: number): number {
    const { cache } = this;
    const at = this.missed[0]!;
    const offset = at & 4095;
    const page = at - offset;
    const slot = ((at >>> 12) & 4095) ^ cache.salt;
    if (cache.pages[slot] === page) {
      const rights = cache.rights[slot]!;
      // A write through a translation whose D bit was clear must set it in memory: it walks.
      if (((access & WRITE) === 0 || (rights & DIRTY) !== 0) && this.rules.refusal(rights, access) === 0) {
        if ((access & SYSTEM) === 0) this.tag(slot, page, access);
        return cache.frames[slot]! + offset;
      }
    }
    return this.walkFromTable(access);
  }

  /** Whether the access is allowed, without setting A or D bits of the last entry: for the first page of two. */
  check(at: Ptr, access: number): boolean {
    const { cache } = this;
    const slot = ((at >>> 12) & 4095) ^ cache.salt;
    if (cache.pages[slot] === at - (at & 4095)) {
      const rights = cache.rights[slot]!;
      if (((access & WRITE) === 0 || (rights & DIRTY) !== 0) && this.rules.refusal(rights, access) === 0) return true;
    }
    return this.walk(at, access, false) !== FAULT;
  }

  /** How many bytes around `at`, translated just now, lie in one page: 4 KiB, 2 MiB or 1 GiB. */
  pageSizeAt(at: Ptr): number {
    const { cache } = this;
    const slot = ((at >>> 12) & 4095) ^ cache.salt;
    const rights = cache.pages[slot] === at - (at & 4095) ? cache.rights[slot]! : 0;
    return (rights & SIZE_1G) !== 0 ? BYTES_1G : (rights & SIZE_2M) !== 0 ? REGION_SIZE : 4096;
  }

  /** @internal saves or loads the caches and the last refusal; the control registers are the CPU's */
  transfer(state: StateTransfer): void {
    this.faultVector = state.u8(this.faultVector);
    this.faultErrorCode = state.u32(this.faultErrorCode);
    this.faultAddress = state.integer(this.faultAddress);
    this.cache.transfer(state, this.ramSize);
    this.regions.transfer(state, this.ramSize);
  }

  /** Lets the fast path serve such accesses; whoever may write may read. */
  private tag(slot: number, page: Ptr, access: number): void {
    if ((access & EXECUTE) !== 0) return;
    this.cache.readTags[slot] = page;
    if ((access & WRITE) !== 0) this.cache.writeTags[slot] = page;
  }

  private setTable(cr3: number): void {
    this.root = cr3 - (cr3 & 0xfff);
    this.pcid = (this.cr4 & Cr4Flags.PCID) === 0 ? 0 : cr3 & 0xfff;
    this.cache.select(this.pcid);
  }

  private flushEverything(): void {
    this.cache.flushAll(true);
    this.regions.forgetAll();
  }
}
