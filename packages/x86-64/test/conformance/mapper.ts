import { LinearMemory } from "@kmem/memory";
import { Mismatch } from "../../../../config/conformance.ts";
import { Harness, RecordedAllocator, type Op, type TestMapper } from "./mapper-harness.ts";
import { isPanic, text, word, type Api, type Case } from "./words.ts";

/** Bytes of the recorded machine's memory. */
const MEMORY = 32 * 1024 * 1024;
const FRAMES = MEMORY / 4096;

const bytes = new BigUint64Array(MEMORY / 8);

/** Replays a case of suite `mapper` on both mappers that need no translation. */
export function replayMapper(api: Api, given: Case): void {
  const { OffsetPageTable, MappedPageTable, PageTable } = api;
  const p4 = Number(word(given.p4));
  replayOn(
    api,
    given,
    (at) => at,
    (memory) => new OffsetPageTable(new PageTable(memory, p4), 0),
  );
  // The same frames in reverse order: nothing may rely on where they lie.
  const reversed = (at: number): number => (FRAMES - 1 - Math.floor(at / 4096)) * 4096 + (at % 4096);
  replayOn(api, given, reversed, (memory) => new MappedPageTable(new PageTable(memory, reversed(p4)), reversed));
}

function replayOn(
  api: Api,
  given: Case,
  place: (at: number) => number,
  make: (memory: LinearMemory) => TestMapper,
): void {
  const memory = new LinearMemory(bytes.buffer);
  const p4 = Number(word(given.p4));
  bytes.fill(word(given.fill));
  bytes.fill(0n, place(p4) / 8, place(p4) / 8 + 512);
  const allocator = new RecordedAllocator(api, given.alloc as ConstructorParameters<typeof RecordedAllocator>[1]);
  const harness = new Harness(api, memory, place, make(memory), allocator);
  performAll(given, harness);
  expectSame("allocated", given.allocated, allocator.allocated);
  expectSame("deallocated", given.deallocated, allocator.deallocated);
  const frames = new Set([p4, ...allocator.allocated.map(Number), ...harness.poked]);
  expectSame("final", given.final, wordsOf(bytes, frames, place));
}

/** Performs the recorded operations; each must give what is recorded. @param before - is called before each */
export function performAll(given: Case, harness: Harness, before?: () => void): void {
  (given.ops as Op[]).forEach((op, i) => {
    before?.();
    const expected = op[op.length - 1];
    const actual = harness.perform(op.slice(0, -1) as unknown as Op);
    const same = isPanic(expected) ? isPanic(actual) : JSON.stringify(actual) === JSON.stringify(expected);
    if (!same) throw new Mismatch(`op ${i} ${JSON.stringify(op.slice(0, -1))}`, expected, actual);
  });
}

/** All words of the frames that are not 0, as recordings list them. */
export function wordsOf(
  bytes: BigUint64Array,
  frames: Iterable<number>,
  place = (at: number): number => at,
): unknown[] {
  return [...frames]
    .sort((a, b) => a - b)
    .flatMap((frame) =>
      Array.from({ length: 512 }, (_, i) => [text(frame), i, bytes[place(frame) / 8 + i]!] as const)
        .filter(([, , value]) => value !== 0n)
        .map(([at, i, value]) => [at, i, text(value)]),
    );
}

export function expectSame(what: string, expected: unknown, actual: unknown): void {
  if (JSON.stringify(expected) !== JSON.stringify(actual)) throw new Mismatch(what, expected, actual);
}
