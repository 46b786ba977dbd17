/**
 * What removes many elements of a Vec at once: those that a function chooses, neighbours that are the same, and ranges.
 *
 * @module
 */
import { dropValues } from "@kmem/repr";
import { requireIterable } from "../core/feed.ts";
import { OWNED } from "../core/owner.ts";
import { checkRange } from "../core/range.ts";
import { Drain, ExtractIf, Splice, type VecInside } from "./drain.ts";
import { VecBulk } from "./vec-bulk.ts";
import type { Vec } from "./vec.ts";

export abstract class VecRemove<T> extends VecBulk<T> {
  /** Keeps the elements for which `keep` holds, in their order, and drops the others. */
  retain(keep: (value: T) => boolean): void {
    if (this.state !== OWNED) this.enter();
    const { count } = this;
    this.compact((i) => keep(this.slots.get(i)), 0, count);
  }

  /** Drops every element that equals the one before it. */
  dedup(): void {
    this.dedupBy((a, b) => this.type.compare(a, b) === 0);
  }

  /** Drops every element whose key equals that of the one before it. */
  dedupByKey<K>(keyOf: (value: T) => K, equals: (a: K, b: K) => boolean = (a, b) => a === b): void {
    this.dedupBy((a, b) => equals(keyOf(a), keyOf(b)));
  }

  /** Drops every element for which `same(element, the kept one before it)` holds. */
  dedupBy(same: (value: T, before: T) => boolean): void {
    if (this.state !== OWNED) this.enter();
    const { count } = this;
    this.compact((i, kept) => i === 0 || !same(this.slots.get(i), this.slots.get(kept - 1)), 0, count);
  }

  /**
   * Removes elements `start..end` and gives them one by one; what is not taken is dropped. The Vec cannot be used
   * until the drain is exhausted or disposed of.
   */
  drain(start = 0, end: number = this.length): Drain<T> {
    if (this.state !== OWNED) this.enter();
    checkRange(start, end, this.count);
    return new Drain(this.inside(), start, end);
  }

  /** Removes elements `start..end`, gives them one by one, and in the end puts `values` in their place. */
  splice(start: number, end: number, values: Iterable<T>): Splice<T> {
    if (this.state !== OWNED) this.enter();
    checkRange(start, end, this.count);
    requireIterable(values);
    return new Splice(this.inside(), start, end, values);
  }

  /** Removes the elements of `start..end` for which `is` holds, and gives them one by one; untaken ones stay. */
  extractIf(is: (value: T) => boolean, start = 0, end: number = this.length): ExtractIf<T> {
    if (this.state !== OWNED) this.enter();
    checkRange(start, end, this.count);
    return new ExtractIf(this.inside(), start, end, is);
  }

  /** Keeps the elements of `start..end` that `keeps(index, slots kept so far)` says; drops the others at once. */
  private compact(keeps: (index: number, kept: number) => boolean, start: number, end: number): void {
    const { slots, count, type } = this;
    let kept = start;
    let i = start;
    this.lock();
    try {
      for (; i < end; i++) {
        if (keeps(i, kept)) {
          if (kept < i) slots.move(kept, i, 1);
          kept++;
        } else if (slots.owns) {
          const dying = i++;
          dropValues(type, slots.memory, slots.addressOf(dying), 1, this.allocator);
          i = dying;
        }
      }
    } finally {
      // After an error, the elements not looked at stay.
      slots.move(kept, i, count - i);
      this.unlock();
      this.count = kept + (count - i);
      this.changed();
    }
  }

  /** What a drain needs of its Vec. */
  private inside(): VecInside<T> {
    return {
      raw: this.raw,
      length: this.count,
      begin: (length, by) => {
        this.count = length;
        this.changed();
        this.lock(by);
      },
      end: (length) => {
        this.unlock();
        this.count = length;
        this.changed();
      },
      extend: (values) => this.extend(values),
      collect: (iterator) => {
        const collected = this.emptyVec(0) as VecRemove<T>;
        try {
          collected.collectFrom(iterator);
        } catch (error) {
          collected.drop();
          throw error;
        }
        return collected as unknown as Vec<T>;
      },
    };
  }
}
