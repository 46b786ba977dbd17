/**
 * `pnpm --filter @kmem/linked-list-allocator stress`: 8 workers for 10 s and 10⁷ operations on one shared heap, then again
 * while workers are killed at random moments.
 *
 * `--seconds 10 --workers 8 --operations 1e7`; it goes on until both the time and the operations are reached.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { stress, type StressResult } from "./run.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string" }, workers: { type: "string" }, operations: { type: "string" } },
});
const seconds = Number(values.seconds ?? 10);
const workers = Number(values.workers ?? 8);
const operations = Number(values.operations ?? 1e7);
const common = { workers, milliseconds: seconds * 1000, operations, heapSize: 1 << 20, seed: Date.now() | 0 };

function report(title: string, result: StressResult): boolean {
  const isGood = result.faults.length === 0 && (result.kills > 0 || (result.holes === 1 && result.lost === 0));
  console.log(
    `${title}\n  ${result.operations.toLocaleString("en")} operations, ${result.verified} blocks verified at the end, ` +
      `${result.kills} workers killed, ${result.recoveries} of them with the lock, ${result.lost} bytes lost with them\n` +
      `  check: ${result.faults.length === 0 ? "clean" : result.faults.join(", ")}; ${result.holes} hole(s) after freeing all\n` +
      `  ${isGood ? "passed" : "FAILED"}`,
  );
  return isGood;
}

const first = report(`${workers} workers, ${seconds} s`, await stress({ ...common, patience: 5000 }));
const second = report(
  `${workers} workers, ${seconds} s, killed at random moments`,
  await stress({ ...common, patience: 1000, killEvery: 100 }),
);
process.exitCode = first && second ? 0 : 1;
