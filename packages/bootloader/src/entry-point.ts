/**
 * The kernel's entry point.
 *
 * @module
 */
import type { Hardware } from "@kmem/x86-64";
import type { BootInfo } from "./boot-info.ts";
import { BootError } from "./errors.ts";

/** What a kernel's main function looks like. It never returns: it ends in a loop of `hlt`, or leaves the machine. */
export type KernelMain = (bootInfo: BootInfo, hardware: Hardware) => never;

/** A kernel that can be booted; {@link entryPoint} makes it. */
export interface KernelEntry {
  readonly kind: "kernel";
  readonly main: KernelMain;
}

/**
 * Declares a kernel's main function: bootloader's `entry_point!`, which checks its signature.
 *
 * TypeScript checks it at compile time; a JavaScript function is checked for how many parameters it takes.
 *
 * @throws {@link BootError} `boot/not-a-kernel` when `main` is no function, or takes more than two parameters
 */
export function entryPoint(main: KernelMain): KernelEntry {
  if (typeof main !== "function" || main.length > 2)
    throw new BootError("boot/not-a-kernel", "expected a function of (bootInfo, hardware) as the kernel's entry point");
  return { kind: "kernel", main };
}
