/**
 * What the commands do.
 *
 * @module
 */
import type { VgaSnapshot } from "@kmem/machine";
import { Worker } from "node:worker_threads";
import { formatOptions, type Options } from "../options.ts";
import { testKernels } from "../tests/index.ts";
import { keepRunning } from "./keep-running.ts";
import type { MachineThreadData } from "./machine-thread.ts";
import { kernelOf } from "./kernel-of.ts";
import { bootKernel, SUCCESS_STATUS, verdict } from "./run.ts";
import { UsageError } from "./usage-error.ts";
import { screenColors, screenText } from "./screen.ts";
import { terminalColors } from "./terminal.ts";

export interface RunOptions extends Partial<Options> {
  readonly keepRunning?: boolean;
  /** Bytes of RAM. */
  readonly memory: number;
}

/** The program of the machine's thread; it is built beside this file. */
const MACHINE_THREAD = new URL("./machine-thread.js", import.meta.url);

/** `kernel run`. @param file - the user's own kernel @returns the exit status */
export async function run(file: string | undefined, options: RunOptions): Promise<number> {
  checkSizes(options);
  const { memory } = options;
  const commandLine = formatOptions(options);
  if (options.keepRunning === true) {
    const startThread = (workerData: MachineThreadData): Worker => new Worker(MACHINE_THREAD, { workerData });
    return keepRunning({ memory, commandLine, file, startThread, show, input: process.stdin, output: process.stdout });
  }
  const entry = await kernelOf(file);
  const { result, screen, serial } = bootKernel({ kernel: entry, memory, commandLine });
  process.stdout.write(serial);
  console.log(show(screen));
  const { status, message } = verdict(result);
  if (message !== undefined) console.error(message);
  return status;
}

/** `kernel test`: each test kernel in a machine of its own. @returns the exit status */
export function test(names: string[], options: RunOptions): number {
  checkSizes(options);
  const unknown = names.find((name) => testKernels[name] === undefined);
  if (unknown !== undefined)
    throw new UsageError(`there is no test kernel "${unknown}"; there are ${Object.keys(testKernels).join(", ")}`);
  let status = 0;
  for (const name of names.length === 0 ? Object.keys(testKernels) : names) {
    console.log(terminalColors().bold(`${name}:`));
    const commandLine = formatOptions(options);
    const { result } = bootKernel({
      kernel: testKernels[name]!,
      memory: options.memory,
      commandLine,
      onSerial: (bytes) => void process.stdout.write(bytes),
    });
    if (result.kind === "exited" && result.status === SUCCESS_STATUS) continue;
    status = 1;
    const { message } = verdict(result);
    if (message !== undefined) console.error(message);
    else if (result.kind !== "exited") console.error("the machine did not leave through port 0xf4");
  }
  return status;
}

/** In colours where the output has them. */
function show(screen: VgaSnapshot): string {
  const colors = terminalColors();
  return process.stdout.isTTY && colors.level > 0 ? screenColors(screen, colors) : screenText(screen);
}

function checkSizes({ memory, heapSize = 0 }: RunOptions): void {
  if (heapSize > memory)
    throw new UsageError(`a heap of ${heapSize} bytes is larger than the memory of ${memory} bytes`);
}
