// Starts the machine's thread from its source: a worker does not inherit what compiles the tests.
import { register } from "tsx/esm/api";

register();
await import("../src/host/repl/thread.ts");
