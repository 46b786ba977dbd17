/**
 * Blocks of 16 · 2^k bytes, each split into two buddies and joined again.
 *
 * ```
 *   control block  the common fields, +32 heads u32 × 28 (by k), +144 a byte for every 16 of the range:
 *                  0 no block begins here │ 0x40 + k a free one │ 0x80 + k one in use
 *   a free block   +0 next  u32   +4 previous  u32      as number of its 16 bytes + 1, 0 for none
 * ```
 * The bytes of the range are numbered by 16s from `origin`, the multiple of a power of two not smaller than the range at or
 * below it: so a block of 2^k bytes lies at a multiple of 2^k, and the buddy of number n is n XOR 2^k. The byte for each
 * 16 knows every block, so each bad free is known.
 *
 * @see D. E. Knuth, The Art of Computer Programming, vol. 1, 2.5
 * @module
 */
import { GlobalAlloc, Layout } from "@kmem/global-alloc";
import { alignDown, hex, LinearMemory, NULL, type Memory, type Ptr } from "@kmem/memory";
import {
  expectControl,
  expectFreeLayout,
  expectLayout,
  expectMapped,
  expectPlace,
  expectSize,
  expectSound,
  Faults,
  isMapped,
  MAX_SIZE,
  readAddress,
  SIZE_AT,
  START_AT,
  writeControl,
  type Fault,
  type Stats,
} from "./control-block.ts";
import { BadFreeError, CorruptionError, type BadFreeCode } from "./errors.ts";

/** "kmBd", little-endian. */
const MAGIC = 0x6442_6d6b;
/** Bytes of the smallest block. */
const UNIT = 16;
const HEADS_AT = 32;
const MAP_AT = 144;
const ORDERS = 28;
const FREE = 0x40;
const IN_USE = 0x80;
/** Smallest range: one block, wherever it begins. */
const LEAST = 31;

/** Power-of-two allocator over a range of memory. One thread at a time may use it. */
export class BuddyAllocator extends GlobalAlloc {
  readonly memory: Memory;
  /** Where the control block lies. */
  readonly controlAt: Ptr;
  readonly start: Ptr;
  readonly size: number;
  private readonly origin: Ptr;
  /** Numbers of the first unit, and of the one behind the last. */
  private readonly first: number;
  private readonly end: number;

  private constructor(memory: Memory, controlAt: Ptr) {
    super();
    this.memory = memory;
    this.controlAt = controlAt;
    this.start = readAddress(memory, controlAt + START_AT);
    this.size = memory.readU32(controlAt + SIZE_AT);
    this.origin = alignDown(this.start, 2 ** (32 - Math.clz32(this.size - 1)));
    this.first = Math.ceil((this.start - this.origin) / UNIT);
    this.end = Math.floor((this.start + this.size - this.origin) / UNIT);
  }

  /**
   * Makes an allocator of `size` bytes at `start`. A size that is no power of two, or a start that is no multiple of it, is
   * cut into blocks that are.
   *
   * The caller's duty (Rust's `unsafe`): nobody else uses these bytes, nor the control block.
   *
   * @param controlAt - where {@link BuddyAllocator.controlSizeFor} bytes of state go; a multiple of 8, apart from the range
   * @param size - bytes, at least 31
   * @throws {@link AllocatorError} `allocator/control-address`, `allocator/range`
   */
  static new(memory: Memory, controlAt: Ptr, start: Ptr, size: number): BuddyAllocator {
    const controlSize = BuddyAllocator.controlSizeFor(size);
    expectPlace(controlAt, controlSize, start, size, LEAST);
    expectMapped(memory, start, size);
    writeControl(memory, controlAt, controlSize, MAGIC, start, size);
    const allocator = new BuddyAllocator(memory, controlAt);
    const { first, end } = allocator;
    for (let unit = first, order: number; unit < end; unit += 1 << order) {
      const aligned = unit === 0 ? ORDERS - 1 : 31 - Math.clz32(unit & -unit);
      order = Math.min(aligned, 31 - Math.clz32(end - unit));
      allocator.insert(unit, order);
    }
    return allocator;
  }

  /** An allocator that fills a buffer: its control block at address 8, blocks behind. */
  static inBuffer(buffer: ArrayBufferLike): BuddyAllocator {
    const memory = new LinearMemory(buffer);
    const { byteLength } = memory;
    const first = Math.ceil((8 + BuddyAllocator.controlSizeFor(Math.min(byteLength, MAX_SIZE))) / UNIT) * UNIT;
    return BuddyAllocator.new(memory, 8, first, byteLength - first);
  }

  /** A handle on an allocator that is there already. O(size). @throws {@link AttachError} when there is none, or it is damaged */
  static attach(memory: Memory, controlAt: Ptr): BuddyAllocator {
    expectControl(memory, controlAt, MAP_AT, MAGIC);
    const allocator = new BuddyAllocator(memory, controlAt);
    expectSound(allocator.check(), controlAt);
    return allocator;
  }

  /**
   * Bytes of the control block for a range of `size` bytes.
   *
   * @throws {@link AllocatorError} `allocator/range` when no range has that size
   * @example BuddyAllocator.controlSizeFor(4096) // => 400
   */
  static controlSizeFor(size: number): number {
    expectSize(size, 0);
    return Math.ceil((MAP_AT + Math.ceil(size / UNIT)) / 8) * 8;
  }

  /**
   * O(orders). An alignment above the power of two that the range fits in is never met.
   *
   * @throws LayoutError when the layout is none
   */
  alloc(layout: Layout): Ptr {
    expectLayout(layout);
    const { size, align } = layout;
    const order = orderOf(size, align);
    let from = order;
    while (from < ORDERS && this.head(from) === 0) from++;
    if (from >= ORDERS || align > 2 ** (32 - Math.clz32(this.size - 1))) return NULL;
    const unit = this.head(from) - 1;
    if (!this.isUnit(unit) || this.state(unit) !== (FREE | from))
      throw new CorruptionError(
        "a free list leads to what is no free block of it",
        this.controlAt + HEADS_AT + from * 4,
      );
    this.expectLinks(unit);
    this.remove(unit, from);
    while (from > order) {
      from--;
      this.insert(unit + (1 << from), from);
    }
    this.setState(unit, IN_USE | order);
    return this.origin + unit * UNIT;
  }

  /**
   * Gives a block back and joins it with its buddy as often as that is free. O(orders).
   *
   * @throws {@link BadFreeError} when no block in use with this layout begins there
   */
  dealloc(at: Ptr, layout: Layout): void {
    let unit = this.find(at, layout);
    let order = orderOf(layout.size, layout.align);
    const last = this.orderOnceJoined(unit, order);
    this.setState(unit, 0);
    for (; order < last; order++) {
      const buddy = unit ^ (1 << order);
      this.remove(buddy, order);
      this.setState(buddy, 0);
      unit = Math.min(unit, buddy);
    }
    this.insert(unit, order);
  }

  /** Stays in place while the power of two stays. @throws as the default and {@link BuddyAllocator.dealloc} */
  override realloc(at: Ptr, layout: Layout, newSize: number): Ptr {
    this.find(at, layout);
    const { size, align } = Layout.fromSizeAlign(newSize, layout.align);
    return orderOf(size, align) === orderOf(layout.size, align) ? at : super.realloc(at, layout, newSize);
  }

  /** Refuses what {@link BuddyAllocator.dealloc} would refuse, and gives nothing back. @throws {@link BadFreeError} */
  expectFreeable(at: Ptr, layout: Layout): void {
    this.find(at, layout);
  }

  /** Walks all blocks and lists. @returns what is wrong; none when all is well. O(size) */
  check(): Fault[] {
    const { memory, controlAt, start, size, first, end, origin } = this;
    const faults = new Faults();
    if (!Number.isSafeInteger(start) || start === NULL || size < LEAST || size > MAX_SIZE) {
      faults.add("control-block", controlAt, `${size} bytes at ${hex(start)} are no range`);
      return faults.list;
    }
    if (!isMapped(memory, start, size) || !isMapped(memory, controlAt, BuddyAllocator.controlSizeFor(size))) {
      faults.add("control-block", controlAt, `the range ${hex(start)}..${hex(start + size)} is not in the memory`);
      return faults.list;
    }
    const free = new Set<number>();
    for (let unit = first; unit < end;) {
      const state = this.state(unit);
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
        if (this.state(inside) !== 0) faults.add("block", origin + inside * UNIT, "a block begins inside of another");
      if ((state & FREE) !== 0) {
        free.add(unit);
        const buddy = unit ^ (1 << order);
        if (buddy < unit && this.isUnit(buddy) && this.state(buddy) === state)
          faults.add("block", origin + unit * UNIT, "two free buddies are not joined");
      }
      unit += 2 ** order;
    }
    for (let order = 0; order < ORDERS; order++) {
      let previous = 0;
      for (let link = this.head(order); link !== 0; link = memory.readU32(origin + (link - 1) * UNIT)) {
        const unit = link - 1;
        if (!free.delete(unit) || this.state(unit) !== (FREE | order) || this.link(unit, 4) !== previous) {
          faults.add(
            "free-list",
            controlAt + HEADS_AT + order * 4,
            `list ${order} leads to what is no free block of it`,
          );
          return faults.list;
        }
        previous = link;
      }
    }
    for (const unit of free) faults.add("free-list", origin + unit * UNIT, "a free block is in no list");
    return faults.list;
  }

  /** O(blocks). */
  stats(): Stats {
    const { start, size, first, end } = this;
    let free = 0;
    let blocks = 0;
    let freeBlocks = 0;
    let largestFree = 0;
    for (let unit = first, order: number; unit < end; unit += 1 << order) {
      const state = this.state(unit);
      order = state & 0x1f;
      if ((state & (FREE | IN_USE)) === 0 || order >= ORDERS || unit + 2 ** order > end) break;
      if ((state & IN_USE) !== 0) blocks++;
      else {
        freeBlocks++;
        free += UNIT << order;
        largestFree = Math.max(largestFree, UNIT << order);
      }
    }
    return { start, size, used: size - free, free, blocks, freeBlocks, largestFree };
  }

  /** The number of the block in use at an address. @throws {@link BadFreeError} */
  private find(at: Ptr, layout: Layout): number {
    expectFreeLayout(at, layout);
    const { size, align } = layout;
    const refuse = (code: BadFreeCode, detail: string): BadFreeError => new BadFreeError(code, detail, at, size, align);
    if (at === NULL) throw refuse("bad-free/null", "expected the address of a block");
    const unit = typeof at === "number" ? (at - this.origin) / UNIT : NaN;
    if (!(unit >= this.first && unit < this.end))
      throw refuse("bad-free/outside", `expected a block inside ${hex(this.start)}..${hex(this.start + this.size)}`);
    if (!Number.isSafeInteger(unit)) throw refuse("bad-free/misaligned", `expected a multiple of ${UNIT}`);
    const state = this.state(unit);
    if ((state & FREE) !== 0) throw refuse("bad-free/double", "the block is free already");
    if (state === 0) throw refuse("bad-free/foreign", "no block begins here, or it was freed and joined with another");
    if (state !== (IN_USE | orderOf(size, align)))
      throw refuse("bad-free/layout", `the block has ${UNIT << (state & 0x1f)} bytes`);
    return unit;
  }

  private insert(unit: number, order: number): void {
    const head = this.head(order);
    this.setLink(unit, 0, head);
    this.setLink(unit, 4, 0);
    if (head !== 0) this.setLink(head - 1, 4, unit + 1);
    this.setHead(order, unit + 1);
    this.setState(unit, FREE | order);
  }

  /** Takes a free block, whose links were judged, out of its list. */
  private remove(unit: number, order: number): void {
    const next = this.link(unit, 0);
    const previous = this.link(unit, 4);
    if (next !== 0) this.setLink(next - 1, 4, previous);
    if (previous !== 0) this.setLink(previous - 1, 0, next);
    else this.setHead(order, next);
  }

  /** How large a block gets with all its free buddies. Whatever will be written to is judged on the way. */
  private orderOnceJoined(unit: number, order: number): number {
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

  private expectLinks(unit: number): void {
    const next = this.link(unit, 0);
    const previous = this.link(unit, 4);
    if ((next !== 0 && !this.isUnit(next - 1)) || (previous !== 0 && !this.isUnit(previous - 1)))
      throw new CorruptionError("a link of a free block leads out of the range", this.origin + unit * UNIT);
  }

  private isUnit(unit: number): boolean {
    return unit >= this.first && unit < this.end;
  }

  private head(order: number): number {
    return this.memory.readU32(this.controlAt + HEADS_AT + order * 4);
  }

  private setHead(order: number, link: number): void {
    this.memory.writeU32(this.controlAt + HEADS_AT + order * 4, link);
  }

  private link(unit: number, field: number): number {
    return this.memory.readU32(this.origin + unit * UNIT + field);
  }

  private setLink(unit: number, field: number, link: number): void {
    this.memory.writeU32(this.origin + unit * UNIT + field, link);
  }

  private state(unit: number): number {
    return this.memory.readU8(this.controlAt + MAP_AT + unit - this.first);
  }

  private setState(unit: number, state: number): void {
    this.memory.writeU8(this.controlAt + MAP_AT + unit - this.first, state);
  }
}

/** The k of the smallest block of 16 · 2^k bytes for a layout; too large a k for what is none, or fits no range. */
function orderOf(size: number, align: number): number {
  const need = Math.max(size, align, UNIT);
  return need <= 2 ** 31 ? 28 - Math.clz32(need - 1) : ORDERS;
}
