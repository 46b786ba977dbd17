/** Pictures, decoded. */
import { readFileSync } from "node:fs";
import { PNG } from "pngjs";

/** The pixels of a PNG as 0xrrggbb. */
export function pixelsOf(file: string): { width: number; height: number; at: (x: number, y: number) => number } {
  const { width, height, data } = PNG.sync.read(readFileSync(file));
  return { width, height, at: (x, y) => data.readUInt32BE((y * width + x) * 4) >>> 8 };
}
