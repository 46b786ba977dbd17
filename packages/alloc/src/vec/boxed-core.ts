/**
 * A boxed slice's words and block.
 *
 * ```
 *   words  +0 pointer   +8 length                            16 bytes: in the handle, or where the box is an element
 *   block  ├ element 0 ┼ element 1 ┼ … ┤                     length · size bytes
 * ```
 * @module
 */
import { Layout } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import { dropValues, readPtr, WORD, writePtr } from "@kmem/repr";
import { Slice } from "../slice/slice.ts";
import { SliceBase } from "../slice/slice-base.ts";

export abstract class BoxedCore<T> extends SliceBase<T> {
  get typeName(): string {
    return `Box<[${this.type.name}]>`;
  }

  /** Gives the block away. The box is moved. */
  intoRaw(): { ptr: Ptr; length: number } {
    this.requireOwned();
    this.forget();
    return { ptr: this.slots.start, length: this.count };
  }

  protected part(start: number, count: number): Slice<T> {
    return Slice.of(this, this.slots.addressOf(start), count);
  }

  protected load(slot: Ptr): void {
    const { memory } = this.slots;
    const ptr = readPtr(memory, slot);
    const length = memory.readUsize(slot + WORD);
    if (ptr !== this.slots.start || length !== this.count) this.epoch++;
    this.slots.moveTo(ptr);
    this.count = length;
  }

  protected store(slot: Ptr): void {
    writePtr(this.slots.memory, slot, this.slots.start);
    this.slots.memory.writeUsize(slot + WORD, this.count);
  }

  protected release(): void {
    try {
      dropValues(this.type, this.slots.memory, this.slots.start, this.count, this.allocator);
    } finally {
      const layout = Layout.fromSizeAlignUnchecked(this.count * this.type.size, this.type.align);
      if (layout.size > 0) this.allocator.dealloc(this.slots.start, layout);
    }
  }
}
