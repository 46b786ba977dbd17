/**
 * Many bytes of virtual memory at once: first every page is made certain, then they are moved, page by page.
 *
 * @module
 */
import { MemoryError, type Ptr } from "@kmem/memory";
import { READ, WRITE } from "./access.ts";
import { bytesBehind, VirtualAccess } from "./virtual-access.ts";

/** Copies and fills. A refused one has changed nothing; one whose handler skips it does nothing. */
export abstract class VirtualBytes extends VirtualAccess {
  copy(to: Ptr, from: Ptr, length: number): void {
    checkLength(length, to);
    if (!this.ensure(from, length, READ) || !this.ensure(to, length, WRITE)) return;
    const { u8 } = this;
    // Upwards a byte might be overwritten before it was read, if the target starts inside the source.
    const downwards = to > from && to < from + length;
    for (let left = length; left > 0;) {
      const done = length - left;
      let size: number;
      let start: number;
      if (downwards) {
        size = Math.min(left, bytesBefore(from + left), bytesBefore(to + left));
        start = left - size;
      } else {
        size = Math.min(left, bytesBehind(from + done), bytesBehind(to + done));
        start = done;
      }
      const source = this.locate(from + start, 1, READ);
      const target = this.locate(to + start, 1, WRITE);
      if (source < 0 || target < 0) return;
      u8.copyWithin(target, source, source + size);
      left -= size;
    }
  }

  fill(at: Ptr, byte: number, length: number): void {
    checkLength(length, at);
    if (!this.ensure(at, length, WRITE)) return;
    for (let done = 0; done < length;) {
      const size = Math.min(length - done, bytesBehind(at + done));
      const physical = this.locate(at + done, 1, WRITE);
      if (physical < 0) return;
      this.u8.fill(byte, physical, physical + size);
      done += size;
    }
  }

  readBytes(at: Ptr, into: Uint8Array): void {
    const { length } = into;
    if (!this.ensure(at, length, READ)) return;
    for (let done = 0; done < length;) {
      const size = Math.min(length - done, bytesBehind(at + done));
      const physical = this.locate(at + done, 1, READ);
      if (physical < 0) return;
      into.set(this.u8.subarray(physical, physical + size), done);
      done += size;
    }
  }

  writeBytes(at: Ptr, from: Uint8Array): void {
    const { length } = from;
    if (!this.ensure(at, length, WRITE)) return;
    for (let done = 0; done < length;) {
      const size = Math.min(length - done, bytesBehind(at + done));
      const physical = this.locate(at + done, 1, WRITE);
      if (physical < 0) return;
      this.u8.set(from.subarray(done, done + size), physical);
      done += size;
    }
  }
}

/** Bytes of the page in which a range ends that lie before its end. */
function bytesBefore(end: Ptr): number {
  return ((end - 1) & 4095) + 1;
}

function checkLength(length: number, at: Ptr): void {
  if (!Number.isSafeInteger(length) || length < 0)
    throw new MemoryError(
      "memory/out-of-bounds",
      `expected a length of 0 bytes or more, got ${String(length)}, at`,
      at,
    );
}
