export type { Code, CodeFunction, Hardware, Ports, Registers, Tlb } from "./hardware.ts";
