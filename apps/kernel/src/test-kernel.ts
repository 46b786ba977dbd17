/**
 * The custom test framework: a kernel that runs tests and tells the host over the serial port.
 *
 * @see blog_os, post 4: https://os.phil-opp.com/testing/
 * @module
 */
import { entryPoint, type BootInfo, type KernelEntry } from "@kmem/bootloader";
import { VirtAddr, type Hardware } from "@kmem/x86-64";
import { initHeap } from "./allocator.ts";
import { exitQemu, expect, hltLoop, init, QemuExitCode } from "./lib.ts";
import * as memory from "./memory.ts";
import { parseOptions } from "./options.ts";
import { withRuntime, type PanicInfo } from "./runtime.ts";
import { serialPrint, serialPrintln } from "./serial.ts";

/** A kernel that maps the heap, runs `tests` one after the other and leaves the machine. */
export function testKernel(tests: Readonly<Record<string, () => void>>): KernelEntry {
  const main = (bootInfo: BootInfo, hardware: Hardware): never => {
    init();
    const mapper = memory.init(hardware, VirtAddr.new(bootInfo.physicalMemoryOffset));
    const frameAllocator = memory.BootInfoFrameAllocator.init(bootInfo.memoryMap);
    expect("heap initialization failed", () => initHeap(mapper, frameAllocator, parseOptions(bootInfo.commandLine)));
    testRunner(tests);
    hltLoop();
  };
  return entryPoint(withRuntime(main, testPanicHandler));
}

/** Runs every test, and leaves the machine with success when all have passed. */
export function testRunner(tests: Readonly<Record<string, () => void>>): void {
  const names = Object.keys(tests);
  serialPrintln("Running {} tests", names.length);
  for (const name of names) {
    serialPrint("{}... ", name);
    tests[name]!();
    serialPrintln("[ok]");
  }
  exitQemu(QemuExitCode.Success);
}

/** A test failed: says so, and leaves the machine. */
export function testPanicHandler(info: PanicInfo): never {
  serialPrintln("[failed]\n");
  serialPrintln("Error: {}\n", info.toString());
  exitQemu(QemuExitCode.Failed);
  hltLoop();
}
