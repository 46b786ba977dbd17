/**
 * What the bootloader tells the kernel, as bytes in a page of its own.
 *
 * ```
 *   0      memory map                     1544 bytes
 *   1544   physical memory offset, u64
 *   1552   start of the statics, u64      1560   end of the statics, u64
 *   1568   length of the command line in bytes, u64
 *   1576   command line, ASCII
 * ```
 * The first two are bootloader 0.9's. The others are ours: a real kernel knows where its own statics lie, and ours can
 * be told how to run.
 *
 * @see https://docs.rs/bootloader/0.9/bootloader/bootinfo/struct.BootInfo.html
 * @module
 */
import { MemoryMap } from "@kmem/frame-allocator";
import type { Memory, Ptr } from "@kmem/memory";
import { BootError } from "./errors.ts";
import { PAGE_SIZE } from "./layout.ts";

const OFFSET_AT = MemoryMap.SIZE;
const STATICS_AT = OFFSET_AT + 8;
const LENGTH_AT = STATICS_AT + 16;
const COMMAND_LINE_AT = LENGTH_AT + 8;
/** Most characters of a command line. */
export const MAX_COMMAND_LINE: number = PAGE_SIZE - COMMAND_LINE_AT;

/** A range of addresses; the end is exclusive. */
export interface AddressRange {
  readonly start: Ptr;
  readonly end: Ptr;
}

/** What a kernel is told. */
export interface BootInformation {
  readonly memoryMap: MemoryMap;
  /** Virtual address of physical address 0. */
  readonly physicalMemoryOffset: Ptr;
  /** Zeroed memory for the kernel's statics. */
  readonly kernelStatics: AddressRange;
  readonly commandLine: string;
}

/** Reads the boot information out of the kernel's memory. */
export class BootInfo implements BootInformation {
  private readonly memory: Memory;
  private readonly at: Ptr;

  /** @param at - where `writeBootInfo` wrote it */
  constructor(memory: Memory, at: Ptr) {
    this.memory = memory;
    this.at = at;
  }

  get memoryMap(): MemoryMap {
    return MemoryMap.read(this.memory, this.at);
  }

  get physicalMemoryOffset(): Ptr {
    return readAddress(this.memory, this.at + OFFSET_AT);
  }

  get kernelStatics(): AddressRange {
    return {
      start: readAddress(this.memory, this.at + STATICS_AT),
      end: readAddress(this.memory, this.at + STATICS_AT + 8),
    };
  }

  get commandLine(): string {
    const bytes = new Uint8Array(this.memory.readUsize(this.at + LENGTH_AT));
    this.memory.readBytes(this.at + COMMAND_LINE_AT, bytes);
    return String.fromCharCode(...bytes);
  }
}

/** Writes the boot information, at most a page. @param at - a multiple of 8 */
export function writeBootInfo(memory: Memory, at: Ptr, info: BootInformation): void {
  info.memoryMap.write(memory, at);
  writeAddress(memory, at + OFFSET_AT, info.physicalMemoryOffset);
  writeAddress(memory, at + STATICS_AT, info.kernelStatics.start);
  writeAddress(memory, at + STATICS_AT + 8, info.kernelStatics.end);
  memory.writeUsize(at + LENGTH_AT, info.commandLine.length);
  memory.writeBytes(
    at + COMMAND_LINE_AT,
    Uint8Array.from(info.commandLine, (char) => char.charCodeAt(0)),
  );
}

/** @throws {@link BootError} `boot/command-line` unless it is printable ASCII that fits */
export function checkCommandLine(commandLine: string): void {
  if (typeof commandLine !== "string" || !/^[ -~]*$/.test(commandLine) || commandLine.length > MAX_COMMAND_LINE)
    throw new BootError(
      "boot/command-line",
      `expected a command line of at most ${MAX_COMMAND_LINE} printable ASCII characters, got ${JSON.stringify(commandLine)}`,
    );
}

/** Reads a sign-extended address. */
function readAddress(memory: Memory, at: Ptr): Ptr {
  return memory.readU32(at) + (memory.readU32(at + 4) | 0) * 2 ** 32;
}

function writeAddress(memory: Memory, at: Ptr, address: Ptr): void {
  memory.writeU32(at, address % 2 ** 32);
  memory.writeU32(at + 4, Math.floor(address / 2 ** 32));
}
