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
import { alignDown, alignUp, hex, LinearMemory, NULL, type Memory, type Ptr } from "@kmem/memory";
import {
  expectControl,
  expectFreeLayout,
  expectMapped,
  expectPlace,
  expectSize,
  expectSound,
  isObject,
  MAX_SIZE,
  readAddress,
  SIZE_AT,
  START_AT,
  writeControl,
  type Fault,
  type Stats,
} from "./control-block.ts";
import { BadFreeError, type BadFreeCode } from "./errors.ts";
import { checkTlsf, statsOfTlsf } from "./tlsf-check.ts";
import { controlSizeFor, IS_FREE, LEAST, LEFT_IS_FREE, MIN_BLOCK, SIZE } from "./tlsf-format.ts";
import type { TlsfLinear } from "./tlsf-linear.ts";
import { FreeLists } from "./tlsf-lists.ts";
import { Words } from "./words.ts";

/** "kmTl", little-endian. */
const MAGIC = 0x6c54_6d6b;

/** Constant-time allocator over a range of memory. One thread at a time may use it. */
export class TlsfAllocator extends GlobalAlloc {
  readonly memory: Memory;
  /** Where the control block lies. */
  readonly controlAt: Ptr;
  readonly start: Ptr;
  readonly size: number;
  private readonly heap: Words;
  private readonly origin: Ptr;
  private readonly lists: FreeLists;
  /** Offsets of the lowest block, and of the header of no bytes behind the last. */
  private readonly first: number;
  private readonly end: number;
  private linear: TlsfLinear | undefined;
  private generation = -1;

  private constructor(memory: Memory, controlAt: Ptr) {
    super();
    this.memory = memory;
    this.controlAt = controlAt;
    this.start = readAddress(memory, controlAt + START_AT);
    this.size = memory.readU32(controlAt + SIZE_AT);
    this.heap = new Words(memory, this.start, this.size);
    const { origin } = this.heap;
    this.origin = origin;
    this.first = alignUp(this.start + 4, 8) - 4 - origin;
    this.end = this.first + alignDown(this.start + this.size - 4 - (origin + this.first), 8);
    this.lists = new FreeLists(memory, controlAt, this.size, this.heap, this.first, this.end);
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
    allocator.heap.set(allocator.end, 0);
    allocator.insertFree(allocator.first, allocator.end - allocator.first);
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

  /** O(1). @throws LayoutError when the layout is none */
  alloc(layout: Layout): Ptr {
    if (!isObject(layout)) throw new LayoutError("layout/size", layout);
    const { size, align } = layout;
    if (
      typeof size !== "number" ||
      (align !== 8 && align !== 4 && align !== 1 && align !== 2) ||
      size >>> 0 !== size ||
      size > MAX_SIZE
    )
      return this.allocUnusual(layout);
    if (this.memory.generation !== this.generation) this.sync();
    const need = size <= 12 ? MIN_BLOCK : (size + 11) & SIZE;
    let block = 0;
    if (this.linear !== undefined && (block = this.linear.take(need)) !== 0) return this.origin + block + 4;
    block = this.lists.take(need);
    if (block === 0) {
      block = this.lists.search(need, 8);
      if (block === 0) return NULL;
      this.lists.remove(block, this.heap.get(block) & SIZE);
    }
    this.occupy(block, this.heap.get(block) & SIZE, need, 0);
    return this.origin + block + 4;
  }

  /**
   * Gives a block back and joins it with what is free beside it. O(1).
   *
   * @throws {@link BadFreeError} when no block in use with this layout begins there
   */
  dealloc(at: Ptr, layout: Layout): void {
    if (this.memory.generation !== this.generation) this.sync();
    const { linear } = this;
    if (linear !== undefined && typeof at === "number" && isObject(layout)) {
      const { size, align } = layout;
      const offset = at - this.origin - 4;
      if (typeof size === "number" && align === 8 && offset >>> 0 === offset && size >>> 0 === size && size <= MAX_SIZE)
        if (linear.release(offset | 0, size <= 12 ? MIN_BLOCK : (size + 11) & SIZE)) return;
    }
    const block = this.find(at, layout);
    this.release(block, this.heap.get(block));
  }

  /** Grows and shrinks in place where it can. @throws as the default and {@link TlsfAllocator.dealloc} */
  override realloc(at: Ptr, layout: Layout, newSize: number): Ptr {
    this.sync();
    const { heap } = this;
    const block = this.find(at, layout);
    const { size } = Layout.fromSizeAlign(newSize, layout.align);
    const header = heap.get(block);
    const had = header & SIZE;
    const need = size <= 12 ? MIN_BLOCK : alignUp(size + 4, 8);
    const behind = heap.get(block + had);
    const room = had + ((behind & IS_FREE) !== 0 ? behind & SIZE : 0);
    if (need > room) return super.realloc(at, layout, newSize);
    if (need > had || had - need >= MIN_BLOCK) {
      if (room > had) this.lists.remove(block + had, room - had);
      this.occupy(block, room, need, header & LEFT_IS_FREE);
    }
    return at;
  }

  /** Refuses what {@link TlsfAllocator.dealloc} would refuse, and gives nothing back. @throws {@link BadFreeError} */
  expectFreeable(at: Ptr, layout: Layout): void {
    this.sync();
    this.find(at, layout);
  }

  /** Walks all blocks and lists. @returns what is wrong; none when all is well. O(blocks) */
  check(): Fault[] {
    return checkTlsf(this.memory, this.controlAt);
  }

  /** O(blocks). */
  stats(): Stats {
    return statsOfTlsf(this.memory, this.controlAt);
  }

  private sync(): void {
    const { memory } = this;
    if (memory.generation === this.generation) return;
    do {
      this.generation = memory.generation;
      this.heap.sync();
      this.lists.control.sync();
    } while (memory.generation !== this.generation);
    this.linear = this.lists.linear();
  }

  /** Large alignments, layouts that are none, sizes that no range has. */
  private allocUnusual(layout: Layout): Ptr {
    const { size, align } = Layout.new(layout);
    if (size > MAX_SIZE || align > MAX_SIZE) return NULL;
    if (align <= 8) return this.alloc(Layout.fromSizeAlign(size, align));
    this.sync();
    const { heap, lists } = this;
    const need = size <= 12 ? MIN_BLOCK : alignUp(size + 4, 8);
    let block = need + align + 8 <= MAX_SIZE ? lists.take(need + align + 8) : 0;
    if (block === 0) {
      block = lists.search(need, align);
      if (block === 0) return NULL;
      lists.remove(block, heap.get(block) & SIZE);
    }
    const length = heap.get(block) & SIZE;
    const gap = lists.gapOf(block, align);
    if (gap > 0) this.insertFree(block, gap);
    this.occupy(block + gap, length - gap, need, gap > 0 ? LEFT_IS_FREE : 0);
    return heap.origin + block + gap + 4;
  }

  /** Makes `need` of the `length` bytes at `block` a block in use, the rest a free one where it suffices for one. */
  private occupy(block: number, length: number, need: number, leftIsFree: number): void {
    const { heap } = this;
    const rest = length - need;
    if (rest >= MIN_BLOCK) {
      heap.set(block, need | leftIsFree);
      this.insertFree(block + need, rest);
    } else {
      heap.set(block, length | leftIsFree);
      const behind = block + length;
      heap.set(behind, heap.get(behind) & ~LEFT_IS_FREE);
    }
  }

  /** Frees a block in use, given its header. */
  private release(block: number, header: number): void {
    const { heap, lists } = this;
    let size = header & SIZE;
    const behind = heap.get(block + size);
    // Also where the header vanishes inside of a larger block: so it is known when it is freed again.
    heap.set(block, header | IS_FREE);
    if ((behind & IS_FREE) !== 0) {
      lists.remove(block + size, behind & SIZE);
      size += behind & SIZE;
    }
    if ((header & LEFT_IS_FREE) !== 0) {
      const left = heap.get(block - 4);
      const leftSize = block - left;
      lists.remove(left, leftSize);
      block = left;
      size += leftSize;
    }
    this.insertFree(block, size);
  }

  /** Writes a free block and puts it into its list. Its left neighbour is in use. */
  private insertFree(block: number, size: number): void {
    const { heap } = this;
    const behind = block + size;
    heap.set(block, size | IS_FREE);
    heap.set(behind - 4, block);
    heap.set(behind, heap.get(behind) | LEFT_IS_FREE);
    this.lists.insert(block, size);
  }

  /** The block in use that begins at an address. @throws {@link BadFreeError} */
  private find(at: Ptr, layout: Layout): number {
    expectFreeLayout(at, layout);
    if (typeof at !== "number") throw this.refuse(at, layout);
    const { heap } = this;
    const block = at - heap.origin - 4;
    if (block >>> 0 !== block || (block & 7) !== 4 || block < this.first || block >= this.end)
      throw this.refuse(at, layout);
    const header = heap.get(block);
    const { size, align } = layout;
    const over = (header & SIZE) - (size <= 12 ? MIN_BLOCK : (size + 11) & SIZE);
    const isMisaligned = align > 8 ? at % align !== 0 : align !== 8 && align !== 4 && align !== 1 && align !== 2;
    if ((header & IS_FREE) !== 0 || (over !== 0 && over !== 8) || size >>> 0 !== size || isMisaligned)
      throw this.refuse(at, layout);
    const behind = block + (header & SIZE);
    if (behind > this.end || (heap.get(behind) & LEFT_IS_FREE) !== 0) throw this.refuse(at, layout);
    if ((header & LEFT_IS_FREE) !== 0) {
      const left = heap.get(block - 4);
      if (left < this.first || left >= block || (heap.get(left) & ~LEFT_IS_FREE) !== ((block - left) | IS_FREE))
        throw this.refuse(at, layout);
    }
    return block;
  }

  /** Why {@link TlsfAllocator.find} found no block. */
  private refuse(at: Ptr, { size, align }: Layout): BadFreeError {
    const because = (code: BadFreeCode, detail: string): BadFreeError =>
      new BadFreeError(code, detail, at, size, align);
    const { origin } = this.heap;
    if (at === NULL) return because("bad-free/null", "expected the address of a block");
    if (!Number.isSafeInteger(at) || at % 8 !== 0) return because("bad-free/misaligned", "expected a multiple of 8");
    const block = at - origin - 4;
    if (block < this.first || block >= this.end)
      return because(
        "bad-free/outside",
        `expected a block inside ${hex(origin + this.first + 4)}..${hex(origin + this.end)}`,
      );
    const header = this.heap.get(block);
    const length = header & SIZE;
    if (length < MIN_BLOCK || (header & 4) !== 0 || length > this.end - block)
      return because("bad-free/foreign", "no header of a block lies before it");
    if ((header & IS_FREE) !== 0) return because("bad-free/double", "the block is free already");
    if (align > 8 && at % align !== 0) return because("bad-free/misaligned", "expected a multiple of the alignment");
    const isLayout = Number.isSafeInteger(size) && size >= 0 && size <= MAX_SIZE && Number.isSafeInteger(align);
    const over = isLayout ? length - Math.max(MIN_BLOCK, alignUp(size + 4, 8)) : NaN;
    if (over !== 0 && over !== 8) return because("bad-free/layout", `the block has room for ${length - 4} bytes`);
    return because("bad-free/foreign", "no block begins here: what lies around it contradicts that");
  }
}
