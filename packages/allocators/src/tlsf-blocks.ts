/**
 * TLSF's blocks in any memory: taking, splitting, joining and judging them, word by word. The bytes are drawn in
 * tlsf-format.ts; the common cases go through tlsf-linear.ts where they can.
 *
 * @module
 */
import { alignDown, alignUp, hex, NULL, type Memory, type Ptr } from "@kmem/memory";
import { isLayout, MAX_SIZE, readAddress, SIZE_AT, START_AT } from "./control-block.ts";
import { BadFreeError, type BadFreeCode } from "./errors.ts";
import { IS_FREE, LEFT_IS_FREE, MIN_BLOCK, needOf, SIZE } from "./tlsf-format.ts";
import type { TlsfLinear } from "./tlsf-linear.ts";
import { FreeLists } from "./tlsf-lists.ts";
import { Words } from "./words.ts";

/** The blocks of one range. {@link TlsfBlocks.sync} comes first in each operation. */
export class TlsfBlocks {
  readonly start: Ptr;
  readonly size: number;
  /** The address of offset 0. */
  readonly origin: Ptr;
  private readonly memory: Memory;
  private readonly heap: Words;
  private readonly lists: FreeLists;
  /** Offsets of the lowest block, and of the header of no bytes behind the last. */
  private readonly first: number;
  private readonly end: number;

  /** Reads the control block, which was judged. */
  constructor(memory: Memory, controlAt: Ptr) {
    this.memory = memory;
    this.start = readAddress(memory, controlAt + START_AT);
    this.size = memory.readU32(controlAt + SIZE_AT);
    this.heap = new Words(memory, this.start, this.size);
    const { origin } = this.heap;
    this.origin = origin;
    this.first = alignUp(this.start + 4, 8) - 4 - origin;
    this.end = this.first + alignDown(this.start + this.size - 4 - (origin + this.first), 8);
    this.lists = new FreeLists(memory, controlAt, this.size, this.heap, this.first, this.end);
  }

  /** Makes the range one free block. */
  begin(): void {
    this.heap.set(this.end, 0);
    this.insertFree(this.first, this.end - this.first);
  }

  /** Catches up with a memory that has moved. @returns its generation, and the access without look-ups, where it can be */
  sync(): { readonly generation: number; readonly linear: TlsfLinear } {
    const { memory } = this;
    let generation: number;
    do {
      generation = memory.generation;
      this.heap.sync();
      this.lists.control.sync();
    } while (memory.generation !== generation);
    return { generation, linear: this.lists.linear() };
  }

  /**
   * Allocates.
   *
   * @param size - bytes, at most `MAX_SIZE`; `align` likewise, a power of two
   * @returns the block's offset, 0 when there is no room
   */
  take(size: number, align: number): number {
    const { heap, lists } = this;
    const need = needOf(size);
    const roomy = align <= 8 ? need : need + align + 8;
    let block = roomy <= MAX_SIZE ? lists.take(roomy) : 0;
    if (block === 0) {
      block = lists.search(need, align);
      if (block === 0) return 0;
      lists.remove(block, heap.get(block) & SIZE);
    }
    const length = heap.get(block) & SIZE;
    const gap = lists.gapOf(block, align);
    if (gap > 0) this.insertFree(block, gap);
    this.occupy(block + gap, length - gap, need, gap > 0 ? LEFT_IS_FREE : 0);
    return block + gap;
  }

  /** Gives a block in use back, and joins it with what is free beside it. */
  release(block: number): void {
    const { heap, lists } = this;
    const header = heap.get(block);
    let size = header & SIZE;
    const behind = heap.get(block + size);
    // Also where the header vanishes inside of a larger block: so it is known when it is freed again.
    heap.set(block, header | IS_FREE);
    if ((behind & IS_FREE) !== 0) {
      lists.remove(block + size, behind & SIZE);
      size += behind & SIZE;
    }
    let start = block;
    if ((header & LEFT_IS_FREE) !== 0) {
      start = heap.get(block - 4);
      lists.remove(start, block - start);
      size += block - start;
    }
    this.insertFree(start, size);
  }

  /** Gives a block in use another size where it is. @returns false, with nothing changed, when there is no room behind it */
  resize(block: number, newSize: number): boolean {
    const { heap } = this;
    const header = heap.get(block);
    const had = header & SIZE;
    const need = needOf(newSize);
    const behind = heap.get(block + had);
    const room = had + ((behind & IS_FREE) !== 0 ? behind & SIZE : 0);
    if (need > room) return false;
    if (need > had || had - need >= MIN_BLOCK) {
      if (room > had) this.lists.remove(block + had, room - had);
      this.occupy(block, room, need, header & LEFT_IS_FREE);
    }
    return true;
  }

  /** The block in use that begins at an address. @throws {@link BadFreeError} */
  find(at: Ptr, size: number, align: number): number {
    if (typeof at !== "number" || !isLayout(size, align)) throw this.refuse(at, size, align);
    const { heap } = this;
    const block = at - this.origin - 4;
    if (block >>> 0 !== block || (block & 7) !== 4 || block < this.first || block >= this.end)
      throw this.refuse(at, size, align);
    const header = heap.get(block);
    const over = (header & SIZE) - needOf(size);
    if ((header & IS_FREE) !== 0 || (over !== 0 && over !== 8) || size > MAX_SIZE || at % align !== 0)
      throw this.refuse(at, size, align);
    const behind = block + (header & SIZE);
    if (behind > this.end || (heap.get(behind) & LEFT_IS_FREE) !== 0) throw this.refuse(at, size, align);
    if ((header & LEFT_IS_FREE) !== 0) {
      const left = heap.get(block - 4);
      if (left < this.first || left >= block || (heap.get(left) & ~LEFT_IS_FREE) !== ((block - left) | IS_FREE))
        throw this.refuse(at, size, align);
    }
    return block;
  }

  /** Why {@link TlsfBlocks.find} found no block. */
  private refuse(at: Ptr, size: number, align: number): BadFreeError {
    const because = (code: BadFreeCode, detail: string): BadFreeError =>
      new BadFreeError(code, detail, at, size, align);
    const { origin } = this;
    if (!isLayout(size, align)) return because("bad-free/layout", "expected the layout of the block");
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
    const over = size <= MAX_SIZE ? length - needOf(size) : NaN;
    if (over !== 0 && over !== 8) return because("bad-free/layout", `the block has room for ${length - 4} bytes`);
    return because("bad-free/foreign", "no block begins here: what lies around it contradicts that");
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

  /** Writes a free block and puts it into its list. Its left neighbour is in use. */
  private insertFree(block: number, size: number): void {
    const { heap } = this;
    const behind = block + size;
    heap.set(block, size | IS_FREE);
    heap.set(behind - 4, block);
    heap.set(behind, heap.get(behind) | LEFT_IS_FREE);
    this.lists.insert(block, size);
  }
}
