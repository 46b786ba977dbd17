/** Runs the prompt from its sources; what is built is found beside the program otherwise. */
import { Worker } from "node:worker_threads";
import { DEFAULT_MEMORY } from "@kmem/machine";
import { repl } from "../src/host/repl/repl.ts";

const thread = new URL("./repl-thread.mjs", import.meta.url);
const startThread = (workerData: unknown): Worker =>
  new Worker(thread, { workerData, execArgv: ["--conditions=@kmem/source", "--enable-source-maps"] });

process.exitCode = await repl({ memory: DEFAULT_MEMORY }, startThread);
