/**
 * `pnpm bench [NAME…]`: runs the benchmarks whose names begin so, prints a table for each, and with `--json` writes the
 * figures that the tables in the READMEs are made from.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import pc from "picocolors";
import { benchmarks } from "./benchmarks.ts";
import { machineNote, measure, type Report } from "./harness.ts";

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

async function main(names: string[], options: { json?: string; time: number; list: boolean }): Promise<void> {
  const chosen = benchmarks.filter(({ name }) => names.length === 0 || names.some((prefix) => name.startsWith(prefix)));
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
}

await new Command("bench")
  .description("Measure kmem beside its rivals, in one process run.")
  .argument("[names...]", "benchmarks whose names begin so (default: all)")
  .option("--list", "name the benchmarks", false)
  .option("--time <ms>", "measure each contestant for so many milliseconds", positive, 500)
  .option("--json <file>", "write the figures")
  .action(main)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 2;
  });
