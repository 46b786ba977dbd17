/**
 * A heap as bytes that can be kept, and put back where it was.
 *
 * ```
 *   +0    magic "kmLS"     u32   +4   version            u32
 *   +8    address of the control block                   u64
 *   +16   bottom           u64   +24  bytes of the heap  u64
 *   +32   the control block, with a free lock and no index      128 bytes
 *   +160  the heap from bottom to top; zeros between regions
 * ```
 *
 * @module
 */
import { hex, NULL, type Memory, type Ptr } from "@kmem/memory";
import { MIN_BLOCK_SIZE } from "./align.ts";
import { check } from "./check.ts";
import {
  CONTROL_SIZE,
  EPOCH,
  expectRoom,
  INDEX_AT,
  INDEX_BYTES,
  INDEX_DIRTY,
  INDEX_STATE,
  isHeap,
  isInside,
  joinWords,
  LOCK_OFFSET,
  MAGIC,
  readControlBlock,
  SEALED,
  VERSION,
} from "./control-block.ts";
import { HeapCorruptionError, HeapError } from "./errors.ts";
import { gapsOf, regionsOf } from "./regions.ts";

const SNAPSHOT_MAGIC = 0x534c_6d6b;
const HEADER = 32;
const BODY = HEADER + CONTROL_SIZE;

/**
 * Copies a heap; nobody changes it meanwhile. Damaged holes are copied as they are.
 *
 * @throws {@link HeapCorruptionError} when the control block does not say where the heap is
 */
export function takeSnapshot(memory: Memory, controlAt: Ptr): Uint8Array {
  const { bottom, end, pending } = readControlBlock(memory, controlAt);
  if (!isHeap(bottom, end) || pending >= MIN_BLOCK_SIZE || !isInside(memory, bottom, end - bottom + pending))
    throw new HeapCorruptionError(
      `expected a heap, got bottom ${hex(bottom)}, end ${hex(end)} and ${pending} bytes pending`,
      controlAt,
    );
  const length = end - bottom + pending;
  const bytes = new Uint8Array(BODY + length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, SNAPSHOT_MAGIC, true);
  view.setUint32(4, VERSION, true);
  writeAddress(view, 8, controlAt);
  writeAddress(view, 16, bottom);
  writeAddress(view, 24, length);
  memory.readBytes(controlAt, bytes.subarray(HEADER, BODY));
  for (const [start, stop] of rangesOf(memory, controlAt))
    memory.readBytes(start, bytes.subarray(BODY + start - bottom, BODY + stop - bottom));
  bytes.fill(0, HEADER + LOCK_OFFSET, HEADER + LOCK_OFFSET + 8);
  bytes.fill(0, HEADER + INDEX_STATE * 4, HEADER + SEALED * 4);
  return bytes;
}

/**
 * Puts a snapshot back. The lock, the index's bytes and the count of changes stay those of the place.
 *
 * @throws {@link HeapError} `heap/snapshot` when it is damaged, of another version, or of another place
 */
export function putBack(memory: Memory, controlAt: Ptr, snapshot: Uint8Array): void {
  if (!(snapshot instanceof Uint8Array))
    throw new HeapError("heap/snapshot", `expected a Uint8Array, got ${String(snapshot)}`, snapshot);
  const view = new DataView(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
  const reason = whyNot(view, controlAt);
  if (reason !== undefined) throw new HeapError("heap/snapshot", `expected a snapshot of this heap, got ${reason}`);
  const bottom = readAddress(view, 16);
  const ranges = rangesOf(bytesAt(view, controlAt), controlAt);
  for (const [start, stop] of ranges) expectRoom(memory, controlAt, start, stop - start);
  // Not `slice`, which for Node's Buffer shows the caller's own bytes.
  const control = new Uint8Array(CONTROL_SIZE);
  control.set(snapshot.subarray(HEADER, BODY));
  const words = new DataView(control.buffer);
  for (const word of [LOCK_OFFSET / 4, LOCK_OFFSET / 4 + 1, INDEX_AT, INDEX_AT + 1, INDEX_BYTES])
    words.setUint32(word * 4, memory.readU32(controlAt + word * 4), true);
  words.setUint32(INDEX_STATE * 4, memory.readU32(controlAt + INDEX_BYTES * 4) === 0 ? 0 : INDEX_DIRTY, true);
  words.setUint32(EPOCH * 4, memory.readU32(controlAt + EPOCH * 4) + 1, true);
  for (const [start, stop] of ranges)
    memory.writeBytes(start, snapshot.subarray(BODY + start - bottom, BODY + stop - bottom));
  memory.writeBytes(controlAt, control);
}

/** What speaks against a snapshot. */
function whyNot(view: DataView, controlAt: Ptr): string | undefined {
  if (view.byteLength < BODY) return `${view.byteLength} bytes`;
  const magic = view.getUint32(0, true);
  if (magic !== SNAPSHOT_MAGIC || view.getUint32(HEADER, true) !== MAGIC) return `the magic ${hex(magic)}`;
  if (view.getUint32(4, true) !== VERSION || view.getUint32(HEADER + 4, true) !== VERSION)
    return `version ${view.getUint32(4, true)}`;
  if (readAddress(view, 8) !== controlAt) return `one whose control block was at ${hex(readAddress(view, 8))}`;
  const bottom = readAddress(view, 16);
  const length = readAddress(view, 24);
  if (length !== view.byteLength - BODY) return `${view.byteLength - BODY} bytes of heap instead of ${hex(length)}`;
  const copy = bytesAt(view, controlAt);
  const fields = readControlBlock(copy, controlAt);
  if (fields.bottom !== bottom || fields.end - fields.bottom + fields.pending !== length) return "another heap's bytes";
  const [fault] = check({ memory: copy, controlAt });
  return fault === undefined ? undefined : `a damaged one: ${fault.code} at ${hex(fault.address)}: ${fault.message}`;
}

/** A snapshot's bytes at the addresses that they come from. */
function bytesAt(view: DataView, controlAt: Ptr): Pick<Memory, "readU32"> {
  const bottom = readAddress(view, 16);
  return {
    readU32: (at) =>
      view.getUint32(
        at >= controlAt && at < controlAt + CONTROL_SIZE ? HEADER + at - controlAt : BODY + at - bottom,
        true,
      ),
  };
}

/** The ranges of memory that a heap lies in, as `[start, end]`; none before `init`. */
function rangesOf(memory: Pick<Memory, "readU32">, controlAt: Ptr): [start: Ptr, end: Ptr][] {
  const { bottom, end, pending } = readControlBlock(memory, controlAt);
  return bottom === NULL ? [] : regionsOf(gapsOf(memory, controlAt, bottom, end) ?? [], bottom, end + pending);
}

function readAddress(view: DataView, at: number): number {
  return joinWords(view.getUint32(at, true), view.getUint32(at + 4, true));
}

function writeAddress(view: DataView, at: number, address: number): void {
  view.setUint32(at, address % 0x1_0000_0000, true);
  view.setUint32(at + 4, Math.floor(address / 0x1_0000_0000), true);
}
