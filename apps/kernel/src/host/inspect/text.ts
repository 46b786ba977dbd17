/**
 * What was found, as text for a terminal.
 *
 * @module
 */
import { hex } from "@kmem/memory";
import { heapLines, type Style } from "../tour-text.ts";
import { pageTreeLines } from "../../tour/page-tree.ts";
import type { FrameReport, HeapReport, Inspection, RegisterReport, TlbReport, Unreadable } from "./sections.ts";

const INDENT = "  ";
const SECOND = 1e9;

/** @param cut - columns after which a line is cut; Infinity for none */
export function inspectionText(found: Inspection, style: Style, cut: number): string {
  const { chalk } = style;
  const { state, nanoseconds, memory } = found.machine;
  const lines = [`machine with ${memory / 2 ** 20} MiB, ${state}, after ${nanoseconds / SECOND} s of its time`];
  const section = (title: string, body: readonly string[]): void => {
    lines.push("", chalk.bold(title), ...body.map((line) => INDENT + line));
  };
  const readable = <T>(title: string, part: T | Unreadable | undefined, text: (part: T) => readonly string[]): void => {
    if (part !== undefined) section(title, isUnreadable(part) ? [chalk.red(part.error)] : text(part));
  };
  if (found.registers !== undefined) section("registers", registerLines(found.registers, style));
  readable("page tables", found.pages, pageTreeLines);
  readable("heap", found.heap, (heaps) => heaps.flatMap((heap) => heapText(heap, style)));
  readable("frames of 4 KiB", found.frames, (frames) => frameLines(frames, style));
  if (found.tlb !== undefined) section(`TLB: ${found.tlb.length} translations of 4 KiB`, tlbLines(found.tlb, style));
  readable("info tlb", found["info-tlb"], flat);
  readable("info mem", found["info-mem"], flat);
  return lines.map((line) => cutTo(line, cut)).join("\n");
}

function isUnreadable(part: unknown): part is Unreadable {
  return typeof part === "object" && part !== null && "error" in part;
}

function flat(text: string): string[] {
  return text === "" ? ["nothing is mapped"] : text.trimEnd().split("\n");
}

function registerLines(registers: readonly RegisterReport[], { chalk }: Style): string[] {
  return registers.map(({ name, value, meaning }) =>
    `${name.padEnd(6)} ${hex(value).padEnd(18)} ${chalk.dim(meaning)}`.trimEnd(),
  );
}

function heapText({ controlAt, locked, faults, map, stats }: HeapReport, style: Style): string[] {
  const { chalk } = style;
  const lines = [`control block at ${hex(controlAt)}${locked ? `, ${chalk.yellow("its lock is held")}` : ""}`];
  if (faults.length > 0) {
    lines.push(chalk.red(`damaged: ${count(faults.length, "fault")}`));
    return [...lines, ...faults.map(({ code, address, message }) => `${hex(address)} ${code}: ${message}`)];
  }
  if (map === undefined || stats === undefined) return [...lines, "not initialised"];
  const percent = (stats.fragmentation * 100).toFixed(1);
  const figures = `${count(stats.holes, "hole")}, the largest ${stats.largestHole} B; ${percent}% of the free bytes lie outside of it`;
  return [...lines, ...heapLines(map, style), chalk.dim(figures), chalk.green("check: no faults")];
}

function frameLines(regions: readonly FrameReport[], { chalk }: Style): string[] {
  const head = `${"start".padEnd(12)}${"end".padEnd(12)}${"type".padEnd(12)}${columns("frames", "tables", "mapped", "free")}`;
  const rows = regions.map(
    ({ start, end, type, frames, tables, mapped, free }) =>
      `${hex(start).padEnd(12)}${hex(end).padEnd(12)}${type.padEnd(12)}${columns(frames, tables, mapped, type === "Usable" ? free : "–")}`,
  );
  const sum = (field: "frames" | "tables" | "mapped" | "free"): number =>
    regions.reduce((all, each) => all + each[field], 0);
  const total = `${"".padEnd(24)}${"together".padEnd(12)}${columns(sum("frames"), sum("tables"), sum("mapped"), sum("free"))}`;
  return [chalk.dim(head), ...rows, total, chalk.dim("mapped: by pages other than those that map all physical memory")];
}

function columns(...values: readonly (string | number)[]): string {
  return values.map((value) => String(value).padStart(9)).join("");
}

/** A line for each run of pages that continue each other alike. */
function tlbLines(entries: readonly TlbReport[], { chalk }: Style): string[] {
  const runs: { first: TlbReport; pages: number }[] = [];
  for (const entry of entries) {
    const run = runs[runs.length - 1];
    if (run !== undefined && continues(run.first, run.pages, entry)) run.pages++;
    else runs.push({ first: entry, pages: 1 });
  }
  return runs.map(({ first, pages }) => {
    const { address, physical, pageSize, pcid, global, writable, userAccessible, executable, dirty, stale } = first;
    const flags = [writable && "W", executable && "X", userAccessible && "U", dirty && "D", global && "G"];
    const letters = flags.map((flag) => (flag === false ? "-" : flag)).join("");
    const piece = pageSize === 4096 ? "" : `  of a page of ${pageSize === 0x20_0000 ? "2 MiB" : "1 GiB"}`;
    const space = pcid === 0 ? "" : `  PCID ${pcid}`;
    const old = stale === undefined ? "" : chalk.red(`  stale: ${stale}`);
    return `${hex(address).padEnd(18)} → ${hex(physical).padEnd(10)} ${letters} ${count(pages, "page").padStart(9)}${piece}${space}${old}`;
  });
}

function continues(first: TlbReport, pages: number, next: TlbReport): boolean {
  const alike = (
    ["pageSize", "pcid", "global", "writable", "userAccessible", "executable", "dirty", "key", "stale"] as const
  ).every((field) => first[field] === next[field]);
  const distance = pages * 4096;
  return alike && next.address === first.address + distance && next.physical === first.physical + distance;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

/** Cuts what is visible of a line; colours that were on are ended. */
function cutTo(line: string, columns: number): string {
  // eslint-disable-next-line no-control-regex -- escape sequences begin with a control character
  const pieces = line.split(/(\x1b\[[\d;]*m)/);
  let left = columns;
  let text = "";
  pieces.forEach((piece, i) => {
    if (i % 2 === 1) text += piece;
    else {
      text += piece.length <= left ? piece : left > 0 ? `${piece.slice(0, left - 1)}…` : "";
      left -= Math.min(left, piece.length);
    }
  });
  return text;
}
