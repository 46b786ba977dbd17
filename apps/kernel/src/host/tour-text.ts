/**
 * The tour's events as text for a terminal.
 *
 * @module
 */
import { hex } from "@kmem/memory";
import type { ChalkInstance } from "chalk";
import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";
import type { StackPicture } from "../tour/call-stack.ts";
import type { TourEvent } from "../tour/chapter.ts";
import type { HeapMap } from "../tour/heap-map.ts";
import { pageTreeLines } from "../tour/page-tree.ts";

/** How text is drawn. */
export interface Style {
  /** Columns, 40 or more. */
  readonly width: number;
  readonly chalk: ChalkInstance;
}

const INDENT = "  ";

/** An event as lines, with a blank line before it where it begins something. */
export function eventText(event: TourEvent, style: Style): string {
  const { chalk, width } = style;
  switch (event.kind) {
    case "chapter":
      return `\n${chalk.bold.inverse(` ${event.title} `)}  ${chalk.dim(event.section)}`;
    case "step":
      return `\n${wrapAnsi(event.text, Math.min(width, 100), { hard: true })}`;
    case "code":
      return `\n${codeText(event, style)}`;
    case "fact":
      return wrapAnsi(`${chalk.green("→")} ${event.text}`, Math.min(width, 100), { hard: true });
    case "screen":
      return `\n${screenBox(event.rows, style)}`;
    case "serial":
      return `\n${indented(event.text.trimEnd().split("\n"), chalk.cyan)}`;
    case "heap":
      return `\n${chalk.bold(event.title)}\n${indented(heapLines(event.map, style))}`;
    case "stack":
      return `\n${chalk.bold(event.title)}\n${indented(stackLines(event.picture, style))}`;
    case "pages":
      return `\n${chalk.bold(event.title)}\n${indented(pageTreeLines(event.tree))}`;
  }
}

function indented(lines: readonly string[], paint: (line: string) => string = (line) => line): string {
  return lines.map((line) => INDENT + paint(line)).join("\n");
}

function codeText({ file, firstLine, lines }: Extract<TourEvent, { kind: "code" }>, { chalk, width }: Style): string {
  const digits = String(firstLine + lines.length).length;
  const numbered = lines.map((line, i) => {
    const cut = line.length > width - digits - 3 ? `${line.slice(0, width - digits - 4)}…` : line;
    return `${chalk.dim(String(firstLine + i).padStart(digits))} ${chalk.dim("│")} ${chalk.yellow(cut)}`;
  });
  return [chalk.dim(`${file}:${firstLine}`), ...numbered].join("\n");
}

/** The rows that say something, in a frame. */
function screenBox(rows: readonly string[], { chalk, width }: Style): string {
  const first = rows.findIndex((row) => row !== "");
  const last = rows.length - [...rows].reverse().findIndex((row) => row !== "");
  const shown = first < 0 ? [] : rows.slice(first, last);
  const inner = Math.min(width - 4, Math.max(20, ...shown.map((row) => stringWidth(row))));
  const line = (row: string): string => {
    const cut = row.slice(0, inner);
    return `│ ${chalk.yellowBright(cut)}${" ".repeat(inner - stringWidth(cut))} │`;
  };
  return [`┌${"─".repeat(inner + 2)}┐`, ...shown.map(line), `└${"─".repeat(inner + 2)}┘`].join("\n");
}

/** A bar of the heap up to a little behind its last block, then its pieces. */
export function heapLines(map: HeapMap, { chalk, width }: Style): string[] {
  const { start, size, used, pieces } = map;
  const shown = barSpan(map);
  const columns = Math.min(width - 2 * INDENT.length, 96) - (shown < size ? 1 : 0);
  const bar = Array.from({ length: columns }, (_, column) => {
    const from = start + Math.floor((column * shown) / columns);
    const to = Math.max(start + Math.floor(((column + 1) * shown) / columns), from + 1);
    const inside = pieces.filter((piece) => piece.at < to && piece.at + piece.size > from);
    const hasBlock = inside.some(({ kind }) => kind === "block");
    const hasHole = inside.some(({ kind }) => kind === "hole");
    return hasBlock ? (hasHole ? chalk.yellow("▒") : chalk.red("█")) : chalk.green("░");
  }).join("");
  const nameWidth = Math.max(4, ...pieces.map(({ name = "" }) => stringWidth(name)));
  const list = pieces.map(({ kind, at, size: bytes, name = "" }) => {
    const label = kind === "hole" ? "hole" : name;
    const padded = label + " ".repeat(Math.max(0, nameWidth - stringWidth(label)));
    const mark = kind === "hole" ? chalk.green("░") : chalk.red("█");
    return `${hex(at)} ${mark} ${padded} ${String(bytes).padStart(7)} B`;
  });
  const scale = shown < size ? `; the bar is the first ${shown}` : "";
  return [shown < size ? `${bar}…` : bar, ...list, chalk.dim(`${used} of ${size} bytes in blocks${scale}`)];
}

/** Bytes that the bar covers: a large hole at the end is cut, for small blocks to be seen. */
function barSpan({ start, size, pieces }: HeapMap): number {
  const last = pieces[pieces.length - 1];
  if (last === undefined || last.kind === "block" || last.at === start) return size;
  const inUse = last.at - start;
  const shown = inUse + Math.ceil(inUse / 2);
  return shown < size / 2 ? shown : size;
}

/** A line for each slot, from the highest address down. */
export function stackLines({ stackPointer, slots }: StackPicture, { chalk }: Style): string[] {
  const labels = slots.map(({ frame, name }) => `${frame}: ${name}`);
  const labelWidth = Math.max(...labels.map((label) => label.length));
  return slots.flatMap(({ at, words, live }, i) => {
    const values = words.map((word) => (word > 0xffff ? hex(word) : String(word))).join(", ");
    const line = `${hex(at)}  ${labels[i]!.padEnd(labelWidth)}  ${values}`;
    const marked = at === stackPointer ? `${line}  ◀ RSP` : line;
    return live ? marked : chalk.dim(`${marked}  (popped)`);
  });
}
