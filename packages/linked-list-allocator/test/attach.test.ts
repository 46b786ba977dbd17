import { LinearMemory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import { AttachError, Heap, HoleList, LockedHeap } from "../src/index.ts";
import { CONTROL, handle, layout, refused, START, testHeap } from "./support/heaps.ts";

describe("attach", () => {
  it("gives a handle on the same heap", () => {
    const { memory, heap } = testHeap(4096);
    const at = heap.allocateFirstFit(layout(100));
    for (const other of [Heap.attach(memory, CONTROL), HoleList.attach(memory, CONTROL)]) {
      expect(other.used).toBe(104);
      expect(other.bottom).toBe(START);
    }
    Heap.attach(memory, CONTROL).deallocate(at, layout(100));
    expect(heap.used).toBe(0);
  });

  it("opens a heap whose bytes were saved", () => {
    const buffer = new ArrayBuffer(4096);
    const heap = LockedHeap.inBuffer(buffer);
    const at = heap.alloc(layout(100));
    heap.memory.writeU32(at, 41);
    const reopened = LockedHeap.attachBuffer(buffer.slice(0));
    expect(reopened.memory.readU32(at)).toBe(41);
    reopened.dealloc(at, layout(100));
    expect(reopened.stats()).toMatchObject({ used: 0, holes: 1 });
    expect(heap.stats().used).toBe(104);
  });

  it("opens a heap whose bytes were saved while another thread had the lock, to be recovered", () => {
    const buffer = new ArrayBuffer(4096);
    const heap = LockedHeap.inBuffer(buffer);
    heap.alloc(layout(100));
    heap.memory.writeU32(8, 12345);
    const reopened = LockedHeap.attachBuffer(buffer);
    expect(reopened.isPoisoned).toBe(true);
    expect(() => reopened.alloc(layout(8))).toThrow("poisoned");
    expect(reopened.recover()).toEqual([]);
    expect(reopened.isPoisoned).toBe(false);
    expect(reopened.alloc(layout(8))).toBe(128 + 104);
  });

  it("is possible while this thread has the lock", () => {
    const buffer = new SharedArrayBuffer(4096);
    const heap = LockedHeap.inBuffer(buffer);
    {
      using guard = heap.lock();
      guard.allocateFirstFit(layout(64));
      expect(LockedHeap.attachBuffer(buffer).isPoisoned).toBe(false);
    }
    expect(heap.stats().used).toBe(64);
  });

  const refusals: [what: string, damage: (memory: LinearMemory) => void, code: string, reason: string][] = [
    ["a foreign buffer", (memory) => memory.fill(CONTROL, 0x5a, 128), "attach/magic", "0x4c4c6d6b"],
    ["an empty buffer", (memory) => memory.fill(CONTROL, 0, 128), "attach/magic", "got 0x0"],
    ["another version", (memory) => memory.writeU32(CONTROL + 4, 7), "attach/version", "version 1, got 7"],
    ["a damaged control block", (memory) => memory.writeU32(CONTROL + 48, 2 ** 31), "attach/damaged", "in use"],
    ["a damaged hole", (memory) => memory.writeU32(START + 64, 12), "attach/damaged", "hole-size at 0x444444440040"],
    ["a damaged link", (memory) => memory.writeU32(START + 72, 8), "attach/damaged", "out-of-bounds"],
  ];
  for (const [what, damage, code, reason] of refusals)
    it(`refuses ${what} with the reason, and changes nothing`, () => {
      const test = testHeap(4096);
      test.heap.allocateFirstFit(layout(64));
      damage(test.memory);
      for (const attach of [
        () => Heap.attach(test.memory, CONTROL),
        () => HoleList.attach(test.memory, CONTROL),
        () => LockedHeap.attach(test.memory, CONTROL),
      ]) {
        const error = refused(test, attach);
        expect(error).toBeInstanceOf(AttachError);
        expect(error).toMatchObject({ code, address: CONTROL, name: "AttachError" });
        expect((error as Error).message).toContain(reason);
      }
    });

  it("takes holes that only upstream's frees leave, when told so", () => {
    const options = { badFrees: "as-upstream" } as const;
    const test = testHeap(4096, options);
    const at = test.heap.allocateFirstFit(layout(4096));
    test.heap.deallocate(at, layout(64));
    test.heap.deallocate(START + 72, layout(64));
    expect(() => Heap.attach(test.memory, CONTROL)).toThrow("gap at");
    expect([...Heap.attach(test.memory, CONTROL, options).holes()]).toHaveLength(2);
  });

  it("refuses a buffer that is shorter than the heap in it", () => {
    const buffer = new ArrayBuffer(4096);
    LockedHeap.inBuffer(buffer);
    expect(() => LockedHeap.attachBuffer(buffer.slice(0, 2048))).toThrow("not inside of its memory");
    expect(() => LockedHeap.attachBuffer(new ArrayBuffer(64))).toThrow();
  });

  it("refuses addresses where no control block can be", () => {
    const { memory } = testHeap(4096);
    for (const at of [CONTROL + 8, NaN, 0.5, Infinity, 2 ** 60])
      expect(() => Heap.attach(memory, at)).toThrow(expect.objectContaining({ code: "attach/address" }) as Error);
  });
});

describe("snapshot, restore", () => {
  it("put the heap back as it was, blocks and all", () => {
    const test = testHeap(4096);
    const at = test.heap.allocateFirstFit(layout(64));
    test.memory.writeU32(at, 41);
    const holes = test.holes();
    const snapshot = test.heap.snapshot();
    for (let i = 0; i < 10; i++) test.heap.allocateFirstFit(layout(100));
    test.memory.writeU32(at, 42);
    test.heap.restore(snapshot);
    expect(test.holes()).toEqual(holes);
    expect(test.memory.readU32(at)).toBe(41);
    expect(test.heap.used).toBe(64);
    test.heap.deallocate(at, layout(64));
    expect(test.holes()).toEqual([[0, 4096]]);
  });

  it("carry the heap into another memory at the same addresses", () => {
    const test = testHeap(4096);
    test.heap.allocateFirstFit(layout(500));
    const memory = new LinearMemory(new SharedArrayBuffer(16384), { base: CONTROL });
    const copy = handle(memory, Heap.empty(memory, CONTROL, { index: "always" }));
    copy.heap.restore(test.heap.snapshot());
    expect(copy.holes()).toEqual(test.holes());
    expect(copy.heap.check()).toEqual([]);
    expect(copy.heap.allocateFirstFit(layout(24))).toBe(test.heap.allocateFirstFit(layout(24)));
  });

  it("keep the lock and the index of the place", () => {
    const memory = new LinearMemory(new SharedArrayBuffer(65536));
    const options = { index: "always", indexRegion: { start: 128, size: 2048 } } as const;
    const locked = LockedHeap.new(memory, 0, 4096, 32768, options);
    const before = locked.snapshot();
    const blocks = Array.from({ length: 200 }, () => locked.alloc(layout(40)));
    for (let i = 0; i < 200; i += 2) locked.dealloc(blocks[i]!, layout(40));
    expect(locked.stats()).toMatchObject({ holes: 101, isIndexed: true });
    const fragmented = locked.snapshot();
    locked.restore(before);
    expect(locked.stats()).toMatchObject({ holes: 1, used: 0 });
    expect(locked.check()).toEqual([]);
    locked.restore(fragmented);
    expect(locked.stats()).toMatchObject({ holes: 101, used: 4000 });
    expect(locked.check()).toEqual([]);
    expect(locked.alloc(layout(40))).toBe(4096);
  });

  it("work on a heap without memory", () => {
    const memory = new LinearMemory(new ArrayBuffer(8192), { base: CONTROL });
    const heap = Heap.empty(memory, CONTROL);
    const snapshot = heap.snapshot();
    heap.init(START, 1024);
    heap.restore(snapshot);
    expect(heap.bottom).toBe(0);
    expect(heap.check()).toEqual([]);
  });

  it("refuse what is no snapshot of this heap, and change nothing", () => {
    const test = testHeap(4096);
    test.heap.allocateFirstFit(layout(64));
    const good = test.heap.snapshot();
    const changed = (at: number, value: number): Uint8Array => {
      const copy = good.slice();
      copy[at] = value;
      return copy;
    };
    const far = new LinearMemory(new ArrayBuffer(8192));
    for (const bad of [
      new Uint8Array(0),
      good.subarray(0, 200),
      good.subarray(0, good.length - 8),
      changed(0, 0),
      changed(4, 9),
      changed(32, 0),
      changed(36, 9),
      changed(32 + 49, 0xff),
      changed(32 + 60, 0xff),
      Heap.new(far, 0, 4096, 4096).snapshot(),
      null,
      [1, 2, 3],
      new ArrayBuffer(4096),
    ])
      expect(refused(test, () => test.heap.restore(bad as Uint8Array))).toMatchObject({ code: "heap/snapshot" });
  });

  it("refuse a snapshot that this memory has no room for, and change nothing", () => {
    const large = testHeap(65536);
    const small = testHeap(4096);
    expect(refused(small, () => small.heap.restore(large.heap.snapshot()))).toMatchObject({
      code: "heap/outside-memory",
    });
  });
});
