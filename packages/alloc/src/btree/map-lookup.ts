/**
 * A map ordered by its keys, as far as it is only looked at: finding, both ends, going through.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import type { Type } from "@kmem/repr";
import { OWNED } from "../core/owner.ts";
import { RefMut } from "../core/ref-mut.ts";
import type { RangeEnd } from "./bounds.ts";
import { TreeCollection } from "./collection.ts";
import type { TreeIter } from "./iter.ts";
import { ENTRIES, KEYS, VALUES, type Part } from "./node-reader.ts";
import { Visit } from "./visit.ts";

/** What a `BTreeMap` tells; what changes it is in the map itself. */
export abstract class MapLookup<K, V> extends TreeCollection<K, V, [K, V]> {
  protected readonly kindName: string = "BTreeMap";
  protected readonly reads: Part = ENTRIES;

  get typeName(): string {
    return `BTreeMap<${this.tree.keyType.name}, ${this.tree.valueType.name}>`;
  }

  get keyType(): Type<K> {
    return this.tree.keyType;
  }

  get valueType(): Type<V> {
    return this.tree.valueType;
  }

  /** The value of a key, or `undefined`; of a type that owns memory, a borrowed handle. */
  get(key: K): V | undefined {
    return this.find(key) ? this.tree.readValue(this.tree.node, this.tree.index) : undefined;
  }

  /** The value of a key. @throws Panic when there is none: Rust's `map[&key]` */
  index(key: K): V {
    if (!this.find(key)) throw new Panic("no entry found for key");
    return this.tree.readValue(this.tree.node, this.tree.index);
  }

  /** The entry of a key, or `undefined`. */
  getKeyValue(key: K): [K, V] | undefined {
    return this.find(key) ? this.here() : undefined;
  }

  /** The value of a key, borrowed for changing, or `undefined`. */
  getMut(key: K): RefMut<V> | undefined {
    return this.find(key) ? this.mutHere() : undefined;
  }

  containsKey(key: K): boolean {
    return this.find(key);
  }

  /** JavaScript's name for {@link MapLookup.containsKey}. */
  has(key: K): boolean {
    return this.find(key);
  }

  firstKeyValue(): [K, V] | undefined {
    return this.toFirst() ? this.here() : undefined;
  }

  lastKeyValue(): [K, V] | undefined {
    return this.toLast() ? this.here() : undefined;
  }

  entries(): TreeIter<K, V, [K, V]> {
    return this.iter();
  }

  /** All keys in order. */
  keys(): TreeIter<K, V, K> {
    return this.iterOf(KEYS);
  }

  /** All values, in the order of their keys. */
  values(): TreeIter<K, V, V> {
    return this.iterOf(VALUES);
  }

  /** Every entry, its value borrowed for changing. */
  iterMut(): Generator<[K, RefMut<V>], undefined> {
    return this.rangeMut();
  }

  /** Every value, borrowed for changing. */
  *valuesMut(): Generator<RefMut<V>, undefined> {
    for (const [, value] of this.rangeMut()) yield value;
    return undefined;
  }

  /** {@link MapLookup.range}, with values borrowed for changing. */
  *rangeMut(start?: RangeEnd<K>, end?: RangeEnd<K>): Generator<[K, RefMut<V>], undefined> {
    if (this.state !== OWNED) this.enter();
    const { tree } = this;
    const walk = this.walkOver(start, end);
    while (!walk.isOver) {
      const { node } = walk.forwardPlace();
      const { index } = tree;
      yield [tree.readKey(node, index), RefMut.of(tree.valueType, this, tree.valueAt(node, index))];
    }
    return undefined;
  }

  /** As JavaScript's `Map`: value, then key. */
  forEach(f: (value: V, key: K, map: this) => void): void {
    if (this.state !== OWNED) this.enter();
    new Visit(this.tree, this, f).run();
  }

  /** In Node's inspect: `BTreeMap<u32, u8>(2) { 1 => 10, 2 => 20 }`. */
  inspectContents(show: (value: unknown) => string): string {
    return `(${this.length}) ${show(new Map(this.toArray())).replace(/^Map\(\d+\) /, "")}`;
  }

  // For the map

  protected toFirst(): boolean {
    if (this.state !== OWNED) this.enter();
    return this.tree.toFirst();
  }

  protected toLast(): boolean {
    if (this.state !== OWNED) this.enter();
    return this.tree.toLast();
  }

  protected here(): [K, V] {
    const { tree } = this;
    return [tree.readKey(tree.node, tree.index), tree.readValue(tree.node, tree.index)];
  }

  protected mutHere(): RefMut<V> {
    return RefMut.of(this.tree.valueType, this, this.tree.valueAt(this.tree.node, this.tree.index));
  }
}
