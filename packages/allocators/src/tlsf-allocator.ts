/**
 * Two-level segregated fit: constant time whatever the heap looks like, with little waste.
 *
 * A request takes a block from the first list whose every block is large enough, found by two bitmaps; what is left of it
 * becomes a free block. A block given back joins its free neighbours at once: the header says whether the left one is
 * free, and then the word before the header where it begins. The bytes are drawn in tlsf-format.ts.
 *
 * @module
 */
import { GlobalAlloc, Layout, LayoutError } from "@kmem/global-alloc";
import { LinearMemory, NULL, type Memory, type Ptr } from "@kmem/memory";
import {
  expectControl,
  expectFreeLayout,
  expectMapped,
  expectPlace,
  expectSize,
  expectSound,
  isLayout,
  isNothing,
  MAX_SIZE,
  writeControl,
  type Fault,
  type Stats,
} from "./control-block.ts";
import { TlsfBlocks } from "./tlsf-blocks.ts";
import { checkTlsf, statsOfTlsf } from "./tlsf-check.ts";
import { controlSizeFor, LEAST } from "./tlsf-format.ts";
import type { TlsfLinear } from "./tlsf-linear.ts";

/** "kmTl", little-endian. */
const MAGIC = 0x6c54_6d6b;

/** Constant-time allocator over a range of memory. One thread at a time may use it. */
export class TlsfAllocator extends GlobalAlloc {
  readonly memory: Memory;
  /** Where the control block lies. */
  readonly controlAt: Ptr;
  readonly start: Ptr;
  readonly size: number;
  private readonly blocks: TlsfBlocks;
  private readonly origin: Ptr;
  private linear!: TlsfLinear;
  private generation = -1;
  /**
   * Whether all that moves bytes also empties the typed arrays on them: then a look at those notices it, and the generation
   * need not be asked for.
   */
  private readonly staysPut: boolean;

  private constructor(memory: Memory, controlAt: Ptr) {
    super();
    this.memory = memory;
    this.controlAt = controlAt;
    this.blocks = new TlsfBlocks(memory, controlAt);
    const { start, size, origin } = this.blocks;
    this.start = start;
    this.size = size;
    this.origin = origin;
    this.staysPut = Object.getPrototypeOf(memory) === LinearMemory.prototype;
    this.sync();
  }

  /**
   * Makes an allocator of `size` bytes at `start`.
   *
   * The caller's duty (Rust's `unsafe`): nobody else uses these bytes, nor the control block.
   *
   * @param controlAt - where {@link TlsfAllocator.controlSizeFor} bytes of state go; a multiple of 8, apart from the range
   * @param size - bytes, at least 32
   * @throws {@link AllocatorError} `allocator/control-address`, `allocator/range`
   */
  static new(memory: Memory, controlAt: Ptr, start: Ptr, size: number): TlsfAllocator {
    const controlSize = TlsfAllocator.controlSizeFor(size);
    expectPlace(controlAt, controlSize, start, size, LEAST);
    expectMapped(memory, start, size);
    writeControl(memory, controlAt, controlSize, MAGIC, start, size);
    const allocator = new TlsfAllocator(memory, controlAt);
    allocator.blocks.begin();
    return allocator;
  }

  /** An allocator that fills a buffer: its control block at address 8, blocks behind. */
  static inBuffer(buffer: ArrayBufferLike): TlsfAllocator {
    const memory = new LinearMemory(buffer);
    const { byteLength } = memory;
    const first = 8 + controlSizeFor(Math.min(byteLength, MAX_SIZE));
    return TlsfAllocator.new(memory, 8, first, byteLength - first);
  }

  /** A handle on an allocator that is there already. O(blocks). @throws {@link AttachError} when there is none, or it is damaged */
  static attach(memory: Memory, controlAt: Ptr): TlsfAllocator {
    expectControl(memory, controlAt, controlSizeFor(LEAST), MAGIC);
    expectSound(checkTlsf(memory, controlAt), controlAt);
    return new TlsfAllocator(memory, controlAt);
  }

  /**
   * Bytes of the control block for a range of `size` bytes.
   *
   * @throws {@link AllocatorError} `allocator/range` when no range has that size
   * @example TlsfAllocator.controlSizeFor(1 << 20) // => 1880
   */
  static controlSizeFor(size: number): number {
    expectSize(size, 0);
    return controlSizeFor(size);
  }

  /** {@link TlsfAllocator.allocate} by a layout. @throws LayoutError when the layout is none */
  alloc(layout: Layout): Ptr {
    if (isNothing(layout)) throw new LayoutError("layout/size", layout);
    return this.take(layout.size, layout.align);
  }

  /** {@link TlsfAllocator.free} by a layout. @throws {@link BadFreeError} */
  dealloc(at: Ptr, layout: Layout): void {
    if (isNothing(layout)) expectFreeLayout(at, layout);
    this.giveBack(at, layout.size, layout.align);
  }

  /**
   * Takes a block of `size` bytes. O(1).
   *
   * @param align - bytes; a power of two
   * @returns its address, or `NULL` when there is no room; nothing has changed then
   * @throws LayoutError when these are no layout
   * @example TlsfAllocator.inBuffer(new ArrayBuffer(4096)).allocate(100) % 8 // => 0
   */
  allocate(size: number, align = 8): Ptr {
    return this.take(size, align);
  }

  private take(size: number, align: number): Ptr {
    if (!this.staysPut && this.memory.generation !== this.generation) this.sync();
    const { linear } = this;
    const block = align === 8 ? linear.allocate(size) : 0;
    return block !== 0 ? linear.base + block : this.allocateRare(size, align);
  }

  /**
   * Gives a block back and joins it with what is free beside it. O(1).
   *
   * @throws {@link BadFreeError} when no block in use with this size and alignment begins there
   */
  free(at: Ptr, size: number, align = 8): void {
    this.giveBack(at, size, align);
  }

  private giveBack(at: Ptr, size: number, align: number): void {
    if (!this.staysPut && this.memory.generation !== this.generation) this.sync();
    if (align === 8 && this.linear.free(at, size)) return;
    this.sync();
    this.blocks.release(this.blocks.find(at, size, align));
  }

  /** Grows and shrinks in place where it can. @throws as the default and {@link TlsfAllocator.dealloc} */
  override realloc(at: Ptr, layout: Layout, newSize: number): Ptr {
    expectFreeLayout(at, layout);
    this.sync();
    const block = this.blocks.find(at, layout.size, layout.align);
    const { size } = Layout.fromSizeAlign(newSize, layout.align);
    return size <= MAX_SIZE && this.blocks.resize(block, size) ? at : super.realloc(at, layout, size);
  }

  /** Refuses what {@link TlsfAllocator.dealloc} would refuse, and gives nothing back. @throws {@link BadFreeError} */
  expectFreeable(at: Ptr, layout: Layout): void {
    expectFreeLayout(at, layout);
    this.sync();
    this.blocks.find(at, layout.size, layout.align);
  }

  /** Walks all blocks and lists. @returns what is wrong; none when all is well. O(blocks) */
  check(): Fault[] {
    return checkTlsf(this.memory, this.controlAt);
  }

  /** O(blocks). @throws {@link CorruptionError} when the control block names no range */
  stats(): Stats {
    return statsOfTlsf(this.memory, this.controlAt);
  }

  private sync(): void {
    if (this.memory.generation === this.generation) return;
    const { generation, linear } = this.blocks.sync();
    this.generation = generation;
    this.linear = linear;
  }

  /** Other alignments than 8, memory in pages, blocks that only a search finds, and layouts that are none. */
  private allocateRare(size: number, align: number): Ptr {
    if (!isLayout(size, align)) Layout.fromSizeAlign(size, align);
    if (size > MAX_SIZE || align > MAX_SIZE) return NULL;
    this.sync();
    const block = this.blocks.take(size, align);
    return block === 0 ? NULL : this.origin + block + 4;
  }
}
