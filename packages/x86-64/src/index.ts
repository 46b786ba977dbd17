export { alignDownU64, alignUpU64, isCanonical, isPhysical, PhysAddr, VirtAddr } from "./addr.ts";
export type { Level } from "./addr.ts";
export { AddressError } from "./errors.ts";
export type { AddressErrorCode } from "./errors.ts";
export * from "./paging/index.ts";
export type { Code, CodeFunction, Hardware, Ports, Registers, Tlb } from "./hardware.ts";

// Registers
export { Cr0, Cr0Flags } from "./registers/cr0.ts";
export { Cr4, Cr4Flags } from "./registers/cr4.ts";
export { Efer, EferFlags } from "./registers/efer.ts";
export { Pkru } from "./registers/pkru.ts";
export type { KeyRights } from "./registers/pkru.ts";
export { RFlags } from "./registers/rflags.ts";
export type { FlagBits, FlagSet, FlagText } from "./registers/flag-set.ts";

// Structures of the CPU
export { PageFaultErrorCode } from "./structures/page-fault-error-code.ts";
export { ExceptionVector, exceptionName, hasErrorCode } from "./structures/exception-vector.ts";
