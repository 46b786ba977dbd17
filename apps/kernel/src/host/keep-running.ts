/**
 * `kernel run --keep-running`: a machine that goes on, with the timer's dots and a live keyboard.
 *
 * In a terminal the screen is drawn as it changes. Otherwise what comes on standard input is typed, and the screen is
 * printed once, at the end.
 *
 * @module
 */
import type { Readable, Writable } from "node:stream";
import type { Worker } from "node:worker_threads";
import { PhysicalMemory, scancodesFor, VgaTextBuffer, type VgaSnapshot } from "@kmem/machine";
import { KeyRing } from "./key-ring.ts";
import { UsageError } from "./usage-error.ts";
import type { MachineThreadData, MachineThreadMessage } from "./machine-thread.ts";

/** Milliseconds between two looks at the screen. */
const FRAME_TIME = 40;
const CONTROL_C = "\x03";

const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
const CLEAR = "\x1b[2J";
const HOME = "\x1b[H";

/** Where keys come from: standard input. */
export type Input = Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
/** Where the screen goes: standard output. */
export type Output = Writable & { readonly isTTY?: boolean };

export interface KeepRunningOptions {
  /** Bytes of RAM. */
  readonly memory: number;
  readonly commandLine: string;
  /** The user's own kernel. */
  readonly file?: string | undefined;
  /** Starts the thread whose program is {@link ./machine-thread.ts}. */
  readonly startThread: (workerData: MachineThreadData) => Worker;
  /** The screen as text for the output. */
  readonly show: (screen: VgaSnapshot) => string;
  readonly input: Input;
  readonly output: Output;
}

/**
 * Runs until Control-C, a signal, or the kernel's end.
 *
 * @returns the exit status
 * @throws {@link UsageError} when such a machine cannot be made
 */
export async function keepRunning(options: KeepRunningOptions): Promise<number> {
  const { memory, commandLine, file, startThread, show, input, output } = options;
  const ram = new SharedArrayBuffer(memory);
  const screen = new VgaTextBuffer(new PhysicalMemory(ram));
  const ring = new KeyRing();
  const thread = startThread({ memory: ram, keys: ring.buffer, commandLine, file });

  const live = output.isTTY === true && input.isTTY === true;
  const stop = (): void => ring.stop();
  process.on("SIGINT", stop).on("SIGTERM", stop);
  input.setEncoding("utf8").on("data", (text: string) => {
    if (live && text === CONTROL_C) stop();
    else ring.write(typed(text));
  });
  if (live) input.setRawMode?.(true);

  let shown = "";
  const draw = (): void => {
    const now = show(screen.snapshot());
    if (now !== shown) output.write(`${HOME}${now}\nControl-C ends it.`);
    shown = now;
  };
  if (live) output.write(`${HIDE_CURSOR}${CLEAR}`);
  const drawing = live ? setInterval(draw, FRAME_TIME) : undefined;

  try {
    return await new Promise<number>((resolve, reject) => {
      thread.on("error", reject).on("message", (told: MachineThreadMessage) => {
        if ("serial" in told) {
          if (!live) output.write(told.serial);
        } else if ("refusal" in told) reject(new UsageError(told.refusal));
        else {
          if (live) draw();
          else output.write(`${show(told.screen)}\n`);
          if (told.message !== undefined) process.stderr.write(`${live ? "\n" : ""}${told.message}\n`);
          resolve(told.status);
        }
      });
    });
  } finally {
    clearInterval(drawing);
    process.off("SIGINT", stop).off("SIGTERM", stop);
    if (live) {
      input.setRawMode?.(false);
      output.write(`\n${SHOW_CURSOR}`);
    }
    input.destroy();
    await thread.terminate();
  }
}

/** The scan codes that type `text`; a character that no key gives is left out. */
function typed(text: string): number[] {
  try {
    return scancodesFor(text);
  } catch {
    const characters = Array.from(text);
    return characters.length > 1 ? characters.flatMap(typed) : [];
  }
}
