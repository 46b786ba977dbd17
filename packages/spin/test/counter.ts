/** A worker: adds 1 to a number that a lock guards, so often; or takes the lock and dies with it. */
import { LinearMemory } from "@kmem/memory";
import { parentPort, workerData } from "node:worker_threads";
import { Mutex, threadId } from "../src/index.ts";

export interface Job {
  readonly program: string;
  readonly buffer: SharedArrayBuffer;
  readonly times: number;
  /** Whether to keep the lock at the end. */
  readonly keep: boolean;
}

const { buffer, times, keep } = workerData as Job;
const memory = new LinearMemory(buffer);
const mutex = new Mutex(memory, 0, 64);

parentPort!.postMessage(threadId());
for (let i = 0; i < times; i++) {
  using guard = mutex.lock();
  // Not atomic: only the lock keeps two threads from losing an addition.
  memory.writeU32(guard.value, memory.readU32(guard.value) + 1);
}
if (keep) mutex.acquire();
