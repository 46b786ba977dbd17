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
  hasErrorCode,
  RFlags,
  type CodeFunction,
  type Hardware,
  type Ports,
  type Registers,
  type Tlb,
} from "@kmem/x86-64";
import { EXECUTE, FAULT, STACK, SYSTEM, WRITE } from "./access.ts";
import { CodeTable, FUNCTION_SIZE } from "./code-table.ts";
import { CpuRegisters } from "./cpu-registers.ts";
import { CpuState, isCanonical } from "./cpu-state.ts";
import {
  becomesDoubleFault,
  enterHandler,
  EXCEPTION,
  EXTERNAL,
  ioPrivilege,
  returnFromHandler,
  SOFTWARE,
  type Source,
} from "./delivery.ts";
import { MachineError } from "./errors.ts";
import type { Mmu } from "./mmu.ts";
import { TripleFault, type DeliveredException, type RunResult } from "./run-result.ts";
import { VirtualMemory } from "./virtual-memory.ts";

/** Handlers that may be running at once: each needs room on the JavaScript stack. */
const MAX_NESTING = 256;
/** A handler that returns this often without mending anything will never do so. */
const MAX_RETRIES = 100_000;
/** Where text starts unless it is set: as bootloader 0.9 loads a kernel. */
const DEFAULT_TEXT = 0x20_0000;
const DEFAULT_TEXT_SIZE = 0x4_0000;

/** What the CPU needs of the board around it. */
export interface Board {
  readonly ports: Ports;
  /** An interrupt controller asks for attention. */
  interruptPending(): boolean;
  /** The vector of the interrupt, which is thereby accepted. */
  acknowledgeInterrupt(): number;
  /** Lets time pass by one port access. */
  portAccessed(): void;
  /** Lets time pass until something happens, or stops the machine. */
  waitForEvent(): void;
  /** Stops the machine: unwinds the kernel. */
  stop(result: RunResult): never;
  /** Unwinds again when the machine has stopped and the kernel goes on nevertheless. */
  checkRunning(): void;
}

/** A handler that was entered. */
interface Entry {
  readonly vector: number;
  readonly errorCode: number | undefined;
  /** Address of the stack frame: what `iretq` pops. */
  readonly frame: Ptr;
  readonly returnAddress: Ptr;
  hasRun: boolean;
}

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
  private nesting = 0;

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
  }

  loadGdt(base: Ptr, limit: number): void {
    this.loadTable(this.state.gdt, base, limit);
  }

  loadIdt(base: Ptr, limit: number): void {
    this.loadTable(this.state.idt, base, limit);
  }

  loadTaskRegister(selector: number): void {
    checkInteger("selector", selector, 0xffff);
    this.attempt(() => this.privileged() && this.loadTss(selector));
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
    while (!this.deliver(vector, undefined, SOFTWARE, rip + length)) state.rip = rip;
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
    return this.jump();
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
    this.deliver(faultVector, faultErrorCode, EXCEPTION, rip);
    const isSkipped = state.rip !== rip;
    state.rip = rip;
    return !isSkipped;
  }

  deliverPendingInterrupts(): void {
    const { state } = this;
    while (this.interruptsEnabled && this.board.interruptPending()) {
      const vector = this.board.acknowledgeInterrupt();
      const { rip } = state;
      while (!this.deliver(vector, undefined, EXTERNAL, rip)) state.rip = rip;
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

  /**
   * Enters the handler of an event, or of what goes wrong on the way to it, and returns when the handler has.
   *
   * @param returnAddress - what is pushed as instruction pointer
   * @returns whether it was the handler of the event itself
   */
  private deliver(vector: number, errorCode: number | undefined, source: Source, returnAddress: Ptr): boolean {
    const { state } = this;
    const interrupted = state.rip;
    const depth = ++this.nesting;
    const entered = this.enter(vector, errorCode, source, returnAddress);
    // A handler's first instruction is fetched, and its frame popped, by the CPU: what is refused there is entered on top.
    const entries = [depth > MAX_NESTING ? this.exhaustStack(entered) : entered];
    for (let entry = entries[0]; entry !== undefined; entry = entries[entries.length - 1]) {
      if (!entry.hasRun) {
        const handler = this.fetch();
        if (handler === undefined) {
          entries.push(this.enterRefused());
          continue;
        }
        handler(entry.frame, entry.errorCode ?? 0);
        this.nesting = depth;
        entry.hasRun = true;
      }
      if (!returnFromHandler(state, entry.frame)) {
        entries.push(this.enterRefused());
        continue;
      }
      entries.pop();
      const ahead = state.rip - entry.returnAddress;
      if (ahead < 0 || ahead >= FUNCTION_SIZE) this.jump();
      // A trap's return address lies behind the instruction; for the rest of the function that is the same place.
      if (ahead === 0 && entries.length === 0) state.rip = interrupted;
    }
    this.nesting = depth - 1;
    return entered.vector === vector;
  }

  /** Enters a handler: that of the event, or, as often as that is refused, the one of the refusal. */
  private enter(vector: number, errorCode: number | undefined, source: Source, returnAddress: Ptr): Entry {
    const { state } = this;
    const interrupted = state.rip;
    const chain: DeliveredException[] = [];
    let event: DeliveredException = {
      vector,
      errorCode: source === EXCEPTION && hasErrorCode(vector) ? errorCode : undefined,
      address: source === EXCEPTION && vector === ExceptionVector.Page ? state.faultAddress : undefined,
    };
    let kind = source;
    for (;;) {
      const resume = kind === source && event.vector === vector ? returnAddress : interrupted;
      if (event.address !== undefined) state.cr2 = event.address;
      if (enterHandler(state, event.vector, event.errorCode, kind, resume)) {
        const frame = state.rsp + (event.errorCode === undefined ? 0 : 8);
        return { vector: event.vector, errorCode: event.errorCode, frame, returnAddress: resume, hasRun: false };
      }
      const second = refusedEvent(state);
      chain.push(event);
      if (kind === EXCEPTION && event.vector === ExceptionVector.Double) {
        chain.push(second);
        this.board.stop({ kind: "reset", report: new TripleFault(chain, state.rip, state.rsp) });
      }
      if (kind === EXCEPTION && becomesDoubleFault(event.vector, second.vector)) {
        chain.push(second);
        if (second.address !== undefined) state.cr2 = second.address;
        event = { vector: ExceptionVector.Double, errorCode: 0, address: undefined };
      } else event = second;
      kind = EXCEPTION;
    }
  }

  /** Enters the handler of what `state` says was refused. */
  private enterRefused(): Entry {
    const { state } = this;
    return this.enter(state.faultVector, state.faultErrorCode, EXCEPTION, state.rip);
  }

  /**
   * Handlers are nested deeper than the JavaScript stack can follow: as each was interrupted before its end, so will the
   * next be, until the stack in memory is full. Enters the same handler until it is refused.
   */
  private exhaustStack(entry: Entry): Entry {
    let { frame } = entry;
    for (let tries = 0; tries < MAX_RETRIES; tries++) {
      const next = this.enter(entry.vector, entry.errorCode, EXCEPTION, this.state.rip);
      if (next.vector !== entry.vector) return next;
      // A handler with a stack of its own overwrites one frame for ever.
      if (next.frame >= frame) break;
      frame = next.frame;
    }
    throw new MachineError(
      "machine/nesting",
      `${MAX_NESTING} handlers are running at once, each interrupted by ${exceptionName(entry.vector)} in the next`,
      entry.vector,
    );
  }

  /** The function at the instruction pointer, fetched as an instruction is; `undefined` when `state` says why not. */
  private fetch(): CodeFunction | undefined {
    const { state } = this;
    if (this.mmu.translate(state.rip, EXECUTE) === FAULT) state.refuseAsMmu();
    else {
      const found = this.code.functionAt(state.rip);
      if (found !== undefined) return found;
      state.refuse(ExceptionVector.InvalidOpcode, 0);
    }
    return undefined;
  }

  /** Goes on at the instruction pointer, and does not come back. */
  private jump(): never {
    const at = this.state.rip;
    let found = this.fetch();
    while (found === undefined) {
      this.raiseRefused();
      found = this.fetch();
    }
    found(this.state.rsp, 0);
    throw new MachineError(
      "machine/no-return-address",
      `the function "${this.code.nameAt(at) ?? "?"}" was entered by iretq and must not return`,
      at,
    );
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

  private loadTss(selector: number): boolean {
    const { state } = this;
    const { GeneralProtection, SegmentNotPresent } = ExceptionVector;
    const error = selector & 0xfffc;
    if (error === 0) return state.refuse(GeneralProtection, 0);
    const at = state.gdt.base + (selector & 0xfff8);
    if ((selector & 4) !== 0 || (selector & 0xfff8) + 15 > state.gdt.limit)
      return state.refuse(GeneralProtection, error);
    if (!state.readWord(at + 8, SYSTEM)) return false;
    const baseHigh = state.low;
    if (!state.readWord(at, SYSTEM)) return false;
    const { low, high } = state;
    // Bits 12 … 8: a system segment of type 9, an available 64-bit TSS.
    if ((high & 0x1f00) !== 0x900) return state.refuse(GeneralProtection, error);
    if ((high & 0x8000) === 0) return state.refuse(SegmentNotPresent, error);
    const baseLow = ((high & 0xff00_0000) | ((high & 0xff) << 16) | (low >>> 16)) >>> 0;
    const base = (baseHigh | 0) * 0x1_0000_0000 + baseLow;
    if (!isCanonical(base)) return state.refuse(GeneralProtection, error);
    // It becomes busy.
    if (!state.setSystemBits(at + 5, 0x2)) return false;
    state.tss.base = base;
    const limit = (high & 0xf_0000) | (low & 0xffff);
    state.tss.limit = (high & 0x80_0000) === 0 ? limit : limit * 4096 + 4095;
    state.taskRegister = selector;
    return true;
  }
}

/** The ports as the kernel reaches them: each access takes time, and an interrupt may follow. */
class CpuPorts implements Ports {
  private readonly cpu: Cpu;
  private readonly board: Board;

  constructor(cpu: Cpu, board: Board) {
    this.cpu = cpu;
    this.board = board;
  }

  readU8(port: number): number {
    if (!this.begin()) return 0;
    const value = this.board.ports.readU8(port);
    this.end();
    return value;
  }

  readU16(port: number): number {
    if (!this.begin()) return 0;
    const value = this.board.ports.readU16(port);
    this.end();
    return value;
  }

  readU32(port: number): number {
    if (!this.begin()) return 0;
    const value = this.board.ports.readU32(port);
    this.end();
    return value;
  }

  writeU8(port: number, value: number): void {
    if (!this.begin()) return;
    this.board.ports.writeU8(port, value);
    this.end();
  }

  writeU16(port: number, value: number): void {
    if (!this.begin()) return;
    this.board.ports.writeU16(port, value);
    this.end();
  }

  writeU32(port: number, value: number): void {
    if (!this.begin()) return;
    this.board.ports.writeU32(port, value);
    this.end();
  }

  private begin(): boolean {
    this.board.checkRunning();
    return this.cpu.mayDoIo();
  }

  private end(): void {
    this.board.portAccessed();
    this.cpu.deliverPendingInterrupts();
  }
}

class CpuTlb implements Tlb {
  private readonly cpu: Cpu;
  private readonly mmu: Mmu;

  constructor(cpu: Cpu, mmu: Mmu) {
    this.cpu = cpu;
    this.mmu = mmu;
  }

  flush(address: Ptr): void {
    if (this.cpu.state.cpl === 0) this.mmu.flush(address);
    else this.refuse();
  }

  flushAll(): void {
    if (this.cpu.state.cpl === 0) this.mmu.flushAll();
    else this.refuse();
  }

  flushPcid(kind: 0 | 1 | 2 | 3, pcid: number, address: Ptr): void {
    checkInteger("kind", kind, 3);
    checkInteger("pcid", pcid, 0xfff);
    if (this.cpu.state.cpl === 0) this.mmu.flushPcid(kind, pcid, address);
    else this.refuse();
  }

  private refuse(): void {
    for (let tries = 0; !this.cpu.privileged(); tries++) if (!this.cpu.raiseRefused(tries)) return;
  }
}

function refusedEvent(state: CpuState): DeliveredException {
  const { faultVector, faultErrorCode, faultAddress } = state;
  return {
    vector: faultVector,
    errorCode: hasErrorCode(faultVector) ? faultErrorCode : undefined,
    address: faultVector === ExceptionVector.Page ? faultAddress : undefined,
  };
}

function checkInteger(name: string, value: number, max: number): void {
  if (!Number.isInteger(value) || value < 0 || value > max)
    throw new MachineError("machine/value", `${name}: expected 0 … 0x${max.toString(16)}, got ${String(value)}`, value);
}
