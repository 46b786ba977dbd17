/**
 * `pnpm --filter bench long-run [--operations 1e8] [--live 1000]`: very many operations on one heap, which then is one hole.
 */
import { parseArgs } from "node:util";
import { bytesFor, heapSubject, oursInBuffer } from "./subjects.ts";
import { Trace } from "./trace.ts";

const { values } = parseArgs({ options: { operations: { type: "string" }, live: { type: "string" } } });
const operations = Number(values.operations ?? 1e8);
const live = Number(values.live ?? 1000);

const heap = oursInBuffer(bytesFor(live));
const trace = new Trace(heapSubject(heap), live, 0);
const started = performance.now();
for (let done = 0; done < operations; done += 1e6) trace.run(Math.min(1e6, operations - done));
const seconds = (performance.now() - started) / 1000;
const { used, holes } = heap.stats();
console.log(
  `${operations.toLocaleString("en")} operations in ${seconds.toFixed(1)} s; ${used} bytes in use, ${holes} holes`,
);
trace.drain();
const faults = heap.check();
const after = heap.stats();
console.log(
  `all freed: ${after.used} bytes in use, ${after.holes} hole of ${after.largestHole} bytes, ${faults.length} faults`,
);
process.exitCode = after.used === 0 && after.holes === 1 && faults.length === 0 ? 0 : 1;
