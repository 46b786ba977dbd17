/**
 * Reading the entries of anybody's page tables: those in force, a virtual machine's, a memory dump's.
 *
 * @module
 */
import { MemoryError, type Memory, type Ptr } from "@kmem/memory";
import { PhysAddr } from "../addr.ts";
import { AddressError } from "../errors.ts";
import { PhysicalMemoryError } from "./errors.ts";

/** Reads an entry, all 64 bits. @param at - its physical address, a multiple of 8 */
export type ReadEntry = (at: PhysAddr) => bigint;

/**
 * Entries of tables in a memory.
 *
 * @param offset - where physical address 0 is in it
 * @returns a function that throws PhysicalMemoryError for an entry outside of the memory
 * @throws {@link AddressError} `address/not-aligned` unless `offset` is a multiple of 8
 */
export function readThrough(memory: Memory, offset: Ptr = 0): ReadEntry {
  if (!Number.isSafeInteger(offset) || offset % 8 !== 0)
    throw new AddressError("address/not-aligned", "expected an offset that is a multiple of 8, got", offset);
  return (at) => {
    try {
      return memory.readU64(at + offset);
    } catch (error) {
      if (error instanceof MemoryError && error.code === "memory/out-of-bounds") throw new PhysicalMemoryError(at);
      throw error;
    }
  };
}

/**
 * Entries of tables in raw bytes: a memory dump, a file, a virtual machine's RAM.
 *
 * @param bytes - at any place in their buffer
 * @param start - the physical address of the first byte
 * @returns a function that throws PhysicalMemoryError for an entry outside of the bytes
 * @throws {@link AddressError} `address/not-physical`
 */
export function readBytes(bytes: Uint8Array, start = 0): ReadEntry {
  PhysAddr.new(start);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (at) => {
    const index = at - start;
    if (!(Number.isInteger(index) && index >= 0 && index + 8 <= bytes.byteLength)) throw new PhysicalMemoryError(at);
    return view.getBigUint64(index, true);
  };
}
