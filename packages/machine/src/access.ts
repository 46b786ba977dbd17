/**
 * How memory is accessed, and what a translation permits: small integers that the MMU and its caches share.
 *
 * ```
 *   access   bit 0 write   bit 1 instruction fetch   bit 2 through the stack pointer   bit 3 by the CPU itself
 *
 *   rights   bits of the entries, combined over all levels
 *            19 18 17 │ 15 … 12 │ 9  │ 8 │ 6 │ 2 │ 1
 *               1G 2M │   key   │ NX │ G │ D │ U │ W
 * ```
 *
 * @module
 */

/** A data read. */
export const READ = 0;
/** A data write, also one that reads and writes. */
export const WRITE = 1;
/** An instruction fetch. */
export const EXECUTE = 2;
/** Through the stack pointer: a non-canonical address is #SS instead of #GP. */
export const STACK = 4;
/** An implicit access to a system structure (IDT, GDT, TSS): a supervisor access at any privilege level. */
export const SYSTEM = 8;

export const WRITABLE = 0x2;
export const USER = 0x4;
export const DIRTY = 0x40;
export const GLOBAL = 0x100;
export const NO_EXECUTE = 0x200;
/** The protection key is `(rights >> KEY_SHIFT) & 15`. */
export const KEY_SHIFT = 12;
export const SIZE_2M = 0x2_0000;
export const SIZE_1G = 0x4_0000;
/** A piece of 4 KiB of a larger page. */
export const LARGE: number = SIZE_2M | SIZE_1G;

/** What is returned instead of a physical address when the access is refused. */
export const FAULT = -1;
