// Takes owners over by their addresses, in a worker: tsx compiles what is imported from here on.
import { parentPort, workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
const { LockedHeap } = await import("@kmem/linked-list-allocator");
const { u32 } = await import("@kmem/repr");
const { Arc, Box, string, vec } = await import("../src/index.ts");

const { buffer, list, shared, rounds } = workerData;
const heap = LockedHeap.attachBuffer(buffer);
const words = Box.fromRaw(vec(string), list, heap);
const numbers = Arc.fromRaw(vec(u32), shared, heap);
const seen = { words: words.value.toArray().map(String), sum: numbers.value.toArray().reduce((sum, n) => sum + n, 0) };
// Every worker clones and drops at once: the counts are atomic.
for (let i = 0; i < rounds; i++) numbers.clone().drop();
words.drop();
numbers.drop();
parentPort.postMessage(seen);
