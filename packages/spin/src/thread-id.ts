/**
 * A number for the running thread, so that a lock word can say who holds it.
 *
 * @module
 */
import { LockError } from "./errors.ts";

/** Ids are 1 … 2^30 − 1: the lock word's two upper bits are flags. */
export const MAX_THREAD_ID = 0x3fff_ffff;

const KEY = Symbol.for("@kmem/spin/thread-id");
const realm = globalThis as {
  [KEY]?: number | undefined;
  crypto?: { getRandomValues?(into: Uint32Array): Uint32Array };
};

/**
 * The id of this thread, drawn at random when first asked for.
 *
 * It hangs on `globalThis`, so a package loaded twice (as ESM and as CJS) has one id. With 100 threads the odds that
 * two draw the same are 1 in 200 000; {@link setThreadId} excludes even that.
 *
 * @returns 1 … 2^30 − 1
 */
export function threadId(): number {
  return (realm[KEY] ??= draw());
}

/**
 * Sets the id of this thread, before its first lock is made.
 *
 * @param id - 1 … 2^30 − 1, different in each thread that shares memory: in Node `worker_threads.threadId + 1`
 * @throws {@link LockError} `lock/options` when out of range, or when the thread has another id already
 */
export function setThreadId(id: number): void {
  if (!Number.isSafeInteger(id) || id < 1 || id > MAX_THREAD_ID)
    throw new LockError("lock/options", `thread id: expected 1 … ${MAX_THREAD_ID}, got ${String(id)}`);
  if (realm[KEY] !== undefined && realm[KEY] !== id)
    throw new LockError("lock/options", `thread id: this thread has the id ${realm[KEY]} already, got ${id}`);
  realm[KEY] = id;
}

function draw(): number {
  const words = new Uint32Array(1);
  // Math.random alone would give every worker the same id under `node --random-seed`.
  if (typeof realm.crypto?.getRandomValues === "function") realm.crypto.getRandomValues(words);
  else words[0] = Math.floor(Math.random() * 0x1_0000_0000);
  return (1 + (words[0]! % MAX_THREAD_ID)) | 0;
}
