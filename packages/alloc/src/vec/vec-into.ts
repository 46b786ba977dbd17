/**
 * What uses a Vec up: its elements one by one, or another Vec made of them.
 *
 * @module
 */
import type { Ptr } from "@kmem/memory";
import type { Type } from "@kmem/repr";
import { OWNED } from "../core/owner.ts";
import { IntoIter } from "./into-iter.ts";
import { VecRemove } from "./vec-remove.ts";
import type { Vec } from "./vec.ts";

export abstract class VecInto<T> extends VecRemove<T> {
  /** Moves the contents out; this Vec is empty then and owns no block: `mem::take`. */
  take(): Vec<T> {
    if (this.state !== OWNED) this.enter();
    const { ptr, capacity } = this.raw;
    const { count } = this;
    this.raw.forget();
    this.count = 0;
    this.changed();
    return this.vecOf(this.type, ptr, count, capacity);
  }

  /** Uses the Vec up: gives its elements away one by one, and drops those that nobody takes. */
  intoIter(): IntoIter<T> {
    const { ptr, length, capacity } = this.intoRawParts();
    return new IntoIter(this.type, this.allocator, ptr, length, capacity);
  }

  /** `into_iter().filter(keep).collect()`: the kept elements in the same block; the others are dropped. */
  intoFiltered(keep: (value: T) => boolean): Vec<T> {
    const iter = this.intoIter();
    if (this.type.size === 0) {
      const kept = this.emptyVec(0);
      for (const value of iter) if (keep(value)) kept.push(value);
      return kept;
    }
    const { ptr, length, capacity } = iter.filterInPlace(keep);
    return this.vecOf(this.type, ptr, length, capacity);
  }

  /**
   * `into_iter().map(f).collect()`: in the same block when the new elements are as aligned and not larger, as in Rust.
   *
   * @param f - owns the element it is given: one that owns memory must be dropped or moved on
   */
  intoMapped<U>(type: Type<U>, f: (value: T) => U): Vec<U> {
    const iter = this.intoIter();
    if (type.size > 0 && type.size <= this.type.size && type.align === this.type.align) {
      const { ptr, length, capacity } = iter.mapInPlace(type, f);
      return this.vecOf(type, ptr, length, capacity);
    }
    const made = this.vecOf(type, type.align, 0, 0);
    try {
      made.reserveExact(iter.length);
      for (const value of iter) made.push(f(value));
    } catch (error) {
      iter[Symbol.dispose]();
      made.drop();
      throw error;
    }
    return made;
  }

  /** A Vec of a block in the same allocator. */
  protected abstract vecOf<U>(type: Type<U>, ptr: Ptr, length: number, capacity: number): Vec<U>;
}
