/**
 * Page tables as QEMU's monitor prints them.
 *
 * @see QEMU, target/i386/monitor.c: https://gitlab.com/qemu-project/qemu/-/blob/v9.0.0/target/i386/monitor.c
 * @module
 */
import { positionOf } from "./mapper/positions.ts";
import { pages, type Mapping } from "./mappings.ts";
import type { ReadEntry } from "./read-entry.ts";

/** The flags that `info tlb` shows, from left to right: bit and letter. */
const TLB_FLAGS = [
  [63, "X"],
  [8, "G"],
  [7, "P"],
  [6, "D"],
  [5, "A"],
  [4, "C"],
  [3, "T"],
  [2, "U"],
  [1, "W"],
] as const;

/** Positions with the same rights. */
interface Run {
  readonly start: number;
  readonly end: number;
  readonly userAccessible: boolean;
  readonly writable: boolean;
}

/**
 * `info tlb`: a line for each page: address, physical address, and the flags of its last entry.
 *
 * @param levelFourTable - physical address of the level 4 table, as in CR3
 * @throws AddressError `address/not-physical`, `address/not-aligned`; PhysicalMemoryError when an entry leads out of memory
 */
export function infoTlb(readEntry: ReadEntry, levelFourTable: number): string {
  let text = "";
  for (const { start, physical, entry } of pages(readEntry, levelFourTable)) {
    const flags = TLB_FLAGS.map(([bit, letter]) => ((entry >> BigInt(bit)) & 1n ? letter : "-")).join("");
    text += `${signed(positionOf(start))}: ${word(physical)} ${flags}\n`;
  }
  return text;
}

/**
 * `info mem`: a line for each run of addresses with the same rights: first, end (exclusive), length, and `u`, `r`, `w` for
 * user, readable, writable as all levels together permit. What is physically apart is not told apart here.
 *
 * As in QEMU, all three are 48-bit numbers with bit 47 repeated above: so the end of the lower half prints as the start of
 * the upper, and the end of the upper half, which has 49 bits, as `0001000000000000`.
 *
 * @param levelFourTable - physical address of the level 4 table, as in CR3
 * @throws AddressError, PhysicalMemoryError as {@link infoTlb}
 */
export function infoMem(readEntry: ReadEntry, levelFourTable: number): string {
  let text = "";
  for (const { start, end, userAccessible, writable } of runs(pages(readEntry, levelFourTable))) {
    const rights = `${userAccessible ? "u" : "-"}r${writable ? "w" : "-"}`;
    text += `${signed(start)}-${signed(end)} ${signed(end - start)} ${rights}\n`;
  }
  return text;
}

function* runs(all: Iterable<Mapping>): Generator<Run, void> {
  let run: Run | undefined;
  for (const { start: address, length, userAccessible, writable } of all) {
    const start = positionOf(address);
    const end = start + length;
    if (run?.end === start && run.userAccessible === userAccessible && run.writable === writable) run = { ...run, end };
    else {
      if (run !== undefined) yield run;
      run = { start, end, userAccessible, writable };
    }
  }
  if (run !== undefined) yield run;
}

/** A position or a length with bit 47 repeated above it, in 16 hex digits. */
function signed(position: number): string {
  return Math.floor(position / 2 ** 47) % 2 === 1 ? `ffff${position.toString(16).padStart(12, "0")}` : word(position);
}

function word(value: number): string {
  return value.toString(16).padStart(16, "0");
}
