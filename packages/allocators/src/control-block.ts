/**
 * What all control blocks here begin with; all that an allocator knows lies in its control block and its range.
 *
 * ```
 *   +0   magic, four letters   u32     +4   format version       u32
 *   +8   start of the range    u64     +16  bytes of the range   u32
 *   +20  bytes handed out      u32     +24  blocks handed out    u32     +28  what the design needs …
 * ```
 * Designs that count by walking leave both counts 0.
 *
 * @module
 */
import { AttachError, Layout } from "@kmem/global-alloc";
import { hex, isPowerOfTwo, NULL, type Memory, type Ptr } from "@kmem/memory";
import { AllocatorError, BadFreeError } from "./errors.ts";

/** What the address of a control block is a multiple of, in bytes. */
export const CONTROL_ALIGN = 8;
/** Version of all formats. */
export const VERSION = 1;
/** Largest range in bytes: offsets in it, and sums of two, fit 32 bits. */
export const MAX_SIZE = 0x7fff_0000;

export const VERSION_AT = 4;
export const START_AT = 8;
export const SIZE_AT = 16;
export const USED_AT = 20;
export const BLOCKS_AT = 24;
/** Where the design's own fields begin. */
export const OWN_AT = 28;

const TWO_32 = 0x1_0000_0000;

/** Figures of an allocator; sizes in bytes. */
export interface Stats {
  readonly start: Ptr;
  readonly size: number;
  /** Taken for the blocks in use, with what lies between them for their sake. */
  readonly used: number;
  readonly free: number;
  /** Blocks in use. */
  readonly blocks: number;
  /** Free pieces. */
  readonly freeBlocks: number;
  /** Size of the largest free piece, 0 when there is none. */
  readonly largestFree: number;
}

export type FaultCode =
  /** The control block is not ours, of another version, or contradicts itself. */
  | "control-block"
  /** A block's header or size cannot be. */
  | "block"
  /** A list of free blocks leads to what is none, or in a circle. */
  | "free-list"
  /** Blocks and what is counted do not add up. */
  | "sum";

/** One thing that is wrong. */
export interface Fault {
  readonly code: FaultCode;
  /** Where it was seen. */
  readonly address: Ptr;
  readonly message: string;
}

/** Refuses where no allocator can be: a bad range, a bad control block, or the two over each other. */
export function expectPlace(controlAt: Ptr, controlSize: number, start: Ptr, size: number, least: number): void {
  expectControlAddress(controlAt);
  if (!Number.isSafeInteger(start) || start === NULL || !Number.isSafeInteger(start + MAX_SIZE))
    throw new AllocatorError(
      "allocator/range",
      `start: expected an address that is not null, got ${hex(start)}`,
      start,
    );
  expectSize(size, least);
  if (start < 0 && start + size > 0)
    throw new AllocatorError("allocator/range", `start: a range cannot reach across null, from ${hex(start)}`, start);
  if (start < controlAt + controlSize && controlAt < start + size)
    throw new AllocatorError(
      "allocator/range",
      `expected a range apart from the control block at ${hex(controlAt)}, got ${hex(start)}..${hex(start + size)}`,
      start,
    );
}

/** Refuses what is no size of a range. */
export function expectSize(size: number, least: number): void {
  if (!Number.isSafeInteger(size) || size < least || size > MAX_SIZE)
    throw new AllocatorError(
      "allocator/range",
      `size: expected ${least} … ${MAX_SIZE} bytes, got ${String(size)}`,
      size,
    );
}

export function expectControlAddress(controlAt: Ptr): void {
  if (!Number.isSafeInteger(controlAt) || controlAt % CONTROL_ALIGN !== 0)
    throw new AllocatorError(
      "allocator/control-address",
      `controlAt: expected a multiple of ${CONTROL_ALIGN}, got ${hex(controlAt)}`,
      controlAt,
    );
}

/** Refuses a range that is not wholly in the memory. @throws what the memory throws there */
export function expectMapped(memory: Memory, start: Ptr, size: number): void {
  expectMemory(memory);
  memory.readU8(start);
  memory.readU8(start + size - 1);
}

/** Whether the ends of a range can be read. */
export function isMapped(memory: Memory, start: Ptr, size: number): boolean {
  try {
    expectMapped(memory, start, size);
    return true;
  } catch {
    return false;
  }
}

/** Writes the common fields, and zeros behind them. */
export function writeControl(
  memory: Memory,
  controlAt: Ptr,
  controlSize: number,
  magic: number,
  start: Ptr,
  size: number,
): void {
  memory.fill(controlAt, 0, controlSize);
  memory.writeU32(controlAt, magic);
  memory.writeU32(controlAt + VERSION_AT, VERSION);
  writeAddress(memory, controlAt + START_AT, start);
  memory.writeU32(controlAt + SIZE_AT, size);
}

/** Refuses what is no memory. */
export function expectMemory(memory: Memory): void {
  if (typeof (memory as Partial<Memory> | null | undefined)?.readU32 !== "function")
    throw new AllocatorError("allocator/options", "memory: expected a memory, with its methods", memory);
}

/**
 * Refuses to attach where no control block of this kind and version is.
 *
 * @param controlSize - bytes that it has at least
 */
export function expectControl(memory: Memory, controlAt: Ptr, controlSize: number, magic: number): void {
  expectMemory(memory);
  if (!Number.isSafeInteger(controlAt) || controlAt % CONTROL_ALIGN !== 0)
    throw new AttachError("attach/address", `expected a multiple of ${CONTROL_ALIGN}`, controlAt);
  if (!isMapped(memory, controlAt, controlSize))
    throw new AttachError("attach/address", `expected ${controlSize} bytes inside of the memory`, controlAt);
  const found = memory.readU32(controlAt);
  if (found !== magic)
    throw new AttachError("attach/magic", `expected the magic ${hex(magic)}, got ${hex(found)}`, controlAt);
  const version = memory.readU32(controlAt + VERSION_AT);
  if (version !== VERSION)
    throw new AttachError("attach/version", `expected format version ${VERSION}, got ${version}`, controlAt);
  const start = readAddress(memory, controlAt + START_AT);
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(start + memory.readU32(controlAt + SIZE_AT)))
    throw new AttachError("attach/damaged", `the range would begin at ${hex(start)}`, controlAt);
}

/** Refuses to attach when a walk finds faults. */
export function expectSound(faults: readonly Fault[], controlAt: Ptr): void {
  const [first] = faults;
  if (first !== undefined)
    throw new AttachError("attach/damaged", `${hex(first.address)}: ${first.message}`, controlAt);
}

/** Reads 8 bytes as a sign-extended address. */
export function readAddress(memory: Memory, at: Ptr): Ptr {
  return (memory.readU32(at + 4) | 0) * TWO_32 + memory.readU32(at);
}

export function writeAddress(memory: Memory, at: Ptr, address: Ptr): void {
  memory.writeU32(at, address);
  memory.writeU32(at + 4, Math.floor(address / TWO_32));
}

/** Whether a value has the members of a layout, whatever they are. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/**
 * Whether a value has no members to read at all. Where those are judged anyway, as a layout's are, this suffices, and takes
 * four instructions where `isObject` takes twenty.
 */
export function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}

/** Whether these can be a layout. */
export function isLayout(size: number, align: number): boolean {
  if (typeof size !== "number" || typeof align !== "number") return false;
  if (size >>> 0 === size && align >>> 0 === align && align !== 0) return (align & (align - 1)) === 0;
  return (
    Number.isSafeInteger(size) && size >= 0 && isPowerOfTwo(align) && size <= Number.MAX_SAFE_INTEGER - (align - 1)
  );
}

/** Refuses what is no layout. @throws LayoutError */
export function expectLayout(layout: Layout): void {
  if (!isObject(layout) || !isLayout(layout.size, layout.align)) Layout.new(layout);
}

/** Refuses to free with what is no layout. @throws {@link BadFreeError} */
export function expectFreeLayout(at: Ptr, layout: Layout): void {
  if (isObject(layout) && isLayout(layout.size, layout.align)) return;
  const { size, align } = isObject(layout) ? layout : { size: NaN, align: NaN };
  throw new BadFreeError("bad-free/layout", "expected the layout of the block", at, size, align);
}

/** Collects faults: so many tell enough. */
export class Faults {
  readonly list: Fault[] = [];

  add(code: FaultCode, address: Ptr, message: string): void {
    if (this.list.length < 100) this.list.push({ code, address, message });
  }

  get any(): boolean {
    return this.list.length > 0;
  }
}
