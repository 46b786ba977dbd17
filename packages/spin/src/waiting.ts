/**
 * Waiting for a lock that another thread holds: looking, then sleeping, then losing patience.
 *
 * @module
 */
import { DEAD, OWNER, WAITERS } from "./lock-word.ts";

/** Looks at a taken lock before sleeping: about the length of a critical section. */
const SPINS = 100;
/**
 * Longest single sleep, in milliseconds. Patience is counted in whole slices really slept, so a process that was stopped
 * and continued does not take its own threads for dead; and a wake-up that was lost with a dying thread costs one slice.
 */
const SLICE = 50;

/**
 * Takes the lock as soon as it is free.
 *
 * @param words - the lock word is `words[index]`, the heartbeat behind it
 * @param id - of this thread
 * @param first - the word as it was seen
 * @param patience - milliseconds without a sign of life after which the holder is taken for dead
 * @param refusal - what to throw for a word that this thread must not wait for
 * @param poison - marks the holder of a word dead
 */
export function waitAndTake(
  words: Int32Array,
  index: number,
  id: number,
  first: number,
  patience: number,
  refusal: (seen: number) => Error,
  poison: (seen: number) => void,
): void {
  let seen = first;
  for (let spin = 0; spin < SPINS; spin++) {
    if ((seen & OWNER) === id || (seen & DEAD) !== 0) throw refusal(seen);
    seen = Atomics.load(words, index);
    if (seen === 0 && (seen = Atomics.compareExchange(words, index, 0, id)) === 0) return;
  }
  let holder = 0;
  let beat = 0;
  let waited = 0;
  for (;;) {
    // Others may be asleep: keep WAITERS set, so that our release wakes one of them.
    if (seen === 0 && (seen = Atomics.compareExchange(words, index, 0, id | WAITERS)) === 0) return;
    if ((seen & OWNER) === id || (seen & DEAD) !== 0) throw refusal(seen);
    const beatNow = Atomics.load(words, index + 1);
    if ((seen & OWNER) !== holder || beatNow !== beat) {
      holder = seen & OWNER;
      beat = beatNow;
      waited = 0;
    } else if (waited >= patience) {
      poison(seen);
      seen = Atomics.load(words, index);
      continue;
    }
    waited += sleep(words, index, seen, Math.min(SLICE, patience));
    seen = Atomics.load(words, index);
  }
}

/** Sleeps while the word is `seen`. @returns the milliseconds slept in vain, 0 when something happened */
function sleep(words: Int32Array, index: number, seen: number, milliseconds: number): number {
  const awaited = seen | WAITERS;
  if (seen !== awaited && Atomics.compareExchange(words, index, seen, awaited) !== seen) return 0;
  if (mayWait !== false) {
    try {
      const result = Atomics.wait(words, index, awaited, milliseconds);
      mayWait = true;
      return result === "timed-out" ? milliseconds : 0;
    } catch (error) {
      // A browser's main thread must not sleep; the refusal there is a TypeError.
      if (mayWait === true) throw error;
      mayWait = false;
    }
  }
  const end = Date.now() + milliseconds;
  while (Date.now() < end)
    for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(words, index) !== awaited) return 0;
  return milliseconds;
}

/** Whether this thread may sleep; unknown until it has tried. */
let mayWait: boolean | undefined = undefined;
