/**
 * What a kernel of your own is made with.
 *
 * @module
 */
export { entryPoint } from "@kmem/bootloader";
export type { BootInfo, KernelEntry, KernelMain } from "@kmem/bootloader";
export { ALLOCATOR, HEAP_SIZE, HEAP_START, initHeap } from "./allocator.ts";
export { assertEq } from "./assert.ts";
export { withoutInterrupts } from "./interrupts-flag.ts";
export { InterruptIndex, PICS } from "./interrupts.ts";
export { exitQemu, expect, hltLoop, init, QemuExitCode } from "./lib.ts";
export { kernel } from "./main.ts";
export * as memory from "./memory.ts";
export { parseOptions } from "./options.ts";
export { withRuntime } from "./runtime.ts";
export type { PanicInfo } from "./runtime.ts";
export { serialPrint, serialPrintln } from "./serial.ts";
export { hardware, lazyStatic, reserve } from "./statics.ts";
export { testKernel, testPanicHandler, testRunner } from "./test-kernel.ts";
export { Color, colorCode, print, println, WRITER } from "./vga-buffer.ts";
