/**
 * The errors of the allocators.
 *
 * @module
 */
import { hex, KmemError, Panic, type Ptr } from "@kmem/memory";

export type AllocatorErrorCode = "allocator/control-address" | "allocator/range" | "allocator/options";

/** An allocator cannot be made of these values; nothing has changed. */
export class AllocatorError extends KmemError {
  readonly code: AllocatorErrorCode;
  /** The value that was refused. */
  readonly value: unknown;
  constructor(code: AllocatorErrorCode, message: string, value: unknown) {
    super(message);
    this.name = "AllocatorError";
    this.code = code;
    this.value = value;
  }
}

export type BadFreeCode =
  | "bad-free/null"
  | "bad-free/outside"
  | "bad-free/misaligned"
  | "bad-free/double"
  | "bad-free/foreign"
  | "bad-free/layout";

/** Memory was given back that was not handed out like this; nothing has changed. */
export class BadFreeError extends Panic {
  override readonly code: BadFreeCode;
  readonly address: Ptr;
  /** Bytes, of the layout given. */
  readonly size: number;
  /** Bytes, of the layout given. */
  readonly align: number;
  constructor(code: BadFreeCode, detail: string, address: Ptr, size: number, align: number) {
    super(`${WHAT[code]}: ${detail}; freeing ${hex(address)}, size ${hex(size)}, align ${hex(align)}`);
    this.name = "BadFreeError";
    this.code = code;
    this.address = address;
    this.size = size;
    this.align = align;
  }
}

const WHAT: Record<BadFreeCode, string> = {
  "bad-free/null": "Freed the null address",
  "bad-free/outside": "Freed an address outside of what was handed out",
  "bad-free/misaligned": "Freed a misaligned address",
  "bad-free/double": "Freed twice",
  "bad-free/foreign": "Freed an address where no block begins",
  "bad-free/layout": "Freed with another layout",
};

/** The allocator's bytes contradict themselves: something wrote where it must not. */
export class CorruptionError extends KmemError {
  readonly code = "allocator/corrupt";
  /** Where the contradiction was seen. */
  readonly address: Ptr;
  constructor(what: string, address: Ptr) {
    super(`the allocator's memory is damaged at ${hex(address)}: ${what}`);
    this.name = "CorruptionError";
    this.address = address;
  }
}
