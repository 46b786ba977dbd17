/**
 * Runs kernels and the command line inside a test.
 *
 * @module
 */
import type { KernelEntry } from "@kmem/bootloader";
import { DEFAULT_MEMORY } from "@kmem/machine";
import { vi } from "vitest";
import { main } from "../src/host/program.ts";
import { bootKernel, type BootOutcome } from "../src/host/run.ts";

/** Boots a kernel on a machine with 128 MiB. */
export function booted(kernel: KernelEntry, commandLine = "", memory: number = DEFAULT_MEMORY): BootOutcome {
  return bootKernel({ kernel, memory, commandLine });
}

/** What the command line answered. */
export interface Answer {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `kernel <words>`. */
export async function commandLine(words: string): Promise<Answer> {
  let out = "";
  let err = "";
  const text = (piece: unknown): string =>
    typeof piece === "string" ? piece : new TextDecoder().decode(piece as Uint8Array);
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation((piece) => ((out += text(piece)), true)),
    vi.spyOn(process.stderr, "write").mockImplementation((piece) => ((err += text(piece)), true)),
    vi.spyOn(console, "log").mockImplementation((line = "") => void (out += `${String(line)}\n`)),
    vi.spyOn(console, "error").mockImplementation((line = "") => void (err += `${String(line)}\n`)),
  ];
  try {
    const status = await main(words.split(" ").filter((word) => word !== ""));
    return { status, out, err };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
