/**
 * Comparing a memory's bytes before and after.
 *
 * @module
 */
import { hex, type Memory, type Ptr } from "@kmem/memory";

/** Bytes that must not change. */
export interface ByteRange {
  readonly start: Ptr;
  readonly length: number;
}

/** A copy of a range; by default of the whole memory, where its ends are known, else of nothing. */
export function bytesOf(memory: Memory, range?: ByteRange): Uint8Array {
  const ends = memory as { readonly base?: unknown; readonly byteLength?: unknown };
  const { start, length } = range ?? { start: ends.base, length: ends.byteLength };
  if (typeof start !== "number" || typeof length !== "number") return new Uint8Array(0);
  const bytes = new Uint8Array(length);
  memory.readBytes(start, bytes);
  return bytes;
}

/** @throws Error when the two differ */
export function expectSameBytes(before: Uint8Array, after: Uint8Array): void {
  const at = before.findIndex((byte, i) => byte !== after[i]);
  if (at >= 0 || before.length !== after.length) throw new Error(`expected no change, got one in byte ${hex(at)}`);
}
