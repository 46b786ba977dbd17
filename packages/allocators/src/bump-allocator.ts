/**
 * The simplest design: a pointer that goes up, and down again when nothing is in use any more.
 *
 * ```
 *   start                    next                 end
 *   ├── handed out, or freed ──┤── never used ─────┤        control block: the common fields, and +28 next − start
 * ```
 *
 * @see https://os.phil-opp.com/allocator-designs/#bump-allocator
 * @module
 */
import { GlobalAlloc, type Layout } from "@kmem/global-alloc";
import { hex, LinearMemory, NULL, type Memory, type Ptr } from "@kmem/memory";
import {
  BLOCKS_AT,
  expectControl,
  expectFreeLayout,
  expectLayout,
  expectMapped,
  expectPlace,
  expectSound,
  Faults,
  isMapped,
  OWN_AT,
  readAddress,
  SIZE_AT,
  START_AT,
  USED_AT,
  writeControl,
  type Fault,
  type Stats,
} from "./control-block.ts";
import { BadFreeError } from "./errors.ts";

/** "kmBu", little-endian. */
const MAGIC = 0x7542_6d6b;
const CONTROL_SIZE = 32;
const NEXT_AT = OWN_AT;

/** Hands out one block behind the other, and begins anew when all are given back. */
export class BumpAllocator extends GlobalAlloc {
  /** Bytes of a control block. */
  static readonly CONTROL_SIZE: number = CONTROL_SIZE;

  readonly memory: Memory;
  /** Where the control block lies. */
  readonly controlAt: Ptr;
  private readonly start: Ptr;
  private readonly size: number;

  private constructor(memory: Memory, controlAt: Ptr) {
    super();
    this.memory = memory;
    this.controlAt = controlAt;
    this.start = readAddress(memory, controlAt + START_AT);
    this.size = memory.readU32(controlAt + SIZE_AT);
  }

  /**
   * Makes an allocator of `size` bytes at `start`.
   *
   * The caller's duty (Rust's `unsafe`): nobody else uses these bytes, nor the control block.
   *
   * @param controlAt - where 32 bytes of state go; a multiple of 8, apart from the range
   * @throws {@link AllocatorError} `allocator/control-address`, `allocator/range`
   */
  static new(memory: Memory, controlAt: Ptr, start: Ptr, size: number): BumpAllocator {
    expectPlace(controlAt, CONTROL_SIZE, start, size, 1);
    expectMapped(memory, start, size);
    writeControl(memory, controlAt, CONTROL_SIZE, MAGIC, start, size);
    return new BumpAllocator(memory, controlAt);
  }

  /** An allocator that fills a buffer: its control block at address 8, blocks behind. */
  static inBuffer(buffer: ArrayBufferLike): BumpAllocator {
    const memory = new LinearMemory(buffer);
    const first = 8 + CONTROL_SIZE;
    return BumpAllocator.new(memory, 8, first, memory.byteLength - first);
  }

  /** A handle on an allocator that is there already. @throws {@link AttachError} when there is none, or it is damaged */
  static attach(memory: Memory, controlAt: Ptr): BumpAllocator {
    expectControl(memory, controlAt, CONTROL_SIZE, MAGIC);
    const allocator = new BumpAllocator(memory, controlAt);
    expectSound(allocator.check(), controlAt);
    return allocator;
  }

  /** @throws LayoutError when the layout is none */
  alloc(layout: Layout): Ptr {
    const { memory, controlAt, start } = this;
    expectLayout(layout);
    const { size, align } = layout;
    const next = memory.readU32(controlAt + NEXT_AT);
    const over = (start + next) % align;
    // Beyond 2^53 the sum is not exact, and beyond the range all the same.
    const at = over > 0 ? start + next - over + align : start + next - over;
    // A range may end where the addresses wrap to null: nothing is handed out there, not even 0 bytes.
    if (at === NULL || at - start + size > this.size) return NULL;
    this.write(at - start + size, memory.readU32(controlAt + BLOCKS_AT) + 1);
    return at;
  }

  /**
   * Counts one block less; with the last one all room is free again.
   *
   * @throws {@link BadFreeError} when no block can lie there. What was freed already is only seen when none is in use.
   */
  dealloc(at: Ptr, layout: Layout): void {
    this.expectFreeable(at, layout);
    const { memory, controlAt } = this;
    const blocks = memory.readU32(controlAt + BLOCKS_AT);
    this.write(blocks === 1 ? 0 : memory.readU32(controlAt + NEXT_AT), blocks - 1);
  }

  /** As the default, with `at` judged first. @throws as the default and {@link BumpAllocator.dealloc} */
  override realloc(at: Ptr, layout: Layout, newSize: number): Ptr {
    this.expectFreeable(at, layout);
    return super.realloc(at, layout, newSize);
  }

  /** Refuses what {@link BumpAllocator.dealloc} would refuse, and gives nothing back. @throws {@link BadFreeError} */
  expectFreeable(at: Ptr, layout: Layout): void {
    expectFreeLayout(at, layout);
    const { memory, controlAt, start } = this;
    const { size, align } = layout;
    const refuse = (code: BadFreeError["code"], detail: string): BadFreeError =>
      new BadFreeError(code, detail, at, size, align);
    if (at === NULL) throw refuse("bad-free/null", "expected the address of a block");
    const next = memory.readU32(controlAt + NEXT_AT);
    const blocks = memory.readU32(controlAt + BLOCKS_AT);
    if (blocks === 0) throw refuse("bad-free/double", "no block is in use");
    if (typeof at !== "number" || !(at >= start && at + size <= start + next))
      throw refuse("bad-free/outside", `expected a block inside ${hex(start)}..${hex(start + next)}`);
    if (!Number.isSafeInteger(at) || at % align !== 0)
      throw refuse("bad-free/misaligned", "expected a multiple of the alignment");
  }

  /** Walks nothing: there is only the control block. @returns what is wrong with it */
  check(): Fault[] {
    const { memory, controlAt, start, size } = this;
    const faults = new Faults();
    const next = memory.readU32(controlAt + NEXT_AT);
    const blocks = memory.readU32(controlAt + BLOCKS_AT);
    if (!Number.isSafeInteger(start) || start === NULL || size === 0)
      faults.add("control-block", controlAt, `${size} bytes at ${hex(start)} are no range`);
    else if (!isMapped(memory, start, size))
      faults.add("control-block", controlAt, `the range ${hex(start)}..${hex(start + size)} is not in the memory`);
    if (next > size) faults.add("control-block", controlAt, `next is ${next} bytes behind the start, of ${size}`);
    if (blocks === 0 && next !== 0) faults.add("sum", controlAt, `${next} bytes taken by no block`);
    if (memory.readU32(controlAt + USED_AT) !== next) faults.add("sum", controlAt, "bytes in use are not those taken");
    return faults.list;
  }

  stats(): Stats {
    const { memory, controlAt, start, size } = this;
    const used = memory.readU32(controlAt + USED_AT);
    const blocks = memory.readU32(controlAt + BLOCKS_AT);
    const free = size - used;
    return { start, size, used, free, blocks, freeBlocks: free > 0 ? 1 : 0, largestFree: free };
  }

  private write(next: number, blocks: number): void {
    const { memory, controlAt } = this;
    memory.writeU32(controlAt + NEXT_AT, next);
    memory.writeU32(controlAt + USED_AT, next);
    memory.writeU32(controlAt + BLOCKS_AT, blocks);
  }
}
