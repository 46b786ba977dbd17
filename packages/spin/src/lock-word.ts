/**
 * The bytes of a lock.
 *
 * ```
 *            31        30       29                          0
 *   at      ┌─────────┬────────┬─────────────────────────────┐
 *           │ WAITERS │ DEAD   │ id of the holder; 0: free   │  lock word
 *   at + 4  ├─────────┴────────┴─────────────────────────────┤
 *           │ counts beats and releases to waiters           │  heartbeat
 *           └────────────────────────────────────────────────┘
 * ```
 * The heartbeat is written by the holder alone. A lock that nobody waits for is taken and given back without it: a waiter
 * sets WAITERS before it sleeps, so it sees each release that happens meanwhile.
 *
 * @module
 */

/** Someone may be asleep. */
export const WAITERS: number = 1 << 31;
/** The holder is taken for dead. */
export const DEAD: number = 1 << 30;
/** The bits of the holder's id. */
export const OWNER: number = DEAD - 1;
