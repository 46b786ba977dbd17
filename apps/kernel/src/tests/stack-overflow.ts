/**
 * A stack overflow must end in the double fault handler, on its own stack, and not in a reset.
 *
 * @see blog_os, post 6, tests/stack_overflow.rs: https://os.phil-opp.com/double-fault-exceptions/#a-stack-overflow-test
 * @module
 */
import { entryPoint, type KernelEntry } from "@kmem/bootloader";
import { Panic } from "@kmem/memory";
import { InterruptDescriptorTable } from "@kmem/x86-64";
import * as gdt from "../gdt.ts";
import { exitQemu, hltLoop, QemuExitCode } from "../lib.ts";
import { withRuntime } from "../runtime.ts";
import { serialPrint, serialPrintln } from "../serial.ts";
import { hardware, lazyStatic } from "../statics.ts";
import { testPanicHandler } from "../test-kernel.ts";

/** Bytes of each call's stack frame: the return address, and locals. */
const FRAME_SIZE = 1024;

export const kernel: KernelEntry = entryPoint(
  withRuntime(() => {
    serialPrint("stack_overflow::stack_overflow... ");
    gdt.init();
    TEST_IDT().load(hardware());
    stackOverflow();
    throw new Panic("Execution continued after stack overflow");
  }, testPanicHandler),
);

const TEST_IDT = lazyStatic(InterruptDescriptorTable.SIZE, 16, (at) => {
  const machine = hardware();
  const idt = InterruptDescriptorTable.new(machine.memory, at);
  idt.doubleFault.setHandlerFn(machine, testDoubleFaultHandler).setStackIndex(gdt.DOUBLE_FAULT_IST_INDEX);
  return idt;
});

/** Calls itself without end; each call really takes its frame from the machine's stack. */
function stackOverflow(): void {
  const { memory, registers } = hardware();
  registers.rsp -= FRAME_SIZE;
  memory.writeUsize(registers.rsp, registers.rip);
  stackOverflow();
  registers.rsp += FRAME_SIZE;
}

function testDoubleFaultHandler(): void {
  serialPrintln("[ok]");
  exitQemu(QemuExitCode.Success);
  hltLoop();
}
