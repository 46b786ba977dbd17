/**
 * The call stack as a picture: the highest address on top, the frames of functions, RSP, and what has been popped.
 *
 * @module
 */
import { slotValues, type StackPicture, type StackSlot } from "../tour/call-stack.ts";
import { textWidth, type Picture, type Rect, type Shape } from "./picture.ts";
import type { Theme } from "./theme.ts";
import { addressText, bytesText, label, SMALL_SIZE, TEXT_SIZE, titleLabel } from "./words.ts";

const WIDTH = 600;
const MARGIN = 24;
const TOP = 84;
const BOX_LEFT = 150;
const BOX_WIDTH = 340;
const ROW = 34;
const GAP_ROW = 20;
const FRAME_LEFT: number = BOX_LEFT + BOX_WIDTH + 12;

/** Draws a stack. */
export function stackPicture(title: string, { stackPointer, slots }: StackPicture, theme: Theme): Picture {
  const shapes: Shape[] = [
    titleLabel(MARGIN, 34, title, theme.ink, WIDTH - 2 * MARGIN),
    label(MARGIN, 56, "the stack grows down, to lower addresses", theme.dim, { size: SMALL_SIZE }),
  ];
  let top = TOP;
  let pointerAt = TOP;
  const places: { slot: StackSlot; box: Rect }[] = [];
  slots.forEach((slot, i) => {
    const gap = i === 0 ? 0 : slots[i - 1]!.at - (slot.at + slot.size);
    if (gap > 0) {
      shapes.push(...gapShapes(gap, { x: BOX_LEFT, y: top, width: BOX_WIDTH, height: GAP_ROW }, theme));
      top += GAP_ROW;
    }
    const box = { x: BOX_LEFT, y: top, width: BOX_WIDTH, height: ROW };
    shapes.push(...slotShapes(slot, box, theme));
    places.push({ slot, box });
    top += ROW;
    if (slot.at >= stackPointer) pointerAt = top;
  });
  shapes.push(...frameShapes(places, theme), ...pointerShapes(pointerAt, theme), ...legend(top + 56, theme));
  return { width: WIDTH, height: top + 80, title, background: theme.background, shapes };
}

/** A slot's box: its name, and its words each in a cell of its own. */
function slotShapes(slot: StackSlot, box: Rect, theme: Theme): Shape[] {
  const { at, name, live } = slot;
  const ink = live ? theme.ink : theme.dim;
  const outline = live ? theme.usedLine : theme.freeLine;
  const middle = box.y + box.height / 2 + 4.5;
  const shapes: Shape[] = [
    { kind: "rect", ...box, fill: live ? theme.used : theme.free, stroke: outline, dashed: !live },
    label(BOX_LEFT - 12, middle, addressText(at), ink, { size: SMALL_SIZE, anchor: "end" }),
    label(box.x + 12, middle, name, ink, { bold: live }),
  ];
  let right = box.x + box.width;
  for (const value of slotValues(slot, addressText).reverse()) {
    const width = Math.max(36, textWidth(value, TEXT_SIZE) + 20);
    shapes.push(label(right - width / 2, middle, value, ink, { anchor: "middle" }));
    right -= width;
    const points = [
      [right, box.y],
      [right, box.y + box.height],
    ] as const;
    shapes.push({ kind: "line", points, stroke: outline, dashed: !live });
  }
  return shapes;
}

function gapShapes(bytes: number, box: Rect, theme: Theme): Shape[] {
  const text = `${bytesText(bytes)} unused`;
  return [
    { kind: "rect", ...box, fill: theme.background, stroke: theme.line },
    label(box.x + box.width / 2, box.y + 14, text, theme.dim, { size: SMALL_SIZE - 1, anchor: "middle" }),
  ];
}

/** A bracket beside the slots of each frame. */
function frameShapes(places: readonly { slot: StackSlot; box: Rect }[], theme: Theme): Shape[] {
  const shapes: Shape[] = [];
  for (let first = 0, end = 0; first < places.length; first = end) {
    const { frame, live } = places[first]!.slot;
    for (end = first; end < places.length; end++) {
      const { slot } = places[end]!;
      if (slot.frame !== frame || slot.live !== live) break;
    }
    const from = places[first]!.box.y + 4;
    const to = places[end - 1]!.box.y + ROW - 4;
    const points = [
      [FRAME_LEFT, from],
      [FRAME_LEFT + 6, from],
      [FRAME_LEFT + 6, to],
      [FRAME_LEFT, to],
    ] as const;
    const ink = live ? theme.ink : theme.dim;
    shapes.push({ kind: "line", points, stroke: ink }, label(FRAME_LEFT + 14, (from + to) / 2 + 4.5, frame, ink));
  }
  return shapes;
}

/** RSP points to the lowest byte in use. */
function pointerShapes(y: number, theme: Theme): Shape[] {
  const points = [
    [BOX_LEFT - 8, y],
    [WIDTH - MARGIN - 34, y],
  ] as const;
  return [
    { kind: "line", points, stroke: theme.accent, width: 2.5 },
    label(WIDTH - MARGIN, y + 4, "RSP", theme.accent, { size: SMALL_SIZE, anchor: "end", bold: true }),
  ];
}

function legend(y: number, theme: Theme): Shape[] {
  const swatch = { y: y - 11, width: 22, height: 14 };
  const small = { size: SMALL_SIZE };
  return [
    { kind: "rect", ...swatch, x: MARGIN, fill: theme.used, stroke: theme.usedLine },
    label(MARGIN + 30, y, "on the stack", theme.dim, small),
    { kind: "rect", ...swatch, x: 170, fill: theme.free, stroke: theme.freeLine, dashed: true },
    label(200, y, "popped: the bytes are there, but nobody's", theme.dim, small),
  ];
}
