/**
 * What the parts of a type are, read from its name, which is as Rust writes it.
 *
 * JavaScript has one kind of number and one empty value; the name says whether `1` is `1` or `1.0`, and `null` None.
 *
 * @module
 */

/** A type taken apart: `Option<i32>` is "Option" of `i32`. */
export interface Shape {
  /** "tuple", "list" for arrays and slices, "struct" for fields without a name; else the name before `<`. */
  readonly head: string;
  /** Types of the parts. */
  readonly parts: readonly Shape[];
  /** Names of the parts, of a struct. */
  readonly fields?: Readonly<Record<string, Shape>>;
}

/** A type, as far as its values are to be written. */
export interface Named {
  readonly name: string;
  readonly fields?: unknown;
}

/** Names are few: so many are remembered. */
const REMEMBERED = 256;
const OPENING = "<([{";
const CLOSING = ">)]}";

const known = new Map<string, Shape>();

/** @example shapeOf({ name: "Option<i32>" }).parts[0].head // => "i32" */
export function shapeOf({ name, fields }: Named): Shape {
  if (typeof fields === "object" && fields !== null) {
    const shapes = Object.entries(fields as Readonly<Record<string, Named>>).map(([key, type]) => [key, shapeOf(type)]);
    const isNamed = !name.startsWith("{");
    return { head: isNamed ? name : "struct", parts: [], fields: Object.fromEntries(shapes) as Record<string, Shape> };
  }
  return shapeNamed(name);
}

export function shapeNamed(name: string): Shape {
  let shape = known.get(name);
  if (shape === undefined) {
    shape = parse(name.trim());
    if (known.size >= REMEMBERED) known.clear();
    known.set(name, shape);
  }
  return shape;
}

function parse(name: string): Shape {
  const aligned = /^align\(\d+\) /.exec(name);
  if (aligned !== null) return parse(name.slice(aligned[0].length));
  const inside = name.slice(1, -1);
  if (name.startsWith("&")) return parse(name.replace(/^&(?:mut )?/, ""));
  if (name === "()") return { head: "()", parts: [] };
  if (name.startsWith("(")) return { head: "tuple", parts: splitTop(inside).map(parse) };
  if (name.startsWith("[")) return { head: "list", parts: [parse(inside.replace(/; \d+$/, ""))] };
  if (name.startsWith("{")) {
    const fields: Record<string, Shape> = {};
    for (const field of splitTop(inside)) {
      const colon = field.indexOf(":");
      fields[field.slice(0, colon).trim()] = parse(field.slice(colon + 1).trim());
    }
    return { head: "struct", parts: [], fields };
  }
  const open = name.indexOf("<");
  if (open < 0 || !name.endsWith(">")) return { head: name, parts: [] };
  return { head: name.slice(0, open), parts: splitTop(name.slice(open + 1, -1)).map(parse) };
}

/** The parts between commas that are in no brackets. */
function splitTop(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i <= text.length; i++) {
    const char = text[i] ?? "";
    if (char !== "" && OPENING.includes(char)) depth++;
    else if (char !== "" && CLOSING.includes(char)) depth--;
    else if (i === text.length || (char === "," && depth === 0)) {
      const part = text.slice(from, i).trim();
      if (part !== "") parts.push(part);
      from = i + 1;
    }
  }
  return parts;
}
