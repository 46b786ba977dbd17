/**
 * Lists of free blocks of a few fixed sizes, over another allocator.
 *
 * A request takes a block of the next size up; what is given back goes to the front of its list, and stays there for the next
 * request of that size. Larger requests, and blocks that no list has, come from the fallback.
 *
 * The bytes are drawn in block-lists.ts.
 *
 * @see https://os.phil-opp.com/allocator-designs/#fixed-size-block-allocator
 * @module
 */
import { GlobalAlloc, Layout } from "@kmem/global-alloc";
import { NULL, type Memory, type Ptr } from "@kmem/memory";
import { BLOCK_SIZES, BlockLists, CONTROL_SIZE, listOf } from "./block-lists.ts";
import {
  expectControl,
  expectControlAddress,
  expectFreeLayout,
  expectLayout,
  expectMemory,
  expectSound,
  writeControl,
  type Fault,
  type Stats,
} from "./control-block.ts";
import { AllocatorError } from "./errors.ts";

/** "kmFx", little-endian. */
const MAGIC = 0x7846_6d6b;

/** Layouts of the blocks, made once. */
const LAYOUTS: readonly Layout[] = BLOCK_SIZES.map((size) => Layout.fromSizeAlign(size, size));

/** Constant-time allocator for small blocks, over any other. One thread at a time may use it. */
export class FixedSizeBlockAllocator<F extends GlobalAlloc = GlobalAlloc> extends GlobalAlloc {
  /** Bytes of a control block. */
  static readonly CONTROL_SIZE: number = CONTROL_SIZE;

  readonly memory: Memory;
  /** Where the control block lies. */
  readonly controlAt: Ptr;
  /** Where blocks come from. */
  readonly fallback: F;
  private readonly lists: BlockLists;

  private constructor(fallback: F, controlAt: Ptr) {
    super();
    this.memory = fallback.memory;
    this.controlAt = controlAt;
    this.fallback = fallback;
    this.lists = new BlockLists(fallback.memory, controlAt);
  }

  /**
   * Makes an allocator with empty lists.
   *
   * @param fallback - where blocks come from; any allocator, used by nobody else but through its own interface
   * @param controlAt - where 136 bytes of state go, in the fallback's memory and outside of its range; a multiple of 8
   * @throws {@link AllocatorError} `allocator/control-address`, `allocator/options`
   */
  static new<F extends GlobalAlloc>(fallback: F, controlAt: Ptr): FixedSizeBlockAllocator<F> {
    expectFallback(fallback);
    expectControlAddress(controlAt);
    writeControl(fallback.memory, controlAt, CONTROL_SIZE, MAGIC, 0, 0);
    return new FixedSizeBlockAllocator(fallback, controlAt);
  }

  /** A handle on an allocator that is there already. @throws {@link AttachError} when there is none, or it is damaged */
  static attach<F extends GlobalAlloc>(fallback: F, controlAt: Ptr): FixedSizeBlockAllocator<F> {
    expectFallback(fallback);
    expectControl(fallback.memory, controlAt, CONTROL_SIZE, MAGIC);
    const allocator = new FixedSizeBlockAllocator(fallback, controlAt);
    expectSound(allocator.check(), controlAt);
    return allocator;
  }

  /** @throws LayoutError when the layout is none, {@link CorruptionError} when a list is damaged */
  alloc(layout: Layout): Ptr {
    expectLayout(layout);
    const { size, align } = layout;
    const list = listOf(size, align);
    if (list < 0) return this.fallback.alloc(layout);
    const block = this.lists.pop(list);
    return block !== NULL ? block : this.allocFresh(list);
  }

  /**
   * Puts a block into its list.
   *
   * @throws {@link BadFreeError} when it is there already, cannot have been handed out, or no block of its size is in use.
   *   Not seen: another block size, an address inside of a block.
   */
  dealloc(at: Ptr, layout: Layout): void {
    expectFreeLayout(at, layout);
    const list = listOf(layout.size, layout.align);
    if (list < 0) return this.fallback.dealloc(at, layout);
    this.lists.expectBlock(at, layout, list);
    this.lists.push(list, at);
  }

  /** Stays in place while the block size stays. @throws as the default and {@link FixedSizeBlockAllocator.dealloc} */
  override realloc(at: Ptr, layout: Layout, newSize: number): Ptr {
    this.expectFreeable(at, layout);
    const { size, align } = Layout.fromSizeAlign(newSize, layout.align);
    const from = listOf(layout.size, align);
    const to = listOf(size, align);
    if (from < 0 && to < 0) return this.fallback.realloc(at, layout, newSize);
    return from === to ? at : super.realloc(at, layout, newSize);
  }

  /**
   * Refuses what {@link FixedSizeBlockAllocator.dealloc} would refuse, and gives nothing back. A large block is judged by
   * the fallback, if that has such a method.
   *
   * @throws {@link BadFreeError}, or what the fallback throws
   */
  expectFreeable(at: Ptr, layout: Layout): void {
    expectFreeLayout(at, layout);
    const list = listOf(layout.size, layout.align);
    if (list >= 0) this.lists.expectBlock(at, layout, list);
    else (this.fallback as Partial<Judging>).expectFreeable?.(at, layout);
  }

  /** Gives all free blocks back to the fallback. @returns their bytes */
  trim(): number {
    const { lists, fallback } = this;
    let bytes = 0;
    for (const [list, layout] of LAYOUTS.entries())
      for (let block = lists.drop(list); block !== NULL; block = lists.drop(list)) {
        fallback.dealloc(block, layout);
        bytes += layout.size;
      }
    return bytes;
  }

  /** Walks all lists. @returns what is wrong; none when all is well. The fallback has a check of its own. */
  check(): Fault[] {
    return this.lists.check();
  }

  /** Figures of the small blocks: those in use, and those kept for later. */
  stats(): Stats {
    return this.lists.stats();
  }

  /** Takes a block from the fallback. */
  private allocFresh(list: number): Ptr {
    const { fallback, lists } = this;
    const layout = LAYOUTS[list]!;
    const block = fallback.alloc(layout);
    if (block === NULL) return NULL;
    if (!lists.isInReach(block)) {
      fallback.dealloc(block, layout);
      return NULL;
    }
    lists.noteFresh(list, block);
    return block;
  }
}

/** What an allocator has that can judge a free without doing it. */
interface Judging {
  expectFreeable(at: Ptr, layout: Layout): void;
}

function expectFallback(fallback: GlobalAlloc): void {
  if (typeof (fallback as Partial<GlobalAlloc> | null | undefined)?.alloc !== "function")
    throw new AllocatorError("allocator/options", "fallback: expected an allocator", fallback);
  expectMemory(fallback.memory);
}
