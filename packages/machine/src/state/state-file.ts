/**
 * The file that a saved machine is: a header, and sections with a checksum each. All numbers are little-endian.
 *
 * ```
 *   0        8         12         16          24            28
 *   ├────────┼─────────┼──────────┼───────────┼─────────────┤
 *   │ magic  │ version │ sections │ file size │ CRC-32 of   │      magic: 89 'K' 'M' 'P' 'C' 0d 0a 1a, so that
 *   │ 8 bytes│ 4 = 1   │ 4        │ 8         │ bytes 0…23  │      a transfer as text is noticed
 *   └────────┴─────────┴──────────┴───────────┴─────────────┘
 *   then, one behind the other:
 *   ├────────┬─────────┬────────── … ─────────┬─────────────┤
 *   │ name   │ length  │ the section's bytes  │ CRC-32 of   │
 *   │ 4      │ 4       │ `length`             │ all before  │      of name, length and bytes
 *   └────────┴─────────┴────────── … ─────────┴─────────────┘
 * ```
 * The header keeps this form in every version, so that a newer file can be told from a damaged one.
 *
 * @module
 */
import { crc32 } from "./crc32.ts";
import { MachineStateError } from "./errors.ts";

/** Of the format; a change of any section's fields makes a new one. */
export const STATE_VERSION = 1;

const MAGIC = [0x89, 0x4b, 0x4d, 0x50, 0x43, 0x0d, 0x0a, 0x1a] as const;
const VERSION_AT = 8;
const COUNT_AT = 12;
const SIZE_AT = 16;
const HEADER_CRC_AT = 24;
const HEADER_SIZE = 28;
const NAME_SIZE = 4;
const SECTION_OVERHEAD = 12;
const TWO_32 = 0x1_0000_0000;

export interface StateSection {
  /** Four ASCII letters. */
  readonly name: string;
  readonly payload: Uint8Array;
}

/** Puts a file together. */
export function packSections(sections: readonly StateSection[]): Uint8Array {
  let size = HEADER_SIZE;
  for (const { payload } of sections) size += SECTION_OVERHEAD + payload.length;
  const file = new Uint8Array(size);
  const data = new DataView(file.buffer);
  file.set(MAGIC);
  data.setUint32(VERSION_AT, STATE_VERSION, true);
  data.setUint32(COUNT_AT, sections.length, true);
  data.setUint32(SIZE_AT, size, true);
  data.setUint32(SIZE_AT + 4, Math.floor(size / TWO_32), true);
  data.setUint32(HEADER_CRC_AT, crc32(file, 0, HEADER_CRC_AT), true);
  let at = HEADER_SIZE;
  for (const { name, payload } of sections) {
    for (let i = 0; i < NAME_SIZE; i++) file[at + i] = name.charCodeAt(i);
    data.setUint32(at + NAME_SIZE, payload.length, true);
    file.set(payload, at + 8);
    const end = at + 8 + payload.length;
    data.setUint32(end, crc32(file, at, end), true);
    at = end + 4;
  }
  return file;
}

/**
 * Takes a file apart, once every checksum in it is right.
 *
 * @throws {@link MachineStateError} `machine-state/foreign`, `machine-state/newer`, `machine-state/truncated`, `machine-state/damaged`
 */
export function unpackSections(file: Uint8Array): StateSection[] {
  const { count, data } = readHeader(file);
  const sections: StateSection[] = [];
  let at = HEADER_SIZE;
  for (let i = 0; i < count; i++) {
    const room = file.length - at - SECTION_OVERHEAD;
    const length = room < 0 ? 0 : data.getUint32(at + NAME_SIZE, true);
    if (length > room) throw damaged("a section is longer than the file");
    const name = String.fromCharCode(...file.subarray(at, at + NAME_SIZE));
    const end = at + 8 + length;
    if (crc32(file, at, end) !== data.getUint32(end, true)) throw damaged("the checksum of a section is wrong", name);
    sections.push({ name, payload: file.subarray(at + 8, end) });
    at = end + 4;
  }
  if (at !== file.length) throw damaged("bytes follow the last section");
  return sections;
}

function readHeader(file: Uint8Array): { readonly count: number; readonly data: DataView } {
  const isOurs = MAGIC.every((byte, i) => i >= file.length || file[i] === byte);
  if (!isOurs || file.length === 0)
    throw new MachineStateError("machine-state/foreign", "expected the state of a machine, got another kind of file");
  if (file.length < HEADER_SIZE) throw truncated(HEADER_SIZE, file.length);
  const data = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (crc32(file, 0, HEADER_CRC_AT) !== data.getUint32(HEADER_CRC_AT, true))
    throw damaged("the checksum of the header is wrong");
  const version = data.getUint32(VERSION_AT, true);
  if (version > STATE_VERSION)
    throw new MachineStateError(
      "machine-state/newer",
      `expected a file of version ${STATE_VERSION}, got version ${version}, which a later @kmem/machine has written`,
    );
  const size = data.getUint32(SIZE_AT + 4, true) * TWO_32 + data.getUint32(SIZE_AT, true);
  if (file.length < size) throw truncated(size, file.length);
  if (version < 1 || file.length > size) throw damaged("the header does not fit the file");
  return { count: data.getUint32(COUNT_AT, true), data };
}

function truncated(expected: number, got: number): MachineStateError {
  return new MachineStateError("machine-state/truncated", `expected ${expected} bytes, got ${got}`);
}

function damaged(what: string, section?: string): MachineStateError {
  return new MachineStateError("machine-state/damaged", `the file is damaged: ${what}`, section);
}
