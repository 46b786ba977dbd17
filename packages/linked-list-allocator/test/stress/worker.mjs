// Workers of tests run TypeScript as it is: tsx compiles what is imported from here on.
import { URL } from "node:url";
import { workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
await import(new URL(workerData.file, import.meta.url).href);
