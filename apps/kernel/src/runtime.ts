/**
 * What stands between the bootloader and `kernel_main`: the statics of this boot, the global allocator, and the panic
 * handler.
 *
 * @module
 */
import type { BootInfo, KernelMain } from "@kmem/bootloader";
import { Panic } from "@kmem/memory";
import { registerGlobalAllocator } from "./allocator.ts";
import { hltLoop } from "./hlt-loop.ts";
import { parseOptions } from "./options.ts";
import { runKernel, hardware } from "./statics.ts";
import { println, SERIAL_CONSOLE } from "./vga-buffer.ts";

/** What a panic handler is told: the message, and where in the kernel's source it was. */
export class PanicInfo {
  readonly message: string;
  /** `src/main.ts:31:7`; missing where the engine does not tell. */
  readonly location: string | undefined;

  constructor(error: Error) {
    this.message = error.message;
    this.location = kernelFrame(error.stack);
  }

  toString(): string {
    return `panicked at '${this.message}'${this.location === undefined ? "" : `, ${this.location}`}`;
  }
}

/** Helpers that panic for their caller: Rust's `#[track_caller]`. */
const TRACK_CALLER = /^src\/(lib|assert|runtime)\.ts$/;

/** The innermost line on a stack that is a kernel's, not a package's. `Error.stack` is no standard, but every engine has one. */
function kernelFrame(stack = ""): string | undefined {
  for (const [, path = "", place] of stack.matchAll(/(?:\(|at (?:async )?)(?:file:\/\/)?([^()]*?):(\d+:\d+)\)?$/gm)) {
    if (/^node:|\/packages\/|\/node_modules\//.test(path)) continue;
    // This kernel's files are named from its folder on, others by their name alone.
    const file = /apps\/kernel\/(src\/.*)$/.exec(path)?.[1] ?? path.slice(path.lastIndexOf("/") + 1);
    if (!TRACK_CALLER.test(file)) return `${file}:${place}`;
  }
  return undefined;
}

/** `#[panic_handler]`: prints to the screen, and stops for good. */
function panicHandler(info: PanicInfo): never {
  println("{}", info.toString());
  hardware().disableInterrupts();
  hltLoop();
}

/**
 * Gives a kernel its runtime.
 *
 * @param main - the kernel's own entry
 * @param onPanic - what happens when it throws a {@link Panic}
 */
export function withRuntime(main: KernelMain, onPanic: (info: PanicInfo) => never = panicHandler): KernelMain {
  return (bootInfo: BootInfo, machine) =>
    runKernel(machine, bootInfo, () => {
      try {
        const options = parseOptions(bootInfo.commandLine);
        SERIAL_CONSOLE().isOn = options.console === "serial";
        registerGlobalAllocator(options);
        return main(bootInfo, machine);
      } catch (error) {
        if (error instanceof Panic) onPanic(new PanicInfo(error));
        throw error;
      }
    });
}
