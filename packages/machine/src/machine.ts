/**
 * A simulated x86_64 PC: RAM, one CPU with its MMU, and the devices on the port bus.
 *
 * ```
 *   ┌──────────┐  virtual addresses   ┌─────┐  physical addresses   ┌─────────────────────────────┐
 *   │  kernel  │ ───────────────────▶ │ MMU │ ────────────────────▶ │ RAM      0xb8000: VGA text  │
 *   │ Hardware │                      └─────┘                       └─────────────────────────────┘
 *   │          │ ◀── exceptions ── CPU ◀── interrupts ── PICs ◀─┬─ PIT ─┬─ keyboard ─┬─ UART
 *   └──────────┘ ── port accesses ───────────────────────────────┴───────┴────────────┴─ debug exit
 * ```
 *
 * To boot something:
 * 1. `const machine = new Machine({ … })`.
 * 2. Write page tables, descriptor tables and data into `machine.ram`, by physical address.
 * 3. `machine.cpu.code = new CodeTable(start, size)`: where the kernel's functions get their addresses. The pages must be mapped.
 * 4. Through `machine.cpu.registers` turn on long mode: `cr4` with PHYSICAL_ADDRESS_EXTENSION, `efer` with LONG_MODE_ENABLE (and NO_EXECUTE_ENABLE),
 *    `cr3`, then `cr0` with PAGING and WRITE_PROTECT. From then on `machine.cpu.memory` is translated. Set `rsp`.
 *    {@link Machine.startLongMode} does the four writes.
 * 5. `machine.run((hardware) => kernelMain(bootInfo, hardware))` runs it to its end and says how it ended.
 *
 * The kernel gets `machine.cpu` as `Hardware`, and nothing else of the machine. Several machines live in one process
 * without knowing of each other.
 *
 * Time is the machine's own, in nanoseconds: `hlt` moves it to the next event, each port access by a microsecond (so that
 * a loop that polls a device ends). Nothing else does, so a run is the same every time. With a {@link Waiter} the host
 * decides how `hlt` waits, and time may follow the wall clock.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import { Cr0Flags, Cr4Flags, EferFlags, type Hardware } from "@kmem/x86-64";
import { Clock } from "./clock.ts";
import { Cpu, type Board } from "./cpu.ts";
import { Cmos } from "./devices/cmos.ts";
import { IsaDebugExit } from "./devices/isa-debug-exit.ts";
import { Pic8259Pair } from "./devices/pic8259-pair.ts";
import { PIT_IRQ, Pit8254 } from "./devices/pit8254.ts";
import { KEYBOARD_IRQ, MOUSE_IRQ, Ps2Controller } from "./devices/ps2-controller.ts";
import { PostCodePort, SystemControlPortA } from "./devices/system-ports.ts";
import { COM1_IRQ, Uart16550 } from "./devices/uart16550.ts";
import { VgaTextBuffer } from "./devices/vga-text-buffer.ts";
import { MachineError } from "./errors.ts";
import { Mmu, type MmuOptions } from "./mmu.ts";
import { PhysicalMemory } from "./physical-memory.ts";
import { PortBus } from "./ports.ts";
import { MachineStopped, type RunResult } from "./run-result.ts";

/** An access to a device on the ISA bus takes about a microsecond. */
const PORT_ACCESS_TIME = 1000;
/** Events in a row that lead to no interrupt: nobody listens to what still happens. */
const MAX_SILENT_EVENTS = 100_000;

/**
 * How the host waits while the CPU is halted.
 *
 * It may hand input to the machine's devices before it returns.
 *
 * @param now - the machine's time, nanoseconds
 * @param until - when the next event is due; Infinity when none is
 * @returns the machine's time now, `now` … `until`; `undefined` to stop the machine
 */
export type Waiter = (now: number, until: number) => number | undefined;

export interface MachineOptions extends MmuOptions {
  /** Bytes of RAM, or the buffer that is to be it. @defaultValue 128 MiB */
  readonly memory?: number | ArrayBufferLike;
  /** What the kernel sends through the first serial port. */
  readonly onSerial?: (byte: number) => void;
  /** How to wait in `hlt`. Without it time jumps to the next event. */
  readonly waiter?: Waiter;
  /**
   * Whether the machine stops in `hlt` when nothing is left to come but the ticks of a periodic timer. A kernel that counts
   * ticks needs it off. @defaultValue true, unless there is a waiter
   */
  readonly stopWhenIdle?: boolean;
  /** Machine time at which `hlt` stops the machine; nanoseconds. @defaultValue Infinity */
  readonly timeLimit?: number;
  /** The date at power-on, in milliseconds since 1970. @defaultValue 2000-01-01 */
  readonly startsAt?: number;
}

/** One PC. */
export class Machine {
  readonly ram: PhysicalMemory;
  readonly mmu: Mmu;
  readonly cpu: Cpu;
  readonly clock: Clock = new Clock();
  readonly ports: PortBus = new PortBus();
  readonly interrupts: Pic8259Pair = new Pic8259Pair();
  readonly timer: Pit8254;
  readonly keyboard: Ps2Controller;
  readonly serial: Uart16550;
  readonly screen: VgaTextBuffer;

  private readonly waiter: Waiter | undefined;
  private readonly stopWhenIdle: boolean;
  private readonly timeLimit: number;
  /** @internal events since the last interrupt */
  silentEvents = 0;
  private isRunning = false;
  private stopped: MachineStopped | undefined;

  /** @throws {@link MachineError} `machine/option` */
  constructor(options: MachineOptions = {}) {
    const { waiter, timeLimit = Infinity, onSerial } = options;
    if (typeof timeLimit !== "number" || !(timeLimit >= 0))
      throw new MachineError("machine/option", `timeLimit: expected 0 or more, got ${String(timeLimit)}`, timeLimit);
    this.waiter = waiter;
    this.stopWhenIdle = options.stopWhenIdle ?? waiter === undefined;
    this.timeLimit = timeLimit;
    this.ram = new PhysicalMemory(options.memory);
    this.mmu = new Mmu(this.ram, options);

    const { ports, interrupts, clock } = this;
    const onReset = (): void => this.stop({ kind: "reset", report: undefined });
    this.timer = new Pit8254(clock, interrupts.line(PIT_IRQ));
    this.keyboard = new Ps2Controller({
      keyboardInterrupt: interrupts.line(KEYBOARD_IRQ),
      mouseInterrupt: interrupts.line(MOUSE_IRQ),
      onReset,
    });
    this.serial = new Uart16550({
      interrupt: interrupts.line(COM1_IRQ),
      ...(onSerial === undefined ? {} : { onTransmit: onSerial }),
    });
    this.screen = new VgaTextBuffer(this.ram);
    for (const device of [interrupts, this.timer, this.keyboard, this.screen]) device.attachTo(ports);
    this.serial.attachTo(ports);
    new Cmos(clock, options.startsAt).attachTo(ports);
    new PostCodePort().attachTo(ports);
    new SystemControlPortA(onReset).attachTo(ports);
    new IsaDebugExit((status) => this.stop({ kind: "exited", code: status >>> 1, status })).attachTo(ports);
    this.cpu = new Cpu(this.mmu, new MachineBoard(this));
  }

  /**
   * Turns on 64-bit mode with paging, write protection, no-execute and global pages.
   *
   * @param level4Table - physical address of the level 4 page table
   */
  startLongMode(level4Table: number): void {
    const { registers } = this.cpu;
    registers.cr4 = Cr4Flags.PHYSICAL_ADDRESS_EXTENSION | Cr4Flags.PAGE_GLOBAL;
    registers.efer = EferFlags.LONG_MODE_ENABLE | EferFlags.NO_EXECUTE_ENABLE;
    registers.cr3 = level4Table;
    registers.cr0 |= Cr0Flags.PAGING | Cr0Flags.WRITE_PROTECT;
  }

  /**
   * Runs a program on the CPU until the machine stops.
   *
   * An error that the program throws and that is no `Panic` comes out here.
   *
   * @param program - gets the machine as the kernel sees it
   * @param name - of the program, for reports
   * @throws {@link MachineError} `machine/already-running` when called while a program runs, or after the machine has stopped
   */
  run(program: (hardware: Hardware) => void, name = "kernel"): RunResult {
    if (this.isRunning || this.stopped !== undefined)
      throw new MachineError("machine/already-running", "a machine runs one program, once");
    this.isRunning = true;
    try {
      this.cpu.start(() => program(this.cpu), name);
      return this.result ?? { kind: "returned" };
    } catch (error) {
      // The kernel may have replaced what unwinds it: what counts is that the machine has stopped.
      if (this.result !== undefined) return this.result;
      if (error instanceof Panic) return { kind: "panicked", error };
      throw error;
    } finally {
      this.isRunning = false;
      this.stopped ??= new MachineStopped({ kind: "returned" });
    }
  }

  /** How the run has ended; undefined before. */
  get result(): RunResult | undefined {
    return this.stopped?.result;
  }

  /** Stops the machine: unwinds the kernel that is running. */
  stop(result: RunResult): never {
    this.stopped ??= new MachineStopped(result);
    throw this.stopped;
  }

  /** @internal */
  checkRunning(): void {
    if (this.stopped !== undefined) throw this.stopped;
  }

  /** @internal lets time pass until something happens */
  waitForEvent(): void {
    const { clock } = this;
    const next = clock.nextEventAt();
    const limit = this.timeLimit;
    if (this.waiter === undefined) {
      if (next === undefined || (this.stopWhenIdle && clock.isIdle)) this.stop({ kind: "halted", reason: "idle" });
      if (next > limit) this.stop({ kind: "halted", reason: "time-limit" });
      // A timer whose interrupt is masked would tick for ever.
      if (++this.silentEvents > MAX_SILENT_EVENTS) this.stop({ kind: "halted", reason: "idle" });
      clock.advanceTo(next);
      return;
    }
    if (this.stopWhenIdle && clock.isIdle) this.stop({ kind: "halted", reason: "idle" });
    const until = Math.min(next ?? Infinity, limit);
    if (clock.now >= limit) this.stop({ kind: "halted", reason: "time-limit" });
    const reached = this.waiter(clock.now, until);
    if (reached === undefined) this.stop({ kind: "halted", reason: "host" });
    clock.advanceTo(Math.min(Math.max(Math.floor(reached), clock.now), until));
  }
}

/** What the CPU sees of the machine. */
class MachineBoard implements Board {
  private readonly machine: Machine;

  constructor(machine: Machine) {
    this.machine = machine;
  }

  get ports(): PortBus {
    return this.machine.ports;
  }

  interruptPending(): boolean {
    return this.machine.interrupts.pending();
  }

  acknowledgeInterrupt(): number {
    this.machine.silentEvents = 0;
    return this.machine.interrupts.acknowledge();
  }

  portAccessed(): void {
    const { clock } = this.machine;
    clock.advanceTo(clock.now + PORT_ACCESS_TIME);
  }

  waitForEvent(): void {
    this.machine.waitForEvent();
  }

  stop(result: RunResult): never {
    return this.machine.stop(result);
  }

  checkRunning(): void {
    this.machine.checkRunning();
  }
}
