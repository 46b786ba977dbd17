/**
 * What the kernel and its test kernels share.
 *
 * @see blog_os: https://os.phil-opp.com/testing/
 * @module
 */
import { KmemError, Panic } from "@kmem/memory";
import { MapperError } from "@kmem/x86-64";
import * as gdt from "./gdt.ts";
import * as interrupts from "./interrupts.ts";
import { hardware } from "./statics.ts";

export { hltLoop } from "./hlt-loop.ts";

/** Port of QEMU's isa-debug-exit device. */
const EXIT_PORT = 0xf4;

/** What a test kernel leaves the machine with. */
export const QemuExitCode = { Success: 0x10, Failed: 0x11 } as const;
export type QemuExitCode = (typeof QemuExitCode)[keyof typeof QemuExitCode];

/** Sets the descriptor tables and the interrupt controllers up, and lets interrupts come. */
export function init(): void {
  gdt.init();
  interrupts.initIdt();
  {
    using pics = interrupts.PICS().lock();
    pics.value.initialize();
  }
  hardware().enableInterrupts();
}

/** Leaves the machine. */
export function exitQemu(exitCode: QemuExitCode): void {
  hardware().ports.writeU32(EXIT_PORT, exitCode);
}

/** Rust's `expect`: a refusal becomes a panic. @throws {@link Panic} `<message>: <error>` */
export function expect<R>(message: string, attempt: () => R): R {
  try {
    return attempt();
  } catch (error) {
    if (!(error instanceof KmemError) || error instanceof Panic) throw error;
    throw new Panic(`${message}: ${error instanceof MapperError ? error.debug : error.message}`);
  }
}
