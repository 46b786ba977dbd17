/**
 * Strong handles of one value: `Rc<T>` and `Arc<T>`.
 *
 * @module
 */
import { cloneOf } from "../core/clone-value.ts";
import { OWNED } from "../core/owner.ts";
import { RefMut } from "../core/ref-mut.ts";
import { Shared } from "./shared.ts";

export abstract class SharedOne<T> extends Shared<T> {
  /** The value; of a type that owns memory, a handle borrowed from this one. */
  get value(): T {
    if (this.state !== OWNED) this.enter();
    return this.slots.get(0);
  }

  /** The value for changing, if there is no other handle, strong or weak. */
  getMut(): RefMut<T> | undefined {
    if (this.state !== OWNED) this.enter();
    return this.isUnique() ? this.refMut() : undefined;
  }

  /** The value for changing, whoever else has handles: Rust's unsafe `get_mut_unchecked`. The caller answers for it. */
  getMutUnchecked(): RefMut<T> {
    if (this.state !== OWNED) this.enter();
    return this.refMut();
  }

  /** The value for changing: first cloned if there are other strong handles, moved away from weak ones. */
  makeMut(): RefMut<T> {
    this.makeUnique();
    return this.refMut();
  }

  /** The value itself, if this is the only strong handle; otherwise `undefined`, and the handle stays. */
  tryUnwrap(): T | undefined {
    return this.unwrapIfLast(() => this.slots.take(0));
  }

  /** Ends this handle, and gives the value if it was the last one. */
  intoInner(): T | undefined {
    const value = this.tryUnwrap();
    if (this.isOwned) this.drop();
    return value;
  }

  /** The value itself if this is the only strong handle, else a clone of it. The handle ends. */
  unwrapOrClone(): T {
    const value = this.unwrapIfLast(() => this.slots.take(0));
    if (!this.isOwned) return value as T;
    const copy = cloneOf(this.value);
    this.drop();
    return copy;
  }

  /** Gives the handle away: the address of the value, for `fromRaw` here or, of an Arc, in another worker. */
  intoRaw(): number {
    return this.giveAway();
  }

  equals(other: SharedOne<T>): boolean {
    return this.compareTo(other) === 0;
  }

  /** Rust's `cmp` of the values. */
  compareTo(other: SharedOne<T>): number {
    return this.type.compare(this.value, other.value);
  }

  inspectContents(show: (value: unknown) => string): string {
    return ` { ${show(this.value)} }`;
  }

  /** For `JSON.stringify`: the value. */
  toJSON(): T {
    return this.value;
  }

  protected get isFat(): boolean {
    return false;
  }

  private refMut(): RefMut<T> {
    return RefMut.of(this.type, this, this.slots.start);
  }
}
