/**
 * The registers of the CPU as they are stored, and the CPU's own accesses to memory.
 *
 * The CPU reads descriptor tables and writes stack frames itself, through the MMU. Such an access can be refused while an
 * exception is being delivered; so here a refusal is a result, never an exception.
 *
 * @module
 */
import type { Ptr } from "@kmem/memory";
import { RFlags } from "@kmem/x86-64";
import { FAULT, READ, STACK, SYSTEM, WRITE } from "./access.ts";
import type { Mmu } from "./mmu.ts";
import type { StateTransfer } from "./state/transfer.ts";

const TWO_32 = 0x1_0000_0000;
const CANONICAL_END = 0x8000_0000_0000;
const PAGE_SIZE = 4096;
/** Bit 1 of RFLAGS is always set. */
const RFLAGS_ONE = 0x2;

/** A table that GDTR, IDTR or TR names. */
export interface TableRegister {
  base: Ptr;
  /** Offset of its last byte. */
  limit: number;
}

/** Registers, and what of them the MMU must know. */
export class CpuState {
  readonly mmu: Mmu;
  cr0 = 0;
  cr2: Ptr = 0;
  cr3 = 0;
  cr4 = 0;
  efer = 0;
  pkru = 0;
  rip: Ptr = 0;
  rsp: Ptr = 0;
  rflags: number = RFLAGS_ONE;
  cs = 0;
  ss = 0;
  cpl = 0;
  readonly gdt: TableRegister = { base: 0, limit: 0 };
  readonly idt: TableRegister = { base: 0, limit: 0 };
  readonly tss: TableRegister = { base: 0, limit: 0 };
  taskRegister = 0;

  /** The two halves of the 8 bytes read last. */
  low = 0;
  high = 0;

  /** Why the last of the CPU's own steps was refused. */
  faultVector = 0;
  faultErrorCode = 0;
  /** Of a page fault. */
  faultAddress: Ptr = 0;

  private readonly data: DataView;

  constructor(mmu: Mmu) {
    this.mmu = mmu;
    const { u8 } = mmu.ram.views;
    this.data = new DataView(u8.buffer, u8.byteOffset, u8.byteLength);
  }

  /** Tells the MMU what rights depend on. Call it after a change of `cpl`, `rflags` or `pkru`. */
  modeChanged(): void {
    this.mmu.setMode(this.cpl, (this.rflags & RFlags.ALIGNMENT_CHECK) !== 0, this.pkru);
  }

  /** @internal saves or loads the registers; the MMU is told of what it must know */
  transfer(state: StateTransfer): void {
    this.cr0 = state.u32(this.cr0);
    this.cr2 = state.integer(this.cr2);
    this.cr3 = state.integer(this.cr3, 0, 2 ** this.mmu.physicalAddressBits - 1);
    this.cr4 = state.u32(this.cr4);
    this.efer = state.u32(this.efer);
    this.pkru = state.u32(this.pkru);
    this.rip = state.integer(this.rip);
    this.rsp = state.integer(this.rsp);
    this.rflags = state.u32(this.rflags);
    this.cs = state.u16(this.cs);
    this.ss = state.u16(this.ss);
    this.cpl = state.u8(this.cpl, 3);
    for (const table of [this.gdt, this.idt, this.tss]) {
      table.base = state.integer(table.base);
      table.limit = state.u32(table.limit);
    }
    this.taskRegister = state.u16(this.taskRegister);
    this.faultVector = state.u8(this.faultVector);
    this.faultErrorCode = state.u32(this.faultErrorCode);
    this.faultAddress = state.integer(this.faultAddress);
    if (!state.isLoading) return;
    this.mmu.setControl(this.cr0, this.cr3, this.cr4, this.efer);
    this.modeChanged();
  }

  /** Notes why a step is refused. @returns false, for the caller to return */
  refuse(vector: number, errorCode: number): false {
    this.faultVector = vector;
    this.faultErrorCode = errorCode;
    this.faultAddress = 0;
    return false;
  }

  /** Reads 8 bytes into `low` and `high`. @param access - READ, with STACK or SYSTEM */
  readWord(at: Ptr, access: number): boolean {
    const first = this.mmu.translate(at, READ | access);
    if (first === FAULT) return this.refuseAsMmu();
    if ((at & 4095) + 8 <= PAGE_SIZE) {
      this.low = this.data.getUint32(first, true);
      this.high = this.data.getUint32(first + 4, true);
      return true;
    }
    const inFirst = PAGE_SIZE - (at & 4095);
    const second = this.mmu.translate(at + inFirst, READ | access);
    if (second === FAULT) return this.refuseAsMmu();
    const bytes = new DataView(new ArrayBuffer(8));
    for (let i = 0; i < 8; i++) bytes.setUint8(i, this.data.getUint8(i < inFirst ? first + i : second + i - inFirst));
    this.low = bytes.getUint32(0, true);
    this.high = bytes.getUint32(4, true);
    return true;
  }

  /** The 8 bytes read last, as a signed integer; exact for every canonical address. */
  get word(): number {
    return (this.high | 0) * TWO_32 + (this.low >>> 0);
  }

  /** Makes sure that `count` words below `top`, a multiple of 16, can be pushed: in the order of the pushes. */
  canPush(top: Ptr, count: number): boolean {
    const last = top - 8 * count;
    if (this.mmu.translate(top - 8, WRITE | STACK) === FAULT) return this.refuseAsMmu();
    const boundary = top - 8 - ((top - 8) & 4095);
    if (last < boundary && this.mmu.translate(boundary - 8, WRITE | STACK) === FAULT) return this.refuseAsMmu();
    return true;
  }

  /** Writes 8 bytes where {@link canPush} has allowed it. */
  writeWord(at: Ptr, value: number): void {
    const physical = this.mmu.translate(at, WRITE | STACK);
    this.data.setUint32(physical, value, true);
    this.data.setUint32(physical + 4, Math.floor(value / TWO_32), true);
  }

  /** Sets bits in a byte of a system structure. */
  setSystemBits(at: Ptr, bits: number): boolean {
    const physical = this.mmu.translate(at, WRITE | SYSTEM);
    if (physical === FAULT) return this.refuseAsMmu();
    this.data.setUint8(physical, this.data.getUint8(physical) | bits);
    return true;
  }

  /** Reads a segment descriptor into `low` and `high`. @param external - added to error codes */
  readDescriptor(selector: number, external: number, vectorIfMissing: number): boolean {
    const offset = selector & 0xfff8;
    // Bit 2 names a local descriptor table, of which there is none.
    if ((selector & 4) !== 0 || offset + 7 > this.gdt.limit)
      return this.refuse(vectorIfMissing, (selector & 0xfffc) | external);
    return this.readWord(this.gdt.base + offset, SYSTEM);
  }

  refuseAsMmu(): false {
    this.faultVector = this.mmu.faultVector;
    this.faultErrorCode = this.mmu.faultErrorCode;
    this.faultAddress = this.mmu.faultAddress;
    return false;
  }
}

export function isCanonical(address: number): boolean {
  return Number.isInteger(address) && address >= -CANONICAL_END && address < CANONICAL_END;
}
