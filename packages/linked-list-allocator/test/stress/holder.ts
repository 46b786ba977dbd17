/**
 * A worker that takes the lock of a shared heap and never gives it back.
 *
 * @module
 */
import { parentPort, threadId, workerData } from "node:worker_threads";
import { Layout } from "@kmem/global-alloc";
import { setThreadId } from "@kmem/spin";
import { LockedHeap } from "../../src/index.ts";

setThreadId(threadId + 1);
const guard = LockedHeap.attachBuffer((workerData as { buffer: SharedArrayBuffer }).buffer).lock();
guard.allocateFirstFit(Layout.fromSizeAlign(100, 8));
parentPort?.postMessage(threadId + 1);
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
