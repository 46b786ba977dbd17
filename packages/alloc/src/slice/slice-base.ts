/**
 * Parts and copies of slices: sub-slices, chunks, windows, and new Vecs made of elements.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import { capacityOverflow, checkUsize } from "../core/errors.ts";
import { IndexIter, iterOf, type ExactIter, type Iter } from "../core/iter.ts";
import { checkIndexRange, checkIndexRangeInclusive } from "../core/range.ts";
import type { Vec } from "../vec/vec.ts";
import type { Slice } from "./slice.ts";
import { SliceSort } from "./slice-sort.ts";

/** Everything that is a slice: Vec, boxed slices, borrowed slices. */
export abstract class SliceBase<T> extends SliceSort<T> {
  /** @internal A borrowed slice of elements `start..start + count`. */
  protected abstract part(start: number, count: number): Slice<T>;
  /** @internal An empty Vec with room for exactly `capacity` elements of this type, in the same allocator. */
  abstract emptyVec(capacity: number): Vec<T>;

  /**
   * Borrows elements `start..end`: Rust's `&mut v[start..end]`.
   *
   * @throws Panic as Rust when the range is not inside
   */
  asSlice(start = 0, end: number = this.length): Slice<T> {
    checkIndexRange(start, end, this.length);
    return this.part(start, end - start);
  }

  /** Borrows elements `start..=last`: Rust's `&mut v[start..=last]`. @throws as {@link SliceBase.asSlice} */
  asSliceInclusive(start: number, last: number): Slice<T> {
    checkIndexRangeInclusive(start, last, this.length);
    return this.part(start, last + 1 - start);
  }

  /** The elements before `middle`, and the others. @throws Panic "mid > len" */
  splitAt(middle: number): [Slice<T>, Slice<T>] {
    checkUsize(middle, "middle");
    const { length } = this;
    if (middle > length) throw new Panic("mid > len");
    return [this.part(0, middle), this.part(middle, length - middle)];
  }

  /** The first element and the rest, or `undefined`. */
  splitFirst(): [T, Slice<T>] | undefined {
    const { length } = this;
    return length === 0 ? undefined : [this.slots.get(0), this.part(1, length - 1)];
  }

  /** The last element and the rest, or `undefined`. */
  splitLast(): [T, Slice<T>] | undefined {
    const { length } = this;
    return length === 0 ? undefined : [this.slots.get(length - 1), this.part(0, length - 1)];
  }

  /** Pieces of `size`; the last one may be shorter. @throws Panic when `size` is 0 */
  chunks(size: number): ExactIter<Slice<T>> {
    checkChunk(size);
    const { length } = this;
    return new IndexIter(Math.ceil(length / size), (i) => this.part(i * size, Math.min(size, length - i * size)));
  }

  /** Pieces of exactly `size`, and what is left at the end. @throws Panic when `size` is 0 */
  chunksExact(size: number): ExactIter<Slice<T>> & { remainder(): Slice<T> } {
    checkChunk(size);
    const { length } = this;
    const pieces = Math.floor(length / size);
    return Object.assign(new IndexIter(pieces, (i) => this.part(i * size, size)), {
      remainder: () => this.part(pieces * size, length - pieces * size),
    });
  }

  /** Pieces of `size` from the end on; the last one, at the front, may be shorter. @throws Panic when `size` is 0 */
  rchunks(size: number): ExactIter<Slice<T>> {
    checkChunk(size);
    const { length } = this;
    return new IndexIter(Math.ceil(length / size), (i) => {
      const end = length - i * size;
      const start = Math.max(0, end - size);
      return this.part(start, end - start);
    });
  }

  /** Every run of `size` neighbours. @throws Panic when `size` is 0 */
  windows(size: number): ExactIter<Slice<T>> {
    checkUsize(size, "size");
    if (size === 0) throw new Panic("window size must be non-zero");
    return new IndexIter(Math.max(0, this.length - size + 1), (i) => this.part(i, size));
  }

  /** The pieces between elements for which `isSeparator` holds. */
  split(isSeparator: (value: T) => boolean): Iter<Slice<T>> {
    return iterOf(this.cuts((i) => isSeparator(this.slots.get(i)), 1)).map(([start, end]) =>
      this.part(start, end - start),
    );
  }

  /** Pieces as long as `belong` holds between neighbours. */
  chunkBy(belong: (a: T, b: T) => boolean): Iter<Slice<T>> {
    if (this.length === 0) return new IndexIter<Slice<T>>(0, () => this.part(0, 0));
    const cut = (i: number): boolean => i > 0 && !belong(this.slots.get(i - 1), this.slots.get(i));
    return iterOf(this.cuts(cut, 0)).map(([start, end]) => this.part(start, end - start));
  }

  /** A Vec of clones of all elements, exactly as large as needed. */
  toVec(): Vec<T> {
    return this.repeat(1);
  }

  /** A Vec of clones of all elements, `times` over, exactly as large as needed. @throws Panic "capacity overflow" */
  repeat(times: number): Vec<T> {
    checkUsize(times, "times");
    const { length } = this;
    if (length * times > Number.MAX_SAFE_INTEGER) capacityOverflow();
    const copy = this.emptyVec(length * times);
    try {
      for (let i = 0; i < times; i++) copy.extendFromSlice(this);
    } catch (error) {
      copy.drop();
      throw error;
    }
    return copy;
  }

  /** Where pieces end: [start, end] pairs; a cut element is left out when `width` is 1. */
  private *cuts(isCut: (index: number) => boolean, width: 0 | 1): Generator<[number, number], undefined> {
    const { length, epoch } = this;
    let start = 0;
    for (let i = 0; i < length; i++) {
      if (this.epoch !== epoch) this.checkStill(epoch);
      if (!isCut(i)) continue;
      yield [start, i];
      start = i + width;
    }
    yield [start, length];
    return undefined;
  }
}

function checkChunk(size: number): void {
  checkUsize(size, "size");
  if (size === 0) throw new Panic("chunk size must be non-zero");
}
