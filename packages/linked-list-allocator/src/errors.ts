/**
 * The errors of the heap.
 *
 * @module
 */
import { hex, KmemError, Panic, type Ptr } from "@kmem/memory";

export type HeapErrorCode =
  | "heap/size-below-16"
  | "heap/aligned-size-below-16"
  | "heap/already-initialized"
  | "heap/extend-empty"
  | "heap/start"
  | "heap/size"
  | "heap/too-large"
  | "heap/outside-memory"
  | "heap/overlaps-control-block"
  | "heap/region"
  | "heap/options"
  | "heap/snapshot";

/** Creating, extending or restoring a heap with values that cannot be; nothing has changed. */
export class HeapError extends Panic {
  override readonly code: HeapErrorCode;
  /** The value that was refused. */
  readonly value: unknown;
  constructor(code: HeapErrorCode, message: string, value?: unknown) {
    super(message);
    this.name = "HeapError";
    this.code = code;
    this.value = value;
  }
}

export type BadFreeCode =
  | "bad-free/null"
  | "bad-free/outside"
  | "bad-free/misaligned"
  | "bad-free/aliases-hole"
  | "bad-free/layout"
  | "bad-free/used";

/** Memory was given back that cannot have been handed out like this; nothing has changed. */
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
  "bad-free/outside": "Freed an address outside of the heap",
  "bad-free/misaligned": "Freed a misaligned address",
  "bad-free/aliases-hole": "Freed node aliases existing hole! Bad free?",
  "bad-free/layout": "Freed with an impossible layout",
  "bad-free/used": "Freed more than is in use",
};

/** The bytes of a heap contradict themselves: something wrote over a hole or over the control block. */
export class HeapCorruptionError extends KmemError {
  readonly code = "heap/corrupt";
  /** Where the contradiction was seen. */
  readonly address: Ptr;
  constructor(what: string, address: Ptr) {
    super(`the heap is damaged at ${hex(address)}: ${what}`);
    this.name = "HeapCorruptionError";
    this.address = address;
  }
}
