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
import { CodeTable, type FunctionFor } from "./code-table.ts";
import { Cpu } from "./cpu.ts";
import { Cmos } from "./devices/cmos.ts";
import { IsaDebugExit } from "./devices/isa-debug-exit.ts";
import { Pic8259Pair } from "./devices/pic8259-pair.ts";
import { PIT_IRQ, Pit8254 } from "./devices/pit8254.ts";
import { KEYBOARD_IRQ, MOUSE_IRQ, Ps2Controller } from "./devices/ps2-controller.ts";
import { PostCodePort, SystemControlPortA } from "./devices/system-ports.ts";
import { COM1_IRQ, Uart16550 } from "./devices/uart16550.ts";
import { VgaTextBuffer } from "./devices/vga-text-buffer.ts";
import { MachineError } from "./errors.ts";
import { MachineBoard } from "./machine-board.ts";
import type { LoadOptions, MachineOptions, Waiter } from "./machine-options.ts";
import { Mmu } from "./mmu.ts";
import { PhysicalMemory } from "./physical-memory.ts";
import { PortBus } from "./ports.ts";
import { MachineStopped, type RunResult } from "./run-result.ts";
import { MachineStateError } from "./state/errors.ts";
import { loadParts, openSaved, saveParts, type MachinePart } from "./state/machine-state.ts";
import { transferResult } from "./state/run-result-state.ts";

/** Events in a row that lead to no interrupt: nobody listens to what still happens. */
const MAX_SILENT_EVENTS = 100_000;

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

  private readonly cmos: Cmos;
  private readonly postCode: PostCodePort = new PostCodePort();
  private readonly controlPort: SystemControlPortA;
  private readonly debugExit: IsaDebugExit;
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
    this.cmos = new Cmos(clock, options.startsAt);
    this.controlPort = new SystemControlPortA(onReset);
    this.debugExit = new IsaDebugExit((status) => this.stop({ kind: "exited", code: status >>> 1, status }));
    for (const device of [interrupts, this.timer, this.keyboard, this.screen, this.cmos]) device.attachTo(ports);
    for (const device of [this.postCode, this.controlPort]) device.attachTo(ports);
    this.serial.attachTo(ports);
    this.debugExit.attachTo(ports);
    this.cpu = new Cpu(this.mmu, new MachineBoard(this));
  }

  /**
   * Makes a machine from what {@link Machine.save} gave: it goes on exactly as the saved one would.
   *
   * JavaScript is not saved. `run` starts a program anew, with the registers and memory that were saved; the functions that
   * handlers in the IDT point to are found by their names, see {@link LoadOptions.functionFor}.
   *
   * @throws {@link MachineStateError} for every file that is not a whole and sound one of this version
   * @throws {@link MachineError} `machine/option` when `memory` has another size, or another option is wrong
   */
  static load(file: Uint8Array, options: LoadOptions = {}): Machine {
    const saved = openSaved(file);
    const { memory, functionFor, resume = false, ...others } = options;
    if (memory !== undefined && memory.byteLength !== saved.model.memory)
      throw new MachineError(
        "machine/option",
        `memory: expected the ${saved.model.memory} bytes that were saved, got ${String(memory.byteLength)}`,
        memory,
      );
    const machine = new Machine({ ...saved.model, ...others, memory: memory ?? saved.model.memory });
    loadParts(saved, machine.parts(functionFor), machine.ram);
    if (resume) machine.stopped = undefined;
    return machine;
  }

  /**
   * The whole state as bytes, versioned and with checksums, for {@link Machine.load}. O(RAM).
   *
   * Call it between two instructions: before or after a run, in the waiter, or in the kernel itself.
   *
   * @throws {@link MachineStateError} `machine-state/not-savable` while an event of the clock runs, or when the host has scheduled some
   * @example
   * const machine = new Machine({ memory: 2 ** 20 });
   * machine.ram.writeU32(0x1000, 7);
   * Machine.load(machine.save()).ram.readU32(0x1000) // => 7
   */
  save(): Uint8Array {
    const foreign = this.clock.scheduledEvents - this.timer.scheduledEvents;
    if (this.clock.isBusy || foreign !== 0)
      throw new MachineStateError(
        "machine-state/not-savable",
        this.clock.isBusy
          ? "expected no event to be running"
          : `expected no events but the timer's, got ${foreign} of the host's, which are JavaScript and cannot be saved`,
      );
    const { physicalAddressBits, hugePages1G } = this.mmu;
    return saveParts({ memory: this.ram.byteLength, physicalAddressBits, hugePages1G }, this.parts(), this.ram);
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

  /** What is saved besides RAM, in the order in which it can be loaded. */
  private parts(functionFor?: FunctionFor): MachinePart[] {
    const { cpu } = this;
    return [
      [
        "EXIT",
        (state) => {
          const result = transferResult(state, this.result);
          if (state.isLoading && result !== undefined) this.stopped = new MachineStopped(result);
        },
      ],
      ["TIME", (state) => void (this.clock.transfer(state), (this.silentEvents = state.u32(this.silentEvents)))],
      ["CPU ", (state) => cpu.state.transfer(state)],
      ["TLB ", (state) => this.mmu.transfer(state)],
      ["CODE", (state) => void (cpu.code = CodeTable.transfer(state, cpu.code, functionFor))],
      ["PIC ", (state) => this.interrupts.transfer(state)],
      ["PIT ", (state) => this.timer.transfer(state)],
      ["PS/2", (state) => this.keyboard.transfer(state)],
      ["UART", (state) => this.serial.transfer(state)],
      ["VGA ", (state) => this.screen.registers.transfer(state)],
      ["CMOS", (state) => this.cmos.transfer(state)],
      ["PORT", (state) => [this.postCode, this.controlPort, this.debugExit].forEach((port) => port.transfer(state))],
    ];
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
