/**
 * Runs workers on one shared heap and looks everything over afterwards.
 *
 * @module
 */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { Layout } from "@kmem/global-alloc";
import { makeArena, openHeap, SLOTS, Tables, verifyBlock, type Arena } from "./arena.ts";

export interface StressOptions {
  readonly workers: number;
  readonly milliseconds: number;
  readonly heapSize: number;
  readonly seed: number;
  /** It goes on until so many operations are done, whatever the time. @defaultValue 0 */
  readonly operations?: number;
  /** Kills a worker about so often, and starts another in its place; without it none dies. */
  readonly killEvery?: number;
  /** Milliseconds until a waiter takes a silent holder for dead. */
  readonly patience: number;
}

export interface StressResult {
  readonly operations: number;
  readonly kills: number;
  /** Times that a thread died with the lock, and another put the heap right. */
  readonly recoveries: number;
  /** Blocks whose pattern was whole at the end. */
  readonly verified: number;
  /** Bytes that killed workers had in their hands. */
  readonly lost: number;
  /** Codes of what `check` found at the end. */
  readonly faults: readonly string[];
  /** Holes when everything known was freed. */
  readonly holes: number;
}

/** Starts a TypeScript file of this folder as a worker. */
export function startWorker(file: string, data: object): Worker {
  return new Worker(new URL("./worker.mjs", import.meta.url), {
    workerData: { file: `./${file}`, ...data },
    execArgv: ["--conditions=@kmem/source"],
  });
}

export async function stress(options: StressOptions): Promise<StressResult> {
  const { workers, milliseconds, heapSize, killEvery, patience } = options;
  const arena = makeArena(workers, heapSize, patience);
  const tables = new Tables(arena);
  const failures: unknown[] = [];
  const running: Worker[] = [];
  let seed = options.seed;
  const start = (worker: number): Worker => {
    const thread = startWorker("churn.ts", { orders: { arena, worker, seed: seed++ } });
    thread.on("error", (error) => failures.push(error));
    running[worker] = thread;
    return thread;
  };
  await Promise.all(Array.from({ length: workers }, (_, worker) => once(start(worker), "message")));

  let kills = 0;
  const end = Date.now() + milliseconds;
  const isDone = (): boolean => Date.now() >= end && tables.operations() >= (options.operations ?? 0);
  while (!isDone() && failures.length === 0) {
    if (killEvery === undefined) {
      await sleep(50);
      continue;
    }
    await sleep(killEvery * (0.5 + Math.random()));
    const worker = Math.floor(Math.random() * workers);
    const victim = running[worker]!;
    const threadId = victim.threadId;
    await victim.terminate();
    kills++;
    // Every other death is left to the waiters' patience.
    if (kills % 2 === 0) openHeap(arena).declareDead(threadId + 1);
    start(worker);
  }
  tables.stop();
  await Promise.all(running.map((thread) => ended(thread)));
  if (failures.length > 0) throw failures[0] as Error;
  return { kills, ...lookOver(arena, tables) };
}

async function ended(thread: Worker): Promise<void> {
  // A thread that has ended has the id −1, and emits no more.
  if (thread.threadId !== -1) await once(thread, "exit");
}

/** Verifies and frees every block that is known. */
function lookOver(arena: Arena, tables: Tables): Omit<StressResult, "kills"> {
  const heap = openHeap(arena);
  let recoveries = 0;
  if (heap.isPoisoned) {
    const faults = heap.recover();
    if (faults.length > 0) throw new Error(`not recovered: ${faults[0]!.message}`);
    recoveries++;
  }
  for (let worker = 0; worker < arena.workers; worker++) recoveries += tables.recoveriesOf(worker);
  const faults = heap.check();
  const words = new Int32Array(arena.heapBuffer);
  let verified = 0;
  const giveBack = (address: number, size: number, pattern: number): void => {
    verifyBlock(words, address, size, pattern);
    verified++;
    heap.dealloc(address, Layout.fromSizeAlign(size, 8));
  };
  for (let worker = 0; worker < arena.workers; worker++)
    for (let slot = 0; slot < SLOTS; slot++) {
      const { address, size, pattern } = tables.slot(worker, slot);
      if (address !== 0) giveBack(address, size, pattern);
    }
  for (const address of tables.drainExchange()) giveBack(address, words[address >>> 2]!, words[(address >>> 2) + 1]!);
  const after = heap.check();
  const { used, holes } = heap.stats();
  return {
    operations: tables.operations(),
    recoveries,
    verified,
    lost: used,
    faults: [...faults, ...after].map((fault) => fault.code),
    holes,
  };
}
