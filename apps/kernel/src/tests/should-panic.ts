/**
 * A test that must panic: its panic handler is the success.
 *
 * @see blog_os, post 4, tests/should_panic.rs: https://os.phil-opp.com/testing/#tests-that-should-panic
 * @module
 */
import { entryPoint, type KernelEntry } from "@kmem/bootloader";
import { assertEq } from "../assert.ts";
import { exitQemu, hltLoop, QemuExitCode } from "../lib.ts";
import { withRuntime } from "../runtime.ts";
import { serialPrint, serialPrintln } from "../serial.ts";

export const kernel: KernelEntry = entryPoint(withRuntime(main, panicHandler));

function main(): never {
  shouldFail();
  serialPrintln("[test did not panic]");
  exitQemu(QemuExitCode.Failed);
  hltLoop();
}

function shouldFail(): void {
  serialPrint("should_panic::should_fail... ");
  assertEq(0, 1);
}

function panicHandler(): never {
  serialPrintln("[ok]");
  exitQemu(QemuExitCode.Success);
  hltLoop();
}
