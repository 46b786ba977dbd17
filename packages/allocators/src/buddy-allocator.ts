/**
 * Blocks of 16 · 2^k bytes, each split into two buddies and joined again.
 *
 * A byte for each 16 of the range knows every block, so each bad free is known. The bytes are drawn in buddy-blocks.ts.
 *
 * @see D. E. Knuth, The Art of Computer Programming, vol. 1, 2.5
 * @module
 */
import { GlobalAlloc, Layout } from "@kmem/global-alloc";
import { hex, LinearMemory, NULL, type Memory, type Ptr } from "@kmem/memory";
import {
  BuddyBlocks,
  controlSizeFor,
  FREE,
  HEADS_AT,
  IN_USE,
  LEAST,
  MAP_AT,
  orderOf,
  ORDERS,
  UNIT,
} from "./buddy-blocks.ts";
import { checkBuddy, statsOfBuddy } from "./buddy-check.ts";
import {
  expectControl,
  expectFreeLayout,
  expectLayout,
  expectMapped,
  expectPlace,
  expectSize,
  expectSound,
  MAX_SIZE,
  writeControl,
  type Fault,
  type Stats,
} from "./control-block.ts";
import { BadFreeError, CorruptionError, type BadFreeCode } from "./errors.ts";

/** "kmBd", little-endian. */
const MAGIC = 0x6442_6d6b;

/** Power-of-two allocator over a range of memory. One thread at a time may use it. */
export class BuddyAllocator extends GlobalAlloc {
  readonly memory: Memory;
  /** Where the control block lies. */
  readonly controlAt: Ptr;
  readonly start: Ptr;
  readonly size: number;
  private readonly blocks: BuddyBlocks;

  private constructor(memory: Memory, controlAt: Ptr) {
    super();
    this.memory = memory;
    this.controlAt = controlAt;
    this.blocks = new BuddyBlocks(memory, controlAt);
    this.start = this.blocks.start;
    this.size = this.blocks.size;
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
    const { first, end } = allocator.blocks;
    for (let unit = first, order: number; unit < end; unit += 1 << order) {
      const aligned = unit === 0 ? ORDERS - 1 : 31 - Math.clz32(unit & -unit);
      order = Math.min(aligned, 31 - Math.clz32(end - unit));
      allocator.blocks.insert(unit, order);
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
    return controlSizeFor(size);
  }

  /**
   * O(orders). An alignment above the power of two that the range fits in is never met.
   *
   * @throws LayoutError when the layout is none
   */
  alloc(layout: Layout): Ptr {
    expectLayout(layout);
    const { blocks } = this;
    const { size, align } = layout;
    const order = orderOf(size, align);
    let from = order;
    while (from < ORDERS && blocks.head(from) === 0) from++;
    if (from >= ORDERS || align > 2 ** (32 - Math.clz32(this.size - 1))) return NULL;
    const unit = blocks.head(from) - 1;
    if (!blocks.isUnit(unit) || blocks.state(unit) !== (FREE | from))
      throw new CorruptionError(
        "a free list leads to what is no free block of it",
        this.controlAt + HEADS_AT + from * 4,
      );
    blocks.expectLinks(unit);
    blocks.remove(unit, from);
    while (from > order) {
      from--;
      blocks.insert(unit + (1 << from), from);
    }
    blocks.setState(unit, IN_USE | order);
    return blocks.origin + unit * UNIT;
  }

  /**
   * Gives a block back and joins it with its buddy as often as that is free. O(orders).
   *
   * @throws {@link BadFreeError} when no block in use with this layout begins there
   */
  dealloc(at: Ptr, layout: Layout): void {
    const { blocks } = this;
    let unit = this.find(at, layout);
    let order = orderOf(layout.size, layout.align);
    const last = blocks.orderOnceJoined(unit, order);
    blocks.setState(unit, 0);
    for (; order < last; order++) {
      const buddy = unit ^ (1 << order);
      blocks.remove(buddy, order);
      blocks.setState(buddy, 0);
      unit = Math.min(unit, buddy);
    }
    blocks.insert(unit, order);
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
    return checkBuddy(this.blocks);
  }

  /** O(blocks). */
  stats(): Stats {
    return statsOfBuddy(this.blocks);
  }

  /** The number of the block in use at an address. @throws {@link BadFreeError} */
  private find(at: Ptr, layout: Layout): number {
    expectFreeLayout(at, layout);
    const { size, align } = layout;
    const refuse = (code: BadFreeCode, detail: string): BadFreeError => new BadFreeError(code, detail, at, size, align);
    if (at === NULL) throw refuse("bad-free/null", "expected the address of a block");
    const unit = typeof at === "number" ? (at - this.blocks.origin) / UNIT : NaN;
    if (!(unit >= this.blocks.first && unit < this.blocks.end))
      throw refuse("bad-free/outside", `expected a block inside ${hex(this.start)}..${hex(this.start + this.size)}`);
    if (!Number.isSafeInteger(unit)) throw refuse("bad-free/misaligned", `expected a multiple of ${UNIT}`);
    const state = this.blocks.state(unit);
    if ((state & FREE) !== 0) throw refuse("bad-free/double", "the block is free already");
    if (state === 0) throw refuse("bad-free/foreign", "no block begins here, or it was freed and joined with another");
    if (state !== (IN_USE | orderOf(size, align)))
      throw refuse("bad-free/layout", `the block has ${UNIT << (state & 0x1f)} bytes`);
    return unit;
  }
}
