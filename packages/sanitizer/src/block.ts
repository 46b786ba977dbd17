/**
 * What is known of each block: where it is, who took it, who gave it back.
 *
 * ```
 *   outerAt       at                at + size
 *   ├─ red zone ──┼─ the program's ─┼─ red zone ─┤
 *   └──────────── what the allocator handed out ─┘
 * ```
 *
 * @module
 */
import type { Layout } from "@kmem/global-alloc";
import { hex, type Ptr } from "@kmem/memory";
import type { Trace } from "./trace.ts";

/** A block and its history. */
export interface BlockInfo {
  /** 1 for the first block that was taken, 2 for the next … */
  readonly serial: number;
  /** Its first byte. */
  readonly address: Ptr;
  /** What it was taken with. */
  readonly layout: Layout;
  /** `quarantined`: freed, and not given back to the allocator yet. `returned`: given back, others may have it. */
  readonly state: "live" | "quarantined" | "returned";
  readonly allocatedBy: Trace;
  /** Who freed it; `undefined` while it lives. */
  readonly freedBy: Trace | undefined;
}

export class Block implements BlockInfo {
  readonly serial: number;
  readonly address: Ptr;
  readonly layout: Layout;
  /** Where the allocator's block starts, and what it was taken with. */
  readonly outerAt: Ptr;
  readonly outer: Layout;
  readonly allocatedBy: Trace;
  state: BlockInfo["state"] = "live";
  freedBy: Trace | undefined = undefined;
  /** In a {@link BlockQueue}: what came after it. */
  next: Block | undefined = undefined;

  constructor(serial: number, address: Ptr, layout: Layout, outerAt: Ptr, outer: Layout, allocatedBy: Trace) {
    this.serial = serial;
    this.address = address;
    this.layout = layout;
    this.outerAt = outerAt;
    this.outer = outer;
    this.allocatedBy = allocatedBy;
  }

  /** First address behind the program's bytes. */
  get end(): Ptr {
    return this.address + this.layout.size;
  }

  /** First address behind the red zone. */
  get outerEnd(): Ptr {
    return this.outerAt + this.outer.size;
  }
}

/** So many blocks that the allocator has back are remembered, the latest. */
const MOST_RETURNED = 4096;

/** Blocks in a row: the first to come is the first to go. */
export class BlockQueue {
  size = 0;
  private first: Block | undefined = undefined;
  private last: Block | undefined = undefined;

  push(block: Block): void {
    if (this.last === undefined) this.first = block;
    else this.last.next = block;
    this.last = block;
    this.size++;
  }

  /** The one that came first; it stays. */
  peek(): Block | undefined {
    return this.first;
  }

  /** Takes out the one that came first. */
  shift(): void {
    const { first } = this;
    if (first === undefined) return;
    this.first = first.next;
    if (this.first === undefined) this.last = undefined;
    first.next = undefined;
    this.size--;
  }

  *[Symbol.iterator](): Generator<Block> {
    for (let block = this.first; block !== undefined; block = block.next) yield block;
  }
}

/** All blocks that are known. */
export class BlockTable {
  /** By address. */
  readonly live: Map<Ptr, Block> = new Map<Ptr, Block>();
  /** Freed and not given back. */
  readonly quarantined: BlockQueue = new BlockQueue();
  private readonly returned = new BlockQueue();

  /** Says that the allocator has a block back. */
  addReturned(block: Block): void {
    block.state = "returned";
    this.returned.push(block);
    if (this.returned.size > MOST_RETURNED) this.returned.shift();
  }

  /** The freed block that started at `at`, the latest if there were several. */
  freedAt(at: Ptr): Block | undefined {
    return latest(this.quarantined, (block) => block.address === at) ?? latest(this.returned, (b) => b.address === at);
  }

  /** The block that `at` lies in or beside: a live one if there is, else the one freed latest. O(blocks). */
  around(at: Ptr): Block | undefined {
    let best: Block | undefined;
    let bestDistance = Infinity;
    for (const blocks of [this.live.values(), this.quarantined])
      for (const block of blocks) {
        if (at < block.outerAt || at >= block.outerEnd) continue;
        const distance = distanceTo(block, at);
        if (distance < bestDistance) {
          best = block;
          bestDistance = distance;
        }
      }
    return best ?? latest(this.returned, (block) => at >= block.outerAt && at < block.outerEnd);
  }

  /** The live block nearest to `at`. O(blocks). */
  nearest(at: Ptr): Block | undefined {
    let best: Block | undefined;
    for (const block of this.live.values())
      if (best === undefined || distanceTo(block, at) < distanceTo(best, at)) best = block;
    return best;
  }
}

/** "block #1 (16 bytes at 0x1040..0x1050, align 8)" */
export function nameOf({ serial, address, layout }: BlockInfo): string {
  return `block #${serial} (${bytes(layout.size)} at ${hex(address)}..${hex(address + layout.size)}, align ${layout.align})`;
}

/** "0x1054 lies 4 bytes behind block #1 (…)" */
export function placeOf(at: Ptr, block: BlockInfo): string {
  const offset = at - block.address;
  const { size } = block.layout;
  const where =
    offset < 0
      ? `${bytes(-offset)} before`
      : offset >= size
        ? `${bytes(offset - size)} behind`
        : `${bytes(offset)} inside of`;
  return `${hex(at)} lies ${where} ${nameOf(block)}`;
}

export function bytes(count: number): string {
  return count === 1 ? "1 byte" : `${count} bytes`;
}

function distanceTo(block: Block, at: Ptr): number {
  if (at < block.address) return block.address - at;
  return at < block.end ? 0 : at - block.end + 1;
}

/** The last of `blocks` that `matches`. */
function latest(blocks: Iterable<Block>, matches: (block: Block) => boolean): Block | undefined {
  let found: Block | undefined;
  for (const block of blocks) if (matches(block)) found = block;
  return found;
}
