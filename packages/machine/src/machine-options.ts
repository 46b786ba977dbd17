/**
 * What a machine is made with.
 *
 * @module
 */
import type { FunctionFor } from "./code-table.ts";
import type { MmuOptions } from "./page-walker.ts";

/**
 * How the host waits while the CPU is halted.
 *
 * It may hand input to the machine's devices before it returns.
 *
 * @param now - the machine's time, nanoseconds
 * @param until - when the next event is due; Infinity when none is
 * @returns the machine's time now, `now` … `until`; `undefined` to stop the machine
 */
export type Waiter = (now: number, until: number) => number | undefined;

export interface MachineOptions extends MmuOptions {
  /** Bytes of RAM, or the buffer that is to be it. @defaultValue 128 MiB */
  readonly memory?: number | ArrayBufferLike;
  /** What the kernel sends through the first serial port. */
  readonly onSerial?: (byte: number) => void;
  /** How to wait in `hlt`. Without it time jumps to the next event. */
  readonly waiter?: Waiter;
  /**
   * Whether the machine stops in `hlt` when nothing is left to come but the ticks of a periodic timer. A kernel that counts
   * ticks needs it off. @defaultValue true, unless there is a waiter
   */
  readonly stopWhenIdle?: boolean;
  /** Machine time at which `hlt` stops the machine; nanoseconds. @defaultValue Infinity */
  readonly timeLimit?: number;
  /** The date at power-on, in milliseconds since 1970. @defaultValue 2000-01-01 */
  readonly startsAt?: number;
}

/** What a machine that is loaded gets from the host. */
export interface LoadOptions extends Pick<MachineOptions, "onSerial" | "waiter" | "stopWhenIdle" | "timeLimit"> {
  /** The buffer that is to be its RAM, of the size that was saved; its bytes are replaced once the file is found sound. */
  readonly memory?: ArrayBufferLike;
  /**
   * Finds the kernel's functions by their names: JavaScript is not saved. What it does not find waits for a function of
   * its name to be registered; to enter it before is an error.
   */
  readonly functionFor?: FunctionFor;
  /** Whether a machine that had stopped may run again: it forgets how it had ended. @defaultValue false */
  readonly resume?: boolean;
}
