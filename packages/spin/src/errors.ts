/**
 * The errors of locks.
 *
 * @module
 */
import { hex, KmemError, type Ptr } from "@kmem/memory";

/** The thread that asks for the lock holds it already: waiting would never end. */
export class DeadlockError extends KmemError {
  readonly code = "lock/deadlock";
  /** Where the lock word lies. */
  readonly address: Ptr;
  constructor(address: Ptr) {
    super(
      `deadlock: expected a free lock at ${hex(address)}, got one that this thread holds already ` +
        "(from the code that was interrupted, or by a guard that was not released)",
    );
    this.name = "DeadlockError";
    this.address = address;
  }
}

export type LockPoisonedErrorCode = "lock/poisoned" | "lock/lost";

/**
 * The thread that held the lock is taken for dead, so what the lock guards may be half changed.
 *
 * `lock/poisoned`: whoever asks for the lock gets this until someone recovers. `lock/lost`: this thread held the lock,
 * did nothing with it for longer than the others' patience, and lost it.
 */
export class LockPoisonedError extends KmemError {
  readonly code: LockPoisonedErrorCode;
  readonly address: Ptr;
  /** Id of the thread that held the lock. */
  readonly owner: number;
  constructor(code: LockPoisonedErrorCode, address: Ptr, owner: number) {
    super(
      code === "lock/lost"
        ? `the lock at ${hex(address)} was taken from this thread (${owner}): it held it for longer than the others' patience`
        : `the lock at ${hex(address)} is poisoned: its holder, thread ${owner}, died or stopped; ` +
            "check what it guards, then recover it",
    );
    this.name = "LockPoisonedError";
    this.code = code;
    this.address = address;
    this.owner = owner;
  }
}

export type LockErrorCode = "lock/address" | "lock/options" | "lock/not-held" | "lock/not-poisoned" | "lock/released";

/** A lock used in a way that it is not made for; nothing has changed. */
export class LockError extends KmemError {
  readonly code: LockErrorCode;
  constructor(code: LockErrorCode, message: string) {
    super(message);
    this.name = "LockError";
    this.code = code;
  }
}
