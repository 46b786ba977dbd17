/**
 * Looking TLSF's blocks over, from their bytes alone.
 *
 * @module
 */
import { alignDown, alignUp, hex, NULL, type Memory, type Ptr } from "@kmem/memory";
import { Faults, isMapped, MAX_SIZE, readAddress, SIZE_AT, START_AT, type Fault, type Stats } from "./control-block.ts";
import { CorruptionError } from "./errors.ts";
import { controlSizeFor, IS_FREE, LEAST, LEFT_IS_FREE, listOf, MIN_BLOCK, SIZE } from "./tlsf-format.ts";
import { FreeLists } from "./tlsf-lists.ts";
import { Words } from "./words.ts";

/** Walks all blocks and all lists. It changes nothing. */
export function checkTlsf(memory: Memory, controlAt: Ptr): Fault[] {
  const faults = new Faults();
  const start = readAddress(memory, controlAt + START_AT);
  const size = memory.readU32(controlAt + SIZE_AT);
  const damage = damageOfPlace(memory, controlAt, start, size);
  if (damage !== undefined) {
    faults.add("control-block", controlAt, damage);
    return faults.list;
  }
  const heap = new Words(memory, start, size);
  const { origin } = heap;
  const { first, end } = endsOf(heap, start, size);
  const free = walk(heap, first, end, faults);
  if (faults.any) return faults.list;

  const lists = new FreeLists(memory, controlAt, size, heap, first, end);
  let listed = 0;
  for (let list = 0; list < lists.count; list++) {
    const head = lists.head(list);
    if ((head !== 0) !== lists.isMarked(list)) faults.add("free-list", controlAt, `list ${list} and the maps differ`);
    let previous = 0;
    for (let block = head; block !== 0; block = heap.get(block + 4)) {
      const length = free.get(block);
      if (length === undefined || listOf(length) !== list || heap.get(block + 8) !== previous || listed++ > free.size) {
        faults.add("free-list", origin + block, `list ${list} leads to what is no free block of it`);
        return faults.list;
      }
      previous = block;
    }
  }
  if (listed !== free.size) faults.add("free-list", controlAt, `${listed} blocks in lists, ${free.size} free`);
  return faults.list;
}

/** Why the range that a control block names is none, if it is none. */
function damageOfPlace(memory: Memory, controlAt: Ptr, start: Ptr, size: number): string | undefined {
  if (!Number.isSafeInteger(start) || start === NULL || size < LEAST || size > MAX_SIZE)
    return `${size} bytes at ${hex(start)} are no range`;
  return isMapped(memory, start, size) && isMapped(memory, controlAt, controlSizeFor(size))
    ? undefined
    : `the range ${hex(start)}..${hex(start + size)} or its control block is not in the memory`;
}

/** O(blocks). Blocks behind a damaged one are not counted. @throws {@link CorruptionError} when the range is none */
export function statsOfTlsf(memory: Memory, controlAt: Ptr): Stats {
  const start = readAddress(memory, controlAt + START_AT);
  const size = memory.readU32(controlAt + SIZE_AT);
  const damage = damageOfPlace(memory, controlAt, start, size);
  if (damage !== undefined) throw new CorruptionError(damage, controlAt);
  const heap = new Words(memory, start, size);
  const { first, end } = endsOf(heap, start, size);
  let freeBytes = 0;
  let freeBlocks = 0;
  let largestFree = 0;
  let blocks = 0;
  for (let block = first; block < end;) {
    const header = heap.get(block);
    const length = header & SIZE;
    if (length < MIN_BLOCK || length > end - block) break;
    if ((header & IS_FREE) === 0) blocks++;
    else {
      freeBlocks++;
      freeBytes += length;
      largestFree = Math.max(largestFree, length);
    }
    block += length;
  }
  return { start, size, used: size - freeBytes, free: freeBytes, blocks, freeBlocks, largestFree };
}

/** Offsets of the lowest block and behind the last. */
function endsOf({ origin }: Words, start: Ptr, size: number): { first: number; end: number } {
  const first = alignUp(start + 4, 8) - 4 - origin;
  return { first, end: first + alignDown(start + size - 4 - (origin + first), 8) };
}

/** Walks the blocks from left to right. @returns the sizes of the free ones by their offsets */
function walk(heap: Words, first: number, end: number, faults: Faults): Map<number, number> {
  const { origin } = heap;
  const free = new Map<number, number>();
  let leftIsFree = false;
  for (let block = first; ;) {
    const header = heap.get(block);
    const length = header & SIZE;
    if (((header & LEFT_IS_FREE) !== 0) !== leftIsFree)
      faults.add("block", origin + block, "the header says something else of its left neighbour");
    if (block === end) {
      if ((header & ~LEFT_IS_FREE) !== 0) faults.add("block", origin + block, "expected the end's header");
      return free;
    }
    if (length < MIN_BLOCK || (header & 4) !== 0 || block + length > end) {
      faults.add("block", origin + block, `a header says ${length} bytes`);
      return free;
    }
    const isFree = (header & IS_FREE) !== 0;
    if (isFree) {
      if (leftIsFree) faults.add("block", origin + block, "two free blocks touch and are not joined");
      if (heap.get(block + length - 4) !== block)
        faults.add("block", origin + block, "a free block's last word does not say where it begins");
      free.set(block, length);
    }
    leftIsFree = isFree;
    block += length;
  }
}
