/**
 * What the CPU is plugged into.
 *
 * @module
 */
import type { Ports } from "@kmem/x86-64";
import type { RunResult } from "./run-result.ts";

/** What the CPU needs of the board around it. */
export interface Board {
  readonly ports: Ports;
  /** An interrupt controller asks for attention. */
  interruptPending(): boolean;
  /** The vector of the interrupt, which is thereby accepted. */
  acknowledgeInterrupt(): number;
  /** Lets time pass by one port access. */
  portAccessed(): void;
  /** Lets time pass until something happens, or stops the machine. */
  waitForEvent(): void;
  /** Stops the machine: unwinds the kernel. */
  stop(result: RunResult): never;
  /** Unwinds again when the machine has stopped and the kernel goes on nevertheless. */
  checkRunning(): void;
}
