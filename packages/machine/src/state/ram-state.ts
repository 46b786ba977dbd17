/**
 * RAM in a file: the pages that are not all zero.
 *
 * ```
 *   ├─────────┬──────────┬────────────┬──────────┬────────────┬─ …
 *   │ count 4 │ number 4 │ 4096 bytes │ number 4 │ 4096 bytes │        numbers of frames, ascending
 * ```
 * @module
 */
import type { PhysicalMemory } from "../physical-memory.ts";
import { MachineStateError } from "./errors.ts";
import { StateWriter } from "./state-writer.ts";

const PAGE_SIZE = 4096;
const WORDS = PAGE_SIZE / 4;
const ENTRY = 4 + PAGE_SIZE;

/** @returns the section's bytes */
export function saveRam(ram: PhysicalMemory): Uint8Array {
  const { u8, i32 } = ram.views;
  const used: number[] = [];
  for (let page = 0; page < u8.length / PAGE_SIZE; page++) if (!isZero(i32, page * WORDS)) used.push(page);
  const writer = new StateWriter(4 + used.length * ENTRY);
  writer.u32(used.length);
  for (const page of used) {
    writer.u32(page);
    writer.bytes(u8.subarray(page * PAGE_SIZE, (page + 1) * PAGE_SIZE));
  }
  return writer.written;
}

/** Refuses a section that does not fit `size` bytes of RAM. @throws {@link MachineStateError} `machine-state/damaged` */
export function checkRam(payload: Uint8Array, size: number): void {
  const data = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const count = payload.length < 4 ? -1 : data.getUint32(0, true);
  let isRight = payload.length === 4 + count * ENTRY;
  for (let i = 0, before = -1; isRight && i < count; i++) {
    const page = data.getUint32(4 + i * ENTRY, true);
    isRight = page > before && page < size / PAGE_SIZE;
    before = page;
  }
  if (!isRight)
    throw new MachineStateError("machine-state/damaged", "expected pages of the RAM in ascending order", "RAM ");
}

/** Makes RAM what it was; the section has been checked. */
export function loadRam(payload: Uint8Array, ram: PhysicalMemory): void {
  const { u8 } = ram.views;
  const data = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  u8.fill(0);
  for (let at = 4; at < payload.length; at += ENTRY)
    u8.set(payload.subarray(at + 4, at + ENTRY), data.getUint32(at, true) * PAGE_SIZE);
}

function isZero(words: Int32Array, start: number): boolean {
  for (let i = start; i < start + WORDS; i++) if (words[i] !== 0) return false;
  return true;
}
