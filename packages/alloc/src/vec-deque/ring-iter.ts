/**
 * Going through a VecDeque.
 *
 * @module
 */
import type { Slots } from "@kmem/repr";
import { ExactIter } from "../core/iter.ts";
import { checkUnchanged, type Owner } from "../core/owner.ts";

/** Iterates elements `front..back`, as long as their owner does not change. */
export class RingIter<T> extends ExactIter<T> {
  private readonly owner: Owner;
  private readonly slots: Slots<T>;
  private readonly head: number;
  private readonly capacity: number;
  private readonly epoch: number;
  private front: number;
  private back: number;

  constructor(owner: Owner, slots: Slots<T>, head: number, capacity: number, front: number, back: number) {
    super();
    this.owner = owner;
    this.slots = slots;
    this.head = head;
    this.capacity = capacity;
    this.epoch = owner.epoch;
    this.front = front;
    this.back = back;
  }

  get length(): number {
    return this.back - this.front;
  }

  next(): IteratorResult<T, undefined> {
    return this.front >= this.back ? { done: true, value: undefined } : this.read(this.front++);
  }

  nextBack(): IteratorResult<T, undefined> {
    return this.front >= this.back ? { done: true, value: undefined } : this.read(--this.back);
  }

  private read(index: number): IteratorResult<T, undefined> {
    checkUnchanged(this.owner, this.epoch);
    const slot = this.head + index;
    return { done: false, value: this.slots.get(slot >= this.capacity ? slot - this.capacity : slot) };
  }
}
