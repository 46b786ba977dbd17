export * from "./paging/index.ts";
export * from "./registers/index.ts";
export * from "./structures/index.ts";
export type { Code, CodeFunction, Hardware, Ports, Registers, Tlb } from "./hardware.ts";
