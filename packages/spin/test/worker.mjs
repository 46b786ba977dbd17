// Runs a worker's program from its source: a worker does not inherit what compiles the tests.
import { workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
await import(workerData.program);
