/**
 * Numbers in pictures, and texts of the usual sizes.
 *
 * @module
 */
import { hex, type Ptr } from "@kmem/memory";
import { textWidth, type TextShape } from "./picture.ts";

/** Heights of the font. */
const TITLE_SIZE = 17;
export const TEXT_SIZE = 13;
export const SMALL_SIZE = 12;

/** `0x4444_4444_0000` */
export function addressText(address: Ptr): string {
  return `0x${hex(address)
    .slice(2)
    .replace(/\B(?=(?:[\da-f]{4})+$)/g, "_")}`;
}

/** `98,304 bytes` */
export function bytesText(bytes: number): string {
  return `${numberText(bytes)} ${bytes === 1 ? "byte" : "bytes"}`;
}

/** `98,304` */
export function numberText(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

export type TextStyle = Pick<TextShape, "size" | "anchor" | "bold">;

/** A text at a point of its baseline. */
export function label(x: number, y: number, text: string, fill: string, style: Partial<TextStyle> = {}): TextShape {
  return { kind: "text", x, y, text, fill, size: TEXT_SIZE, ...style };
}

/** A picture's title, smaller where it is long. @param room - pixels across */
export function titleLabel(x: number, y: number, text: string, fill: string, room: number): TextShape {
  const size = Math.min(TITLE_SIZE, (TITLE_SIZE * room) / textWidth(text, TITLE_SIZE));
  return label(x, y, text, fill, { size, bold: true });
}
