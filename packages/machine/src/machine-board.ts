/**
 * The board between the CPU and the rest of the machine.
 *
 * @module
 */
import type { Board } from "./board.ts";
import type { Machine } from "./machine.ts";
import type { PortBus } from "./ports.ts";
import type { RunResult } from "./run-result.ts";

/** An access to a device on the ISA bus takes about a microsecond. */
const PORT_ACCESS_TIME = 1000;

/** What the CPU sees of the machine. */
export class MachineBoard implements Board {
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
