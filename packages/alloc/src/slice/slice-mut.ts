/**
 * Elements borrowed for changing, one at a time: Rust's `&mut v[i]`.
 *
 * @module
 */
import { ArgumentError, checkUsize } from "../core/errors.ts";
import { OWNED } from "../core/owner.ts";
import { RefMut } from "../core/ref-mut.ts";
import { SliceSort } from "./slice-sort.ts";

/** Elements that can be borrowed. */
export abstract class SliceMut<T> extends SliceSort<T> {
  /** The element at `index`, borrowed for changing, or `undefined`. */
  getMut(index: number): RefMut<T> | undefined {
    if (this.state !== OWNED) this.enter();
    checkUsize(index, "index");
    return index < this.count ? this.mutAt(index) : undefined;
  }

  firstMut(): RefMut<T> | undefined {
    return this.getMut(0);
  }

  lastMut(): RefMut<T> | undefined {
    if (this.state !== OWNED) this.enter();
    return this.count > 0 ? this.mutAt(this.count - 1) : undefined;
  }

  /** Every element, borrowed for changing. @throws BorrowError when something else has changed meanwhile */
  *iterMut(): Generator<RefMut<T>, undefined> {
    if (this.state !== OWNED) this.enter();
    let { epoch } = this;
    for (let i = 0; i < this.count; i++) {
      const element = this.mutAt(i);
      const before = element.epoch;
      yield element;
      epoch += element.epoch - before;
      this.checkStill(epoch);
    }
    return undefined;
  }

  /**
   * Several elements at once, each borrowed for changing.
   *
   * @throws ArgumentError `alloc/argument` when an index is not inside, or two are the same: Rust's `GetDisjointMutError`
   */
  getDisjointMut(indices: readonly number[]): RefMut<T>[] {
    if (this.state !== OWNED) this.enter();
    if (!(indices instanceof Array)) throw new ArgumentError("alloc/argument", "expected an array of indices", indices);
    for (const [i, index] of indices.entries()) {
      checkUsize(index, "index");
      if (index >= this.count) throw new ArgumentError("alloc/argument", "an index is out of bounds", index);
      if (indices.indexOf(index) !== i)
        throw new ArgumentError("alloc/argument", "there were overlapping indices", index);
    }
    return indices.map((index) => this.mutAt(index));
  }

  private mutAt(index: number): RefMut<T> {
    return RefMut.of(this.type, this, this.slots.addressOf(index));
  }
}
