/**
 * A worker that allocates, fills, verifies, hands over and frees blocks of a shared heap until it is told to stop.
 *
 * @module
 */
import { parentPort, threadId, workerData } from "node:worker_threads";
import { Layout } from "@kmem/global-alloc";
import { LockPoisonedError, setThreadId } from "@kmem/spin";
import { fillBlock, openHeap, SLOTS, Tables, verifyBlock, type Arena } from "./arena.ts";

interface Orders {
  readonly arena: Arena;
  readonly worker: number;
  readonly seed: number;
}

/** Sizes 8 … 64 bytes: layouts made once. */
const LAYOUTS = Array.from({ length: 9 }, (_, i) => Layout.fromSizeAlign(i * 8, 8));

const { arena, worker, seed } = (workerData as { orders: Orders }).orders;
setThreadId(threadId + 1);
const tables = new Tables(arena);
const words = new Int32Array(arena.heapBuffer);
let state = seed;

function below(n: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) | 0;
  return (state >>> 8) % n;
}

/** Does it, and puts the heap right first as often as a thread has died with the lock. */
function surely<T>(operation: () => T): T {
  for (;;)
    try {
      return operation();
    } catch (error) {
      if (!(error instanceof LockPoisonedError)) throw error;
      const faults = heap.recover();
      if (faults.length > 0) throw new Error(`not recovered: ${faults[0]!.message}`);
      tables.addRecovery(worker);
    }
}

const heap = openHeap(arena);

function run(count: number): void {
  for (let i = 0; i < count; i++) {
    const slot = below(SLOTS);
    const held = tables.addressIn(worker, slot);
    if (held === 0) {
      const size = 8 * (1 + below(8));
      const address = surely(() => heap.alloc(LAYOUTS[size >>> 3]!));
      if (address === 0) continue;
      const pattern = Math.imul(state, 31) | 1;
      fillBlock(words, address, size, pattern);
      tables.fillSlot(worker, slot, address, size, pattern);
      continue;
    }
    const { size, pattern } = tables.slot(worker, slot);
    verifyBlock(words, held, size, pattern);
    tables.clearSlot(worker, slot);
    const given = below(16) === 0 ? tables.exchange(below(1 << 16), held) : held;
    // One in sixteen is freed by another worker than the one that allocated it.
    if (given === 0) continue;
    const givenSize = words[given >>> 2]!;
    verifyBlock(words, given, givenSize, words[(given >>> 2) + 1]!);
    surely(() => heap.dealloc(given, LAYOUTS[givenSize >>> 3]!));
  }
}

parentPort?.postMessage("ready");
while (!tables.isStopped) {
  run(500);
  tables.addOperations(worker, 500);
}
