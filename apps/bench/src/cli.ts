/**
 * `pnpm bench [NAME…]`: runs the benchmarks whose names begin so, prints a table for each, writes the figures (`--json`)
 * and makes the tables of the READMEs from them (`--readme`).
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import pc from "picocolors";
import { benchmarks } from "./benchmarks.ts";
import { machineNote, measure, type MachineNote, type Report } from "./harness.ts";
import { benchmarksIn, withTables } from "./readme-tables.ts";

const ROOT = join(import.meta.dirname, "../../..");

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("expected a number above 0");
  return value;
}

function table({ name, about, measurements }: Report): string {
  const width = Math.max(...measurements.map(({ contestant }) => contestant.length));
  const ns = (value: number): string => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0).padStart(9);
  const rows = measurements.map(
    ({ contestant, median, low, high, ratio }) =>
      `  ${contestant.padEnd(width)} ${ns(median)} ns  (${ns(low).trim()} … ${ns(high).trim()})`.padEnd(width + 42) +
      pc.dim(`× ${ratio.toPrecision(3)}`),
  );
  return [pc.bold(name), `  ${about}`, ...rows].join("\n");
}

/** The READMEs that may show figures: all but the one that explains how. */
function readmes(): string[] {
  const folders = ["packages", "apps"].flatMap((floor) =>
    readdirSync(join(ROOT, floor)).map((name) => join(floor, name)),
  );
  return [".", ...folders].flatMap((folder) => {
    const names = readdirSync(join(ROOT, folder)).filter((name) => /^README.*\.md$/.test(name));
    return folder === "apps/bench" ? [] : names.map((name) => join(ROOT, folder, name));
  });
}

function writeTables(reports: readonly Report[], machine: MachineNote): void {
  const byName = new Map(reports.map((report) => [report.name, report]));
  for (const file of readmes()) {
    const before = readFileSync(file, "utf8");
    const after = withTables(before, byName, machine);
    if (after !== before) writeFileSync(file, after);
  }
}

async function main(
  names: string[],
  options: { json?: string; readme: boolean; time: number; list: boolean },
): Promise<void> {
  const shown = new Set(readmes().flatMap((file) => benchmarksIn(readFileSync(file, "utf8"))));
  const unknown = [...shown].find((name) => benchmarks.every((each) => each.name !== name));
  if (unknown !== undefined) throw new Error(`a README shows ${unknown}, which no benchmark is called`);
  const chosen = benchmarks.filter(({ name }) =>
    names.length === 0 ? !options.readme || shown.has(name) : names.some((prefix) => name.startsWith(prefix)),
  );
  if (chosen.length === 0) throw new Error(`no benchmark is called ${names.join(" or ")}; --list names them all`);
  if (options.list) {
    for (const { name, about } of chosen) console.log(`${name.padEnd(32)} ${about}`);
    return;
  }
  const machine = machineNote();
  console.log(
    `Node ${machine.node}, ${machine.cores} × ${machine.cpu}; median of all rounds (middle half), × of the first\n`,
  );
  const reports: Report[] = [];
  for (const benchmark of chosen) {
    const report = await measure(benchmark, options.time);
    reports.push(report);
    console.log(`${table(report)}\n`);
  }
  if (options.json !== undefined) {
    mkdirSync(dirname(options.json), { recursive: true });
    writeFileSync(options.json, `${JSON.stringify({ machine, reports }, null, 2)}\n`);
  }
  if (options.readme) writeTables(reports, machine);
}

await new Command("bench")
  .description("Measure kmem beside its rivals, in one process run.")
  .argument("[names...]", "benchmarks whose names begin so (default: all)")
  .option("--list", "name the benchmarks", false)
  .option("--time <ms>", "measure each contestant for so many milliseconds", positive, 500)
  .option("--json <file>", "write the figures")
  .option("--readme", "write the figures into the tables of the READMEs (default: all that they show)", false)
  .action(main)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 2;
  });
