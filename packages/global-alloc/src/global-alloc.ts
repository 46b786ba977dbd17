/**
 * The interface of an allocator, as Rust's `GlobalAlloc`.
 *
 * @see https://doc.rust-lang.org/core/alloc/trait.GlobalAlloc.html
 * @module
 */
import { NULL, type Memory, type Ptr } from "@kmem/memory";
import { Layout } from "./layout.ts";

/**
 * Hands out blocks of a memory.
 *
 * A class that extends it writes `alloc` and `dealloc` and has the other two for nothing, as an `impl` of the trait
 * has. Anything with these members is a `GlobalAlloc` too.
 */
export abstract class GlobalAlloc {
  /** The memory that the blocks lie in. */
  abstract readonly memory: Memory;

  /**
   * Takes a block; its bytes may hold anything.
   *
   * @returns its address, or {@link NULL} when there is no room; nothing has changed then
   */
  abstract alloc(layout: Layout): Ptr;

  /**
   * Gives a block back.
   *
   * The caller's duty (Rust's `unsafe`): `at` came from this allocator, was not given back yet, and `layout` is what
   * it was taken with.
   */
  abstract dealloc(at: Ptr, layout: Layout): void;

  /** Takes a block of zeros. @returns as {@link GlobalAlloc.alloc} */
  allocZeroed(layout: Layout): Ptr {
    const at = this.alloc(layout);
    if (at !== NULL) this.memory.fill(at, 0, layout.size);
    return at;
  }

  /**
   * Moves a block into one of `newSize` bytes with the same alignment: takes the new one, copies, gives the old back.
   *
   * An error of the memory or of `dealloc` (`at` is no block) comes out, with everything as it was.
   *
   * @param newSize - bytes
   * @throws LayoutError when `layout` is none or `newSize` cannot be
   * @returns the new address, or {@link NULL} when there is no room; the old block is untouched then
   */
  realloc(at: Ptr, layout: Layout, newSize: number): Ptr {
    const { size, align } = Layout.new(layout);
    const newLayout = Layout.fromSizeAlign(newSize, align);
    const to = this.alloc(newLayout);
    if (to === NULL) return NULL;
    try {
      this.memory.copy(to, at, Math.min(size, newSize));
      this.dealloc(at, layout);
    } catch (error) {
      // The old block was none: the new one must not be lost for that.
      this.dealloc(to, newLayout);
      throw error;
    }
    return to;
  }
}
