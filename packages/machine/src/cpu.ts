/**
 * The CPU: what the kernel sees of the machine, and the delivery of exceptions and interrupts.
 *
 * A kernel here is JavaScript, not machine code. So an "instruction" is an operation of {@link Hardware}: an access to
 * memory or to a port, a register written, `hlt`. The instruction pointer is the address of the function that runs.
 *
 * ```
 *   operation ──refused──▶ gate, stack switch, frame pushed ──▶ handler(frame, errorCode) ──returns──▶ iretq
 *       ▲                          │ refused: double fault, triple fault                               │
 *       └──────────────────────────┴── frame as it was: the operation is made again ◀─────────────────┘
 * ```
 * What `iretq` does depends on the instruction pointer that it finds in the frame: the same as pushed: the operation
 * is made again (after a trap or interrupt: the program goes on); up to 15 bytes further: the operation is skipped, a read gives 0;
 * the entry of another function: that is called, and the operation is never finished.
 *
 * Maskable interrupts are delivered where the program could notice: at `sti`, `popf`, `hlt`, and after each port access
 * and each return from a handler; never inside an access to memory.
 *
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";
import {
  Cr0Flags,
  ExceptionVector,
  exceptionName,
  RFlags,
  type Hardware,
  type Ports,
  type Registers,
  type Tlb,
} from "@kmem/x86-64";
import { FAULT, STACK, WRITE } from "./access.ts";
import type { Board } from "./board.ts";
import { checkInteger } from "./checks.ts";
import { CodeTable } from "./code-table.ts";
import { CpuPorts, CpuTlb } from "./cpu-ports.ts";
import { CpuRegisters } from "./cpu-registers.ts";
import { CpuState, isCanonical } from "./cpu-state.ts";
import { EXCEPTION, EXTERNAL, ioPrivilege, returnFromHandler, SOFTWARE } from "./delivery.ts";
import { MachineError } from "./errors.ts";
import { Handlers, MAX_RETRIES } from "./handlers.ts";
import type { Mmu } from "./mmu.ts";
import { loadTss } from "./task-register.ts";
import { VirtualMemory } from "./virtual-memory.ts";

/** Where text starts unless it is set: as bootloader 0.9 loads a kernel. */
const DEFAULT_TEXT = 0x20_0000;
const DEFAULT_TEXT_SIZE = 0x4_0000;

/** One x86_64 CPU, in 64-bit mode. */
export class Cpu implements Hardware {
  readonly state: CpuState;
  readonly memory: Memory;
  readonly ports: Ports;
  readonly registers: Registers;
  readonly tlb: Tlb;
  /** The kernel's functions; a bootloader puts the table where it has loaded the kernel. */
  code: CodeTable = new CodeTable(DEFAULT_TEXT, DEFAULT_TEXT_SIZE);

  private readonly mmu: Mmu;
  private readonly board: Board;
  private readonly handlers: Handlers;

  constructor(mmu: Mmu, board: Board) {
    this.mmu = mmu;
    this.board = board;
    this.state = new CpuState(mmu);
    this.state.cr0 = Cr0Flags.PROTECTED_MODE_ENABLE | Cr0Flags.EXTENSION_TYPE | Cr0Flags.NUMERIC_ERROR;
    mmu.setControl(this.state.cr0, 0, 0, 0);
    this.registers = new CpuRegisters(this);
    this.memory = new VirtualMemory(mmu, this);
    this.ports = new CpuPorts(this, board);
    this.tlb = new CpuTlb(this, mmu);
    this.handlers = new Handlers(this, mmu, board);
  }

  loadGdt(base: Ptr, limit: number): void {
    this.loadTable(this.state.gdt, base, limit);
  }

  loadIdt(base: Ptr, limit: number): void {
    this.loadTable(this.state.idt, base, limit);
  }

  loadTaskRegister(selector: number): void {
    checkInteger("selector", selector, 0xffff);
    this.attempt(() => this.privileged() && loadTss(this.state, selector));
  }

  enableInterrupts(): void {
    if (this.setInterruptFlag(true)) this.deliverPendingInterrupts();
  }

  disableInterrupts(): void {
    this.setInterruptFlag(false);
  }

  hlt(): void {
    if (!this.attempt(() => this.privileged())) return;
    this.board.checkRunning();
    if (!this.interruptsEnabled) this.board.stop({ kind: "halted", reason: "interrupts-off" });
    while (!this.board.interruptPending()) this.board.waitForEvent();
    this.deliverPendingInterrupts();
  }

  enableInterruptsAndHlt(): void {
    if (this.setInterruptFlag(true)) this.hlt();
  }

  interrupt(vector: number): void {
    checkInteger("vector", vector, 0xff);
    // `int3` is one byte long, `int n` two: what is pushed is the address behind it.
    const length = vector === ExceptionVector.Breakpoint ? 1 : 2;
    const { state } = this;
    const { rip } = state;
    while (!this.handlers.deliver(vector, undefined, SOFTWARE, rip + length)) state.rip = rip;
    state.rip = rip;
    this.deliverPendingInterrupts();
  }

  push(value: number): void {
    if (!Number.isSafeInteger(value)) throw new MachineError("machine/value", `push: got ${String(value)}`, value);
    const { state } = this;
    const pushed = this.attempt(() => {
      const at = state.rsp - 8;
      const split = (at & 4095) > 4088;
      if (split && !this.mmu.check(at, WRITE | STACK)) return state.refuseAsMmu();
      if (split && this.mmu.translate(at + 8 - ((at + 8) & 4095), WRITE | STACK) === FAULT) return state.refuseAsMmu();
      return split || this.mmu.translate(at, WRITE | STACK) !== FAULT || state.refuseAsMmu();
    });
    if (!pushed) return;
    state.rsp -= 8;
    this.memory.writeU32(state.rsp, value);
    this.memory.writeU32(state.rsp + 4, Math.floor(value / 0x1_0000_0000));
  }

  pop(): number {
    const { state } = this;
    if (!this.attempt(() => state.readWord(state.rsp, STACK))) return 0;
    state.rsp += 8;
    return state.word;
  }

  iretq(stackFrame: Ptr): never {
    this.attempt(() => returnFromHandler(this.state, stackFrame));
    return this.handlers.jump();
  }

  /** Delivers the exception that the MMU holds. @param tries - how often that was done for this access already */
  deliverFault(tries: number): boolean {
    this.state.refuseAsMmu();
    return this.raiseRefused(tries);
  }

  /**
   * Raises the exception that `state` holds.
   *
   * @param tries - how often that was done for this instruction already
   * @returns true when the instruction is to be tried again; false when the handler has skipped it
   */
  raiseRefused(tries = 0): boolean {
    const { state } = this;
    const { faultVector, faultErrorCode, rip } = state;
    this.board.checkRunning();
    if (tries >= MAX_RETRIES)
      throw new MachineError(
        "machine/fault-loop",
        `the handler of ${exceptionName(faultVector)} has returned ${MAX_RETRIES} times without mending the cause`,
        faultVector,
      );
    this.handlers.deliver(faultVector, faultErrorCode, EXCEPTION, rip);
    const isSkipped = state.rip !== rip;
    state.rip = rip;
    return !isSkipped;
  }

  deliverPendingInterrupts(): void {
    const { state } = this;
    while (this.interruptsEnabled && this.board.interruptPending()) {
      const vector = this.board.acknowledgeInterrupt();
      const { rip } = state;
      while (!this.handlers.deliver(vector, undefined, EXTERNAL, rip)) state.rip = rip;
      state.rip = rip;
    }
  }

  /** Calls a function as the kernel's own first code: the instruction pointer is its address. */
  start(program: () => void, name: string): void {
    this.state.rip = this.code.addressOf(program, name);
    program();
  }

  private get interruptsEnabled(): boolean {
    return (this.state.rflags & RFlags.INTERRUPT_FLAG) !== 0;
  }

  /** Tries an instruction until it is done. @returns false when a handler has skipped it */
  private attempt(instruction: () => boolean): boolean {
    for (let tries = 0; !instruction(); tries++) if (!this.raiseRefused(tries)) return false;
    return true;
  }

  /** @internal for the ports and the TLB: a privileged instruction */
  privileged(): boolean {
    return this.state.cpl === 0 || this.state.refuse(ExceptionVector.GeneralProtection, 0);
  }

  /** @returns false when the I/O privilege level forbids it and a handler has skipped it */
  mayDoIo(): boolean {
    const { state } = this;
    if (state.cpl <= ioPrivilege(state.rflags)) return true;
    return this.attempt(
      () => state.cpl <= ioPrivilege(state.rflags) || state.refuse(ExceptionVector.GeneralProtection, 0),
    );
  }

  private setInterruptFlag(on: boolean): boolean {
    if (!this.mayDoIo()) return false;
    if (on) this.state.rflags |= RFlags.INTERRUPT_FLAG;
    else this.state.rflags &= ~RFlags.INTERRUPT_FLAG;
    return true;
  }

  private loadTable(register: { base: Ptr; limit: number }, base: Ptr, limit: number): void {
    checkInteger("limit", limit, 0xffff);
    if (!Number.isSafeInteger(base)) throw new MachineError("machine/value", `base: got ${String(base)}`, base);
    const { state } = this;
    const allowed = (): boolean =>
      this.privileged() && (isCanonical(base) || state.refuse(ExceptionVector.GeneralProtection, 0));
    if (!this.attempt(allowed)) return;
    register.base = base;
    register.limit = limit;
  }
}
