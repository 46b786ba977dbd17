/**
 * Everything that is a slice, whole: with copies of it, and the pieces that a function cuts it into.
 *
 * @see https://doc.rust-lang.org/std/primitive.slice.html
 * @module
 */
import { capacityOverflow, checkUsize } from "../core/errors.ts";
import { requireIterable } from "../core/feed.ts";
import { iterOf, type Iter } from "../core/iter.ts";
import type { Vec } from "../vec/vec.ts";
import type { Slice } from "./slice.ts";
import { SlicePieces } from "./slice-pieces.ts";

/** Vec, boxed slices, borrowed slices. */
export abstract class SliceBase<T> extends SlicePieces<T> {
  /** @internal An empty Vec with room for exactly `capacity` elements of this type, in the same allocator. */
  abstract emptyVec(capacity: number): Vec<T>;

  /** A Vec of clones of all elements, exactly as large as needed. */
  toVec(): Vec<T> {
    return this.repeat(1);
  }

  /** A Vec of clones of all elements, `times` over, exactly as large as needed. @throws Panic "capacity overflow" */
  repeat(times: number): Vec<T> {
    const { length } = this;
    checkUsize(times, "times");
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

  /** {@link SlicePieces.split}, each piece with the separator that ended it; none is empty. */
  splitInclusive(isSeparator: (value: T) => boolean): Iter<Slice<T>> {
    return iterOf(this.inclusivePieces(isSeparator, this.length, this.epoch));
  }

  /** {@link SlicePieces.split} from the end on. */
  rsplit(isSeparator: (value: T) => boolean): Iter<Slice<T>> {
    return iterOf(this.piecesFromBack(isSeparator, Infinity, this.length, this.epoch));
  }

  /** {@link SlicePieces.split} into at most `limit` pieces: the last one is all that is left. */
  splitn(limit: number, isSeparator: (value: T) => boolean): Iter<Slice<T>> {
    checkUsize(limit, "limit");
    return iterOf(this.piecesFromFront(isSeparator, limit, this.length, this.epoch));
  }

  /** {@link SliceBase.rsplit} into at most `limit` pieces: the last one is all that is left. */
  rsplitn(limit: number, isSeparator: (value: T) => boolean): Iter<Slice<T>> {
    checkUsize(limit, "limit");
    return iterOf(this.piecesFromBack(isSeparator, limit, this.length, this.epoch));
  }

  /** What comes behind `prefix`, or `undefined` when the elements do not begin so. */
  stripPrefix(prefix: Iterable<T>): Slice<T> | undefined {
    requireIterable(prefix);
    const values = [...prefix];
    return this.startsWith(values) ? this.part(values.length, this.length - values.length) : undefined;
  }

  /** What comes before `suffix`, or `undefined` when the elements do not end so. */
  stripSuffix(suffix: Iterable<T>): Slice<T> | undefined {
    requireIterable(suffix);
    const values = [...suffix];
    return this.endsWith(values) ? this.part(0, this.length - values.length) : undefined;
  }

  private *inclusivePieces(
    isSeparator: (value: T) => boolean,
    length: number,
    epoch: number,
  ): Generator<Slice<T>, undefined> {
    let start = 0;
    for (let i = 0; i < length; i++) {
      if (!this.isAt(i, isSeparator, epoch)) continue;
      yield this.part(start, i + 1 - start);
      start = i + 1;
    }
    this.checkStill(epoch);
    if (start < length) yield this.part(start, length - start);
    return undefined;
  }

  private *piecesFromFront(
    isSeparator: (value: T) => boolean,
    limit: number,
    length: number,
    epoch: number,
  ): Generator<Slice<T>, undefined> {
    let left = limit;
    if (left === 0) return undefined;
    let start = 0;
    for (let i = 0; i < length && left > 1; i++) {
      if (!this.isAt(i, isSeparator, epoch)) continue;
      yield this.part(start, i - start);
      start = i + 1;
      left--;
    }
    this.checkStill(epoch);
    yield this.part(start, length - start);
    return undefined;
  }

  private *piecesFromBack(
    isSeparator: (value: T) => boolean,
    limit: number,
    length: number,
    epoch: number,
  ): Generator<Slice<T>, undefined> {
    let left = limit;
    if (left === 0) return undefined;
    let end = length;
    for (let i = length - 1; i >= 0 && left > 1; i--) {
      if (!this.isAt(i, isSeparator, epoch)) continue;
      yield this.part(i + 1, end - i - 1);
      end = i;
      left--;
    }
    this.checkStill(epoch);
    yield this.part(0, end);
    return undefined;
  }

  /** Asks whether an element separates; the elements must be what they were, before and after. */
  private isAt(index: number, isSeparator: (value: T) => boolean, epoch: number): boolean {
    this.checkStill(epoch);
    const is = isSeparator(this.slots.get(index));
    this.checkStill(epoch);
    return is;
  }
}
