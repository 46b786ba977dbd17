import { LinearMemory, MemoryError } from "@kmem/memory";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as first from "../src/index.ts";
import {
  DeadlockError,
  LOCK_SIZE,
  LockError,
  LockPoisonedError,
  Mutex,
  MAX_THREAD_ID,
  setThreadId,
  threadId,
} from "../src/index.ts";

const BUFFERS = [
  ["an ArrayBuffer", () => new ArrayBuffer(64)],
  ["a SharedArrayBuffer", () => new SharedArrayBuffer(64)],
  ["a WebAssembly.Memory", () => new WebAssembly.Memory({ initial: 1, maximum: 2 })],
] as const;

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return "";
}

afterEach(() => vi.resetModules());

describe.each(BUFFERS)("Mutex over %s", (_, make) => {
  const locked = (): Mutex<string> => Mutex.new(new LinearMemory(make()), 8, "value");

  it("is free, is taken, is free again", () => {
    const mutex = locked();
    expect([mutex.isLocked, mutex.owner]).toEqual([false, 0]);
    {
      using guard = mutex.lock();
      expect(guard.value).toBe("value");
      expect([mutex.isLocked, mutex.owner, mutex.isPoisoned]).toEqual([true, threadId(), false]);
    }
    expect([mutex.isLocked, mutex.owner]).toEqual([false, 0]);
  });

  it("keeps its state in 8 bytes, for every handle on them", () => {
    const memory = new LinearMemory(make());
    memory.fill(0, 0xff, 64);
    const one = Mutex.new(memory, 8, 1);
    const other = new Mutex(memory, 8, 2);
    expect(memory.readU64(8)).toBe(0n);
    using _guard = one.lock();
    expect(other.isLocked).toBe(true);
    expect(memory.readU32(8)).toBe(threadId());
    const around = new Uint8Array(64);
    memory.readBytes(0, around);
    expect(around.subarray(0, 8).every((byte) => byte === 0xff)).toBe(true);
    expect(around.subarray(8 + LOCK_SIZE).every((byte) => byte === 0xff)).toBe(true);
  });

  it("refuses the thread that holds it already, instead of waiting for ever", () => {
    const mutex = locked();
    const guard = mutex.lock();
    expect(() => mutex.lock()).toThrow(DeadlockError);
    expect(mutex.tryLock()).toBeUndefined();
    guard.release();
    mutex.lock().release();
  });

  it("is released when its scope ends by an error", () => {
    const mutex = locked();
    expect(() => {
      using _guard = mutex.lock();
      throw new Error("inside");
    }).toThrow("inside");
    expect(mutex.isLocked).toBe(false);
  });

  it("gives a guard that is dead after its release", () => {
    const mutex = locked();
    const guard = mutex.lock();
    guard.beat();
    guard.release();
    expect(codeOf(() => guard.value)).toBe("lock/released");
    expect(codeOf(() => guard.release())).toBe("lock/released");
    expect(codeOf(() => guard.beat())).toBe("lock/released");
    guard[Symbol.dispose]();
    expect(mutex.isLocked).toBe(false);
  });

  it("cannot be released by who does not hold it", () => {
    const mutex = locked();
    expect(codeOf(() => mutex.release())).toBe("lock/not-held");
    mutex.memory.writeU32(8, threadId() === 1 ? 2 : 1);
    expect(codeOf(() => mutex.release())).toBe("lock/not-held");
    expect(codeOf(() => mutex.abandon())).toBe("lock/not-held");
    expect(mutex.isLocked).toBe(true);
  });

  it("is poisoned by its holder, refused to all, and recovered once", () => {
    const mutex = locked();
    expect(codeOf(() => mutex.recover())).toBe("lock/not-poisoned");
    mutex.acquire();
    expect(codeOf(() => mutex.recover())).toBe("lock/not-poisoned");
    mutex.abandon();
    expect(mutex.isPoisoned).toBe(true);
    expect(() => mutex.lock()).toThrow(LockPoisonedError);
    expect(codeOf(() => mutex.release())).toBe("lock/lost");
    const guard = mutex.recover();
    expect(codeOf(() => mutex.recover())).toBe("lock/not-poisoned");
    guard.release();
    expect(mutex.isLocked).toBe(false);
  });

  it("is freed by force", () => {
    const mutex = locked();
    mutex.memory.writeU32(8, 12_345);
    mutex.forceUnlock();
    expect(mutex.isLocked).toBe(false);
  });
});

describe("a mutex that cannot be", () => {
  const memory = new LinearMemory(new ArrayBuffer(64));

  it.each([NaN, 4, 0.5, Infinity, "8", undefined])("is refused at address %s", (address) => {
    expect(codeOf(() => new Mutex(memory, address as number, 0))).toBe("lock/address");
  });

  it("is refused outside of the memory", () => {
    expect(() => new Mutex(memory, 64, 0)).toThrow(MemoryError);
    expect(() => Mutex.new(memory, -8, 0)).toThrow(MemoryError);
  });

  it.each([0, -1, NaN, "5", null])("is refused with patience %s, and nothing is written", (patience) => {
    memory.writeU64(8, 0x1234n);
    expect(codeOf(() => Mutex.new(memory, 8, 0, { patience: patience as number }))).toBe("lock/options");
    expect(memory.readU64(8)).toBe(0x1234n);
  });
});

describe("a mutex over a buffer that was transferred away", () => {
  it("says that the memory is gone, and no deadlock", () => {
    const buffer = new ArrayBuffer(64);
    const mutex = Mutex.new(new LinearMemory(buffer), 8, 0);
    structuredClone(buffer, { transfer: [buffer] });
    expect(() => mutex.lock()).toThrow(MemoryError);
  });
});

describe("a mutex over memory that grows", () => {
  it("follows it", () => {
    const wasm = new WebAssembly.Memory({ initial: 1, maximum: 4 });
    const mutex = Mutex.new(new LinearMemory(wasm), 8, 0);
    const guard = mutex.lock();
    wasm.grow(1);
    guard.release();
    expect(new Uint32Array(wasm.buffer)[2]).toBe(0);
    mutex.lock().release();
  });
});

describe("threadId", () => {
  it("is one for each thread, also for a package that was loaded twice", async () => {
    const id = threadId();
    expect(id).toBeGreaterThan(0);
    expect(id).toBeLessThanOrEqual(MAX_THREAD_ID);
    vi.resetModules();
    const second = await import("../src/index.ts");
    expect(second.Mutex).not.toBe(first.Mutex);
    expect(second.threadId()).toBe(id);
  });

  it.each([0, -1, 0.5, NaN, 2 ** 30, "1"])("cannot be set to %s", (id) => {
    expect(() => setThreadId(id as number)).toThrow(LockError);
  });

  it("cannot be changed once it is drawn", () => {
    setThreadId(threadId());
    expect(() => setThreadId((threadId() % MAX_THREAD_ID) + 1)).toThrow(LockError);
  });
});

describe("Mutex, what it cannot be made of", () => {
  it.each([undefined, null, 5, "memory", {}])("refuses %s as memory", (none) => {
    expect(codeOf(() => new Mutex(none as LinearMemory, 0, 0))).toBe("lock/options"); // a caller without types
  });

  it.each([null, 5, "options"])("refuses %s as options", (none) => {
    expect(codeOf(() => new Mutex(new LinearMemory(new ArrayBuffer(64)), 0, 0, none as unknown as object))).toBe(
      "lock/options",
    );
  });

  it.each([NaN, 0.5, 4, "8", 8n, undefined, null])("refuses %s as address", (at) => {
    expect(codeOf(() => new Mutex(new LinearMemory(new ArrayBuffer(64)), at as number, 0))).toBe("lock/address");
  });
});

describe("isHeldHere", () => {
  it("tells a lock that this thread holds from one that was loaded with the bytes", () => {
    const buffer = new ArrayBuffer(64);
    const mutex = Mutex.new(new LinearMemory(buffer), 8, 0);
    expect(mutex.isHeldHere).toBe(false);
    const guard = mutex.lock();
    const copy = new Mutex(new LinearMemory(buffer.slice(0)), 8, 0);
    expect([copy.owner, copy.isHeldHere]).toEqual([threadId(), false]);
    expect([mutex.isHeldHere, new Mutex(new LinearMemory(buffer), 8, 0).isHeldHere]).toEqual([true, true]);
    expect(new Mutex(new LinearMemory(buffer, { byteOffset: 8 }), 0, 0).isHeldHere).toBe(true);
    guard.release();
    expect(mutex.isHeldHere).toBe(false);
    expect(mutex.tryAcquire()).toBe(true);
    expect(mutex.isHeldHere).toBe(true);
    mutex.abandon();
    expect(mutex.isHeldHere).toBe(false);
    mutex.takeOver();
    expect(mutex.isHeldHere).toBe(true);
    mutex.forceUnlock();
    expect(mutex.isHeldHere).toBe(false);
  });

  it("goes with a lock whose memory grows into another buffer", () => {
    const wasm = new WebAssembly.Memory({ initial: 1, maximum: 2 });
    const mutex = Mutex.new(new LinearMemory(wasm), 8, 0);
    const guard = mutex.lock();
    wasm.grow(1);
    expect(mutex.isHeldHere).toBe(true);
    guard.release();
    expect([mutex.isHeldHere, mutex.isLocked]).toEqual([false, false]);
  });

  it("is what the word says in shared memory", () => {
    const mutex = Mutex.new(new LinearMemory(new SharedArrayBuffer(64)), 8, 0);
    const guard = mutex.lock();
    expect(mutex.isHeldHere).toBe(true);
    guard.release();
    expect(mutex.isHeldHere).toBe(false);
  });
});
