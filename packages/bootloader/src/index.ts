export { boot } from "./boot.ts";
export type { BootOptions } from "./boot.ts";
export { BootInfo } from "./boot-info.ts";
export type { AddressRange, BootInformation } from "./boot-info.ts";
export { entryPoint } from "./entry-point.ts";
export type { KernelEntry, KernelMain } from "./entry-point.ts";
export { BootError } from "./errors.ts";
export type { BootErrorCode } from "./errors.ts";
export * as layout from "./layout.ts";
