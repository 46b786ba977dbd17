/**
 * What the threads of a stress run share besides the heap, and what they write into their blocks.
 *
 * ```
 *   counters   │ stop │ per worker: operations, recoveries                      i32
 *   slots      │ per worker SLOTS × { address, size, pattern }                  what it owns
 *   exchange   │ EXCHANGE × { address of a block that anyone may take over }    atomics
 * ```
 * A block is entered into a slot after it is allocated and filled, and taken out of it before it is freed: so whenever a
 * worker is killed, what its slots hold is allocated and filled. What it had in its hands is lost: a block or two.
 *
 * @module
 */
import { indexBytesFor, LockedHeap, type LockedHeapOptions } from "../../src/index.ts";
import { LinearMemory } from "@kmem/memory";

export const SLOTS = 64;
const EXCHANGE = 32;
const SLOT_WORDS = 3;
const COUNTER_WORDS = 2;

export interface Arena {
  readonly heapBuffer: SharedArrayBuffer;
  readonly tables: SharedArrayBuffer;
  readonly workers: number;
  readonly patience: number;
}

/** Where the heap lies in its buffer: control block, index, heap. */
const INDEX_AT = 128;

export function makeArena(workers: number, heapSize: number, patience: number): Arena {
  const indexSize = indexBytesFor(heapSize);
  const heapBuffer = new SharedArrayBuffer(INDEX_AT + indexSize + heapSize);
  const words = 1 + workers * (COUNTER_WORDS + SLOTS * SLOT_WORDS) + EXCHANGE * 2;
  const arena = { heapBuffer, tables: new SharedArrayBuffer(words * 4), workers, patience };
  LockedHeap.new(new LinearMemory(heapBuffer), 0, INDEX_AT + indexSize, heapSize, {
    indexRegion: { start: INDEX_AT, size: indexSize },
  });
  return arena;
}

export function openHeap({ heapBuffer, patience }: Arena, options: LockedHeapOptions = {}): LockedHeap {
  return LockedHeap.attach(new LinearMemory(heapBuffer), 0, { patience, ...options });
}

/** Typed arrays over an arena's tables. */
export class Tables {
  private readonly words: Int32Array;
  private readonly slotsAt: number;
  private readonly exchangeAt: number;
  private readonly workers: number;

  constructor({ tables, workers }: Arena) {
    this.words = new Int32Array(tables);
    this.workers = workers;
    this.slotsAt = 1 + workers * COUNTER_WORDS;
    this.exchangeAt = this.slotsAt + workers * SLOTS * SLOT_WORDS;
  }

  get isStopped(): boolean {
    return Atomics.load(this.words, 0) !== 0;
  }

  stop(): void {
    Atomics.store(this.words, 0, 1);
  }

  addOperations(worker: number, count: number): void {
    Atomics.add(this.words, 1 + worker * COUNTER_WORDS, count);
  }

  /** Of all workers, those that were killed included. */
  operations(): number {
    let sum = 0;
    for (let worker = 0; worker < this.workers; worker++) sum += Atomics.load(this.words, 1 + worker * COUNTER_WORDS);
    return sum;
  }

  addRecovery(worker: number): void {
    Atomics.add(this.words, 2 + worker * COUNTER_WORDS, 1);
  }

  recoveriesOf(worker: number): number {
    return Atomics.load(this.words, 2 + worker * COUNTER_WORDS);
  }

  slot(worker: number, slot: number): { address: number; size: number; pattern: number } {
    const at = this.slotsAt + (worker * SLOTS + slot) * SLOT_WORDS;
    return { address: Atomics.load(this.words, at), size: this.words[at + 1]!, pattern: this.words[at + 2]! };
  }

  addressIn(worker: number, slot: number): number {
    return Atomics.load(this.words, this.slotsAt + (worker * SLOTS + slot) * SLOT_WORDS);
  }

  fillSlot(worker: number, slot: number, address: number, size: number, pattern: number): void {
    const at = this.slotsAt + (worker * SLOTS + slot) * SLOT_WORDS;
    this.words[at + 1] = size;
    this.words[at + 2] = pattern;
    Atomics.store(this.words, at, address);
  }

  clearSlot(worker: number, slot: number): void {
    Atomics.store(this.words, this.slotsAt + (worker * SLOTS + slot) * SLOT_WORDS, 0);
  }

  /** Puts a block where anyone may take it over; its size and pattern stand in the block's first words. @returns what was there */
  exchange(place: number, address: number): number {
    return Atomics.exchange(this.words, this.exchangeAt + (place % EXCHANGE), address);
  }

  /** Takes all blocks out of the exchange. */
  drainExchange(): number[] {
    const all = Array.from({ length: EXCHANGE }, (_, place) => this.exchange(place, 0));
    return all.filter((address) => address !== 0);
  }
}

/** Fills a block with words that only its owner would write there; the first two say size and pattern. */
export function fillBlock(words: Int32Array, address: number, size: number, pattern: number): void {
  const at = address >>> 2;
  const end = at + (size >>> 2);
  words[at] = size;
  words[at + 1] = pattern;
  for (let i = at + 2; i < end; i++) words[i] = pattern ^ i;
}

/** @throws when a word of the block is not what its owner wrote */
export function verifyBlock(words: Int32Array, address: number, size: number, pattern: number): void {
  const at = address >>> 2;
  const end = at + (size >>> 2);
  let differences = (words[at]! ^ size) | (words[at + 1]! ^ pattern);
  for (let i = at + 2; i < end; i++) differences |= words[i]! ^ pattern ^ i;
  if (differences !== 0) throw new Error(`the block of ${size} bytes at ${address} was overwritten`);
}
