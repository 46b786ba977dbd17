/**
 * Running code with interrupts off: the crate `x86_64`'s `without_interrupts`.
 *
 * @module
 */
import { RFlags } from "@kmem/x86-64";
import { hardware } from "./statics.ts";

/** Runs `body` with interrupts off, and turns them on again if they were on. */
export function withoutInterrupts<R>(body: () => R): R {
  const machine = hardware();
  const wereEnabled = (machine.registers.rflags & RFlags.INTERRUPT_FLAG) !== 0;
  if (!wereEnabled) return body();
  machine.disableInterrupts();
  try {
    return body();
  } finally {
    machine.enableInterrupts();
  }
}
