/**
 * Tells every call to the allocator over the serial port.
 *
 * @module
 */
import { GlobalAlloc, type Layout } from "@kmem/global-alloc";
import { hex, NULL, type Memory, type Ptr } from "@kmem/memory";
import { serialPrintln } from "./serial.ts";

/** Passes every call on, and prints it: `alloc 4 4 → 0x444444440000`. Sizes and alignments are bytes. */
export class LoggingAllocator extends GlobalAlloc {
  private readonly inner: GlobalAlloc;

  constructor(inner: GlobalAlloc) {
    super();
    this.inner = inner;
  }

  get memory(): Memory {
    return this.inner.memory;
  }

  alloc(layout: Layout): Ptr {
    return told(`alloc ${layout.size} ${layout.align}`, this.inner.alloc(layout));
  }

  dealloc(at: Ptr, layout: Layout): void {
    serialPrintln("{}", `dealloc ${hex(at)} ${layout.size} ${layout.align}`);
    this.inner.dealloc(at, layout);
  }

  override allocZeroed(layout: Layout): Ptr {
    return told(`alloc_zeroed ${layout.size} ${layout.align}`, this.inner.allocZeroed(layout));
  }

  override realloc(at: Ptr, layout: Layout, newSize: number): Ptr {
    const to = this.inner.realloc(at, layout, newSize);
    return told(`realloc ${hex(at)} ${layout.size} ${layout.align} ${newSize}`, to);
  }
}

function told(call: string, result: Ptr): Ptr {
  serialPrintln("{}", `${call} → ${result === NULL ? "null" : hex(result)}`);
  return result;
}
