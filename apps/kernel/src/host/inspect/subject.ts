/**
 * The machine that is inspected: booted for it, or loaded from a file.
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { boot } from "@kmem/bootloader";
import { Machine, MachineStateError } from "@kmem/machine";
import { formatOptions } from "../../options.ts";
import { kernelOf } from "../kernel-of.ts";
import { UsageError } from "../usage-error.ts";
import type { InspectOptions } from "./sections.ts";

/** Boots a kernel, and gives its machine once it has halted, or has come to the time that was asked for. */
export async function bootedMachine(file: string | undefined, options: InspectOptions): Promise<Machine> {
  const { memory, at } = options;
  const kernel = await kernelOf(file);
  const machine = new Machine({ memory, ...(at === undefined ? {} : { timeLimit: at, stopWhenIdle: false }) });
  boot(machine, kernel, { commandLine: formatOptions(options) });
  return machine;
}

/** @throws {@link UsageError} when there is no such file, or no machine in it */
export function loadedMachine(file: string): Machine {
  try {
    return Machine.load(readFileSync(file));
  } catch (error) {
    throw refused(file, error);
  }
}

/** @throws {@link UsageError} when it cannot be written */
export function saveMachine(machine: Machine, file: string): void {
  try {
    writeFileSync(file, machine.save());
  } catch (error) {
    throw refused(file, error);
  }
}

/** What a person is told of a file. Other errors are mistakes of this program, and stay what they are. */
function refused(file: string, error: unknown): unknown {
  if (error instanceof MachineStateError) return new UsageError(`${file}: ${error.message}`);
  const { code } = error as { code?: unknown };
  const reason = typeof code === "string" ? REASONS[code] : undefined;
  return reason === undefined ? error : new UsageError(`${file}: ${reason}`);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "permission denied",
  EISDIR: "expected a file, got a folder",
  ENOTDIR: "a part of the path is no folder",
  ENOSPC: "no space left",
  EROFS: "cannot be written to",
};
