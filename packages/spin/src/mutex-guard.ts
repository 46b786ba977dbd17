/**
 * What a taken lock is held by.
 *
 * @module
 */
import { LockError } from "./errors.ts";

/** The part of a lock that its guard needs. */
interface Releasable {
  release(): void;
  beat(): void;
}

/**
 * Access to the value of a taken {@link Mutex}; releases it when disposed of.
 *
 * @example { using guard = mutex.lock(); guard.value.change(); }   // released at the brace
 */
export class MutexGuard<T> implements Disposable {
  private readonly mutex: Releasable;
  private readonly guarded: T;
  private held = true;

  /** Made by `Mutex.lock`. */
  constructor(mutex: Releasable, value: T) {
    this.mutex = mutex;
    this.guarded = value;
  }

  /** @throws {@link LockError} `lock/released` after the release */
  get value(): T {
    this.expectHeld();
    return this.guarded;
  }

  /** Sign of life: a guard that is kept for seconds must give one now and then, or its thread is taken for dead. */
  beat(): void {
    this.expectHeld();
    this.mutex.beat();
  }

  /** Gives the lock back. @throws {@link LockError} `lock/released` the second time */
  release(): void {
    this.expectHeld();
    this.held = false;
    this.mutex.release();
  }

  /** Releases unless that is done already. */
  [Symbol.dispose](): void {
    if (this.held) this.release();
  }

  private expectHeld(): void {
    if (!this.held) throw new LockError("lock/released", "this guard was released already");
  }
}
