/**
 * What BTreeMap and BTreeSet share: a tree, its words, and using it up.
 *
 * ```
 *   words  +0 root   +8 height   +16 length        24 bytes; the root of a map without nodes is null
 * ```
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import { dropValue, readPtr, WORD, writePtr, type Type } from "@kmem/repr";
import { ArgumentError } from "../core/errors.ts";
import { checkUnchanged, Owner, OWNED, type Loan } from "../core/owner.ts";
import { sameType } from "../core/owner-type.ts";
import type { SizeHint } from "../core/size-hint.ts";
import { checkKeyRange, keyRange, lowerCut, upperCut, type RangeEnd } from "./bounds.ts";
import { RangeIter, TreeIter, Walk, type TreeUser } from "./iter.ts";
import type { Part } from "./node-reader.ts";
import { Tree } from "./tree.ts";

/** Bytes of a map's or set's words. */
export const BTREE_SIZE = 24;

export abstract class TreeCollection<K, V, R> extends Owner implements TreeUser {
  /** @internal */
  readonly tree: Tree<K, V>;
  /** How many changes of {@link Owner.epoch} have left every entry where it was. */
  private replacements = 0;

  protected constructor(keyType: Type<K>, valueType: Type<V>, allocator: GlobalAlloc, loan?: Loan) {
    super(allocator, loan);
    this.tree = new Tree(keyType, valueType, this);
  }

  /** `"BTreeMap"` or `"BTreeSet"`, for messages. */
  protected abstract readonly kindName: string;
  /** What iterating gives. */
  protected abstract readonly reads: Part;

  /** Number of entries. */
  get length(): number {
    if (this.state !== OWNED) this.enter();
    return this.tree.length;
  }

  /** JavaScript's name for `length`. */
  get size(): number {
    return this.length;
  }

  isEmpty(): boolean {
    return this.length === 0;
  }

  /** Everything in ascending order, from both ends. Dies with an error when entries come or go meanwhile. */
  iter(): TreeIter<K, V, R> {
    return this.iterOf(this.reads);
  }

  [Symbol.iterator](): TreeIter<K, V, R> {
    return this.iter();
  }

  /** Exact: for collecting. */
  sizeHint(): SizeHint {
    const { length } = this;
    return [length, length];
  }

  /** Everything as a JavaScript array. Owners in it are borrowed handles. */
  toArray(): R[] {
    return this.iter().toArray();
  }

  /** For `JSON.stringify`. */
  toJSON(): R[] {
    return this.toArray();
  }

  /**
   * What lies between two keys, from both ends.
   *
   * @param start - a key (included), a bound, or `undefined` for no end
   * @param end - a key (excluded), a bound, or `undefined` for no end
   * @throws Panic when the ends are the wrong way round, or equal and both excluded
   */
  range(start?: RangeEnd<K>, end?: RangeEnd<K>): RangeIter<K, V, R> {
    if (this.state !== OWNED) this.enter();
    return new RangeIter(this.walkOver(start, end), this.reads);
  }

  /** Drops everything, in order, and frees every node. */
  clear(): void {
    if (this.state !== OWNED) this.enter();
    const { root, height, length } = this.tree;
    const old = new Tree(this.tree.keyType, this.tree.valueType, this);
    old.assume(root, height, length);
    this.tree.assume(0, 0, 0);
    this.changed();
    old.dropAll();
  }

  /** Gives the nodes away: the root (0 if there is none), its height, the number of entries. The handle is moved. */
  intoRawParts(): { root: Ptr; height: number; length: number } {
    this.requireOwned();
    const { root, height, length } = this.tree;
    this.forget();
    return { root, height, length };
  }

  /** @internal */
  get structure(): number {
    return this.epoch - this.replacements;
  }

  /** @internal */
  checkTree(structure: number): void {
    if (this.state !== OWNED) this.enter();
    if (this.epoch - this.replacements !== structure) checkUnchanged(this, -1);
  }

  /** @internal A value was replaced by way of a borrowed place. */
  override elementsChanged(): void {
    this.replacements++;
    super.elementsChanged();
  }

  protected iterOf<S>(part: Part): TreeIter<K, V, S> {
    if (this.state !== OWNED) this.enter();
    return new TreeIter(new Walk(this.tree, this), part);
  }

  protected walkOver(start: RangeEnd<K>, end: RangeEnd<K>): Walk<K, V> {
    const { tree } = this;
    const range = keyRange(start, end, (key) => tree.checkedKey(key));
    // Like Rust's, a map without nodes does not look at the range.
    if (tree.root !== 0) checkKeyRange(range, (a, b) => tree.keyType.compare(a, b), this.kindName);
    return new Walk(tree, this).begin(lowerCut(range), upperCut(range));
  }

  /** Goes to the entry of a key. @returns whether there is one */
  protected find(key: K): boolean {
    if (this.state !== OWNED) this.enter();
    const { tree } = this;
    const checked = tree.checkedKey(key);
    return tree.root !== 0 && tree.search(checked);
  }

  /** Goes to where a new key belongs, once it is sure that it can be stored. @returns whether there is an equal one */
  protected findPlace(key: K): boolean {
    const { tree } = this;
    if ((tree.keyType.kind ?? 0) === 0) tree.keys.check(key);
    const checked = tree.checkedKey(key);
    return tree.root !== 0 && tree.search(checked);
  }

  /** Takes the entry where the tree stands out of it. */
  protected takeHere(): [K, V] {
    const { tree } = this;
    const { keys, values, node, index } = tree;
    const key = keys.take(tree.keyAt(node, index));
    const value = values.take(tree.valueAt(node, index));
    tree.unlinkHere();
    this.changed();
    return [key, value];
  }

  /** Fills this empty tree with ascending entries; of equal ones, the last. Takes the first leaf at once. */
  protected build(entries: { next(): IteratorResult<readonly [K, V], unknown> }): void {
    const { tree } = this;
    const { keyType } = tree;
    tree.beginBuilding();
    let current = entries.next();
    while (current.done !== true) {
      const [key, value] = current.value;
      let after: IteratorResult<readonly [K, V], unknown>;
      try {
        after = entries.next();
      } catch (error) {
        dropValue([key, value]);
        throw error;
      }
      if (after.done !== true && keyType.compare(key, after.value[0]) === 0) dropValue([key, value]);
      else
        try {
          tree.pushLast(key, value);
        } catch (error) {
          dropValue([key, value]);
          if (after.done !== true) dropValue(after.value);
          throw error;
        }
      current = after;
    }
    tree.endBuilding();
    this.changed();
  }

  protected requireSameTypes(other: TreeCollection<K, V, R>): void {
    if (!(other instanceof TreeCollection))
      throw new ArgumentError("alloc/argument", `expected a ${this.typeName}, got ${typeof other}`, other);
    other.assertUsable();
    if (!sameType(this.tree.keyType, other.tree.keyType) || !sameType(this.tree.valueType, other.tree.valueType))
      throw new ArgumentError("alloc/argument", `expected a ${this.typeName}, got a ${other.typeName}`, other);
    if (other.allocator !== this.allocator)
      throw new ArgumentError(
        "alloc/foreign-allocator",
        `expected a ${this.typeName} of the same allocator as its new owner`,
        other,
      );
  }

  protected load(slot: Ptr): void {
    const { tree } = this;
    const { memory } = tree;
    const root = readPtr(memory, slot);
    const height = memory.readUsize(slot + WORD);
    const length = memory.readUsize(slot + 2 * WORD);
    if (root !== tree.root || height !== tree.height || length !== tree.length) this.epoch++;
    tree.assume(root, height, length);
  }

  protected store(slot: Ptr): void {
    const { memory, root, height, length } = this.tree;
    writePtr(memory, slot, root);
    memory.writeUsize(slot + WORD, height);
    memory.writeUsize(slot + 2 * WORD, length);
  }

  protected release(): void {
    this.tree.dropAll();
  }
}
