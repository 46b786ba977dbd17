/**
 * The errors of memory maps and of frame allocators.
 *
 * @module
 */
import { hex, KmemError, Panic, type Ptr } from "@kmem/memory";
import type { FrameRange } from "./memory-map/frame-range.ts";

export type MemoryMapErrorCode =
  | "memory-map/range"
  | "memory-map/overlap"
  | "memory-map/type"
  | "memory-map/full"
  | "memory-map/not-usable"
  | "memory-map/regions"
  | "memory-map/address";

/** Regions that make no memory map; nothing has changed. */
export class MemoryMapError extends KmemError {
  readonly code: MemoryMapErrorCode;
  /** The value that was refused. */
  readonly value: unknown;
  constructor(code: MemoryMapErrorCode, message: string, value?: unknown) {
    super(message);
    this.name = "MemoryMapError";
    this.code = code;
    this.value = value;
  }
}

/** For `memory-map/overlap`: two regions that claim the same frames. */
export class RegionOverlapError extends MemoryMapError {
  readonly range: FrameRange;
  readonly other: FrameRange;
  constructor(range: FrameRange, other: FrameRange) {
    super("memory-map/overlap", `expected regions without common frames, got ${String(range)} and ${String(other)}`);
    this.name = "RegionOverlapError";
    this.range = range;
    this.other = other;
  }
}

export type FrameAllocatorErrorCode =
  | "frame-allocator/address"
  | "frame-allocator/span"
  | "frame-allocator/size"
  | "frame-allocator/count"
  | "frame-allocator/align"
  | "frame-allocator/state"
  | "frame-allocator/magic"
  | "frame-allocator/version"
  | "frame-allocator/damaged";

/** A setting or a request that no frame allocator could serve, or no allocator where one was to be attached to. */
export class FrameAllocatorError extends KmemError {
  readonly code: FrameAllocatorErrorCode;
  /** The value that was refused. */
  readonly value: unknown;
  constructor(code: FrameAllocatorErrorCode, message: string, value?: unknown) {
    super(message);
    this.name = "FrameAllocatorError";
    this.code = code;
    this.value = value;
  }
}

export type BadFrameCode =
  "bad-frame/no-frame" | "bad-frame/foreign" | "bad-frame/double-free" | "bad-frame/other-size";

/** A frame was given back that cannot have been taken like this; nothing has changed. */
export class BadFrameError extends Panic {
  override readonly code: BadFrameCode;
  /** Physical address of the first frame to blame; NaN where what was given is no frame. */
  readonly address: Ptr;
  /** Physical address of what was given back. */
  readonly start: Ptr;
  /** Bytes that were given back. */
  readonly byteLength: number;
  constructor(code: BadFrameCode, address: Ptr, start: Ptr, byteLength: number) {
    super(`${WHAT[code]} at ${hex(address)}; giving back ${hex(byteLength)} bytes at ${hex(start)}`);
    this.name = "BadFrameError";
    this.code = code;
    this.address = address;
    this.start = start;
    this.byteLength = byteLength;
  }
}

const WHAT: Record<BadFrameCode, string> = {
  "bad-frame/no-frame": "expected frames that start at a multiple of their size, got something else",
  "bad-frame/foreign": "expected a frame of this allocator, got a foreign one",
  "bad-frame/double-free": "expected a frame in use, got one that is free already",
  "bad-frame/other-size": "expected a frame as it was taken, got one taken with another size",
};
