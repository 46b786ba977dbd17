/**
 * The thread that runs a machine by the wall clock, for `--keep-running`.
 *
 * The kernel runs from its boot to its end in one call, asleep most of the time; so it has a thread to itself. Its memory is
 * shared: the other thread shows the screen from there.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { BootError } from "@kmem/bootloader";
import { MachineError, type Machine, type RunResult, type VgaSnapshot, type Waiter } from "@kmem/machine";
import { KeyRing } from "./key-ring.ts";
import { kernelOf } from "./kernel-of.ts";
import { bootKernel, verdict } from "./run.ts";
import { UsageError } from "./usage-error.ts";

/** What the thread is given. */
export interface MachineThreadData {
  readonly memory: SharedArrayBuffer;
  readonly keys: SharedArrayBuffer;
  readonly commandLine: string;
  /** The user's own kernel. */
  readonly file: string | undefined;
}

/** What it tells. */
export type MachineThreadMessage =
  | { readonly serial: Uint8Array }
  /** The machine cannot be made, or cannot boot. */
  | { readonly refusal: string }
  | {
      readonly kind: RunResult["kind"];
      readonly status: number;
      readonly message: string | undefined;
      readonly screen: VgaSnapshot;
    };

const NANOSECONDS = 1e6;

/** Lets the machine's time follow the wall clock, and gives it the keys that were pressed. */
function wallClock(ring: KeyRing, machine: () => Machine): Waiter {
  const start = performance.now();
  return (now, until) => {
    for (;;) {
      const { signal } = ring;
      if (ring.isStopped) return undefined;
      const time = Math.max(now, Math.floor((performance.now() - start) * NANOSECONDS));
      const codes = ring.read();
      if (codes.length > 0) machine().keyboard.press(codes);
      if (codes.length > 0 || time >= until) return Math.min(time, until);
      ring.wait(signal, Math.min((until - time) / NANOSECONDS, 1000));
    }
  };
}

async function main({ memory, keys, commandLine, file }: MachineThreadData): Promise<void> {
  const tell = (message: MachineThreadMessage): void => parentPort?.postMessage(message);
  let machine: Machine;
  try {
    const { result, screen } = bootKernel({
      kernel: await kernelOf(file),
      memory,
      commandLine,
      waiter: wallClock(new KeyRing(keys), () => machine),
      onSerial: (serial) => tell({ serial }),
      onMachine: (made) => (machine = made),
    });
    const { status, message } = verdict(result);
    tell({ kind: result.kind, status, message, screen });
  } catch (error) {
    if (!(error instanceof BootError || error instanceof MachineError || error instanceof UsageError)) throw error;
    tell({ refusal: error.message });
  }
}

await main(workerData as MachineThreadData);
