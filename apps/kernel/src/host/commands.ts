/**
 * What the commands do.
 *
 * @module
 */
import chalk, { supportsColor } from "chalk";
import { kernel } from "../main.ts";
import { formatOptions, type Options } from "../options.ts";
import { testKernels } from "../tests/index.ts";
import { bootKernel, SUCCESS_STATUS, verdict } from "./run.ts";
import { screenColors, screenText } from "./screen.ts";

export interface RunOptions extends Partial<Options> {
  /** Bytes of RAM. */
  readonly memory: number;
}

/** A mistake in the command line: one line, and exit status 2. */
export class UsageError extends Error {}

/** `kernel run`. @returns the exit status */
export function run(options: RunOptions): number {
  checkSizes(options);
  const { result, screen, serial } = bootKernel({
    kernel,
    memory: options.memory,
    commandLine: formatOptions(options),
  });
  process.stdout.write(serial);
  console.log(process.stdout.isTTY && supportsColor !== false ? screenColors(screen, chalk) : screenText(screen));
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
    console.log(chalk.bold(`${name}:`));
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

function checkSizes({ memory, heapSize = 0 }: RunOptions): void {
  if (heapSize > memory)
    throw new UsageError(`a heap of ${heapSize} bytes is larger than the memory of ${memory} bytes`);
}
