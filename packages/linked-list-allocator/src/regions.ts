/**
 * Several separate regions in one heap: what lies between two of them is a gap, which is neither free nor in use.
 *
 * ```
 *   bottom                                                                      end
 *   ├ region ──────────┤ ░░░░ not ours ░░░░ ├ record ┤ region ──────────────────┤
 *                      └──────────────── gap ────────┘
 *   control block ──▶ last record ──▶ … ──▶ first record
 *
 *   record:   +0  where its gap starts, the end of the region below   u64
 *             +8  the record below, 0 for none                        u64
 * ```
 * The record of a gap is the first 16 bytes of the region above it. Holes need not know of any of this.
 *
 * @module
 */
import { NULL, type Memory, type Ptr } from "@kmem/memory";
import { FIRST_GAP, isInside, joinWords } from "./control-block.ts";

/** Bytes of a record. */
export const RECORD_SIZE = 16;

/** What is not the heap's between two of its regions, the record included. */
export interface Gap {
  readonly start: Ptr;
  /** Where the region above begins: its record, then its bytes. */
  readonly record: Ptr;
}

type Readable = Pick<Memory, "readU32">;

/**
 * The gaps of a heap from the top down.
 *
 * It ends whatever the bytes hold: each gap must lie below the one before. A last record at the heap's end or above is of
 * a region that was not added wholly (its thread died): then there are none, until the heap is repaired.
 *
 * @returns `undefined` when the records contradict themselves
 */
export function gapsOf(memory: Readable, controlAt: Ptr, bottom: Ptr, end: Ptr): Gap[] | undefined {
  const gaps: Gap[] = [];
  let above = end;
  let record = readAddress(memory, controlAt + FIRST_GAP * 4);
  if (record >= end) return gaps;
  while (record !== NULL) {
    if (record < bottom || record + RECORD_SIZE > above || record % 8 !== 0) return undefined;
    const start = readAddress(memory, record);
    if (start < bottom || start > record || start % 8 !== 0) return undefined;
    gaps.push({ start, record });
    above = start;
    record = readAddress(memory, record + 8);
  }
  return gaps;
}

/** Forgets a region that was not added wholly. */
export function dropUnfinished(memory: Memory, controlAt: Ptr, end: Ptr): void {
  const headAt = controlAt + FIRST_GAP * 4;
  const record = readAddress(memory, headAt);
  if (record < end || !isInside(memory, record, RECORD_SIZE)) return;
  memory.writeU32(headAt, memory.readU32(record + 8));
  memory.writeU32(headAt + 4, memory.readU32(record + 12));
}

/** Writes the record of a new highest gap, and makes it count as soon as the heap's end has moved above it. */
export function addGap(memory: Memory, controlAt: Ptr, { start, record }: Gap, below: Ptr): void {
  const headAt = controlAt + FIRST_GAP * 4;
  writeAddress(memory, record, start);
  writeAddress(memory, record + 8, below);
  writeAddress(memory, headAt, record);
}

/** Bytes in gaps. */
export function bytesIn(gaps: readonly Gap[]): number {
  return gaps.reduce((sum, { start, record }) => sum + record + RECORD_SIZE - start, 0);
}

/** Whether a range touches a gap. */
export function touchesGap(gaps: readonly Gap[], at: Ptr, size: number): boolean {
  return gaps.some(({ start, record }) => at < record + RECORD_SIZE && at + size > start);
}

/** The regions from the bottom up, records included, as `[start, end]`. */
export function regionsOf(gaps: readonly Gap[], bottom: Ptr, end: Ptr): [start: Ptr, end: Ptr][] {
  const regions: [Ptr, Ptr][] = [];
  let above = end;
  for (const { start, record } of gaps) {
    regions.unshift([record, above]);
    above = start;
  }
  regions.unshift([bottom, above]);
  return regions;
}

function readAddress(memory: Readable, at: Ptr): Ptr {
  return joinWords(memory.readU32(at), memory.readU32(at + 4));
}

function writeAddress(memory: Memory, at: Ptr, address: Ptr): void {
  memory.writeU32(at, address);
  memory.writeU32(at + 4, Math.floor(address / 0x1_0000_0000));
}
