/**
 * Pictures as SVG.
 *
 * Every text says how wide it is, so that it fits its place in a viewer with another font too.
 *
 * @see https://www.w3.org/TR/SVG11/
 * @module
 */
import { textBounds, type Picture, type Shape } from "./picture.ts";

/** The family of the font that the pictures are laid out for. */
export const FONT_FAMILY = "DejaVu Sans Mono";
const FONT_FAMILIES = `'${FONT_FAMILY}', Menlo, Consolas, monospace`;
/** Length and half width of an arrow's head. */
const HEAD = [7, 3.5] as const;

/** @param scale - how many pixels of the output one of the picture is */
export function svg(picture: Picture, scale = 1): string {
  const { width, height, title, background, shapes } = picture;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${number(width * scale)}" height="${number(height * scale)}" viewBox="0 0 ${number(width)} ${number(height)}" font-family="${FONT_FAMILIES}">`,
    `<title>${escaped(title)}</title>`,
    element("rect", { width, height, fill: background }),
    ...shapes.map(shapeText),
    "</svg>\n",
  ].join("\n");
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

function shapeText(shape: Shape): string {
  switch (shape.kind) {
    case "rect": {
      const { x, y, width, height, fill, stroke, radius: rx } = shape;
      return element("rect", { x, y, width, height, rx, fill, stroke, "stroke-dasharray": dashes(shape.dashed) });
    }
    case "pixels": {
      const d = shape.rects.map(({ x, y, width, height }) => `M${x} ${y}h${width}v${height}h-${width}z`).join("");
      return element("path", { fill: shape.fill, "shape-rendering": "crispEdges", d });
    }
    case "line":
      return lineText(shape);
    case "text": {
      const { x, y, text, fill, size, anchor } = shape;
      const attributes = {
        x,
        y,
        fill,
        "font-size": size,
        "font-weight": shape.bold === true ? "bold" : undefined,
        "text-anchor": anchor === "start" ? undefined : anchor,
        textLength: textBounds(shape).width,
        lengthAdjust: "spacingAndGlyphs",
      };
      return element("text", attributes, escaped(text));
    }
  }
}

function lineText({ points, stroke, width, dashed, arrow }: Extract<Shape, { kind: "line" }>): string {
  const attributes = { fill: "none", stroke, "stroke-width": width, "stroke-dasharray": dashes(dashed) };
  const line = element("polyline", { points: pairs(points), ...attributes });
  return arrow === true ? `${line}\n${element("polygon", { points: pairs(headOf(points)), fill: stroke })}` : line;
}

type Point = readonly [x: number, y: number];

/** The head of an arrow along the last piece of a line. */
function headOf(points: readonly Point[]): Point[] {
  const [from, to] = points.slice(-2) as [Point, Point];
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const [along, across] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
  const [back, side] = HEAD;
  const foot: Point = [to[0] - along * back, to[1] - across * back];
  return [to, [foot[0] - across * side, foot[1] + along * side], [foot[0] + across * side, foot[1] - along * side]];
}

function pairs(points: readonly Point[]): string {
  return points.map(([x, y]) => `${number(x)},${number(y)}`).join(" ");
}

function dashes(dashed = false): string | undefined {
  return dashed ? "4 3" : undefined;
}

function element(name: string, attributes: Attributes, content?: string): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? number(value) : escaped(value!)}"`)
    .join("");
  return content === undefined ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

/** Two decimals at most. */
function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Text as XML may contain it: characters that it cannot hold at all become U+FFFD. */
function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text
    .replace(/[&<>"]/g, (found) => entities[found]!)
    .replace(/[^\P{Cc}\t\n\r]|[\p{Cs}\ufffe\uffff]/gu, "\ufffd");
}
