/**
 * `println` works right after the boot, before anything is set up.
 *
 * @see blog_os, post 4, tests/basic_boot.rs: https://os.phil-opp.com/testing/#integration-tests
 * @module
 */
import { entryPoint, type KernelEntry } from "@kmem/bootloader";
import { withRuntime } from "../runtime.ts";
import { testPanicHandler, testRunner } from "../test-kernel.ts";
import { hltLoop } from "../lib.ts";
import { println } from "../vga-buffer.ts";

export const kernel: KernelEntry = entryPoint(
  withRuntime(() => {
    testRunner({ test_println: testPrintln });
    hltLoop();
  }, testPanicHandler),
);

function testPrintln(): void {
  println("test_println output");
}
