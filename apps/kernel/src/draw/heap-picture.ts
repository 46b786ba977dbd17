/**
 * The heap as a picture: all of it to scale, then its pieces one under the other, with the list of holes.
 *
 * @module
 */
import type { HeapMap, HeapPiece } from "../tour/heap-map.ts";
import type { Picture, Rect, Shape } from "./picture.ts";
import type { Theme } from "./theme.ts";
import { addressText, bytesText, label, numberText, SMALL_SIZE, titleLabel } from "./words.ts";

const WIDTH = 600;
const MARGIN = 24;
const INNER = WIDTH - 2 * MARGIN;
const BAR_TOP = 76;
const BAR_HEIGHT = 24;
const LIST_TOP = 150;
const BOX_LEFT = 170;
const BOX_WIDTH = 290;
/** Pieces that are drawn one by one; a heap in use has thousands. */
const MOST_PIECES = 48;
/** Of a piece in the bar: the smallest are widened to this. */
const THIN = 1.5;

/** Draws a heap. */
export function heapPicture(title: string, map: HeapMap, theme: Theme): Picture {
  const { start, size, used, pieces } = map;
  const holes = pieces.filter(({ kind }) => kind === "hole");
  const largest = Math.max(0, ...holes.map((hole) => hole.size));
  const list = pieceList(map, theme);
  const summary = [
    `${numberText(used)} of ${bytesText(size)} in blocks`,
    `${holes.length} ${holes.length === 1 ? "hole" : "holes"}${holes.length === 0 ? "" : `, the largest of ${bytesText(largest)}`}`,
  ];
  const shapes: Shape[] = [
    titleLabel(MARGIN, 34, title, theme.ink, INNER),
    label(MARGIN, 56, summary.join("; "), theme.dim, { size: SMALL_SIZE }),
    ...overview(map, theme),
    label(MARGIN, BAR_TOP + BAR_HEIGHT + 18, addressText(start), theme.ink, { size: SMALL_SIZE }),
    label(WIDTH - MARGIN, BAR_TOP + BAR_HEIGHT + 18, addressText(start + size), theme.ink, {
      size: SMALL_SIZE,
      anchor: "end",
    }),
    ...list.shapes,
    ...legend(list.bottom + 44, theme),
  ];
  return { width: WIDTH, height: list.bottom + 90, title, background: theme.background, shapes };
}

/** The whole heap to scale. */
function overview({ start, size, pieces }: HeapMap, theme: Theme): Shape[] {
  const scale = INNER / size;
  const bars = (kind: HeapPiece["kind"]): Shape[] =>
    pieces
      .filter((piece) => piece.kind === kind)
      .map((piece) => {
        const width = Math.max(THIN, piece.size * scale);
        const x = Math.min(MARGIN + (piece.at - start) * scale, MARGIN + INNER - width);
        const fill = kind === "hole" ? theme.free : theme.usedLine;
        return { kind: "rect", x, y: BAR_TOP, width, height: BAR_HEIGHT, fill };
      });
  const frame = { x: MARGIN, y: BAR_TOP, width: INNER, height: BAR_HEIGHT };
  return [...bars("hole"), ...bars("block"), { kind: "rect", ...frame, fill: "none", stroke: theme.freeLine }];
}

/** From the lowest address down the page. */
function pieceList({ start, size, pieces }: HeapMap, theme: Theme): { shapes: Shape[]; bottom: number } {
  const shapes: Shape[] = [];
  const shown = pieces.slice(0, MOST_PIECES);
  // Outlines of blocks over those of holes.
  const over: Shape[] = [];
  let top = LIST_TOP;
  let previous: Rect | undefined;
  for (const piece of shown) {
    const box = { x: BOX_LEFT, y: top, width: BOX_WIDTH, height: heightOf(piece) };
    (piece.kind === "hole" ? shapes : over).push(...pieceShapes(piece, box, theme));
    if (piece.kind === "hole") {
      if (previous !== undefined) shapes.push(...nextArrow(previous, box, theme));
      previous = box;
    }
    top += box.height;
  }
  const rest = pieces.slice(MOST_PIECES);
  if (rest.length > 0) {
    const text = `… ${numberText(rest.length)} more blocks and holes …`;
    shapes.push(
      label(BOX_LEFT - 12, top + 4, addressText(rest[0]!.at), theme.ink, { size: SMALL_SIZE, anchor: "end" }),
      label(BOX_LEFT + BOX_WIDTH / 2, top + 32, text, theme.dim, { anchor: "middle" }),
    );
    top += 50;
  }
  shapes.push(label(BOX_LEFT - 12, top + 4, addressText(start + size), theme.dim, { size: SMALL_SIZE, anchor: "end" }));
  return { shapes: [...shapes, ...over], bottom: top };
}

/** Twice the bytes, so many pixels more. */
function heightOf({ size }: HeapPiece): number {
  return 26 + Math.round(4 * Math.log2(Math.max(1, size / 16)));
}

function pieceShapes({ kind, at, size, name }: HeapPiece, box: Rect, theme: Theme): Shape[] {
  const isHole = kind === "hole";
  const middle = box.y + box.height / 2 + 4.5;
  const outline = isHole ? theme.freeLine : theme.usedLine;
  return [
    { kind: "rect", ...box, fill: isHole ? theme.free : theme.used, stroke: outline, dashed: isHole },
    label(BOX_LEFT - 12, box.y + 4, addressText(at), theme.ink, { size: SMALL_SIZE, anchor: "end" }),
    label(box.x + 12, middle, isHole ? "hole" : (name ?? "block"), isHole ? theme.dim : theme.ink, { bold: !isHole }),
    label(box.x + box.width - 12, middle, bytesText(size), isHole ? theme.dim : theme.ink, { anchor: "end" }),
  ];
}

/** A hole holds the address of the next one. */
function nextArrow(from: Rect, to: Rect, theme: Theme): Shape[] {
  const edge = from.x + from.width;
  const [fromY, toY] = [from.y + from.height / 2, to.y + Math.min(14, to.height / 2 - 4)];
  const points = [
    [edge, fromY],
    [edge + 26, fromY],
    [edge + 26, toY],
    [edge + 2, toY],
  ] as const;
  return [
    { kind: "line", points, stroke: theme.accent, width: 1.5, arrow: true },
    label(edge + 34, (fromY + toY) / 2 + 4, "next", theme.accent, { size: SMALL_SIZE }),
  ];
}

function legend(y: number, theme: Theme): Shape[] {
  const swatch = { y: y - 11, width: 22, height: 14 };
  const small = { size: SMALL_SIZE };
  return [
    { kind: "rect", ...swatch, x: MARGIN, fill: theme.used, stroke: theme.usedLine },
    label(MARGIN + 30, y, "block in use", theme.dim, small),
    { kind: "rect", ...swatch, x: 170, fill: theme.free, stroke: theme.freeLine, dashed: true },
    label(200, y, "hole: holds its size and the next hole's address", theme.dim, small),
    label(MARGIN, y + 24, "The bar is to scale; heights in the list grow with the sizes' logarithm.", theme.dim, small),
  ];
}
