/**
 * The test kernels by name, in the order in which they run.
 *
 * @module
 */
import type { KernelEntry } from "@kmem/bootloader";
import * as basicBoot from "./basic-boot.ts";
import * as heapAllocation from "./heap-allocation.ts";
import * as manyBoxes from "./many-boxes.ts";
import * as shouldPanic from "./should-panic.ts";
import * as stackOverflow from "./stack-overflow.ts";

export const testKernels: Readonly<Record<string, KernelEntry>> = {
  basic_boot: basicBoot.kernel,
  heap_allocation: heapAllocation.kernel,
  many_boxes: manyBoxes.kernel,
  should_panic: shouldPanic.kernel,
  stack_overflow: stackOverflow.kernel,
};
