/**
 * Addresses in memory: 8 bytes, sign-extended from a safe integer.
 *
 * ```
 *   +0 low 32 bits   +4 high 32 bits (negative: the upper half of the address space)
 * ```
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";
import { ReprError } from "./errors.ts";

/** Bytes of an address, of a `usize`, of a length. */
export const WORD = 8;

const TWO_32 = 0x1_0000_0000;
const HIGH_LIMIT = 0x20_0000;

/** Reads an address; negative ones are the upper half. @throws {@link ReprError} `repr/bytes` when it is beyond ±2^53 */
export function readPtr(memory: Memory, at: Ptr): Ptr {
  const low = memory.readU32(at);
  const high = memory.readU32(at + 4) | 0;
  if (high >= HIGH_LIMIT || high < -HIGH_LIMIT) throw new ReprError("repr/bytes", "8 bytes that are no address", high);
  return high * TWO_32 + low;
}

/** Writes an address, a safe integer. */
export function writePtr(memory: Memory, at: Ptr, value: Ptr): void {
  if (!Number.isSafeInteger(value))
    throw new ReprError("repr/value", `expected an address, got ${String(value)}`, value);
  if (value >= 0) memory.writeUsize(at, value);
  else {
    const high = Math.floor(value / TWO_32);
    memory.writeU32(at, value - high * TWO_32);
    memory.writeU32(at + 4, high >>> 0);
  }
}
