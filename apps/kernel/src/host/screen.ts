/**
 * The machine's screen in a terminal.
 *
 * @module
 */
import { CODE_PAGE_437, type VgaSnapshot } from "@kmem/machine";
import type { ChalkInstance } from "chalk";

/** What the screen says, without colours: no blanks at the end of a row, no blank rows above or below. */
export function screenText({ rows }: VgaSnapshot): string {
  return rows.join("\n").replace(/^\n+|\n+$/g, "");
}

/** All cells, in the colours that they have. */
export function screenColors({ width, height, cells, palette }: VgaSnapshot, chalk: ChalkInstance): string {
  const rgb = (color: number): [number, number, number] => [color >> 16, (color >> 8) & 0xff, color & 0xff];
  const lines: string[] = [];
  for (let row = 0; row < height; row++) {
    let line = "";
    // Neighbours of one colour are painted together: a tenth of the escape sequences.
    for (let start = row * width, end = start; start < (row + 1) * width; start = end) {
      const { foreground, background } = cells[start]!;
      let text = "";
      for (; end < (row + 1) * width; end++) {
        const cell = cells[end]!;
        if (cell.foreground !== foreground || cell.background !== background) break;
        text += CODE_PAGE_437[cell.code]!;
      }
      line += chalk.rgb(...rgb(palette[foreground]!)).bgRgb(...rgb(palette[background]!))(text);
    }
    lines.push(line);
  }
  return lines.join("\n");
}
