export { BumpAllocator } from "./bump-allocator.ts";
export { BLOCK_SIZES } from "./block-lists.ts";
export { FixedSizeBlockAllocator } from "./fixed-size-block-allocator.ts";
export { BuddyAllocator } from "./buddy-allocator.ts";
export { TlsfAllocator } from "./tlsf-allocator.ts";
export type { Fault, FaultCode, Stats } from "./control-block.ts";
export { AllocatorError, AttachError, BadFreeError, CorruptionError } from "./errors.ts";
export type { AllocatorErrorCode, AttachErrorCode, BadFreeCode } from "./errors.ts";
