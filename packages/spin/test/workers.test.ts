/** One lock, several threads. */
import { LinearMemory } from "@kmem/memory";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { LockPoisonedError, Mutex } from "../src/index.ts";
import type { Job } from "./counter.ts";

function start(buffer: SharedArrayBuffer, times: number, keep = false): Worker {
  const workerData: Job = { program: new URL("./counter.ts", import.meta.url).href, buffer, times, keep };
  return new Worker(new URL("./worker.mjs", import.meta.url), {
    workerData,
    execArgv: ["--conditions=@kmem/source"],
  });
}

/** A worker that has ended while it held the lock. @returns its thread's id */
async function deadHolder(buffer: SharedArrayBuffer): Promise<number> {
  const worker = start(buffer, 0, true);
  const [id] = (await once(worker, "message")) as [number];
  await once(worker, "exit");
  return id;
}

describe("a mutex in shared memory", () => {
  it("loses no addition of four threads", async () => {
    const buffer = new SharedArrayBuffer(128);
    const workers = [1, 2, 3, 4].map(() => start(buffer, 5000));
    const mutex = new Mutex(new LinearMemory(buffer), 0, 64);
    await Promise.all(workers.map((worker) => once(worker, "exit")));
    expect(mutex.isLocked).toBe(false);
    expect(mutex.memory.readU32(64)).toBe(20_000);
  });

  it("takes a holder that shows no sign of life for dead, and can be recovered", async () => {
    const buffer = new SharedArrayBuffer(128);
    const id = await deadHolder(buffer);
    const mutex = new Mutex(new LinearMemory(buffer), 0, 64, { patience: 120 });
    expect(mutex.owner).toBe(id);
    expect(mutex.tryLock()).toBeUndefined();
    expect(() => mutex.lock()).toThrow(LockPoisonedError);
    expect(mutex.isPoisoned).toBe(true);
    expect(() => mutex.lock()).toThrow(expect.objectContaining({ code: "lock/poisoned", owner: id }));
    {
      using guard = mutex.recover();
      expect(guard.value).toBe(64);
      expect(mutex.isPoisoned).toBe(false);
    }
    expect(mutex.isLocked).toBe(false);
    mutex.lock().release();
  });

  it("need not be waited for when the death is known", async () => {
    const buffer = new SharedArrayBuffer(128);
    const id = await deadHolder(buffer);
    const mutex = new Mutex(new LinearMemory(buffer), 0, 64);
    expect(mutex.declareDead(id + 1)).toBe(false);
    expect(mutex.declareDead(id)).toBe(true);
    expect(() => mutex.lock()).toThrow(LockPoisonedError);
    mutex.recover().release();
    expect(mutex.isLocked).toBe(false);
  });
});
