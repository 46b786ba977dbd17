/**
 * The control block: all that a heap is besides its holes, as bytes.
 *
 * ```
 *   +0    magic "kmLL"        u32   +4    version           u32
 *   +8    lock word           u32   +12   lock heartbeat    u32      (@kmem/spin)
 *   +16   record of the highest gap, 0 for none           u64   ┐
 *   +24   address of the first hole, 0 for none             u64   │  Rust's Heap:
 *   +32   bottom                                            u64   │  HoleList { first: next,
 *   +40   end of the usable bytes                           u64   │  bottom, top, pending_extend }, used
 *   +48   used                                              u64   │
 *   +56   pending             u32   +60   number of holes   u32   ┘
 *   +64   epoch               u32   +68   state of index    u32
 *   +72   address of the index, 0 for none                  u64
 *   +80   bytes of the index  u32   +84   journal is sealed u32
 *   +88   the journal: the next change of the list          10 × u32
 * ```
 * The epoch counts changes: a handle that finds another epoch than it left knows that what it remembers (where the heap
 * lies, a private index) may be out of date. The journal makes a change atomic against the death of the thread that
 * makes it; it is written only in memory that threads share.
 *
 * @module
 */
import { AttachError } from "@kmem/global-alloc";
import { hex, NULL, type Memory, type Ptr } from "@kmem/memory";
import { HeapError } from "./errors.ts";

/** Bytes of a control block. */
export const CONTROL_SIZE = 128;
/** What the address of a control block is a multiple of, in bytes; so it lies in one page. */
export const CONTROL_ALIGN = 128;
/** "kmLL", little-endian. */
export const MAGIC = 0x4c4c_6d6b;
/** Version of the format. */
export const VERSION = 1;
/** Byte offset of the lock. */
export const LOCK_OFFSET = 8;

// Indices of the fields in u32 words; a u64 takes two. Plain constants: an object of them would be looked up each time.
export const MAGIC_WORD = 0;
export const VERSION_WORD = 1;
export const FIRST_GAP = 4;
export const FIRST = 6;
export const BOTTOM = 8;
export const END = 10;
export const USED = 12;
export const PENDING = 14;
export const HOLES = 15;
export const EPOCH = 16;
export const INDEX_STATE = 17;
export const INDEX_AT = 18;
export const INDEX_BYTES = 20;
export const SEALED = 21;
export const JOURNAL = 22;

// States of an index in memory: all zeros, good, anything.
export const INDEX_EMPTY = 0;
export const INDEX_LIVE = 1;
export const INDEX_DIRTY = 2;

const TWO_32 = 0x1_0000_0000;

/** Refuses an address where no control block can be. */
export function expectControlAddress(memory: Memory, controlAt: Ptr): void {
  if (!Number.isSafeInteger(controlAt) || controlAt % CONTROL_ALIGN !== 0)
    throw new AttachError(
      "attach/address",
      `expected a multiple of ${CONTROL_ALIGN}, got ${hex(controlAt)}`,
      controlAt,
    );
  if (!isInside(memory, controlAt, CONTROL_SIZE))
    throw new AttachError("attach/address", `expected ${CONTROL_SIZE} bytes inside of the memory`, controlAt);
}

/** Writes the control block of a heap that is not initialized, and whose index lies in the bytes named. */
export function writeEmptyControlBlock(memory: Memory, controlAt: Ptr, indexAt: Ptr, indexBytes: number): void {
  const bytes = new Uint8Array(CONTROL_SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint32(MAGIC_WORD * 4, MAGIC, true);
  view.setUint32(VERSION_WORD * 4, VERSION, true);
  view.setUint32(INDEX_STATE * 4, indexBytes === 0 ? 0 : INDEX_DIRTY, true);
  view.setUint32(INDEX_AT * 4, indexAt % TWO_32, true);
  view.setUint32(INDEX_AT * 4 + 4, Math.floor(indexAt / TWO_32), true);
  view.setUint32(INDEX_BYTES * 4, indexBytes, true);
  // Where a heap was already, its handles must notice that this is another.
  if (memory.readU32(controlAt) === MAGIC) view.setUint32(EPOCH * 4, memory.readU32(controlAt + EPOCH * 4) + 1, true);
  memory.writeBytes(controlAt, bytes);
}

/** A control block's fields, read once. */
export interface ControlFields {
  readonly first: Ptr;
  readonly bottom: Ptr;
  /** `bottom` + the usable size; what is pending lies behind it. */
  readonly end: Ptr;
  readonly used: number;
  readonly pending: number;
  readonly holes: number;
  readonly indexState: number;
  readonly indexAt: Ptr;
  readonly indexBytes: number;
  readonly isSealed: boolean;
  /** The record of the highest gap. */
  readonly firstGap: Ptr;
}

/** Reads the fields. An address that is not canonical comes out as it is, for the caller to judge. */
export function readControlBlock(memory: Pick<Memory, "readU32">, controlAt: Ptr): ControlFields {
  const u32 = (word: number): number => memory.readU32(controlAt + word * 4);
  const u64 = (word: number): number => joinWords(u32(word), u32(word + 1));
  return {
    first: u64(FIRST),
    bottom: u64(BOTTOM),
    end: u64(END),
    used: u64(USED),
    pending: u32(PENDING),
    holes: u32(HOLES),
    indexState: u32(INDEX_STATE),
    indexAt: u64(INDEX_AT),
    indexBytes: u32(INDEX_BYTES),
    isSealed: u32(SEALED) !== 0,
    firstGap: u64(FIRST_GAP),
  };
}

/**
 * Refuses to attach where no control block of this version is.
 *
 * @throws {@link AttachError} with the reason
 */
export function expectControlBlock(memory: Memory, controlAt: Ptr): void {
  expectControlAddress(memory, controlAt);
  const magic = memory.readU32(controlAt);
  if (magic !== MAGIC)
    throw new AttachError("attach/magic", `expected the magic ${hex(MAGIC)}, got ${hex(magic)}`, controlAt);
  const version = memory.readU32(controlAt + VERSION_WORD * 4);
  if (version !== VERSION)
    throw new AttachError("attach/version", `expected format version ${VERSION}, got ${version}`, controlAt);
}

/** What is impossible about the fields, if anything. */
export function damageOf(fields: ControlFields): string | undefined {
  const { first, bottom, end, used, pending, holes, firstGap } = fields;
  if (bottom === NULL)
    return [first, end, used, pending, holes, firstGap].every((value) => value === 0)
      ? undefined
      : "a heap that is not initialized has no holes and nothing in use";
  const size = end - bottom;
  if (!isHeap(bottom, end)) return `bottom ${hex(bottom)} and end ${hex(end)} are no heap`;
  if (used > size) return `${used} bytes in use of ${size}`;
  if (pending >= 16) return `${pending} bytes pending, expected 0 … 15`;
  if (holes > size / 16) return `${holes} holes in ${size} bytes`;
  if ((first === NULL) !== (holes === 0)) return `${holes} holes, the first at ${hex(first)}`;
  if (first !== NULL && (!isWordAddress(first) || first < bottom)) return `the first hole at ${hex(first)}`;
  return undefined;
}

/** Whether a heap can lie between two addresses; without memory both are null. */
export function isHeap(bottom: Ptr, end: Ptr): boolean {
  if (bottom === NULL && end === NULL) return true;
  const size = end - bottom;
  return isWordAddress(bottom) && isWordAddress(end) && bottom !== NULL && size >= 16 && size <= MAX_HEAP_SIZE;
}

/** Largest heap in bytes: offsets in it fit 32 bits. */
export const MAX_HEAP_SIZE = 0xffff_e000;

/** Refuses a start and a size that no heap can have; Rust's own conditions on them come after. */
export function expectRange(start: Ptr, size: number): void {
  if (!Number.isSafeInteger(start) || start === NULL || start > Number.MAX_SAFE_INTEGER - MAX_HEAP_SIZE - 16)
    throw new HeapError("heap/start", `start: expected an address that is not null, got ${hex(start)}`, start);
  if (!Number.isSafeInteger(size) || size < 0)
    throw new HeapError("heap/size", `size: expected bytes, 0 or more, got ${String(size)}`, size);
  if (size > MAX_HEAP_SIZE)
    throw new HeapError("heap/too-large", `size: expected at most ${MAX_HEAP_SIZE} bytes, got ${size}`, size);
  if (start < 0 && start + size > 0)
    throw new HeapError("heap/start", `start: a heap cannot reach from ${hex(start)} across the null address`, start);
}

/** A memory whose ends may be known. */
type Bounded = Pick<Memory, "readU32"> & { readonly base?: unknown; readonly byteLength?: unknown };

/** Whether a range is wholly in a memory, as no bytes are anywhere; of one whose ends are not known it is taken for granted. */
export function isInside({ base, byteLength }: Bounded, start: Ptr, size: number): boolean {
  if (typeof base !== "number" || typeof byteLength !== "number") return true;
  return size === 0 || (start >= base && start + size <= base + byteLength);
}

/** Refuses a range that is not wholly in the memory. */
export function expectInside(memory: Bounded, start: Ptr, size: number): void {
  if (isInside(memory, start, size)) return;
  const { base, byteLength } = memory as { base: number; byteLength: number };
  throw new HeapError(
    "heap/outside-memory",
    `expected a heap inside of the memory ${hex(base)}..${hex(base + byteLength)}, got ${hex(start)}..${hex(start + size)}`,
    start,
  );
}

/** Refuses a range for the heap that is not in the memory, or that the control block or the index lie in. */
export function expectRoom(memory: Memory, controlAt: Ptr, start: Ptr, size: number): void {
  expectInside(memory, start, size);
  const { indexAt, indexBytes } = readControlBlock(memory, controlAt);
  expectApart(controlAt, CONTROL_SIZE, start, size);
  expectApart(indexAt, indexBytes, start, size);
}

/** Refuses a range for the heap that overlaps `length` bytes at `at`. */
export function expectApart(at: Ptr, length: number, start: Ptr, size: number): void {
  if (length !== 0 && start < at + length && at < start + size)
    throw new HeapError(
      "heap/overlaps-control-block",
      `expected a heap apart from its control block and index at ${hex(at)}, got ${hex(start)}..${hex(start + size)}`,
      start,
    );
}

/** Joins the words of a u64, sign-extended as an address. */
export function joinWords(low: number, high: number): number {
  return (high >= 0x8000_0000 ? high - TWO_32 : high) * TWO_32 + low;
}

function isWordAddress(value: number): boolean {
  return Number.isSafeInteger(value) && value % 8 === 0;
}
