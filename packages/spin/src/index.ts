export { DEFAULT_PATIENCE, LOCK_SIZE, Mutex } from "./mutex.ts";
export type { MutexOptions } from "./mutex.ts";
export { MutexGuard } from "./mutex-guard.ts";
export { MAX_THREAD_ID, setThreadId, threadId } from "./thread-id.ts";
export { DeadlockError, LockError, LockPoisonedError } from "./errors.ts";
export type { LockErrorCode, LockPoisonedErrorCode } from "./errors.ts";
