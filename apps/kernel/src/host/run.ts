/**
 * Boots a kernel on a machine of its own, and says how that ended.
 *
 * @module
 */
import { boot, type KernelEntry } from "@kmem/bootloader";
import { Machine, type MachineOptions, type RunResult, type VgaSnapshot } from "@kmem/machine";

export interface BootRequest extends Pick<MachineOptions, "waiter" | "stopWhenIdle"> {
  readonly kernel: KernelEntry;
  /** Bytes of RAM, or the RAM. */
  readonly memory: number | SharedArrayBuffer;
  readonly commandLine: string;
  /** Gets the same as it comes; the pieces end anywhere. */
  readonly onSerial?: (bytes: Uint8Array) => void;
  /** Gets the machine before it boots. */
  readonly onMachine?: (machine: Machine) => void;
}

export interface BootOutcome {
  readonly result: RunResult;
  readonly screen: VgaSnapshot;
  /** Everything that came through the serial port. */
  readonly serial: string;
}

/** Exit status of a test kernel whose tests have all passed: what QEMU makes of 0x10. */
export const SUCCESS_STATUS: number = (0x10 << 1) | 1;

export function bootKernel(request: BootRequest): BootOutcome {
  const bytes: number[] = [];
  const machine = new Machine({
    memory: request.memory,
    onSerial: (byte) => {
      bytes.push(byte);
      request.onSerial?.(Uint8Array.of(byte));
    },
    ...(request.waiter === undefined ? {} : { waiter: request.waiter }),
    ...(request.stopWhenIdle === undefined ? {} : { stopWhenIdle: request.stopWhenIdle }),
  });
  request.onMachine?.(machine);
  const result = boot(machine, request.kernel, { commandLine: request.commandLine });
  return { result, screen: machine.screen.snapshot(), serial: new TextDecoder().decode(Uint8Array.from(bytes)) };
}

/** What a person is told of how a machine stopped, where the screen does not say it; and the exit status. */
export function verdict(result: RunResult): { readonly status: number; readonly message?: string } {
  switch (result.kind) {
    case "halted":
      // A kernel that is done waits with interrupts on. One that has given up sleeps with them off, for ever.
      return { status: result.reason === "interrupts-off" ? 1 : 0 };
    case "exited":
      return { status: result.status === SUCCESS_STATUS ? 0 : 1 };
    case "reset":
      return { status: 1, message: result.report?.toString() ?? "the kernel has reset the machine" };
    case "panicked":
      return { status: 1, message: `the kernel panicked without a handler: ${result.error.message}` };
    case "returned":
      return { status: 1, message: "the kernel's main function has returned" };
  }
}
