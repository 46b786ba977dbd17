export { Layout, MAX_SIZE } from "./layout.ts";
export type { Sized } from "./layout.ts";
export { GlobalAlloc } from "./global-alloc.ts";
export { Dummy } from "./dummy.ts";
export {
  AllocatorScope,
  globalAllocator,
  handleAllocError,
  setAllocErrorHandler,
  setGlobalAllocator,
} from "./registry.ts";
export type { AllocErrorHandler } from "./registry.ts";
export { AllocError, AttachError, GlobalAllocatorError, LayoutError } from "./errors.ts";
export type { AttachErrorCode, GlobalAllocatorErrorCode, LayoutErrorCode } from "./errors.ts";
