/**
 * The registers as the kernel reads and writes them: what the CPU refuses raises #GP, as the instruction would.
 *
 * @see Intel SDM volume 3A, 2.5 (control registers), 4.1 (paging modes), 4.10.1 (PCIDs)
 * @module
 */
import type { Ptr } from "@kmem/memory";
import { Cr0Flags, Cr4Flags, EferFlags, ExceptionVector, RFlags, type Registers } from "@kmem/x86-64";
import { checkCodeSegment, checkStackSegment } from "./delivery.ts";
import { MachineError } from "./errors.ts";
import type { CpuState } from "./cpu-state.ts";

/** Bits of CR4 and EFER that this CPU offers. */
const CR4_OFFERED: number =
  Cr4Flags.TIMESTAMP_DISABLE |
  Cr4Flags.DEBUGGING_EXTENSIONS |
  Cr4Flags.PAGE_SIZE_EXTENSION |
  Cr4Flags.PHYSICAL_ADDRESS_EXTENSION |
  Cr4Flags.MACHINE_CHECK_EXCEPTION |
  Cr4Flags.PAGE_GLOBAL |
  Cr4Flags.PERFORMANCE_MONITOR_COUNTER |
  Cr4Flags.OSFXSR |
  Cr4Flags.OSXMMEXCPT_ENABLE |
  Cr4Flags.USER_MODE_INSTRUCTION_PREVENTION |
  Cr4Flags.FSGSBASE |
  Cr4Flags.PCID |
  Cr4Flags.OSXSAVE |
  Cr4Flags.SUPERVISOR_MODE_EXECUTION_PROTECTION |
  Cr4Flags.SUPERVISOR_MODE_ACCESS_PREVENTION |
  Cr4Flags.PROTECTION_KEY_USER;
const EFER_OFFERED: number =
  EferFlags.SYSTEM_CALL_EXTENSIONS |
  EferFlags.LONG_MODE_ENABLE |
  EferFlags.LONG_MODE_ACTIVE |
  EferFlags.NO_EXECUTE_ENABLE;
const RFLAGS_ONE = 0x2;
/** What POPF leaves as it is. */
const NOT_POPPED: number =
  RFlags.VIRTUAL_8086_MODE | RFlags.VIRTUAL_INTERRUPT | RFlags.VIRTUAL_INTERRUPT_PENDING | RFlags.RESUME_FLAG;

/** What the registers need of the CPU. */
export interface RegistersCpu {
  readonly state: CpuState;
  /** Raises the exception that `state` holds. @returns false when its handler has skipped the instruction */
  raiseRefused(tries: number): boolean;
  deliverPendingInterrupts(): void;
}

/** Each setter is the instruction that writes the register: when #GP is raised it is tried again after the handler. */
export class CpuRegisters implements Registers {
  private readonly cpu: RegistersCpu;
  private readonly state: CpuState;

  constructor(cpu: RegistersCpu) {
    this.cpu = cpu;
    this.state = cpu.state;
  }

  get cr0(): number {
    return this.state.cr0;
  }
  set cr0(value: number) {
    // ET is always set.
    const cr0 = (bits32("cr0", value) | Cr0Flags.EXTENSION_TYPE) >>> 0;
    if (this.allowed(() => this.cr0Allowed(cr0))) this.setControl(cr0, this.state.cr3, this.state.cr4, this.state.efer);
  }

  get cr2(): Ptr {
    return this.state.cr2;
  }
  set cr2(value: Ptr) {
    checkAddress("cr2", value);
    if (this.allowed(() => true)) this.state.cr2 = value;
  }

  get cr3(): number {
    return this.state.cr3;
  }
  set cr3(value: number) {
    this.writeCr3(value, false);
  }

  writeCr3KeepingTranslations(value: number): void {
    this.writeCr3(value, true);
  }

  get cr4(): number {
    return this.state.cr4;
  }
  set cr4(value: number) {
    const cr4 = bits32("cr4", value);
    if (this.allowed(() => this.cr4Allowed(cr4))) this.setControl(this.state.cr0, this.state.cr3, cr4, this.state.efer);
  }

  get efer(): number {
    return this.state.efer;
  }
  set efer(value: number) {
    checkBits("efer", value, Number.MAX_SAFE_INTEGER);
    const { state } = this;
    const offered = value <= 0xffff_ffff && (value & ~EFER_OFFERED) === 0;
    const changesMode = ((value ^ state.efer) & EferFlags.LONG_MODE_ENABLE) !== 0 && this.pagingIsOn;
    if (!this.allowed(() => offered && !changesMode)) return;
    // LMA is read-only: it follows LME when paging is turned on.
    const efer = (value & ~EferFlags.LONG_MODE_ACTIVE) | (state.efer & EferFlags.LONG_MODE_ACTIVE);
    this.setControl(state.cr0, state.cr3, state.cr4, efer);
  }

  get pkru(): number {
    return this.keysAllowed() ? this.state.pkru : 0;
  }
  set pkru(value: number) {
    const pkru = bits32("pkru", value);
    if (!this.keysAllowed()) return;
    this.state.pkru = pkru;
    this.state.modeChanged();
  }

  get rflags(): number {
    return this.state.rflags;
  }
  /** POPF. Bits that do not exist are ignored; IF changes only where the privilege level allows it. */
  set rflags(value: number) {
    const rflags = bits32("rflags", value);
    const { state } = this;
    let loaded = RFlags.all & ~NOT_POPPED;
    if (state.cpl > ((state.rflags >>> 12) & 3)) loaded &= ~RFlags.INTERRUPT_FLAG;
    if (state.cpl !== 0) loaded &= ~(RFlags.IOPL_HIGH | RFlags.IOPL_LOW);
    state.rflags = (state.rflags & ~loaded) | (rflags & loaded) | RFLAGS_ONE;
    state.modeChanged();
    this.cpu.deliverPendingInterrupts();
  }

  get cpl(): number {
    return this.state.cpl;
  }

  get rip(): Ptr {
    return this.state.rip;
  }

  get rsp(): Ptr {
    return this.state.rsp;
  }
  set rsp(value: Ptr) {
    checkAddress("rsp", value);
    this.state.rsp = value;
  }

  get cs(): number {
    return this.state.cs;
  }
  set cs(value: number) {
    checkBits("cs", value, 0xffff);
    const { state } = this;
    const load = (): boolean => {
      if ((value & 0xfffc) === 0) return state.refuse(ExceptionVector.GeneralProtection, 0);
      if ((value & 3) !== state.cpl) return state.refuse(ExceptionVector.GeneralProtection, value & 0xfffc);
      return checkCodeSegment(state, value, state.cpl);
    };
    if (this.done(load)) state.cs = value;
  }

  get ss(): number {
    return this.state.ss;
  }
  set ss(value: number) {
    checkBits("ss", value, 0xffff);
    if (this.done(() => checkStackSegment(this.state, value, this.state.cpl))) this.state.ss = value;
  }

  private get pagingIsOn(): boolean {
    return (this.state.cr0 & Cr0Flags.PAGING) !== 0;
  }

  private cr0Allowed(cr0: number): boolean {
    const { cr4, efer } = this.state;
    const on = (flag: number): boolean => (cr0 & flag) !== 0;
    if (on(Cr0Flags.NOT_WRITE_THROUGH) && !on(Cr0Flags.CACHE_DISABLE)) return false;
    // This CPU pages in long mode only, and does not leave it.
    if (!on(Cr0Flags.PAGING)) return !this.pagingIsOn;
    return (
      on(Cr0Flags.PROTECTED_MODE_ENABLE) &&
      (cr4 & Cr4Flags.PHYSICAL_ADDRESS_EXTENSION) !== 0 &&
      (efer & EferFlags.LONG_MODE_ENABLE) !== 0
    );
  }

  private cr4Allowed(cr4: number): boolean {
    if ((cr4 & ~CR4_OFFERED) !== 0) return false;
    if (this.pagingIsOn && (cr4 & Cr4Flags.PHYSICAL_ADDRESS_EXTENSION) === 0) return false;
    const turnsPcidOn = (cr4 & ~this.state.cr4 & Cr4Flags.PCID) !== 0;
    return !turnsPcidOn || (this.pagingIsOn && (this.state.cr3 & 0xfff) === 0);
  }

  private writeCr3(value: number, keepTranslations: boolean): void {
    checkBits("cr3", value, Number.MAX_SAFE_INTEGER);
    const { state } = this;
    const fits = value < 2 ** state.mmu.physicalAddressBits;
    const mayKeep = !keepTranslations || (state.cr4 & Cr4Flags.PCID) !== 0;
    if (!this.allowed(() => fits && mayKeep)) return;
    state.cr3 = value;
    state.mmu.writeCr3(value, keepTranslations);
  }

  private setControl(cr0: number, cr3: number, cr4: number, efer: number): void {
    const { state } = this;
    const paging = (cr0 & Cr0Flags.PAGING) !== 0;
    state.cr0 = cr0;
    state.cr4 = cr4;
    state.efer = paging ? efer | EferFlags.LONG_MODE_ACTIVE : efer & ~EferFlags.LONG_MODE_ACTIVE;
    state.mmu.setControl(cr0, cr3, cr4, state.efer);
  }

  /** A privileged instruction: #GP(0) in user mode, or while the value is not allowed. */
  private allowed(check: () => boolean): boolean {
    return this.done(
      () => (this.state.cpl === 0 && check()) || this.state.refuse(ExceptionVector.GeneralProtection, 0),
    );
  }

  /** Tries an instruction until it is done. @returns false when a handler has skipped it */
  private done(attempt: () => boolean): boolean {
    for (let tries = 0; !attempt(); tries++) if (!this.cpu.raiseRefused(tries)) return false;
    return true;
  }

  private keysAllowed(): boolean {
    const on = (): boolean => (this.state.cr4 & Cr4Flags.PROTECTION_KEY_USER) !== 0;
    return this.done(() => on() || this.state.refuse(ExceptionVector.InvalidOpcode, 0));
  }
}

/** 32 bits as an unsigned number. What JavaScript's `|` gives may be negative. */
function bits32(name: string, value: number): number {
  checkBits(name, value < 0 && value >= -0x8000_0000 ? 0 : value, 0xffff_ffff);
  return value >>> 0;
}

function checkBits(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 0 || value > max)
    throw new MachineError("machine/value", `${name}: expected 0 … 0x${max.toString(16)}, got ${String(value)}`, value);
}

function checkAddress(name: string, value: number): void {
  if (!Number.isSafeInteger(value))
    throw new MachineError("machine/value", `${name}: expected a whole number, got ${String(value)}`, value);
}
