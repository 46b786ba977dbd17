/**
 * A map ordered by its keys: Rust's `BTreeMap<K, V>`.
 *
 * @see https://doc.rust-lang.org/std/collections/struct.BTreeMap.html
 * @module
 */
import { globalAllocator, type GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import { dropValue, tuple, type Type } from "@kmem/repr";
import { ArgumentError } from "../core/errors.ts";
import { feed, requireIterable } from "../core/feed.ts";
import { OWNED, type Loan } from "../core/owner.ts";
import { Vec } from "../vec/vec.ts";
import { keyRange, lowerCut, upperCut, type RangeEnd } from "./bounds.ts";
import { appendTree } from "./append.ts";
import { OccupiedEntry, VacantEntry, type Entry } from "./entry.ts";
import { TreeExtractIf } from "./extract-if.ts";
import { TreeIntoIter } from "./into-iter.ts";
import { MapLookup } from "./map-lookup.ts";
import { sortWithScratch, untilEmpty } from "./sort-scratch.ts";

/**
 * Entries in the order of their keys; finding, inserting and removing one is O(log n).
 *
 * @example
 * const map = BTreeMap.from(u32, u8, [[30, 3], [10, 1], [20, 2]]);
 * map.insert(40, 4) // => undefined
 * map.get(20) // => 2
 * map.range(15, 35).toArray() // => [[20, 2], [30, 3]]
 * map.popFirst() // => [10, 1]
 */
export class BTreeMap<K, V> extends MapLookup<K, V> {
  private constructor(keyType: Type<K>, valueType: Type<V>, allocator: GlobalAlloc, loan?: Loan) {
    super(keyType, valueType, allocator, loan);
  }

  /** An empty map; allocates nothing. Keys are ordered by their type's `compare`. */
  static new<K, V>(keyType: Type<K>, valueType: Type<V>): BTreeMap<K, V> {
    return new BTreeMap(keyType, valueType, globalAllocator());
  }

  static newIn<K, V>(allocator: GlobalAlloc, keyType: Type<K>, valueType: Type<V>): BTreeMap<K, V> {
    return new BTreeMap(keyType, valueType, allocator);
  }

  /** A map of an iterable's entries, as Rust's `collect`: they are sorted in a Vec first. Of equal keys, the last wins. */
  static from<K, V>(keyType: Type<K>, valueType: Type<V>, entries: Iterable<readonly [K, V]>): BTreeMap<K, V> {
    return BTreeMap.fromIn(globalAllocator(), keyType, valueType, entries);
  }

  static fromIn<K, V>(
    allocator: GlobalAlloc,
    keyType: Type<K>,
    valueType: Type<V>,
    entries: Iterable<readonly [K, V]>,
  ): BTreeMap<K, V> {
    const pair = tuple(keyType, valueType) as unknown as Type<readonly [K, V]>;
    const sorted = Vec.fromIn(allocator, pair, entries);
    if (sorted.isEmpty()) {
      sorted.drop();
      return BTreeMap.newIn(allocator, keyType, valueType);
    }
    try {
      sorted.sortBy((a, b) => keyType.compare(a[0], b[0]));
    } catch (error) {
      sorted.drop();
      throw error;
    }
    return BTreeMap.built(allocator, keyType, valueType, untilEmpty(sorted.intoIter()));
  }

  /** A map of an array's entries, as Rust's `BTreeMap::from([…])`: sorted where they are, without a Vec. */
  static fromArray<K, V>(
    keyType: Type<K>,
    valueType: Type<V>,
    entries: readonly (readonly [K, V])[],
    allocator?: GlobalAlloc,
  ): BTreeMap<K, V> {
    const chosen = allocator ?? globalAllocator();
    const pair = tuple(keyType, valueType) as unknown as Type<readonly [K, V]>;
    requireIterable(entries);
    for (const entry of entries) pair.check?.(entry, chosen);
    if (entries.length === 0) return BTreeMap.newIn(chosen, keyType, valueType);
    const sorted = [...entries];
    sortWithScratch(sorted, (a, b) => keyType.compare(a[0], b[0]), pair.size, pair.align, chosen);
    return BTreeMap.built(chosen, keyType, valueType, sorted[Symbol.iterator]());
  }

  /** Takes back what {@link BTreeMap.intoRawParts} gave; the caller answers for it. */
  static fromRawParts<K, V>(
    keyType: Type<K>,
    valueType: Type<V>,
    root: Ptr,
    height: number,
    length: number,
    allocator?: GlobalAlloc,
  ): BTreeMap<K, V> {
    const map = new BTreeMap(keyType, valueType, allocator ?? globalAllocator());
    map.tree.assume(root, height, length);
    return map;
  }

  /** @internal A handle over words that lie in memory. */
  static borrow<K, V>(keyType: Type<K>, valueType: Type<V>, loan: Loan): BTreeMap<K, V> {
    return new BTreeMap(keyType, valueType, loan.lender.allocator, loan);
  }

  /** @internal From ascending entries. */
  static built<K, V>(
    allocator: GlobalAlloc,
    keyType: Type<K>,
    valueType: Type<V>,
    entries: Iterator<readonly [K, V], unknown>,
  ): BTreeMap<K, V> {
    const map = new BTreeMap(keyType, valueType, allocator);
    try {
      map.build(entries);
    } catch (error) {
      map.drop();
      entries.return?.();
      throw error;
    }
    entries.return?.();
    return map;
  }

  // ── One entry ──────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Sets the value of a key. If the key is there, the new key is dropped and the old one stays.
   *
   * @returns the old value, or `undefined`
   * @throws calls the alloc error handler when there is no memory; nothing has changed then
   */
  insert(key: K, value: V): V | undefined {
    if (this.state !== OWNED) this.enter();
    const { tree } = this;
    const isThere = this.findPlace(key);
    tree.values.check(value);
    if (isThere) {
      const old = this.replaceHere(value);
      if (tree.keys.owns) dropValue(key);
      return old;
    }
    tree.insertHere(key, value);
    this.changed();
    return undefined;
  }

  /** JavaScript's {@link BTreeMap.insert}: the old value is dropped. */
  set(key: K, value: V): this {
    dropValue(this.insert(key, value));
    return this;
  }

  /** Removes an entry: gives its value, and drops its key. */
  remove(key: K): V | undefined {
    if (!this.find(key)) return undefined;
    const { tree } = this;
    const { keys, values, node, index } = tree;
    const old = keys.owns ? keys.take(tree.keyAt(node, index)) : undefined;
    const value = values.take(tree.valueAt(node, index));
    tree.unlinkHere();
    this.changed();
    if (keys.owns) dropValue(old);
    return value;
  }

  removeEntry(key: K): [K, V] | undefined {
    return this.find(key) ? this.takeHere() : undefined;
  }

  /** JavaScript's {@link BTreeMap.remove}: the value is dropped. @returns whether there was one */
  delete(key: K): boolean {
    if (!this.find(key)) return false;
    dropValue(this.takeHere());
    return true;
  }

  /**
   * The place of a key, for looking and changing at once. The key belongs to it: if there is an entry, it is dropped.
   *
   * @example BTreeMap.from(u32, u32, []).entry(7).orInsert(1).value // => 1
   */
  entry(key: K): Entry<K, V> {
    if (this.state !== OWNED) this.enter();
    if (!this.findPlace(key)) return new VacantEntry(key, this.inside());
    const place = this.occupied();
    if (this.tree.keys.owns) dropValue(key);
    return place;
  }

  /** The place of the smallest key, or `undefined`. */
  firstEntry(): OccupiedEntry<K, V> | undefined {
    return this.toFirst() ? this.occupied() : undefined;
  }

  lastEntry(): OccupiedEntry<K, V> | undefined {
    return this.toLast() ? this.occupied() : undefined;
  }

  /** Removes and gives the entry with the smallest key, or `undefined`. */
  popFirst(): [K, V] | undefined {
    return this.toFirst() ? this.takeHere() : undefined;
  }

  popLast(): [K, V] | undefined {
    return this.toLast() ? this.takeHere() : undefined;
  }

  // ── Many entries ───────────────────────────────────────────────────────────────────────────────────────────────

  /** Inserts all entries of an iterable; old values are dropped. When it throws, what it gave before is kept. */
  extend(entries: Iterable<readonly [K, V]>): void {
    if (this.state !== OWNED) this.enter();
    feed(entries, (iterator) => {
      for (let result = iterator.next(); result.done !== true; result = iterator.next()) {
        const entry = result.value as readonly [K, V] | null | undefined;
        if (entry === null || entry === undefined)
          throw new ArgumentError("alloc/argument", `expected [key, value], got ${String(entry)}`, entry);
        dropValue(this.insert(entry[0], entry[1]));
      }
    });
  }

  /** Moves all entries of another map here; it is empty then. Where a key is in both, this one's key and its value stay. */
  append(other: BTreeMap<K, V>): void {
    if (this.state !== OWNED) this.enter();
    if (other === this) throw new ArgumentError("alloc/argument", "expected another map to append", other);
    this.requireSameTypes(other);
    appendTree(
      this,
      other,
      () => this.changed(),
      () => other.changed(),
    );
  }

  /** Removes the entries from `key` on and gives them as a new map. */
  splitOff(key: K): BTreeMap<K, V> {
    if (this.state !== OWNED) this.enter();
    const { tree } = this;
    const checked = tree.checkedKey(key);
    const right = new BTreeMap(tree.keyType, tree.valueType, this.allocator);
    if (tree.length === 0) return right;
    tree.splitOff(checked, right.tree);
    this.changed();
    return right;
  }

  /** Keeps the entries for which `keep` holds and drops the others at once, in order. */
  retain(keep: (key: K, value: V) => boolean): void {
    const removed = this.extractIf((key, value) => !keep(key, value));
    try {
      for (const entry of removed) dropValue(entry);
    } finally {
      removed[Symbol.dispose]();
    }
  }

  /** Removes the entries for which `is` holds, and gives them one by one; the map is locked until that ends. */
  extractIf(is: (key: K, value: V) => boolean, start?: RangeEnd<K>, end?: RangeEnd<K>): TreeExtractIf<K, V, [K, V]> {
    if (this.state !== OWNED) this.enter();
    const { tree } = this;
    const range = keyRange(start, end, (key) => tree.checkedKey(key));
    return new TreeExtractIf<K, V, [K, V]>(
      {
        tree,
        is: () => is(tree.readKey(tree.node, tree.index), tree.readValue(tree.node, tree.index)),
        take: () => this.takeHere(),
        begin: (by) => this.lock(by),
        end: () => this.unlock(),
      },
      lowerCut(range),
      upperCut(range),
    );
  }

  /** Moves the contents out; this map is empty then: `mem::take`. */
  take(): BTreeMap<K, V> {
    if (this.state !== OWNED) this.enter();
    const taken = new BTreeMap(this.tree.keyType, this.tree.valueType, this.allocator);
    this.tree.moveTo(taken.tree);
    this.changed();
    return taken;
  }

  /** Uses the map up: gives its entries away from both ends, and drops those that nobody takes. */
  intoIter(): TreeIntoIter<K, V, [K, V]> {
    return this.using((key, value) => [key, value]);
  }

  /** {@link BTreeMap.intoIter}, for keys; each value is dropped. */
  intoKeys(): TreeIntoIter<K, V, K> {
    return this.using((key, value) => {
      dropValue(value);
      return key;
    });
  }

  /** {@link BTreeMap.intoIter}, for values; each key is dropped. */
  intoValues(): TreeIntoIter<K, V, V> {
    return this.using((key, value) => {
      dropValue(key);
      return value;
    });
  }

  /** A map of clones, whose nodes have the same shape. */
  override clone(): BTreeMap<K, V> {
    if (this.state !== OWNED) this.enter();
    const copy = new BTreeMap(this.tree.keyType, this.tree.valueType, this.allocator);
    copy.tree.cloneFrom(this.tree);
    return copy;
  }

  /** Makes this a clone of another map; what was here is dropped when the clone is made. */
  cloneFrom(source: BTreeMap<K, V>): void {
    if (this.state !== OWNED) this.enter();
    if (source === this) return;
    this.requireSameTypes(source);
    const copy = source.clone();
    const old = this.take();
    copy.tree.moveTo(this.tree);
    copy.forget();
    this.changed();
    old.drop();
  }

  /** Rust's `Ord`: entry by entry. */
  compareTo(other: BTreeMap<K, V>): number {
    const { keyType, valueType } = this.tree;
    const mine = this.iter();
    const theirs = other.iter();
    for (;;) {
      const a = mine.next();
      const b = theirs.next();
      if (a.done === true || b.done === true) return (a.done === true ? 0 : 1) - (b.done === true ? 0 : 1);
      const order = keyType.compare(a.value[0], b.value[0]) || valueType.compare(a.value[1], b.value[1]);
      if (order !== 0) return order;
    }
  }

  /** Rust's `==`. */
  equals(other: BTreeMap<K, V>): boolean {
    return this.length === other.length && this.compareTo(other) === 0;
  }

  /** Puts a checked value where the tree stands, and gives the old one. */
  private replaceHere(value: V): V {
    const { tree } = this;
    const at = tree.valueAt(tree.node, tree.index);
    const old = tree.values.take(at);
    tree.values.write(at, value);
    if (tree.values.owns) this.elementsChanged();
    return old;
  }

  private occupied(): OccupiedEntry<K, V> {
    return new OccupiedEntry(this.inside());
  }

  /** What an entry may do at the place where the tree stands now. */
  private inside(): ConstructorParameters<typeof OccupiedEntry<K, V>>[0] {
    const { tree, structure } = this;
    const { node, level, index } = tree;
    const go = (): void => {
      this.checkTree(structure);
      tree.node = node;
      tree.level = level;
      tree.index = index;
    };
    return {
      key: () => (go(), tree.readKey(node, index)),
      valueMut: () => (go(), this.mutHere()),
      replace: (value) => {
        go();
        tree.values.check(value);
        return this.replaceHere(value);
      },
      remove: () => (go(), this.takeHere()),
      insert: (key, value) => {
        go();
        tree.keys.check(key);
        tree.values.check(value);
        tree.insertHere(key, value);
        this.changed();
        return this.occupied();
      },
      discard: (value) => dropValue(value),
    };
  }

  private using<R>(make: (key: K, value: V) => R): TreeIntoIter<K, V, R> {
    this.requireOwned();
    const iter = new TreeIntoIter<K, V, R>(this.allocator, this.tree, make);
    this.forget();
    return iter;
  }
}
