/**
 * Why a kernel cannot be booted.
 *
 * @module
 */
import { KmemError } from "@kmem/memory";

export type BootErrorCode =
  | "boot/not-a-kernel"
  | "boot/too-little-memory"
  | "boot/physical-memory-offset"
  | "boot/stack-size"
  | "boot/command-line";

/** A boot that was refused before the machine was touched. */
export class BootError extends KmemError {
  readonly code: BootErrorCode;
  constructor(code: BootErrorCode, message: string) {
    super(message);
    this.name = "BootError";
    this.code = code;
  }
}
