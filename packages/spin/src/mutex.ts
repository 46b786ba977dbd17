/**
 * A mutex whose lock word lies in memory. lock-word.ts draws it.
 *
 * In memory that other threads share, taking the lock is one compare-exchange. Who finds it taken looks again about
 * a hundred times and then sleeps (`Atomics.wait`); where sleeping is forbidden (a browser's main thread) it keeps
 * looking. A holder whose id and heartbeat stay the same for the whole patience of a waiter is taken for dead.
 * In memory that is not shared the word is written without atomics: a word that is set can only be our own, or was loaded
 * with the bytes.
 *
 * @see https://docs.rs/spin/0.9.8/spin/mutex/struct.Mutex.html
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";
import { DeadlockError, LockError, LockPoisonedError } from "./errors.ts";
import { moveHeld, type Held } from "./held.ts";
import { DEAD, OWNER, WAITERS } from "./lock-word.ts";
import { MutexGuard } from "./mutex-guard.ts";
import { threadId } from "./thread-id.ts";
import { waitAndTake } from "./waiting.ts";

/** Bytes of a lock in memory. Its address is a multiple of 8. */
export const LOCK_SIZE = 8;
/** Milliseconds that a waiter lets a holder do nothing, unless told otherwise. */
export const DEFAULT_PATIENCE = 5000;

export interface MutexOptions {
  /** Milliseconds without a sign of life after which the holder is taken for dead. @defaultValue 5000 */
  readonly patience?: number;
}

/**
 * A value that one thread at a time may use.
 *
 * @example new Mutex(new LinearMemory(new ArrayBuffer(64)), 0, "value").isLocked // => false
 */
export class Mutex<T> {
  readonly memory: Memory;
  /** Where the lock word lies. */
  readonly address: Ptr;
  private readonly value: T;
  private readonly patience: number;
  private readonly id: number;
  private readonly isShared: boolean;

  /** The lock word's place, as long as the memory's generation stays. */
  private words!: Int32Array;
  private index = 0;
  private generation = NaN;
  /** In memory that is not shared: whether this thread holds the lock, whatever its word says. */
  private held: Held = { isHeld: false };

  /**
   * A handle on the lock at `address`; the bytes are left as they are. Eight zeros are a free lock.
   *
   * @param address - a multiple of 8
   * @throws {@link LockError} `lock/address`, `lock/options`
   */
  constructor(memory: Memory, address: Ptr, value: T, options: MutexOptions = {}) {
    if (typeof (memory as Partial<Memory> | null | undefined)?.window !== "function")
      throw new LockError("lock/options", "memory: expected a memory, with its methods");
    if (typeof options !== "object" || (options as unknown) === null)
      throw new LockError("lock/options", "options: expected an object");
    const { patience = DEFAULT_PATIENCE } = options;
    if (!Number.isSafeInteger(address) || address % 8 !== 0)
      throw new LockError("lock/address", `address: expected a multiple of 8, got ${String(address)}`);
    if (typeof patience !== "number" || !(patience > 0))
      throw new LockError("lock/options", `patience: expected milliseconds above 0, got ${String(patience)}`);
    this.memory = memory;
    this.address = address;
    this.value = value;
    this.patience = patience;
    this.id = threadId();
    this.isShared = memory.isShared;
    this.locate();
  }

  /** Makes a free lock at `address`: writes its 8 bytes. As the constructor otherwise. */
  static new<T>(memory: Memory, address: Ptr, value: T, options: MutexOptions = {}): Mutex<T> {
    const mutex = new Mutex(memory, address, value, options);
    mutex.words[mutex.index + 1] = 0;
    mutex.memory.storeU32(address, 0);
    return mutex;
  }

  /**
   * Waits for the lock and takes it.
   *
   * @returns a guard that gives it back when disposed of: `using guard = mutex.lock()`
   * @throws as {@link Mutex.acquire}
   */
  lock(): MutexGuard<T> {
    this.acquire();
    return new MutexGuard(this, this.value);
  }

  /** Takes the lock if it is free. @returns `undefined` when it is not, whoever holds it */
  tryLock(): MutexGuard<T> | undefined {
    return this.tryAcquire() ? new MutexGuard(this, this.value) : undefined;
  }

  /** Whether anyone holds the lock, alive or dead. */
  get isLocked(): boolean {
    return this.memory.loadU32(this.address) !== 0;
  }

  /** Whether the holder was taken for dead. */
  get isPoisoned(): boolean {
    return (this.memory.loadU32(this.address) & DEAD) !== 0;
  }

  /** Id of the thread that holds the lock, 0 when it is free. */
  get owner(): number {
    return this.memory.loadU32(this.address) & OWNER;
  }

  /**
   * Whether this thread holds the lock: not only by the word, which may have been loaded with bytes that were saved while
   * the lock was held. (In shared memory the word is all there is to go by.)
   */
  get isHeldHere(): boolean {
    if (this.memory.generation !== this.generation) this.locate();
    return this.owner === this.id && !this.isPoisoned && (this.isShared || this.held.isHeld);
  }

  /**
   * Takes the lock without a guard; {@link Mutex.release} must follow.
   *
   * @throws {@link DeadlockError} when this thread holds it, {@link LockPoisonedError} when its holder is dead
   */
  acquire(): void {
    if (this.memory.generation !== this.generation) this.locate();
    const { words, index } = this;
    if (this.isShared) {
      const seen = Atomics.compareExchange(words, index, 0, this.id);
      if (seen !== 0) this.wait(seen);
    } else {
      const seen = words[index]!;
      if (seen !== 0) throw this.refusal(seen);
      words[index] = this.id;
      this.held.isHeld = true;
    }
  }

  /** Takes the lock if it is free; never waits. */
  tryAcquire(): boolean {
    if (this.memory.generation !== this.generation) this.locate();
    if (this.memory.compareExchangeU32(this.address, 0, this.id) !== 0) return false;
    this.held.isHeld = true;
    return true;
  }

  /**
   * Gives the lock back.
   *
   * @throws {@link LockError} `lock/not-held` when this thread does not hold it
   * @throws {@link LockPoisonedError} `lock/lost` when it was taken for dead meanwhile
   */
  release(): void {
    if (this.memory.generation !== this.generation) this.locate();
    const { words, index, id } = this;
    if (this.isShared) {
      if (Atomics.compareExchange(words, index, id, 0) !== id) this.releaseToWaiters();
    } else if (words[index] === id) {
      words[index] = 0;
      this.held.isHeld = false;
    } else this.refuseRelease(words[index]!);
  }

  /** Sign of life of a holder that keeps the lock for long. */
  beat(): void {
    this.memory.writeU32(this.address + 4, this.memory.readU32(this.address + 4) + 1);
  }

  /**
   * Says that a thread has ended: for who knows it (a worker's `exit` event), instead of the waiters' patience.
   *
   * @param thread - the id that {@link threadId} gave there
   * @returns whether it held the lock, which is poisoned now
   */
  declareDead(thread: number): boolean {
    for (;;) {
      const seen = this.memory.loadU32(this.address) | 0;
      if (seen === 0 || (seen & OWNER) !== thread) return false;
      if ((seen & DEAD) !== 0 || this.poison(seen)) return true;
    }
  }

  /**
   * Takes a poisoned lock over from its dead holder.
   *
   * The caller's duty: the holder is really dead, and what the lock guards is put right before the guard is released.
   *
   * @throws {@link LockError} `lock/not-poisoned` when the lock is free or its holder not declared dead
   */
  recover(): MutexGuard<T> {
    this.takeOver();
    return new MutexGuard(this, this.value);
  }

  /** {@link Mutex.recover} without a guard. */
  takeOver(): void {
    for (;;) {
      const seen = this.memory.loadU32(this.address) | 0;
      if ((seen & DEAD) === 0)
        throw new LockError("lock/not-poisoned", "expected a poisoned lock to recover, got one that is not");
      const taken = this.id | (seen & WAITERS);
      if ((this.memory.compareExchangeU32(this.address, seen >>> 0, taken >>> 0) | 0) === seen) break;
    }
    if (this.memory.generation !== this.generation) this.locate();
    this.held.isHeld = true;
    this.beat();
  }

  /** Poisons the lock that this thread holds: what it guards could not be put right. */
  abandon(): void {
    if (!this.declareDead(this.id)) throw new LockError("lock/not-held", "expected a lock held by this thread");
  }

  /**
   * Frees the lock whoever holds it, as spin's `force_unlock`.
   *
   * The caller's duty (Rust's `unsafe`): nobody is using the value.
   */
  forceUnlock(): void {
    this.memory.storeU32(this.address, 0);
    this.memory.notifyU32(this.address, Infinity);
    this.held.isHeld = false;
  }

  private wait(seen: number): void {
    const { words, index, id, patience } = this;
    waitAndTake(
      words,
      index,
      id,
      seen,
      patience,
      (word) => this.refusal(word),
      (word) => this.poison(word),
    );
  }

  /** Marks the holder dead and wakes everybody. @returns false when the word has changed meanwhile */
  private poison(seen: number): boolean {
    const poisoned = ((seen & OWNER) | DEAD) >>> 0;
    if ((this.memory.compareExchangeU32(this.address, seen >>> 0, poisoned) | 0) !== seen) return false;
    this.held.isHeld = false;
    this.memory.notifyU32(this.address, Infinity);
    return true;
  }

  private releaseToWaiters(): void {
    const { words, index, id } = this;
    for (;;) {
      const seen = Atomics.load(words, index);
      if (seen !== id && seen !== (id | WAITERS)) this.refuseRelease(seen);
      // Who waits and finds this thread again sees by the heartbeat that it is alive. Nobody else looks at it.
      words[index + 1]!++;
      if (Atomics.compareExchange(words, index, seen, 0) !== seen) continue;
      if (seen !== id) Atomics.notify(words, index, 1);
      return;
    }
  }

  private refuseRelease(seen: number): never {
    if ((seen & OWNER) === this.id) throw new LockPoisonedError("lock/lost", this.address, this.id);
    throw new LockError(
      "lock/not-held",
      seen === 0
        ? "expected a lock held by this thread to release, got a free one"
        : `expected a lock held by this thread to release, got one of thread ${seen & OWNER}`,
    );
  }

  private refusal(seen: number): Error {
    // Of a buffer that was transferred away the word is undefined; the memory's own error says so.
    this.memory.loadU32(this.address);
    if ((seen & DEAD) !== 0) return new LockPoisonedError("lock/poisoned", this.address, seen & OWNER);
    return new DeadlockError(this.address);
  }

  /** Finds the word's place anew. */
  private locate(): void {
    do {
      // A fault handler that runs inside of `window` may change the mapping once more.
      this.generation = this.memory.generation;
      const { views, firstIndex, address } = this.memory.window(this.address, true);
      this.words = views.i32;
      this.index = (firstIndex + (this.address - address)) / 4;
    } while (this.generation !== this.memory.generation);
    const { buffer, byteOffset } = this.words;
    if (!this.isShared) this.held = moveHeld(this.held, buffer, byteOffset + this.index * 4);
  }
}
