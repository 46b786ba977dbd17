export { NULL } from "./memory.ts";
export type { Memory, Ptr, Views, Window } from "./memory.ts";
export { LinearMemory } from "./linear-memory.ts";
export type { GrowableMemory, LinearMemoryOptions } from "./linear-memory.ts";
export { alignDown, alignUp, hex, isPowerOfTwo } from "./address.ts";
export { KmemError, MemoryError, Panic } from "./errors.ts";
export type { MemoryErrorCode } from "./errors.ts";
