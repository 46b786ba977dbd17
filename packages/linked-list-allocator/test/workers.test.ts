import { once } from "node:events";
import { LockPoisonedError } from "@kmem/spin";
import { describe, expect, it } from "vitest";
import { LockedHeap } from "../src/index.ts";
import { startWorker, stress } from "./stress/run.ts";
import { layout } from "./support/heaps.ts";

describe("LockedHeap, several workers", () => {
  it("keeps every block of every worker whole, and ends as one hole", async () => {
    const result = await stress({ workers: 4, milliseconds: 500, heapSize: 1 << 16, seed: 1, patience: 20_000 });
    expect(result.operations).toBeGreaterThan(1000);
    expect(result.verified).toBeGreaterThan(0);
    expect(result).toMatchObject({ faults: [], holes: 1, lost: 0, recoveries: 0 });
  });

  it("is clean again after workers were killed at random moments", async () => {
    const result = await stress({
      workers: 4,
      milliseconds: 800,
      heapSize: 1 << 16,
      seed: 2,
      patience: 3000,
      killEvery: 120,
    });
    expect(result.kills).toBeGreaterThan(0);
    expect(result.faults).toEqual([]);
    expect(result.lost).toBeLessThanOrEqual(result.kills * 128);
  });

  it("notices a worker that was killed with the lock, and goes on after recover", async () => {
    const buffer = new SharedArrayBuffer(65536);
    const heap = LockedHeap.inBuffer(buffer, { patience: 200 });
    const worker = startWorker("holder.ts", { buffer });
    const [thread] = (await once(worker, "message")) as [number];
    expect(heap.tryLock()).toBeUndefined();
    await worker.terminate();
    expect(() => heap.alloc(layout(8))).toThrow(
      expect.objectContaining({ name: "LockPoisonedError", owner: thread }) as LockPoisonedError,
    );
    expect(heap.recover()).toEqual([]);
    // What the dead worker had allocated stays in use.
    expect(heap.alloc(layout(8))).toBe(128 + 104);
    expect(heap.check()).toEqual([]);
  });
});
