import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LockedHeap } from "../src/index.ts";
import { layout } from "./support/heaps.ts";

const SIZE = 8192;
/** Of the control block, in u32 words. */
const LOCK = 2;
const PENDING = 14;
const EPOCH = 16;
const INDEX_STATE = 17;
const SEALED = 21;
const JOURNAL = 22;
const DEAD_THREAD = 12345;

/**
 * The memory as it would be had the thread died within its last change: of the words that the change writes, those in
 * `written` are written.
 */
function diedWithin(before: Uint32Array, after: Uint32Array, written: readonly boolean[]): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(before.byteLength);
  const words = new Uint32Array(buffer);
  let changed = 0;
  words.set(before);
  after.forEach((word, i) => {
    if (word === before[i]) return;
    if (i >= JOURNAL && i < JOURNAL + 10) words[i] = word;
    else if (written[changed++ % written.length] === true) words[i] = word;
  });
  words[SEALED] = 1 | (after[PENDING]! << 8);
  words[LOCK] = DEAD_THREAD;
  return buffer;
}

/** Words without those that say nothing about the heap: lock, epoch, index, journal. */
function essence(buffer: ArrayBufferLike): Uint32Array {
  const words = new Uint32Array(buffer.slice(0));
  for (const word of [LOCK, LOCK + 1, EPOCH, INDEX_STATE, SEALED]) words[word] = 0;
  return words.fill(0, JOURNAL, JOURNAL + 10);
}

const step = fc.oneof(
  fc.record({
    do: fc.constant("alloc" as const),
    size: fc.integer({ min: 0, max: 400 }),
    align: fc.integer({ min: 0, max: 8 }).map((shift) => 2 ** shift),
  }),
  fc.record({ do: fc.constant("free" as const), which: fc.nat() }),
  fc.record({ do: fc.constant("extend" as const), by: fc.integer({ min: 0, max: 40 }) }),
);

describe("recover", () => {
  it("completes a change at whatever word its thread died", () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 60, size: "max" }),
        fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }),
        (steps, written) => {
          const buffer = new SharedArrayBuffer(SIZE);
          const words = new Uint32Array(buffer);
          const heap = LockedHeap.inBuffer(buffer, { byteLength: SIZE / 2, patience: 50 });
          const live: { at: number; size: number; align: number }[] = [];
          let before = words.slice();
          for (const one of steps) {
            const holdsNow = words.slice();
            if (one.do === "alloc") {
              const at = heap.alloc(layout(one.size, one.align));
              if (at !== 0) live.push({ at, size: one.size, align: one.align });
            } else if (one.do === "extend") {
              using guard = heap.lock();
              guard.extend(one.by);
            } else if (live.length > 0) {
              const [block] = live.splice(one.which % live.length, 1);
              heap.dealloc(block!.at, layout(block!.size, block!.align));
            }
            // Fewer than 16 bytes more are one word, which needs no journal.
            if (words.slice(JOURNAL, JOURNAL + 10).some((word, i) => word !== holdsNow[JOURNAL + i])) before = holdsNow;
            else continue;
            const damaged = diedWithin(before, words, written);
            const other = LockedHeap.attachBuffer(damaged, { byteLength: SIZE / 2, patience: 1 });
            expect(other.isPoisoned).toBe(true);
            expect(other.recover()).toEqual([]);
            expect(essence(damaged)).toEqual(essence(buffer));
          }
        },
      ),
      { numRuns: 12 },
    );
  });
});
