/**
 * LTR: loads the task register with the descriptor of a task state segment.
 *
 * ```
 *   descriptor, 16 bytes                              TSS
 *   0  limit 15…0 │ base 15…0                         +4   RSP for rings 0, 1, 2
 *   4  base 23…16 │ type, DPL, P │ limit 19…16, G │   +36  interrupt stacks 1 … 7
 *      base 31…24
 *   8  base 63…32
 * ```
 *
 * @see Intel SDM volume 2A, LTR; volume 3A, 7.2.3
 * @module
 */
import { ExceptionVector } from "@kmem/x86-64";
import { SYSTEM } from "./access.ts";
import { isCanonical, type CpuState } from "./cpu-state.ts";

/**
 * Loads it, and marks the descriptor busy.
 *
 * @returns whether it was done; if not, `state` says why and is otherwise unchanged
 */
export function loadTss(state: CpuState, selector: number): boolean {
  const { GeneralProtection, SegmentNotPresent } = ExceptionVector;
  const error = selector & 0xfffc;
  if (error === 0) return state.refuse(GeneralProtection, 0);
  const at = state.gdt.base + (selector & 0xfff8);
  if ((selector & 4) !== 0 || (selector & 0xfff8) + 15 > state.gdt.limit) return state.refuse(GeneralProtection, error);
  if (!state.readWord(at + 8, SYSTEM)) return false;
  const baseHigh = state.low;
  if (!state.readWord(at, SYSTEM)) return false;
  const { low, high } = state;
  // Bits 12 … 8: a system segment of type 9, an available 64-bit TSS.
  if ((high & 0x1f00) !== 0x900) return state.refuse(GeneralProtection, error);
  if ((high & 0x8000) === 0) return state.refuse(SegmentNotPresent, error);
  const baseLow = ((high & 0xff00_0000) | ((high & 0xff) << 16) | (low >>> 16)) >>> 0;
  const base = (baseHigh | 0) * 0x1_0000_0000 + baseLow;
  if (!isCanonical(base)) return state.refuse(GeneralProtection, error);
  // It becomes busy.
  if (!state.setSystemBits(at + 5, 0x2)) return false;
  state.tss.base = base;
  const limit = (high & 0xf_0000) | (low & 0xffff);
  state.tss.limit = (high & 0x80_0000) === 0 ? limit : limit * 4096 + 4095;
  state.taskRegister = selector;
  return true;
}
