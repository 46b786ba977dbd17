/**
 * A memory map as text for people.
 *
 * ```
 *   start      end          frames  size      type
 *   0x0        0x1000            1  4 KiB     FrameZero
 *   0x1000     0x9f000         158  632 KiB   Usable
 * ```
 *
 * @module
 */
import { hex } from "@kmem/memory";
import type { MemoryRegion } from "./memory-region.ts";

const UNITS = ["KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** A line of headings and a line for each region; the columns are as wide as they need to be. */
export function memoryMapTable(regions: Iterable<MemoryRegion>): string {
  const rows = [["start", "end", "frames", "size", "type"]];
  for (const { range, regionType } of regions)
    rows.push([
      hex(range.startAddr()),
      hex(range.endAddr()),
      String(range.length),
      byteCount(range.byteLength),
      regionType,
    ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map(([start, end, frames, size, type]) =>
      [
        start!.padEnd(widths[0]!),
        end!.padEnd(widths[1]!),
        frames!.padStart(widths[2]!),
        size!.padEnd(widths[3]!),
        type!,
      ].join("  "),
    )
    .join("\n");
}

/** Bytes in the largest unit that keeps the number whole. */
function byteCount(bytes: number): string {
  let [count, unit] = [bytes / 1024, 0];
  for (; count >= 1024 && count % 1024 === 0 && unit < UNITS.length - 1; unit++) count /= 1024;
  return `${count} ${UNITS[unit]!}`;
}
