/**
 * The bytes of buddies: which block begins where, and the lists of the free ones.
 *
 * ```
 *   control block  the common fields, +32 heads u32 × 28 (by k), +144 a byte for every 16 of the range:
 *                  0 no block begins here │ 0x40 + k a free one │ 0x80 + k one in use
 *   a free block   +0 next  u32   +4 previous  u32      as number of its 16 bytes + 1, 0 for none
 * ```
 * The bytes of the range are numbered by 16s from `origin`, the multiple of a power of two not smaller than the range at or
 * below it: so a block of 2^k bytes lies at a multiple of 2^k, and the buddy of number n is n XOR 2^k.
 *
 * @module
 */
import { alignDown, type Memory, type Ptr } from "@kmem/memory";
import { readAddress, SIZE_AT, START_AT } from "./control-block.ts";
import { CorruptionError } from "./errors.ts";

/** Bytes of the smallest block. */
export const UNIT = 16;
export const HEADS_AT = 32;
export const MAP_AT = 144;
/** Blocks have 16 · 2^k bytes, k below this. */
export const ORDERS = 28;
export const FREE = 0x40;
export const IN_USE = 0x80;
/** Smallest range: one block, wherever it begins. */
export const LEAST = 31;

/** Bytes of the control block for a range of `size` bytes. */
export function controlSizeFor(size: number): number {
  return Math.ceil((MAP_AT + Math.ceil(size / UNIT)) / 8) * 8;
}

/** The k of the smallest block of 16 · 2^k bytes for a layout; too large a k for what is none, or fits no range. */
export function orderOf(size: number, align: number): number {
  const need = Math.max(size, align, UNIT);
  return need <= 2 ** 31 ? 28 - Math.clz32(need - 1) : ORDERS;
}

/** The blocks of one range. */
export class BuddyBlocks {
  readonly memory: Memory;
  readonly controlAt: Ptr;
  readonly start: Ptr;
  readonly size: number;
  /** The address of number 0. */
  readonly origin: Ptr;
  /** Numbers of the first unit, and of the one behind the last. */
  readonly first: number;
  readonly end: number;

  constructor(memory: Memory, controlAt: Ptr) {
    this.memory = memory;
    this.controlAt = controlAt;
    this.start = readAddress(memory, controlAt + START_AT);
    this.size = memory.readU32(controlAt + SIZE_AT);
    this.origin = alignDown(this.start, 2 ** (32 - Math.clz32(this.size - 1)));
    this.first = Math.ceil((this.start - this.origin) / UNIT);
    this.end = Math.floor((this.start + this.size - this.origin) / UNIT);
  }

  /** Writes a free block, and puts it into its list. */
  insert(unit: number, order: number): void {
    const head = this.head(order);
    this.setLink(unit, 0, head);
    this.setLink(unit, 4, 0);
    if (head !== 0) this.setLink(head - 1, 4, unit + 1);
    this.setHead(order, unit + 1);
    this.setState(unit, FREE | order);
  }

  /** Takes a free block, whose links were judged, out of its list. */
  remove(unit: number, order: number): void {
    const next = this.link(unit, 0);
    const previous = this.link(unit, 4);
    if (next !== 0) this.setLink(next - 1, 4, previous);
    if (previous !== 0) this.setLink(previous - 1, 0, next);
    else this.setHead(order, next);
  }

  /** How large a block gets with all its free buddies. Whatever will be written to is judged on the way. */
  orderOnceJoined(unit: number, order: number): number {
    for (; order < ORDERS - 1; order++) {
      const buddy = unit ^ (1 << order);
      if (!this.isUnit(buddy) || this.state(buddy) !== (FREE | order)) break;
      this.expectLinks(buddy);
      unit = Math.min(unit, buddy);
    }
    const head = this.head(order);
    if (head !== 0 && !this.isUnit(head - 1))
      throw new CorruptionError("a free list leads out of the range", this.controlAt + HEADS_AT + order * 4);
    return order;
  }

  expectLinks(unit: number): void {
    const next = this.link(unit, 0);
    const previous = this.link(unit, 4);
    if ((next !== 0 && !this.isUnit(next - 1)) || (previous !== 0 && !this.isUnit(previous - 1)))
      throw new CorruptionError("a link of a free block leads out of the range", this.origin + unit * UNIT);
  }

  isUnit(unit: number): boolean {
    return unit >= this.first && unit < this.end;
  }

  head(order: number): number {
    return this.memory.readU32(this.controlAt + HEADS_AT + order * 4);
  }

  setHead(order: number, link: number): void {
    this.memory.writeU32(this.controlAt + HEADS_AT + order * 4, link);
  }

  link(unit: number, field: number): number {
    return this.memory.readU32(this.origin + unit * UNIT + field);
  }

  setLink(unit: number, field: number, link: number): void {
    this.memory.writeU32(this.origin + unit * UNIT + field, link);
  }

  state(unit: number): number {
    return this.memory.readU8(this.controlAt + MAP_AT + unit - this.first);
  }

  setState(unit: number, state: number): void {
    this.memory.writeU8(this.controlAt + MAP_AT + unit - this.first, state);
  }
}
