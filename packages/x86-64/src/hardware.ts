/**
 * The machine as a kernel reaches it.
 *
 * A kernel knows nothing else of the machine it runs on, so the same kernel runs on the simulated PC and could run on
 * another machine that implements this.
 *
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";

/** The whole machine, as seen from the one CPU in ring 0. */
export interface Hardware {
  /** Virtual memory: every access is translated by the MMU with the tables that CR3 names. */
  readonly memory: Memory;
  readonly ports: Ports;
  readonly registers: Registers;
  readonly tlb: Tlb;
  /** The kernel's code: addresses for its functions. */
  readonly code: Code;
  /** `lgdt`: `base` is the virtual address of the table, `limit` its length in bytes − 1. */
  loadGdt(base: Ptr, limit: number): void;
  /** `lidt`: likewise. */
  loadIdt(base: Ptr, limit: number): void;
  /** `ltr`: the selector of a TSS descriptor in the GDT. */
  loadTaskRegister(selector: number): void;
  /** `sti`. */
  enableInterrupts(): void;
  /** `cli`. */
  disableInterrupts(): void;
  /** Waits for the next interrupt and handles it; with interrupts off, for ever. */
  hlt(): void;
  /** `sti; hlt`: an interrupt that is pending already ends the wait, where `enableInterrupts` would handle it before. */
  enableInterruptsAndHlt(): void;
  /** `int n`: calls the handler of a vector, 0 … 255, from software; 3 is the breakpoint. */
  interrupt(vector: number): void;
  /** `push`: 8 bytes below RSP. Where the stack ends it raises #PF; at a non-canonical address #SS. @param value - −2^53 … 2^53 */
  push(value: number): void;
  /** `pop`. */
  pop(): number;
  /** `iretq` through a stack frame in memory: goes on at its instruction pointer, and does not come back. */
  iretq(stackFrame: Ptr): never;
}

/** The I/O port bus. A port is 0 … 0xffff; a port that nobody listens to reads as all ones. */
export interface Ports {
  readU8(port: number): number;
  readU16(port: number): number;
  readU32(port: number): number;
  writeU8(port: number, value: number): void;
  writeU16(port: number, value: number): void;
  writeU32(port: number, value: number): void;
}

/**
 * Registers of the CPU. Writing one takes effect at once; a value with reserved bits set raises #GP, as `mov` does.
 *
 * Those that hold an address are addresses (sign-extended numbers), the others plain bits.
 */
export interface Registers {
  cr0: number;
  /** The address of the last page fault. */
  cr2: Ptr;
  /**
   * Physical address of the level 4 table, with PCID or cache bits in the low twelve.
   *
   * Writing it drops the translations that are not global; with PCIDs those of the PCID written.
   */
  cr3: number;
  /** Writes CR3 with bit 63 set: translations of the PCID stay. #GP unless PCIDs are on. */
  writeCr3KeepingTranslations(value: number): void;
  cr4: number;
  efer: number;
  /** Protection keys: two bits for each of 16 keys. */
  pkru: number;
  rflags: number;
  /** Current privilege level, 0 (kernel) … 3 (user). */
  readonly cpl: number;
  rsp: Ptr;
  /** The address of the function that runs. */
  readonly rip: Ptr;
  /** Code segment selector. Writing it is a far return to the next instruction, at the same privilege level. */
  cs: number;
  /** Stack segment selector. */
  ss: number;
}

/** Dropping cached translations. */
export interface Tlb {
  /** `invlpg`: drops the translation of the page that holds `address`, in the current address space. */
  flush(address: Ptr): void;
  /** Drops every translation but global ones, as writing CR3 does. */
  flushAll(): void;
  /**
   * `invpcid`.
   *
   * @param kind - 0: one address of one PCID; 1: one PCID; 2: everything, global too; 3: everything but global
   */
  flushPcid(kind: 0 | 1 | 2 | 3, pcid: number, address: Ptr): void;
}

/** What a handler is called with: it may read and change the frame that the CPU has pushed. */
export type CodeFunction = (stackFrame: Ptr, errorCode: number) => void;

/**
 * The kernel's text section.
 *
 * A simulated CPU cannot jump to bytes that hold no machine code; so a function is given an address in the kernel's
 * text, and entering that address calls it.
 */
export interface Code {
  /** The address of a function; the same function always has the same one. */
  addressOf(handler: CodeFunction, name?: string): Ptr;
}
