import { LinearMemory, type Ptr, type Window } from "@kmem/memory";

const PAGE = 4096;

/** A memory that shows a page at a time, as virtual memory does; every third page lies in arrays of its own. */
export class Pages extends LinearMemory {
  override window(at: Ptr, forWriting: boolean): Window {
    const { views } = super.window(at, forWriting);
    const address = at - (((at % PAGE) + PAGE) % PAGE);
    const apart = { ...views, i32: new Int32Array(this.buffer), u32: new Uint32Array(this.buffer) };
    return {
      views: (address / PAGE) % 3 === 0 ? apart : views,
      address,
      firstIndex: address - this.base,
      byteLength: PAGE,
    };
  }
}
