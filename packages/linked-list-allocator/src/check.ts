/**
 * Looking a heap over: from its bytes alone, whatever they hold.
 *
 * @module
 */
import { hex, NULL, type Memory, type Ptr } from "@kmem/memory";
import { MIN_BLOCK_SIZE } from "./align.ts";
import {
  CONTROL_SIZE,
  damageOf,
  FIRST_GAP,
  INDEX_DIRTY,
  isInside,
  joinWords,
  MAGIC,
  readControlBlock,
  VERSION,
  type ControlFields,
} from "./control-block.ts";
import { HeapError } from "./errors.ts";
import { isObject } from "./heap-options.ts";
import { MIN_INDEX_BYTES } from "./index-format.ts";
import { bytesIn, gapsOf, regionsOf, touchesGap } from "./regions.ts";

export type FaultCode =
  /** The control block is not ours, of another version, or contradicts itself. */
  | "control-block"
  /** A change of the list was begun and not finished. */
  | "unfinished"
  /** A link or a hole reaches outside of the heap. */
  | "out-of-bounds"
  /** A link points at no multiple of 8. */
  | "misaligned"
  /** A link points back at a hole that the walk has passed. */
  | "cycle"
  /** A link points down, at no hole that the walk has passed. */
  | "order"
  /** A hole's size is below 16 or no multiple of 8. */
  | "hole-size"
  /** A hole reaches into the next. */
  | "overlap"
  /** Two holes touch and are not joined. */
  | "touching"
  /** Between two holes, or a hole and an end of the heap, lies too little for a block. */
  | "gap"
  /** Holes and bytes in use do not add up to the heap. */
  | "sum"
  /** The control block counts other holes than there are. */
  | "count"
  /** The index says something else than the holes. */
  | "index";

/** One thing that is wrong. */
export interface Fault {
  readonly code: FaultCode;
  /** Where it was seen. */
  readonly address: Ptr;
  readonly message: string;
}

/** What tells where a heap is. */
export interface HeapPlace {
  readonly memory: Pick<Memory, "readU32">;
  readonly controlAt: Ptr;
}

/** So many faults tell enough. */
const MOST_FAULTS = 100;

/**
 * Walks a heap and lists what is wrong with it. It changes nothing, and does not trust the bytes. O(holes).
 *
 * The caller's duty: nobody changes the heap meanwhile; `LockedHeap.check` takes the lock.
 *
 * @returns the faults; none when all is well
 * @throws {@link HeapError} `heap/options` when the place is none
 */
export function check(place: HeapPlace): Fault[] {
  expectPlace(place);
  const { memory, controlAt } = place;
  const faults: Fault[] = [];
  const report = (code: FaultCode, address: Ptr, message: string): void => {
    if (faults.length < MOST_FAULTS) faults.push({ code, address, message });
  };
  if (memory.readU32(controlAt) !== MAGIC || memory.readU32(controlAt + 4) !== VERSION) {
    report("control-block", controlAt, "no control block of this version lies here");
    return faults;
  }
  const fields = readControlBlock(memory, controlAt);
  const damage = damageOf(fields);
  if (damage !== undefined) report("control-block", controlAt, damage);
  if (fields.isSealed) report("unfinished", controlAt, "the thread that changed the list last did not finish");
  const { bottom, end, used } = fields;
  const indexDamage = damageOfIndexPlace(memory, controlAt, fields);
  if (indexDamage !== undefined) report("control-block", controlAt, indexDamage);
  if (bottom === NULL || !Number.isSafeInteger(bottom) || !Number.isSafeInteger(end)) return faults;
  if (!isInside(memory, bottom, end + fields.pending - bottom)) {
    report(
      "control-block",
      controlAt,
      `the heap ${hex(bottom)}..${hex(end + fields.pending)} is not inside of its memory`,
    );
    if (!isInside(memory, bottom, end - bottom)) return faults;
  }

  const gaps = gapsOf(memory, controlAt, bottom, end);
  if (gaps === undefined) {
    report("control-block", controlAt, "the records of the gaps between regions contradict themselves");
    return faults;
  }
  if (fields.firstGap !== NULL && fields.firstGap >= end)
    report("unfinished", controlAt + FIRST_GAP * 4, `a region behind ${hex(fields.firstGap)} was begun and not added`);
  for (const [start, stop] of regionsOf(gaps, bottom, end + fields.pending))
    if (fields.indexAt < stop && fields.indexAt + fields.indexBytes > start)
      report("control-block", controlAt, `the index at ${hex(fields.indexAt)} lies over the heap`);

  const passed = new Set<Ptr>();
  let from = controlAt + 24;
  let previousEnd = bottom;
  let highest = bottom;
  let free = 0;
  for (let hole = fields.first; hole !== NULL;) {
    if (hole < bottom || hole > end - MIN_BLOCK_SIZE || !Number.isSafeInteger(hole)) {
      report("out-of-bounds", from, `a link points at ${hex(hole)}, outside of ${hex(bottom)}..${hex(end)}`);
      return faults;
    }
    if (hole % 8 !== 0) {
      report("misaligned", from, `a link points at ${hex(hole)}, no multiple of 8`);
      return faults;
    }
    if (hole < previousEnd && passed.size > 0) {
      const code = passed.has(hole) ? "cycle" : hole < highest ? "order" : "overlap";
      report(code, from, `a link points at ${hex(hole)}, below the end ${hex(previousEnd)} of the hole before`);
      if (code !== "overlap") return faults;
    }
    passed.add(hole);
    highest = hole;
    const size = memory.readU32(hole) + memory.readU32(hole + 4) * 0x1_0000_0000;
    if (size < MIN_BLOCK_SIZE || size % 8 !== 0)
      report("hole-size", hole, `a hole has ${size} bytes, expected a multiple of 8, 16 or more`);
    if (hole + size > end) report("out-of-bounds", hole, `a hole of ${size} bytes reaches beyond ${hex(end)}`);
    if (touchesGap(gaps, hole, size))
      report("out-of-bounds", hole, `a hole of ${size} bytes reaches out of its region`);
    if (hole === previousEnd && passed.size > 1)
      report("touching", hole, "the hole before ends here and is not joined");
    if (hole > previousEnd && hole - previousEnd < MIN_BLOCK_SIZE)
      report("gap", previousEnd, `${hole - previousEnd} bytes between holes are no block`);
    free += size;
    previousEnd = hole + size;
    from = hole + 8;
    hole = joinWords(memory.readU32(hole + 8), memory.readU32(hole + 12));
  }
  if (previousEnd < end && end - previousEnd < MIN_BLOCK_SIZE)
    report("gap", previousEnd, `${end - previousEnd} bytes at the end are no block`);
  const size = end - bottom - bytesIn(gaps);
  if (free + used !== size)
    report("sum", controlAt, `${free} bytes free and ${used} in use, expected ${size} together`);
  if (passed.size !== fields.holes)
    report("count", controlAt, `${passed.size} holes, ${fields.holes} in the control block`);
  return faults;
}

function expectPlace(place: HeapPlace): void {
  const { memory, controlAt }: Partial<HeapPlace> = isObject(place) ? place : {};
  if (typeof memory?.readU32 !== "function" || !Number.isSafeInteger(controlAt))
    throw new HeapError(
      "heap/options",
      "place: expected a heap, or a memory and the address of a control block",
      place,
    );
}

/** What is impossible about where the index lies, if anything. */
function damageOfIndexPlace(
  memory: HeapPlace["memory"],
  controlAt: Ptr,
  { indexAt, indexBytes, indexState }: ControlFields,
): string | undefined {
  const what = `an index of ${indexBytes} bytes at ${hex(indexAt)}, state ${indexState}`;
  if (indexAt === NULL) return indexBytes === 0 && indexState === 0 ? undefined : what;
  const isPossible =
    Number.isSafeInteger(indexAt) &&
    indexAt % 8 === 0 &&
    indexBytes >= MIN_INDEX_BYTES &&
    indexBytes < 0x8000_0000 &&
    indexState <= INDEX_DIRTY &&
    isInside(memory, indexAt, indexBytes) &&
    (indexAt >= controlAt + CONTROL_SIZE || indexAt + indexBytes <= controlAt);
  return isPossible ? undefined : `${what}, is none`;
}
