/**
 * Tables of figures in the READMEs, written by `pnpm bench --readme`, so that nobody types a figure.
 *
 * ```md
 * <!-- bench: heap/100 heap/1000 -->
 * …                                    a column for each benchmark, a row for each contestant
 * <!-- /bench -->
 * ```
 */
import { markdownTable } from "markdown-table";
import type { MachineNote, Measurement, Report } from "./harness.ts";

const BLOCK = /<!-- bench: ([^\n]*?) -->\n[^]*?<!-- \/bench -->/g;

/** Names of the benchmarks that a README shows, each once. */
export function benchmarksIn(readme: string): string[] {
  return [...new Set([...readme.matchAll(BLOCK)].flatMap(([, names = ""]) => names.split(" ")))];
}

/**
 * A README with its tables made from new figures. A table is left as it is unless all of its benchmarks were measured.
 *
 * @param reports - by name
 */
export function withTables(readme: string, reports: ReadonlyMap<string, Report>, machine: MachineNote): string {
  return readme.replace(BLOCK, (block: string, names: string) => {
    const columns = names.split(" ").map((name) => reports.get(name));
    if (!columns.every((column) => column !== undefined)) return block;
    const note = `Node ${machine.node.slice(1)}, ${machine.cores} × ${machine.cpu}; medians of one run (\`pnpm bench\`); ×: to the first row.`;
    return `<!-- bench: ${names} -->\n\n${table(columns)}\n\n${note}\n\n<!-- /bench -->`;
  });
}

function table(columns: readonly Report[]): string {
  const contestants = [...new Set(columns.flatMap(({ measurements }) => measurements.map((each) => each.contestant)))];
  const header = ["one operation", ...columns.map(({ name }) => name.slice(name.indexOf("/") + 1))];
  const rows = contestants.map((contestant, row) => [
    contestant,
    ...columns.map(({ measurements }) =>
      cell(
        measurements.find((each) => each.contestant === contestant),
        row > 0,
      ),
    ),
  ]);
  return markdownTable([header, ...rows]);
}

function cell(measurement: Measurement | undefined, withRatio: boolean): string {
  if (measurement === undefined) return "";
  const { median, ratio } = measurement;
  return withRatio ? `${time(median)} (× ${short(ratio)})` : time(median);
}

/** @example time(1234) // => "1.2 µs" */
function time(nanoseconds: number): string {
  if (nanoseconds < 1000) return `${short(nanoseconds)} ns`;
  return nanoseconds < 1e6 ? `${short(nanoseconds / 1000)} µs` : `${short(nanoseconds / 1e6)} ms`;
}

/** Two digits that count, and all that stand before the point. */
function short(value: number): string {
  return value < 10 ? value.toPrecision(2) : value.toFixed(0);
}
