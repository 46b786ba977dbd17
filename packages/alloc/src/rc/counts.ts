/**
 * Reference counts: plain for `Rc`, atomic for `Arc`.
 *
 * Each is a usize in memory of which the low 32 bits count; overflow is refused at 2^31.
 *
 * @module
 */
import { Panic, type Memory, type Ptr } from "@kmem/memory";

/** A weak count that is being looked at by `getMut`. */
export const WEAK_LOCKED = 0xffff_ffff;
const MAX_COUNT = 0x7fff_ffff;

/** How a count is changed. Each gives the value before. */
export interface Counts {
  /** Adds modulo 2^32. */
  add(memory: Memory, at: Ptr, delta: number): number;
  load(memory: Memory, at: Ptr): number;
  store(memory: Memory, at: Ptr, value: number): void;
  compareExchange(memory: Memory, at: Ptr, expected: number, replacement: number): number;
}

/** For handles of one thread. */
export const PLAIN: Counts = {
  add(memory, at, delta) {
    const before = memory.readU32(at);
    memory.writeU32(at, (before + delta) >>> 0);
    return before;
  },
  load: (memory, at) => memory.readU32(at),
  store: (memory, at, value) => memory.writeU32(at, value),
  compareExchange(memory, at, expected, replacement) {
    const before = memory.readU32(at);
    if (before === expected) memory.writeU32(at, replacement);
    return before;
  },
};

/** For handles in several workers. */
export const ATOMIC: Counts = {
  add: (memory, at, delta) => memory.addU32(at, delta),
  load: (memory, at) => memory.loadU32(at),
  store: (memory, at, value) => memory.storeU32(at, value),
  compareExchange: (memory, at, expected, replacement) => memory.compareExchangeU32(at, expected, replacement),
};

/** Counts one more. @throws Panic where Rust aborts; the count is as before then */
export function countUp(counts: Counts, memory: Memory, at: Ptr): void {
  if (counts.add(memory, at, 1) < MAX_COUNT) return;
  counts.add(memory, at, -1);
  throw new Panic("reference count overflow");
}

/** Counts one more, unless there is none. @returns whether there was one */
export function countUpUnlessZero(counts: Counts, memory: Memory, at: Ptr): boolean {
  for (let seen = counts.load(memory, at); seen !== 0;) {
    if (seen >= MAX_COUNT) throw new Panic("reference count overflow");
    const before = counts.compareExchange(memory, at, seen, seen + 1);
    if (before === seen) return true;
    seen = before;
  }
  return false;
}

/** Counts one weak handle more, waiting while another thread looks whether there are any. */
export function countWeakUp(counts: Counts, memory: Memory, at: Ptr): void {
  for (let seen = counts.load(memory, at); ; seen = counts.load(memory, at)) {
    if (seen === WEAK_LOCKED) continue;
    if (seen >= MAX_COUNT) throw new Panic("reference count overflow");
    if (counts.compareExchange(memory, at, seen, seen + 1) === seen) return;
  }
}
