/**
 * The errors of the machine's core: what is wrong with a setting, or with the simulation itself.
 *
 * What the simulated hardware refuses is no JavaScript error: it is an exception of the CPU.
 *
 * @module
 */
import { hex, KmemError, type Ptr } from "@kmem/memory";

/** A physical address was used at which the machine has no memory. */
export class PhysicalMemoryError extends KmemError {
  readonly code = "machine/no-physical-memory";
  /** Physical address. */
  readonly address: number;
  /** Bytes of RAM, which starts at 0. */
  readonly size: number;
  constructor(what: string, address: number, size: number) {
    super(`${what} ${hex(address)} is outside of the ${hex(size)} bytes of physical memory`);
    this.name = "PhysicalMemoryError";
    this.address = address;
    this.size = size;
  }
}

export type MachineErrorCode =
  | "machine/option"
  | "machine/address"
  | "machine/value"
  | "machine/text-full"
  | "machine/nesting"
  | "machine/not-a-function"
  | "machine/no-function"
  | "machine/fault-loop"
  | "machine/no-return-address"
  | "machine/already-running"
  | "machine/not-running";

/** A setting that a machine refuses, or a step that a simulated machine cannot take. */
export class MachineError extends KmemError {
  readonly code: MachineErrorCode;
  /** The offending value. */
  readonly value: unknown;
  constructor(code: MachineErrorCode, message: string, value?: unknown) {
    super(message);
    this.name = "MachineError";
    this.code = code;
    this.value = value;
  }
}

/** An exception of the CPU where there is no CPU to deliver it: a {@link VirtualMemory} used on its own. */
export class CpuException extends KmemError {
  readonly code = "machine/exception";
  /** 12 (#SS), 13 (#GP) or 14 (#PF). */
  readonly vector: number;
  readonly errorCode: number;
  /** The address of the access; for a page fault what CR2 would hold. */
  readonly address: Ptr;
  constructor(vector: number, errorCode: number, address: Ptr) {
    super(`exception ${vector} with error code ${hex(errorCode)} at ${hex(address)}`);
    this.name = "CpuException";
    this.vector = vector;
    this.errorCode = errorCode;
    this.address = address;
  }
}
