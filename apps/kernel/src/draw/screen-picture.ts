/**
 * The screen as a VGA shows it: 720 × 400 pixels.
 *
 * ```
 *   a cell    0 … 7            8
 *           │ the font's row │ ninth column: the background; for the codes 0xc0 … 0xdf, lines and boxes, column 7 again
 * ```
 * The cursor fills its scan lines in the cell's foreground. What blinks is drawn as it is when it can be seen.
 *
 * @see IBM VGA/XGA Technical Reference (1992), attribute mode control register, "Enable Line Graphics Character Code"
 * @module
 */
import type { VgaSnapshot } from "@kmem/machine";
import type { Picture, Rect } from "./picture.ts";
import { GLYPH_HEIGHT, glyphRows } from "./vga-font.ts";

/** Pixels of a cell. */
export const CELL_WIDTH = 9;
export const CELL_HEIGHT: number = GLYPH_HEIGHT;

const FIRST_LINE_GRAPHIC = 0xc0;
const LAST_LINE_GRAPHIC = 0xdf;
const ALL_COLUMNS = 0x1ff;

/** Draws a screen. */
export function screenPicture(screen: VgaSnapshot): Picture {
  const { width, height, rows, palette } = screen;
  const pixels = indices(screen);
  const [across, down] = [width * CELL_WIDTH, height * CELL_HEIGHT];
  const rects: Rect[][] = palette.map(() => []);
  for (let y = 0; y < down; y++)
    for (let x = 0, end = 0; x < across; x = end) {
      const color = pixels[y * across + x]!;
      for (end = x; end < across && pixels[y * across + end] === color;) end++;
      rects[color]!.push({ x, y, width: end - x, height: 1 });
    }
  const css = (color: number): string => `#${color.toString(16).padStart(6, "0")}`;
  return {
    width: across,
    height: down,
    title: rows.filter((row) => row !== "").join("\n"),
    background: css(palette[0]!),
    shapes: rects.flatMap((each, color) =>
      color === 0 || each.length === 0 ? [] : [{ kind: "pixels", fill: css(palette[color]!), rects: each }],
    ),
  };
}

/** Of each pixel the index of its colour. */
function indices({ width, height, cells, cursor }: VgaSnapshot): Uint8Array {
  const pixels = new Uint8Array(width * CELL_WIDTH * height * CELL_HEIGHT);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const { code, foreground, background } = cells[row * width + column]!;
      const hasCursor = cursor?.row === row && cursor.column === column;
      glyphRows(code).forEach((bits, line) => {
        const isCursor = hasCursor && line >= cursor.firstLine && line <= cursor.lastLine;
        const nine = isCursor ? ALL_COLUMNS : nineColumns(code, bits);
        const at = ((row * CELL_HEIGHT + line) * width + column) * CELL_WIDTH;
        for (let x = 0; x < CELL_WIDTH; x++)
          pixels[at + x] = ((nine >> (CELL_WIDTH - 1 - x)) & 1) === 1 ? foreground : background;
      });
    }
  return pixels;
}

function nineColumns(code: number, bits: number): number {
  const isLineGraphic = code >= FIRST_LINE_GRAPHIC && code <= LAST_LINE_GRAPHIC;
  return (bits << 1) | (isLineGraphic ? bits & 1 : 0);
}
