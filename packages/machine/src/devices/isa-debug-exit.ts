/**
 * QEMU's `isa-debug-exit`: writing to it ends the machine.
 *
 * ```
 *   -device isa-debug-exit,iobase=0xf4,iosize=0x04
 *
 *   port 0xf4 … 0xf7   write v   →  the emulator exits with status (v << 1) | 1
 *                      read      →  0
 * ```
 * So no value gives status 0; a test runner takes 33, which is `(0x10 << 1) | 1`, for success.
 *
 * @see https://www.qemu.org/docs/master (hw/misc/debugexit.c), https://os.phil-opp.com/testing/#exiting-qemu
 * @module
 */
import type { PortBus, PortDevice } from "../ports.ts";
import type { StateTransfer } from "../state/transfer.ts";

/** First port, as the post and its bootimage settings use it. */
export const ISA_DEBUG_EXIT_PORT = 0xf4;
/** Number of ports. */
export const ISA_DEBUG_EXIT_SIZE = 4;

/** @example new IsaDebugExit(() => undefined).status // => undefined */
export class IsaDebugExit implements PortDevice {
  private readonly onExit: (status: number) => void;
  private exitStatus: number | undefined;

  /** @param onExit - gets the status as a parent process sees it: the low eight bits */
  constructor(onExit: (status: number) => void) {
    this.onExit = onExit;
  }

  /** The status of the last request to exit. */
  get status(): number | undefined {
    return this.exitStatus;
  }

  attachTo(bus: PortBus, firstPort: number = ISA_DEBUG_EXIT_PORT): void {
    bus.attach(firstPort, ISA_DEBUG_EXIT_SIZE, this);
  }

  readPort(_port: number): number {
    return 0;
  }

  writePort(_port: number, value: number): void {
    this.exitStatus = ((value << 1) | 1) & 0xff;
    this.onExit(this.exitStatus);
  }

  readWide(_port: number, _bytes: 2 | 4): number {
    return 0;
  }

  writeWide(port: number, _bytes: 2 | 4, value: number): void {
    this.writePort(port, value);
  }

  /** @internal saves or loads it */
  transfer(state: StateTransfer): void {
    this.exitStatus = state.optional(this.exitStatus, 0xff);
  }
}
