/**
 * The tour's events as text for a terminal.
 *
 * @module
 */
import { hex } from "@kmem/memory";
import type { ChalkInstance } from "chalk";
import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";
import { slotValues, type StackPicture } from "../tour/call-stack.ts";
import type { Language, TourEvent } from "../tour/chapter.ts";
import type { HeapMap } from "../tour/heap-map.ts";
import { pageTreeLines } from "../tour/page-tree.ts";
import { WORDS } from "./tour-words.ts";
import { wrapText } from "./wrap.ts";

/** How text is drawn. */
export interface Style {
  /** Columns, 40 or more. */
  readonly width: number;
  readonly chalk: ChalkInstance;
  /** Of the words in drawings. @defaultValue "en" */
  readonly language?: Language;
}

const INDENT = "  ";
/** Columns of running text at most: longer lines are hard to read. */
const TEXT_WIDTH = 100;

/** An event as lines, with a blank line before it where it begins something. */
export function eventText(event: TourEvent, style: Style): string {
  const { chalk, width, language = "en" } = style;
  const textWidth = Math.min(width, TEXT_WIDTH);
  switch (event.kind) {
    case "chapter":
      return `\n${headline(event, style)}`;
    case "step":
      return `\n${wrapText(event.text, textWidth).join("\n")}`;
    case "code":
      return `\n${codeText(event, style)}`;
    case "fact":
      return `${chalk.green("→")} ${wrapText(event.text, textWidth - INDENT.length).join(`\n${INDENT}`)}`;
    case "screen":
      return `\n${screenBox(event.rows, style)}`;
    case "serial":
      return `\n${indented(wrapped(event.text.trimEnd().split("\n"), width), chalk.cyan)}`;
    case "heap":
      return `\n${chalk.bold(event.title)}\n${indented(heapLines(event.map, style))}`;
    case "stack":
      return `\n${chalk.bold(event.title)}\n${indented(stackLines(event.picture, style))}`;
    case "pages":
      return `\n${chalk.bold(event.title)}\n${indented(pageTreeLines(event.tree, WORDS[language]).flatMap((line) => treeLine(line, width)))}`;
  }
}

function indented(lines: readonly string[], paint: (line: string) => string = (line) => line): string {
  return lines.map((line) => INDENT + paint(line)).join("\n");
}

/** The title, and where the post has the section: behind it or, where that is too wide, below. */
function headline({ title, section }: Extract<TourEvent, { kind: "chapter" }>, { chalk, width }: Style): string {
  const label = ` ${title} `;
  const gap = stringWidth(label) + INDENT.length + section.length <= width ? INDENT : "\n";
  return `${chalk.bold.inverse(label)}${gap}${chalk.dim(section)}`;
}

/** A node that is too wide goes on below, beside the branches. */
function treeLine(line: string, width: number): string[] {
  const [, bars = "", branch = ""] = /^([│ ]*)([├└]─ )?/.exec(line) ?? [];
  const before = bars + branch;
  const [first = "", ...more] = wrapText(line.slice(before.length), width - INDENT.length - before.length);
  return [before + first, ...more.map((rest) => before.replace("├─", "│ ").replace("└─", "  ") + rest)];
}

/** Lines that are too long go on in the next. */
function wrapped(lines: readonly string[], width: number): string[] {
  return lines.flatMap((line) => wrapAnsi(line, width - INDENT.length, { hard: true, trim: false }).split("\n"));
}

/** The start of a line, as much as `columns` hold. */
function fitted(line: string, columns: number): string {
  if (stringWidth(line) <= columns) return line;
  let cut = "";
  for (const char of line) {
    if (stringWidth(cut + char) >= columns) break;
    cut += char;
  }
  return `${cut}…`;
}

function codeText({ file, firstLine, lines }: Extract<TourEvent, { kind: "code" }>, { chalk, width }: Style): string {
  const digits = String(firstLine + lines.length).length;
  const numbered = lines.map((line, i) => {
    const cut = fitted(line, width - digits - 3);
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
export function heapLines(map: HeapMap, { chalk, width, language = "en" }: Style): string[] {
  const words = WORDS[language];
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
  const nameWidth = Math.max(stringWidth(words.hole), ...pieces.map(({ name = "" }) => stringWidth(name)));
  const list = pieces.map(({ kind, at, size: bytes, name = "" }) => {
    const label = kind === "hole" ? words.hole : name;
    const mark = kind === "hole" ? chalk.green("░") : chalk.red("█");
    return `${hex(at)} ${mark} ${padded(label, nameWidth)} ${String(bytes).padStart(7)} B`;
  });
  const scale = shown < size ? words.barCut(shown) : "";
  return [shown < size ? `${bar}…` : bar, ...list, chalk.dim(words.inBlocks(used, size) + scale)];
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
export function stackLines({ stackPointer, slots }: StackPicture, { chalk, language = "en" }: Style): string[] {
  const words = WORDS[language];
  const labels = slots.map(({ frame, name }) => `${frame}: ${words.slot(name)}`);
  const labelWidth = Math.max(...labels.map((label) => stringWidth(label)));
  return slots.map((slot, i) => {
    const { at, live } = slot;
    const written = slotValues(slot).join(", ");
    const line = `${hex(at)} ${padded(labels[i]!, labelWidth)}  ${written}`;
    const marked = at === stackPointer ? `${line} ◀ RSP` : line;
    return live ? marked : chalk.dim(`${marked}  ${words.popped}`);
  });
}

function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - stringWidth(text)));
}
