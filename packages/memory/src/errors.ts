/**
 * The errors that all packages build on.
 *
 * @module
 */
import { hex } from "./hex.ts";

/** What every error of kmem is: it has a stable `code` to branch on, besides its message for people. */
export abstract class KmemError extends Error {
  /** `<area>/<what>`, stable between versions. */
  abstract readonly code: string;
  constructor(message: string) {
    super(message);
    // Not `new.target.name`: a minifier would change it.
    this.name = "KmemError";
  }
}

/** A precondition was broken where Rust panics; the message is Rust's. */
export class Panic extends KmemError {
  readonly code: string = "panic";
  constructor(message: string) {
    super(message);
    this.name = "Panic";
  }
}

export type MemoryErrorCode =
  | "memory/out-of-bounds"
  | "memory/misaligned"
  | "memory/alignment"
  | "memory/not-safe"
  | "memory/cannot-wait"
  | "memory/cannot-grow"
  | "memory/options";

/** An access or a setting that a memory refuses; nothing has changed. */
export class MemoryError extends KmemError {
  readonly code: MemoryErrorCode;
  /** The address asked for, where there is one. */
  readonly address: number | undefined;
  constructor(code: MemoryErrorCode, message: string, address?: number) {
    super(address === undefined ? message : `${message}: ${hex(address)}`);
    this.name = "MemoryError";
    this.code = code;
    this.address = address;
  }
}
