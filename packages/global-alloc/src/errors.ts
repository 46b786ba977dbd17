/**
 * The errors of allocator interfaces.
 *
 * @module
 */
import { hex, KmemError, Panic, type Ptr } from "@kmem/memory";
import type { Layout } from "./layout.ts";

export type LayoutErrorCode = "layout/size" | "layout/align";

/** A layout that cannot be: Rust's `LayoutError`, with what was wrong. */
export class LayoutError extends KmemError {
  readonly code: LayoutErrorCode;
  /** The size or alignment that was refused. */
  readonly value: unknown;
  constructor(code: LayoutErrorCode, value: unknown) {
    const expected =
      code === "layout/align"
        ? "an alignment that is a power of two"
        : "a size of 0 bytes or more that stays below 2^53";
    super(`expected ${expected}, got ${String(value)}`);
    this.name = "LayoutError";
    this.code = code;
    this.value = value;
  }
}

/** No memory for an allocation that could not do without; thrown by the default alloc error handler. */
export class AllocError extends Panic {
  override readonly code = "alloc/out-of-memory";
  readonly layout: Layout;
  constructor(layout: Layout) {
    super(`allocation error: ${String(layout)}`);
    this.name = "AllocError";
    this.layout = layout;
  }
}

export type GlobalAllocatorErrorCode =
  | "global-allocator/missing"
  | "global-allocator/already-set"
  | "global-allocator/not-an-allocator"
  | "global-allocator/not-a-handler";

/** The global allocator is missing, there is one already, or what was given is none. */
export class GlobalAllocatorError extends KmemError {
  readonly code: GlobalAllocatorErrorCode;
  constructor(code: GlobalAllocatorErrorCode, message: string) {
    super(message);
    this.name = "GlobalAllocatorError";
    this.code = code;
  }
}

export type AttachErrorCode = "attach/address" | "attach/magic" | "attach/version" | "attach/damaged";

/** There is no allocator to attach to at this address: none at all, another kind, another version, or damaged bytes. */
export class AttachError extends KmemError {
  readonly code: AttachErrorCode;
  /** Where its control block was looked for. */
  readonly address: Ptr;
  constructor(code: AttachErrorCode, reason: string, address: Ptr) {
    super(`nothing to attach to at ${hex(address)}: ${reason}`);
    this.name = "AttachError";
    this.code = code;
    this.address = address;
  }
}
