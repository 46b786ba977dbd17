import { LayoutError } from "@kmem/global-alloc";
import { LinearMemory, NULL } from "@kmem/memory";
import { DeadlockError, LockPoisonedError } from "@kmem/spin";
import { describe, expect, it } from "vitest";
import { BadFreeError, HeapGuard, LockedHeap } from "../src/index.ts";
import { CONTROL, layout, START } from "./support/heaps.ts";

const buffers = {
  ArrayBuffer: () => new ArrayBuffer(65536),
  SharedArrayBuffer: () => new SharedArrayBuffer(65536),
};

for (const [kind, make] of Object.entries(buffers))
  describe(`LockedHeap in ${kind === "ArrayBuffer" ? "an" : "a"} ${kind}`, () => {
    it("is made empty and filled through its guard", () => {
      const memory = new LinearMemory(make(), { base: CONTROL });
      const locked = LockedHeap.empty(memory, CONTROL);
      expect(locked.alloc(layout(8))).toBe(NULL);
      {
        using heap = locked.lock();
        heap.init(START, 1024);
        expect([heap.bottom, heap.top, heap.size, heap.used, heap.free]).toEqual([START, START + 1024, 1024, 0, 1024]);
        expect(() => heap.initFromSlice({ start: START, size: 1024 })).toThrow("already been initialized");
      }
      expect(locked.alloc(layout(8))).toBe(START);
    });

    it("zeroes, moves and gives back blocks as a GlobalAlloc", () => {
      const heap = LockedHeap.inBuffer(make());
      const first = heap.alloc(layout(64));
      heap.memory.fill(first, 0xff, 64);
      heap.dealloc(first, layout(64));
      const zeroed = heap.allocZeroed(layout(64));
      expect(zeroed).toBe(first);
      expect(heap.memory.readU32(zeroed + 60)).toBe(0);
      heap.memory.writeU32(zeroed + 60, 41);
      const moved = heap.realloc(zeroed, layout(64), 128);
      expect(moved).toBe(first + 64);
      expect(heap.memory.readU32(moved + 60)).toBe(41);
      expect(heap.realloc(moved, layout(128), 1 << 20)).toBe(NULL);
      heap.dealloc(moved, layout(128));
      expect(heap.stats()).toMatchObject({ used: 0, holes: 1 });
    });

    it("throws a deadlock error instead of waiting for itself", () => {
      const heap = LockedHeap.inBuffer(make());
      {
        using guard = heap.lock();
        expect(guard).toBeInstanceOf(HeapGuard);
        for (const attempt of [
          () => heap.lock(),
          () => heap.alloc(layout(8)),
          () => heap.dealloc(128, layout(8)),
          () => heap.check(),
          () => heap.stats(),
          () => heap.toText(),
          () => heap.snapshot(),
        ]) {
          expect(attempt).toThrow(DeadlockError);
          expect(attempt).toThrow(expect.objectContaining({ code: "lock/deadlock", address: 8 }) as Error);
        }
        expect(heap.tryLock()).toBeUndefined();
        expect(guard.allocateFirstFit(layout(8))).toBe(128);
        guard.deallocate(128, layout(8));
      }
      expect(heap.alloc(layout(8))).toBe(128);
    });

    it("gives the lock back when an operation throws", () => {
      const heap = LockedHeap.inBuffer(make());
      expect(() => heap.alloc({ size: -1, align: 8 } as never)).toThrow(LayoutError);
      expect(() => heap.dealloc(0, layout(8))).toThrow(BadFreeError);
      expect(() => {
        using guard = heap.lock();
        guard.extend(1 << 20);
      }).toThrow("memory");
      expect(heap.tryLock()?.[Symbol.dispose]()).toBeUndefined();
      expect(heap.alloc(layout(8))).toBe(128);
    });

    it("is not reached through a guard that was released", () => {
      const heap = LockedHeap.inBuffer(make());
      const guard = heap.lock();
      guard.beat();
      guard.release();
      for (const attempt of [
        () => guard.heap,
        () => guard.allocateFirstFit(layout(8)),
        () => guard.used,
        () => [...guard.holes()],
        () => guard.release(),
      ])
        expect(attempt).toThrow(expect.objectContaining({ code: "lock/released" }) as Error);
      guard[Symbol.dispose]();
    });

    it("offers check, stats, map and snapshots through its guard too", () => {
      const heap = LockedHeap.inBuffer(make());
      using guard = heap.lock();
      const snapshot = guard.snapshot();
      guard.allocateFirstFit(layout(100));
      expect(guard.stats().used).toBe(104);
      guard.restore(snapshot);
      expect(guard.stats().used).toBe(0);
      expect(guard.check()).toEqual([]);
      expect(guard.toText()).toContain("1 hole");
      expect([...guard.holes()]).toEqual([{ address: 128, size: 65408 }]);
    });
  });

describe("LockedHeap.inBuffer", () => {
  it("takes a part of a buffer and keeps the buffer's own addresses", () => {
    const buffer = new ArrayBuffer(65536);
    const heap = LockedHeap.inBuffer(buffer, { byteOffset: 1000, byteLength: 9000 });
    expect(heap.controlAt).toBe(1024);
    expect(heap.stats()).toMatchObject({ bottom: 1152, top: 10_000 });
    const at = heap.alloc(layout(100));
    new Uint8Array(buffer)[at] = 41;
    expect(heap.memory.readU8(at)).toBe(41);
    expect(LockedHeap.attachBuffer(buffer, { byteOffset: 1000 }).stats().used).toBe(104);
  });
});

describe("LockedHeap after its holder died", () => {
  /** A heap whose lock is held by a thread that there is not. */
  function heldByTheDead() {
    const buffer = new SharedArrayBuffer(65536);
    const heap = LockedHeap.inBuffer(buffer, { patience: 100 });
    const block = heap.alloc(layout(100));
    Atomics.store(new Int32Array(buffer), 2, 12345);
    return { buffer, heap, block };
  }

  it("tells whoever waits, and works again after recover", () => {
    const { heap, block } = heldByTheDead();
    expect(heap.isPoisoned).toBe(false);
    expect(() => heap.alloc(layout(8))).toThrow(LockPoisonedError);
    expect(heap.isPoisoned).toBe(true);
    expect(() => heap.dealloc(block, layout(100))).toThrow(
      expect.objectContaining({ code: "lock/poisoned", owner: 12345 }) as Error,
    );
    expect(heap.recover()).toEqual([]);
    expect(heap.isPoisoned).toBe(false);
    heap.dealloc(block, layout(100));
    expect(heap.stats()).toMatchObject({ used: 0, holes: 1 });
  });

  it("need not wait when told that the thread has ended", () => {
    const { heap } = heldByTheDead();
    expect(heap.declareDead(999)).toBe(false);
    expect(heap.declareDead(12345)).toBe(true);
    expect(heap.isPoisoned).toBe(true);
    expect(heap.recover()).toEqual([]);
    expect(heap.recover()).toEqual([]);
    expect(heap.alloc(layout(8))).toBe(232);
  });

  it("stays poisoned while something is wrong, and lists it", () => {
    const { heap, buffer } = heldByTheDead();
    heap.declareDead(12345);
    const hole = 128 + 104;
    const words = new Uint32Array(buffer);
    words[hole / 4] = 12;
    expect(heap.recover()).toMatchObject([{ code: "hole-size", address: hole }, { code: "sum" }]);
    expect(heap.isPoisoned).toBe(true);
    words[hole / 4] = 65536 - hole;
    words[hole / 4 + 2] = 8;
    expect(heap.recover()).toMatchObject([{ code: "out-of-bounds" }]);
    expect(() => heap.alloc(layout(8))).toThrow(LockPoisonedError);
    words[hole / 4 + 2] = 0;
    expect(heap.recover()).toEqual([]);
    expect(heap.alloc(layout(8))).toBe(hole);
  });
});
