/**
 * The errors of memory maps.
 *
 * @module
 */
import { KmemError } from "@kmem/memory";

export type MemoryMapErrorCode = "memory-map/range" | "memory-map/overlap" | "memory-map/type" | "memory-map/full";

/** Regions that make no memory map. */
export class MemoryMapError extends KmemError {
  readonly code: MemoryMapErrorCode;
  constructor(code: MemoryMapErrorCode, message: string) {
    super(message);
    this.name = "MemoryMapError";
    this.code = code;
  }
}
