/**
 * A heap's operations on many elements at once.
 *
 * @module
 */
import { ArgumentError } from "../core/errors.ts";
import { OWNED } from "../core/owner.ts";
import { sameType } from "../core/owner-type.ts";
import { requireVec, type Vec } from "../vec/vec.ts";
import { HeapItems } from "./heap-items.ts";
import { HeapDrain } from "./peek-mut.ts";

export abstract class HeapBulk<T> extends HeapItems<T> {
  /** Drops every element; the capacity stays. */
  clear(): void {
    if (this.state !== OWNED) this.enter();
    this.asVec((vec) => vec.clear());
  }

  /** Adds all values of an iterable; what was there when it throws is kept, in order. */
  extend(values: Iterable<T>): void {
    if (this.state !== OWNED) this.enter();
    const start = this.count;
    try {
      this.asVec((vec) => vec.extend(values));
    } finally {
      this.rebuildTail(start);
    }
  }

  /** Adds all elements of a Vec: `extend(vec)`. The Vec is used up, and its block given back. */
  appendVec(other: Vec<T>): void {
    if (this.state !== OWNED) this.enter();
    requireVec(other);
    other.checkMovable(this.allocator);
    const start = this.count;
    this.asVec((vec) => vec.append(other));
    other.drop();
    this.rebuildTail(start);
  }

  /** Moves all elements of another heap into this one; the other is empty then. The smaller one's elements move. */
  append(other: HeapBulk<T>): void {
    if (this.state !== OWNED) this.enter();
    if (!(other instanceof HeapBulk) || other === this)
      throw new ArgumentError("alloc/argument", "expected another heap to append", other);
    if (!sameType(other.type, this.type))
      throw new ArgumentError("alloc/argument", `expected elements of type ${this.type.name}`, other);
    if (other.allocator !== this.allocator)
      throw new ArgumentError("alloc/foreign-allocator", "expected elements of the same allocator", other);
    if (this.count < other.length) this.swap(other);
    const start = this.count;
    this.asVec((vec) => other.asVec((more) => vec.append(more)));
    this.rebuildTail(start);
  }

  /** Keeps the elements for which `keep` holds, which is asked in the order of memory, and drops the others. */
  retain(keep: (value: T) => boolean): void {
    if (this.state !== OWNED) this.enter();
    let start = this.count;
    let i = 0;
    try {
      this.asVec((vec) =>
        vec.retain((value) => {
          const keeps = keep(value);
          if (!keeps && i < start) start = i;
          i++;
          return keeps;
        }),
      );
    } finally {
      this.rebuildTail(Math.min(start, this.count));
    }
  }

  /** Removes all elements and gives them one by one, in the order of memory. The heap is locked until the drain ends. */
  drain(): HeapDrain<T> {
    if (this.state !== OWNED) this.enter();
    const vec = this.lend();
    const drain = new HeapDrain(vec.drain(), () => {
      this.unlock();
      this.takeBack(vec);
    });
    this.changed();
    this.lock(drain);
    return drain;
  }

  /** Exchanges the contents: `mem::swap`. */
  private swap(other: HeapBulk<T>): void {
    const { count } = this;
    const { ptr, capacity } = this.raw;
    this.raw.assume(other.raw.ptr, other.raw.capacity);
    this.count = other.count;
    other.raw.assume(ptr, capacity);
    other.count = count;
    this.changed();
    other.changed();
  }
}
