export { NULL } from "./memory.ts";
export type { Memory, Ptr, Views, Window } from "./memory.ts";
export { LinearMemory } from "./linear-memory.ts";
export type { GrowableMemory } from "./buffer-source.ts";
export type { LinearMemoryOptions } from "./linear-memory.ts";
export { hex } from "./hex.ts";
export { alignDown, alignUp, isPowerOfTwo } from "./align.ts";
export { KmemError, MemoryError, Panic } from "./errors.ts";
export type { MemoryErrorCode } from "./errors.ts";
