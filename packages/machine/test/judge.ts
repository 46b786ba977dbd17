/** A page, and what accesses to it give. */
import { Cr0Flags, Cr4Flags } from "@kmem/x86-64";
import { expect } from "vitest";
import { FAULT, type Mmu } from "../src/index.ts";
import { Pc } from "./pc.ts";

export const AT = 0x4444_4444_0000;
export const FRAME = 0x60_0000;
export const RING_0 = 0;
export const RING_3 = 3;
const { WRITE_PROTECT } = Cr0Flags;

// Bits of a page fault's error code.
export const P = 1;
export const W = 2;
export const U = 4;
export const RSVD = 8;
export const I = 16;
export const PK = 32;

/** A page with these flags, and what an access to it gives: "allowed", or the error code. */
export class Judge {
  readonly pc = new Pc();
  private cr4 = Cr4Flags.PHYSICAL_ADDRESS_EXTENSION | Cr4Flags.PAGE_GLOBAL;

  constructor(flags: number) {
    this.pc.map(AT, FRAME, flags);
  }

  private get mmu(): Mmu {
    return this.pc.machine.mmu;
  }

  /** Turns bits of CR4 on. */
  with(bits: number): this {
    this.cr4 |= bits;
    this.pc.machine.cpu.registers.cr4 = this.cr4;
    return this;
  }

  withoutWriteProtect(): this {
    this.pc.machine.cpu.registers.cr0 &= ~WRITE_PROTECT;
    return this;
  }

  /** Sets bits of the page's entry; what is cached is dropped. */
  entry(bits: bigint): this {
    this.pc.machine.ram.writeU64(this.entryAddress(), this.pc.machine.ram.readU64(this.entryAddress()) | bits);
    this.mmu.flush(AT);
    return this;
  }

  entryAddress(): number {
    let table = this.pc.machine.cpu.registers.cr3;
    for (const index of [136, 273, 34]) table = this.pc.machine.ram.readU32(table + index * 8) & ~0xfff;
    return table + 64 * 8;
  }

  says(access: number, ring = RING_0, { ac = false, pkru = 0 } = {}): number | "allowed" {
    this.mmu.setMode(ring, ac, pkru);
    if (this.mmu.translate(AT + 0x18, access) !== FAULT) return "allowed";
    expect([this.mmu.faultVector, this.mmu.faultAddress]).toEqual([14, AT + 0x18]);
    return this.mmu.faultErrorCode;
  }
}
