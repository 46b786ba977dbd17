/**
 * What an allocator is asked for: so many bytes, at a multiple of so many bytes.
 *
 * @module
 */
import { alignUp, isPowerOfTwo } from "@kmem/memory";
import { LayoutError } from "./errors.ts";

/** Largest size in bytes, rounded up to the alignment. Rust's is 2^63 − 1; ours is the largest safe integer. */
export const MAX_SIZE: number = Number.MAX_SAFE_INTEGER;

/** What has a layout: an element type, or anything with a size and an alignment. */
export interface Sized {
  /** Bytes. */
  readonly size: number;
  /** Bytes; a power of two. */
  readonly align: number;
}

/**
 * The shape of one block.
 *
 * @see https://doc.rust-lang.org/core/alloc/struct.Layout.html
 * @example Layout.fromSizeAlign(6, 4).toString() // => "Layout { size_: 6, align_: 4 }"
 */
export class Layout implements Sized {
  /** Length in bytes; 0 names no memory. */
  readonly size: number;
  /** Bytes; a power of two. */
  readonly align: number;

  private constructor(size: number, align: number) {
    this.size = size;
    this.align = align;
  }

  /**
   * Makes a layout.
   *
   * @param size - bytes; 0 or more, and a safe integer still when rounded up to `align`
   * @param align - bytes; a power of two
   * @throws {@link LayoutError} `layout/align` or `layout/size` when out of those ranges
   */
  static fromSizeAlign(size: number, align: number): Layout {
    if (!isPowerOfTwo(align)) throw new LayoutError("layout/align", align);
    if (!Number.isSafeInteger(size) || size < 0 || size > MAX_SIZE - (align - 1))
      throw new LayoutError("layout/size", size);
    // Not −0, which would be printed and compared as something else.
    return new Layout(size + 0, align);
  }

  /** Makes a layout without a check: the caller answers for the ranges of {@link Layout.fromSizeAlign}. */
  static fromSizeAlignUnchecked(size: number, align: number): Layout {
    return new Layout(size, align);
  }

  /** The layout of a type: Rust's `Layout::new::<T>()`. @throws {@link LayoutError} when it has none. @example Layout.new({ size: 4, align: 4 }).size // => 4 */
  static new(type: Sized): Layout {
    const { size, align } = partsOf(type);
    return Layout.fromSizeAlign(size, align);
  }

  /**
   * The layout of `count` values side by side.
   *
   * @throws {@link LayoutError} `layout/size` when the whole is too large
   */
  static array(type: Sized, count: number): Layout {
    if (!Number.isSafeInteger(count) || count < 0) throw new LayoutError("layout/size", count);
    const { size, align } = Layout.new(type);
    return Layout.fromSizeAlign(size * count, align);
  }

  /** This layout with at least `align`. @throws {@link LayoutError} as {@link Layout.fromSizeAlign} */
  alignTo(align: number): Layout {
    if (!isPowerOfTwo(align)) throw new LayoutError("layout/align", align);
    return Layout.fromSizeAlign(this.size, Math.max(this.align, align));
  }

  /** Bytes to add so that what follows lies at a multiple of `align`. @throws {@link LayoutError} as {@link Layout.fromSizeAlign} */
  paddingNeededFor(align: number): number {
    return roundedUp(this.size, align) - this.size;
  }

  /** This layout with its size rounded up to its alignment, as C pads the end of a struct. */
  padToAlign(): Layout {
    return new Layout(alignUp(this.size, this.align), this.align);
  }

  /**
   * `count` of these, each at a multiple of the alignment.
   *
   * @returns the joint layout, and the distance in bytes from one to the next
   * @throws {@link LayoutError} `layout/size` when the whole is too large
   */
  repeat(count: number): { readonly layout: Layout; readonly stride: number } {
    const stride = alignUp(this.size, this.align);
    return { layout: Layout.array({ size: stride, align: this.align }, count), stride };
  }

  /**
   * This layout with `next` behind it, as C puts a struct's second field after its first.
   *
   * @returns the joint layout, and the byte offset of `next` in it; the tail is not padded
   * @throws {@link LayoutError} `layout/size` when the sum is too large
   */
  extend(next: Sized): { readonly layout: Layout; readonly offset: number } {
    const { size, align } = Layout.new(next);
    const offset = roundedUp(this.size, align);
    return { layout: Layout.fromSizeAlign(offset + size, Math.max(this.align, align)), offset };
  }

  /** `count` of these without padding between them. @throws {@link LayoutError} `layout/size` when the whole is too large */
  repeatPacked(count: number): Layout {
    return Layout.array(this, count);
  }

  /** This layout with `next` right behind it, as in a packed struct. @throws {@link LayoutError} `layout/size` */
  extendPacked(next: Sized): Layout {
    return Layout.fromSizeAlign(this.size + Layout.new(next).size, this.align);
  }

  /** A non-null address that is well aligned and points at nothing. @example Layout.fromSizeAlign(0, 16).dangling() // => 16 */
  dangling(): number {
    return this.align;
  }

  equals(other: Sized): boolean {
    const { size, align } = partsOf(other);
    return this.size === size && this.align === align;
  }

  /** As the post's `{:?}` prints it. */
  toString(): string {
    return `Layout { size_: ${this.size}, align_: ${this.align} }`;
  }
}

/** A size rounded up, which a layout's own alignment always allows and another may not. */
function roundedUp(size: number, align: number): number {
  if (!isPowerOfTwo(align)) throw new LayoutError("layout/align", align);
  if (size > MAX_SIZE - (align - 1)) throw new LayoutError("layout/size", size);
  return alignUp(size, align);
}

/** The size and the alignment of whatever a caller without types passes. */
function partsOf(type: unknown): Sized {
  return typeof type === "object" && type !== null ? (type as Sized) : { size: NaN, align: NaN };
}
