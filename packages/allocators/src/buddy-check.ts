/**
 * Looking buddies over, from their bytes alone.
 *
 * @module
 */
import { hex, NULL } from "@kmem/memory";
import { controlSizeFor, FREE, HEADS_AT, IN_USE, LEAST, ORDERS, UNIT, type BuddyBlocks } from "./buddy-blocks.ts";
import { Faults, isMapped, MAX_SIZE, type Fault, type Stats } from "./control-block.ts";

/** Walks all blocks and lists. @returns what is wrong; none when all is well. O(size) */
export function checkBuddy(blocks: BuddyBlocks): Fault[] {
  const { memory, controlAt, start, size, first, end, origin } = blocks;
  const faults = new Faults();
  if (!Number.isSafeInteger(start) || start === NULL || size < LEAST || size > MAX_SIZE) {
    faults.add("control-block", controlAt, `${size} bytes at ${hex(start)} are no range`);
    return faults.list;
  }
  if (!isMapped(memory, start, size) || !isMapped(memory, controlAt, controlSizeFor(size))) {
    faults.add("control-block", controlAt, `the range ${hex(start)}..${hex(start + size)} is not in the memory`);
    return faults.list;
  }
  const free = new Set<number>();
  for (let unit = first; unit < end;) {
    const state = blocks.state(unit);
    const order = state & 0x1f;
    if (
      ((state & ~0x1f) !== FREE && (state & ~0x1f) !== IN_USE) ||
      order >= ORDERS ||
      unit % 2 ** order !== 0 ||
      unit + 2 ** order > end
    ) {
      faults.add("block", origin + unit * UNIT, `no block begins here, the map says ${hex(state)}`);
      return faults.list;
    }
    for (let inside = unit + 1; inside < unit + 2 ** order; inside++)
      if (blocks.state(inside) !== 0) faults.add("block", origin + inside * UNIT, "a block begins inside of another");
    if ((state & FREE) !== 0) {
      free.add(unit);
      const buddy = unit ^ (1 << order);
      if (buddy < unit && blocks.isUnit(buddy) && blocks.state(buddy) === state)
        faults.add("block", origin + unit * UNIT, "two free buddies are not joined");
    }
    unit += 2 ** order;
  }
  for (let order = 0; order < ORDERS; order++) {
    let previous = 0;
    for (let link = blocks.head(order); link !== 0; link = memory.readU32(origin + (link - 1) * UNIT)) {
      const unit = link - 1;
      if (!free.delete(unit) || blocks.state(unit) !== (FREE | order) || blocks.link(unit, 4) !== previous) {
        faults.add("free-list", controlAt + HEADS_AT + order * 4, `list ${order} leads to what is no free block of it`);
        return faults.list;
      }
      previous = link;
    }
  }
  for (const unit of free) faults.add("free-list", origin + unit * UNIT, "a free block is in no list");
  return faults.list;
}

/** O(blocks). */
export function statsOfBuddy(blocks: BuddyBlocks): Stats {
  const { start, size, first, end } = blocks;
  let free = 0;
  let inUse = 0;
  let freeBlocks = 0;
  let largestFree = 0;
  for (let unit = first, order: number; unit < end; unit += 1 << order) {
    const state = blocks.state(unit);
    order = state & 0x1f;
    if ((state & (FREE | IN_USE)) === 0 || order >= ORDERS || unit + 2 ** order > end) break;
    if ((state & IN_USE) !== 0) inUse++;
    else {
      freeBlocks++;
      free += UNIT << order;
      largestFree = Math.max(largestFree, UNIT << order);
    }
  }
  return { start, size, used: size - free, free, blocks: inUse, freeBlocks, largestFree };
}
