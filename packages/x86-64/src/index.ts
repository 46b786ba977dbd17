export { alignDownU64, alignUpU64, isCanonical, isPhysical, PhysAddr, VirtAddr } from "./addr.ts";
export type { Level } from "./addr.ts";
export { AddressError } from "./errors.ts";
export type { AddressErrorCode } from "./errors.ts";
export * from "./paging/index.ts";
export type { Code, CodeFunction, Hardware, Ports, Registers, Tlb } from "./hardware.ts";

// Registers
export { Cr0, Cr0Flags } from "./registers/cr0.ts";
export { Cr2 } from "./registers/cr2.ts";
export { Cr3, Cr3Flags } from "./registers/cr3.ts";
export { Cr4, Cr4Flags } from "./registers/cr4.ts";
export { Efer, EferFlags } from "./registers/efer.ts";
export { Pkru } from "./registers/pkru.ts";
export type { KeyRights } from "./registers/pkru.ts";
export { RFlags } from "./registers/rflags.ts";
export type { FlagBits, FlagSet, FlagText } from "./registers/flag-set.ts";

// Structures of the CPU
export { InterruptDescriptorTable } from "./structures/idt.ts";
export { IdtEntry } from "./structures/idt-entry.ts";
export type { HandlerFunction } from "./structures/idt-entry.ts";
export { InterruptStackFrame } from "./structures/interrupt-stack-frame.ts";
export type { InterruptStackFrameValue } from "./structures/interrupt-stack-frame.ts";
export { PageFaultErrorCode } from "./structures/page-fault-error-code.ts";
export { SelectorErrorCode } from "./structures/selector-error-code.ts";
export type { DescriptorTable } from "./structures/selector-error-code.ts";
export { ExceptionVector, exceptionName, hasErrorCode } from "./structures/exception-vector.ts";
export { GlobalDescriptorTable } from "./structures/gdt.ts";
export { Descriptor } from "./structures/descriptor.ts";
export { TaskStateSegment } from "./structures/tss.ts";
export { PrivilegeLevel, SegmentSelector } from "./structures/segment-selector.ts";
export { flushPcid, InvPcidKind } from "./structures/inv-pcid.ts";
export type { InvPcidCommand } from "./structures/inv-pcid.ts";
export { StructureError } from "./structures/errors.ts";
export type { StructureErrorCode } from "./structures/errors.ts";
