/**
 * Which locks this thread holds in memory that is not shared.
 *
 * The lock word alone cannot tell: bytes that were saved while a lock was held say "held" for ever, and a thread id may be
 * the same in the next process. So it is noted beside the bytes, by the buffer and the place in it.
 *
 * @module
 */

/** Whether the lock at one place is held by this thread. */
export interface Held {
  isHeld: boolean;
}

const KEY = Symbol.for("@kmem/spin/held");
// On `globalThis`, as the thread id is: a package loaded twice (as ESM and as CJS) has one registry.
const realm = globalThis as { [KEY]?: WeakMap<ArrayBufferLike, Map<number, Held>> | undefined };

/** The note for the lock at a byte of a buffer; all handles on that lock have the same. */
export function heldAt(buffer: ArrayBufferLike, byteIndex: number): Held {
  const buffers = (realm[KEY] ??= new WeakMap<ArrayBufferLike, Map<number, Held>>());
  let places = buffers.get(buffer);
  if (places === undefined) buffers.set(buffer, (places = new Map<number, Held>()));
  let held = places.get(byteIndex);
  if (held === undefined) places.set(byteIndex, (held = { isHeld: false }));
  return held;
}

/** Keeps a note for a lock whose bytes have moved to another buffer. */
export function moveHeld(held: Held, buffer: ArrayBufferLike, byteIndex: number): Held {
  const there = heldAt(buffer, byteIndex);
  if (there !== held && held.isHeld) {
    there.isHeld = true;
    held.isHeld = false;
  }
  return there;
}
