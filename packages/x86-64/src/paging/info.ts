/**
 * Page tables as QEMU's monitor prints them.
 *
 * @see QEMU, target/i386/monitor.c: https://www.qemu.org/docs/master/system/monitor.html
 * @module
 */
import type { PhysAddr } from "../addr.ts";
import { mappings, pages, type Mapping, type ReadEntry } from "./walk.ts";

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

/** `info tlb`: a line for each page: address, physical address, and the flags of its last entry. */
export function infoTlb(readEntry: ReadEntry, levelFourTable: PhysAddr): string {
  return lines(pages(readEntry, levelFourTable), ({ start, physical, entry }) => {
    const flags = TLB_FLAGS.map(([bit, letter]) => ((entry >> BigInt(bit)) & 1n ? letter : "-")).join("");
    return `${word(start)}: ${word(physical)} ${flags}`;
  });
}

/**
 * `info mem`: a line for each run of addresses with the same rights: first, end (exclusive), length, and `u`, `r`, `w` for
 * user, readable, writable as all levels together permit. What is physically apart is not told apart here.
 */
export function infoMem(readEntry: ReadEntry, levelFourTable: PhysAddr): string {
  return lines(byRights(mappings(readEntry, levelFourTable)), ({ start, length, userAccessible, writable }) => {
    const rights = `${userAccessible ? "u" : "-"}r${writable ? "w" : "-"}`;
    return `${word(start)}-${word(start + length)} ${word(length)} ${rights}`;
  });
}

function* byRights(all: Iterable<Mapping>): Generator<Mapping, void> {
  let run: Mapping | undefined;
  for (const each of all) {
    const same =
      run !== undefined &&
      run.start + run.length === each.start &&
      run.writable === each.writable &&
      run.userAccessible === each.userAccessible;
    if (run !== undefined && same) run = { ...run, length: run.length + each.length };
    else {
      if (run !== undefined) yield run;
      run = each;
    }
  }
  if (run !== undefined) yield run;
}

function lines<T>(items: Iterable<T>, line: (item: T) => string): string {
  let text = "";
  for (const item of items) text += `${line(item)}\n`;
  return text;
}

/** 16 hex digits. */
function word(value: number): string {
  return BigInt.asUintN(64, BigInt(value)).toString(16).padStart(16, "0");
}
