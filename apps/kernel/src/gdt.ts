/**
 * The global descriptor table, with a task state segment that names the stack for double faults.
 *
 * @see blog_os, post 6: https://os.phil-opp.com/double-fault-exceptions/
 * @module
 */
import { Descriptor, GlobalDescriptorTable, TaskStateSegment } from "@kmem/x86-64";
import { hardware, lazyStatic, reserve } from "./statics.ts";

/** Which entry of the interrupt stack table double faults use. */
export const DOUBLE_FAULT_IST_INDEX = 0;

/** Bytes: 5 pages. */
const DOUBLE_FAULT_STACK_SIZE = 4096 * 5;

const TSS = lazyStatic(TaskStateSegment.SIZE, 16, (at) => {
  const tss = TaskStateSegment.new(hardware().memory, at);
  const stackStart = reserve(DOUBLE_FAULT_STACK_SIZE, 16);
  tss.setInterruptStack(DOUBLE_FAULT_IST_INDEX, stackStart + DOUBLE_FAULT_STACK_SIZE);
  return tss;
});

const GDT = lazyStatic(GlobalDescriptorTable.SIZE, 16, (at) => {
  const gdt = GlobalDescriptorTable.new(hardware().memory, at);
  const codeSelector = gdt.append(Descriptor.kernelCodeSegment());
  const tssSelector = gdt.append(Descriptor.tssSegment(TSS()));
  return { gdt, codeSelector, tssSelector };
});

/** Loads both, and reloads the code segment register. */
export function init(): void {
  const { gdt, codeSelector, tssSelector } = GDT();
  const machine = hardware();
  gdt.load(machine);
  machine.registers.cs = codeSelector;
  machine.registers.ss = 0;
  machine.loadTaskRegister(tssSelector);
}
