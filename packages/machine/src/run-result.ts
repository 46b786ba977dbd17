/**
 * How a run of the machine ends.
 *
 * @module
 */
import { hex, type Ptr } from "@kmem/memory";
import { exceptionName } from "@kmem/x86-64";

/** One exception on the way to a reset. */
export interface DeliveredException {
  readonly vector: number;
  readonly errorCode: number | undefined;
  /** Of a page fault: what CR2 held. */
  readonly address: Ptr | undefined;
}

/** A fault occurred while the double fault was delivered: the CPU shut down, and the machine was reset. */
export class TripleFault {
  /** In the order in which they occurred; the last could not be delivered. */
  readonly exceptions: readonly DeliveredException[];
  readonly instructionPointer: Ptr;
  readonly stackPointer: Ptr;

  constructor(exceptions: readonly DeliveredException[], instructionPointer: Ptr, stackPointer: Ptr) {
    this.exceptions = exceptions;
    this.instructionPointer = instructionPointer;
    this.stackPointer = stackPointer;
  }

  toString(): string {
    const chain = this.exceptions.map(describe).join(", then ");
    const place = `rip ${hex(this.instructionPointer)}, rsp ${hex(this.stackPointer)}`;
    return `triple fault: ${chain}; at ${place}; the machine was reset`;
  }
}

/** Why the machine stopped. */
export type RunResult =
  /** `hlt`, and nothing can come that the kernel waits for. */
  | { readonly kind: "halted"; readonly reason: "interrupts-off" | "idle" | "time-limit" | "host" }
  /** Through isa-debug-exit: the value written, and the status that QEMU's process would end with. */
  | { readonly kind: "exited"; readonly code: number; readonly status: number }
  /** By a triple fault, or by the kernel itself through the keyboard controller. */
  | { readonly kind: "reset"; readonly report: TripleFault | undefined }
  /** The kernel threw a `Panic` that it did not catch. */
  | { readonly kind: "panicked"; readonly error: Error }
  /** The program came to its end, which a kernel never does. */
  | { readonly kind: "returned" };

/** What unwinds the kernel's JavaScript stack when the machine stops. A kernel should let it pass. */
export class MachineStopped extends Error {
  readonly result: RunResult;
  constructor(result: RunResult) {
    super(`the machine has stopped: ${result.kind}`);
    this.name = "MachineStopped";
    this.result = result;
  }
}

function describe({ vector, errorCode, address }: DeliveredException): string {
  const code = errorCode === undefined ? "" : `(${hex(errorCode)})`;
  return `${exceptionName(vector)}${code}${address === undefined ? "" : ` at ${hex(address)}`}`;
}
