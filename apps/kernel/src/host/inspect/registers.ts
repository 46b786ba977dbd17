/**
 * The registers, with what they mean; and how the machine stands.
 *
 * @module
 */
import type { Machine } from "@kmem/machine";
import { Cr0Flags, Cr4Flags, EferFlags, RFlags } from "@kmem/x86-64";
import type { RegisterReport } from "./sections.ts";

export function registersOf(machine: Machine): RegisterReport[] {
  const { state, code } = machine.cpu;
  const flags = (name: string, value: number, set: { names(bits: number): string[] }): RegisterReport => ({
    name,
    value,
    meaning: set.names(value).join(" | "),
  });
  const plain = (name: string, value: number, meaning = ""): RegisterReport => ({ name, value, meaning });
  const running = code.nameAt(state.rip);
  return [
    plain("rip", state.rip, running === undefined ? "" : `in the function "${running}"`),
    plain("rsp", state.rsp),
    flags("rflags", state.rflags, RFlags),
    flags("cr0", state.cr0, Cr0Flags),
    plain("cr2", state.cr2, "address of the last page fault"),
    plain("cr3", state.cr3, "level 4 table"),
    flags("cr4", state.cr4, Cr4Flags),
    flags("efer", state.efer, EferFlags),
    plain("pkru", state.pkru),
    plain("cs", state.cs, `privilege level ${state.cpl}`),
    plain("ss", state.ss),
    plain("tr", state.taskRegister, `task state at 0x${hexOf(state.tss.base)}, limit 0x${hexOf(state.tss.limit)}`),
    plain("gdtr", state.gdt.base, `limit 0x${hexOf(state.gdt.limit)}`),
    plain("idtr", state.idt.base, `limit 0x${hexOf(state.idt.limit)}`),
  ];
}

/** How the machine stands, in words. */
export function stateOf({ result }: Machine): string {
  switch (result?.kind) {
    case undefined:
      return "not stopped";
    case "halted":
      return `halted: ${result.reason}`;
    case "exited":
      return `exited with code ${result.code}`;
    case "reset":
      return result.report?.toString() ?? "reset";
    case "panicked":
      return `panicked: ${result.error.message}`;
    case "returned":
      return "the kernel has returned";
  }
}

function hexOf(value: number): string {
  return BigInt.asUintN(64, BigInt(value)).toString(16);
}
