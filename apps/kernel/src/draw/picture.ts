/**
 * A picture before it has a format: shapes from back to front, in pixels from the upper left corner.
 *
 * @module
 */

/** A rectangle. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Colours are written as in CSS. */
export type Shape =
  | (Rect & {
      readonly kind: "rect";
      readonly fill: string;
      readonly stroke?: string;
      readonly dashed?: boolean;
      readonly radius?: number;
    })
  /** Many rectangles of one colour whose edges lie on pixels. */
  | { readonly kind: "pixels"; readonly fill: string; readonly rects: readonly Rect[] }
  | {
      readonly kind: "line";
      readonly points: readonly (readonly [x: number, y: number])[];
      readonly stroke: string;
      readonly width?: number;
      readonly dashed?: boolean;
      /** Whether there is a head at the last point. */
      readonly arrow?: boolean;
    }
  | TextShape;

export interface TextShape {
  readonly kind: "text";
  readonly x: number;
  /** Of the baseline. */
  readonly y: number;
  readonly text: string;
  readonly fill: string;
  /** Height of the font. */
  readonly size: number;
  /** Which point of the text lies at `x`. @defaultValue "start" */
  readonly anchor?: "start" | "middle" | "end";
  readonly bold?: boolean;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** One line, for those who cannot see it. */
  readonly title: string;
  readonly background: string;
  readonly shapes: readonly Shape[];
}

/** The largest width and height of a PNG, in pixels: what fits the memory of viewers and of what draws it. */
export const MAX_PIXELS = 16_384;

/** Width of each character, as a share of the font's height: DejaVu Sans Mono's 1233 of 2048 units. */
const ADVANCE = 1233 / 2048;

/** Width of a text in the drawings' font. */
export function textWidth(text: string, size: number): number {
  return Array.from(text).length * size * ADVANCE;
}

/** Where a text lies: from its highest capital to its lowest descender. */
export function textBounds({ x, y, text, size, anchor = "start" }: TextShape): Rect {
  const width = textWidth(text, size);
  const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  return { x: left, y: y - size * 0.76, width, height: size };
}
