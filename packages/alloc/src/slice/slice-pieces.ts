/**
 * Parts of slices: sub-slices, chunks and windows.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import { checkUsize } from "../core/errors.ts";
import { done, IndexIter, iterOf, type ExactIter, type Iter } from "../core/iter.ts";
import { checkIndexRange, checkIndexRangeInclusive } from "../core/range.ts";
import type { Slice } from "./slice.ts";
import { SliceMut } from "./slice-mut.ts";
import { asTypedArray, requireTypedArray, type TypedArrayOf } from "./typed-array.ts";

/** Elements of which parts can be borrowed. */
export abstract class SlicePieces<T> extends SliceMut<T> {
  /** @internal A borrowed slice of elements `start..start + count`. */
  protected abstract part(start: number, count: number): Slice<T>;

  /**
   * Borrows elements `start..end`: Rust's `&mut v[start..end]`.
   *
   * @throws Panic as Rust when the range is not inside
   */
  asSlice(start = 0, end: number = this.length): Slice<T> {
    checkIndexRange(start, end, this.length);
    return this.part(start, end - start);
  }

  /** Borrows elements `start..=last`: Rust's `&mut v[start..=last]`. @throws as {@link SlicePieces.asSlice} */
  asSliceInclusive(start: number, last: number): Slice<T> {
    checkIndexRangeInclusive(start, last, this.length);
    return this.part(start, last + 1 - start);
  }

  /** The elements before `middle`, and the others. @throws Panic "mid > len" */
  splitAt(middle: number): [Slice<T>, Slice<T>] {
    const { length } = this;
    checkUsize(middle, "middle");
    if (middle > length) throw new Panic("mid > len");
    return [this.part(0, middle), this.part(middle, length - middle)];
  }

  /** {@link SlicePieces.splitAt}, or `undefined` when there are not so many elements. */
  splitAtChecked(middle: number): [Slice<T>, Slice<T>] | undefined {
    const { length } = this;
    checkUsize(middle, "middle");
    return middle > length ? undefined : this.splitAt(middle);
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
    const { length } = this;
    checkChunk(size);
    return this.pieces(Math.ceil(length / size), (i) => [i * size, Math.min(length, (i + 1) * size)]);
  }

  /** Pieces of exactly `size`, and what is left at the end. @throws Panic when `size` is 0 */
  chunksExact(size: number): ExactIter<Slice<T>> & { remainder(): Slice<T> } {
    const { length, epoch } = this;
    checkChunk(size);
    const count = Math.floor(length / size);
    return Object.assign(
      this.pieces(count, (i) => [i * size, (i + 1) * size]),
      {
        remainder: () => {
          this.checkStill(epoch);
          return this.part(count * size, length - count * size);
        },
      },
    );
  }

  /** Pieces of exactly `size` from the end on, and what is left at the front. @throws Panic when `size` is 0 */
  rchunksExact(size: number): ExactIter<Slice<T>> & { remainder(): Slice<T> } {
    const { length, epoch } = this;
    checkChunk(size);
    const count = Math.floor(length / size);
    return Object.assign(
      this.pieces(count, (i) => [length - (i + 1) * size, length - i * size]),
      {
        remainder: () => {
          this.checkStill(epoch);
          return this.part(0, length - count * size);
        },
      },
    );
  }

  /** Pieces of `size` from the end on; the last one, at the front, may be shorter. @throws Panic when `size` is 0 */
  rchunks(size: number): ExactIter<Slice<T>> {
    const { length } = this;
    checkChunk(size);
    return this.pieces(Math.ceil(length / size), (i) => [Math.max(0, length - (i + 1) * size), length - i * size]);
  }

  /** Every run of `size` neighbours. @throws Panic when `size` is 0 */
  windows(size: number): ExactIter<Slice<T>> {
    const { length } = this;
    checkUsize(size, "size");
    if (size === 0) throw new Panic("window size must be non-zero");
    return this.pieces(Math.max(0, length - size + 1), (i) => [i, i + size]);
  }

  /** The pieces between elements for which `isSeparator` holds. */
  split(isSeparator: (value: T) => boolean): Iter<Slice<T>> {
    return this.cutAt((i) => isSeparator(this.slots.get(i)), 1, this.length);
  }

  /** Pieces as long as `belong` holds between neighbours. */
  chunkBy(belong: (a: T, b: T) => boolean): Iter<Slice<T>> {
    const { length } = this;
    if (length === 0) return this.pieces(0, () => [0, 0]);
    return this.cutAt((i) => i > 0 && !belong(this.slots.get(i - 1), this.slots.get(i)), 0, length);
  }

  /**
   * A typed array of all elements: the class of `Uint32Array` for `u32`. For types that one can hold.
   *
   * @throws ArgumentError `alloc/argument` for other types: `bool`, `usize`, structs
   */
  toTypedArray(): TypedArrayOf<T> {
    const { length } = this;
    requireTypedArray(this.type);
    return asTypedArray(this.type, this.readRaw(0, length));
  }

  /** Pieces `[start, end]`; none is given any more after a change. */
  private pieces(count: number, bounds: (i: number) => readonly [number, number]): ExactIter<Slice<T>> {
    const { epoch } = this;
    return new IndexIter(count, (i) => {
      this.checkStill(epoch);
      const [start, end] = bounds(i);
      return this.part(start, end - start);
    });
  }

  /** The pieces between cuts; the element at a cut is left out when `width` is 1. */
  private cutAt(isCut: (index: number) => boolean, width: 0 | 1, length: number): Iter<Slice<T>> {
    const { epoch } = this;
    let start = 0;
    let at = 0;
    let ended = false;
    const next = (): IteratorResult<Slice<T>, undefined> => {
      if (ended) return done();
      this.checkStill(epoch);
      for (; at < length; at++) {
        const cuts = isCut(at);
        if (this.epoch !== epoch) this.checkStill(epoch);
        if (!cuts) continue;
        const piece = this.part(start, at - start);
        start = at + width;
        at++;
        return { done: false, value: piece };
      }
      ended = true;
      return { done: false, value: this.part(start, length - start) };
    };
    return iterOf({ [Symbol.iterator]: () => ({ next }) });
  }
}

function checkChunk(size: number): void {
  checkUsize(size, "size");
  if (size === 0) throw new Panic("chunk size must be non-zero");
}
