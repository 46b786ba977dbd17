/**
 * One place in a map, whether there is an entry or not: Rust's entry API.
 *
 * @module
 */
import type { RefMut } from "../core/ref-mut.ts";

/** A place in a map. Good until the map changes in another way. */
export type Entry<K, V> = OccupiedEntry<K, V> | VacantEntry<K, V>;

/** What a map lets its entries do; each call checks that the map has not changed since. */
export interface EntryInside<K, V> {
  key(): K;
  valueMut(): RefMut<V>;
  replace(value: V): V;
  remove(): [K, V];
  insert(key: K, value: V): OccupiedEntry<K, V>;
  discard(value: unknown): void;
}

/** A place with an entry. */
export class OccupiedEntry<K, V> {
  readonly isOccupied = true;
  private readonly inside: EntryInside<K, V>;

  /** @internal */
  constructor(inside: EntryInside<K, V>) {
    this.inside = inside;
  }

  /** The entry's key. */
  get key(): K {
    return this.inside.key();
  }

  /** The value. */
  get(): V {
    return this.inside.valueMut().value;
  }

  /** The value, borrowed for changing. */
  getMut(): RefMut<V> {
    return this.inside.valueMut();
  }

  /** Puts another value there and gives the old one. */
  insert(value: V): V {
    return this.inside.replace(value);
  }

  /** {@link OccupiedEntry.insert}, but drops the old value. */
  insertEntry(value: V): this {
    this.inside.discard(this.inside.replace(value));
    return this;
  }

  /** Takes the entry out of the map: its value; the key is dropped. */
  remove(): V {
    const [key, value] = this.inside.remove();
    this.inside.discard(key);
    return value;
  }

  removeEntry(): [K, V] {
    return this.inside.remove();
  }

  /** The value that is there; `value` is dropped. */
  orInsert(value: V): RefMut<V> {
    this.inside.discard(value);
    return this.inside.valueMut();
  }

  /** The value that is there; `make` is not called. */
  orInsertWith(_make: (key: K) => V): RefMut<V> {
    return this.inside.valueMut();
  }

  /** Rust's `or_insert_with_key`; {@link OccupiedEntry.orInsertWith} gets the key, too. */
  orInsertWithKey(_make: (key: K) => V): RefMut<V> {
    return this.inside.valueMut();
  }

  /** Lets `change` change the value. */
  andModify(change: (value: RefMut<V>) => void): this {
    change(this.inside.valueMut());
    return this;
  }
}

/** A place without an entry, and the key that would be there: it belongs to this until it is inserted. */
export class VacantEntry<K, V> {
  readonly isOccupied = false;
  readonly key: K;
  private readonly inside: EntryInside<K, V>;

  /** @internal */
  constructor(key: K, inside: EntryInside<K, V>) {
    this.key = key;
    this.inside = inside;
  }

  /** Puts an entry there. */
  insert(value: V): RefMut<V> {
    return this.insertEntry(value).getMut();
  }

  insertEntry(value: V): OccupiedEntry<K, V> {
    return this.inside.insert(this.key, value);
  }

  /** Gives the key back. */
  intoKey(): K {
    return this.key;
  }

  orInsert(value: V): RefMut<V> {
    return this.insert(value);
  }

  /** Puts an entry there with the value that `make` makes for the key. */
  orInsertWith(make: (key: K) => V): RefMut<V> {
    return this.insert(make(this.key));
  }

  orInsertWithKey(make: (key: K) => V): RefMut<V> {
    return this.orInsertWith(make);
  }

  /** Does nothing: there is no value. */
  andModify(_change: (value: RefMut<V>) => void): this {
    return this;
  }
}
