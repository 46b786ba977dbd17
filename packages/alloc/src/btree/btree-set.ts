/**
 * An ordered set: Rust's `BTreeSet<T>`, which is a map without values.
 *
 * @see https://doc.rust-lang.org/std/collections/struct.BTreeSet.html
 * @module
 */
import { globalAllocator, type GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import { dropValue, unit, UNIT, type Type } from "@kmem/repr";
import { cloneOf } from "../core/clone-value.ts";
import { ArgumentError } from "../core/errors.ts";
import { feed, requireIterable } from "../core/feed.ts";
import type { Iter } from "../core/iter.ts";
import { OWNED, type Loan } from "../core/owner.ts";
import { Vec } from "../vec/vec.ts";
import { keyRange, lowerCut, upperCut, type RangeEnd } from "./bounds.ts";
import { appendTree, type Unit } from "./append.ts";
import { TreeExtractIf } from "./extract-if.ts";
import { TreeIntoIter } from "./into-iter.ts";
import type { TreeIter } from "./iter.ts";
import { KEYS, type Part } from "./node-reader.ts";
import { SetAlgebra } from "./set-algebra.ts";
import { sortWithScratch, untilEmpty } from "./sort-scratch.ts";

/**
 * Values in ascending order, each once; finding, inserting and removing one is O(log n).
 *
 * @example
 * const set = BTreeSet.from(u32, [3, 1, 2, 3]);
 * set.insert(2) // => false
 * set.toArray() // => [1, 2, 3]
 * set.range(2).toArray() // => [2, 3]
 */
export class BTreeSet<T> extends SetAlgebra<T> {
  protected readonly kindName: string = "BTreeSet";
  protected readonly reads: Part = KEYS;

  private constructor(type: Type<T>, allocator: GlobalAlloc, loan?: Loan) {
    super(type, unit, allocator, loan);
  }

  /** An empty set; allocates nothing. */
  static new<T>(type: Type<T>): BTreeSet<T> {
    return new BTreeSet(type, globalAllocator());
  }

  static newIn<T>(allocator: GlobalAlloc, type: Type<T>): BTreeSet<T> {
    return new BTreeSet(type, allocator);
  }

  /** A set of an iterable's values, as Rust's `collect`: they are sorted in a Vec first. Of equal ones, the last stays. */
  static from<T>(type: Type<T>, values: Iterable<T>): BTreeSet<T> {
    return BTreeSet.fromIn(globalAllocator(), type, values);
  }

  static fromIn<T>(allocator: GlobalAlloc, type: Type<T>, values: Iterable<T>): BTreeSet<T> {
    const sorted = Vec.fromIn(allocator, type, values);
    if (sorted.isEmpty()) {
      sorted.drop();
      return BTreeSet.newIn(allocator, type);
    }
    try {
      sorted.sort();
    } catch (error) {
      sorted.drop();
      throw error;
    }
    return BTreeSet.built(allocator, type, untilEmpty(sorted.intoIter()));
  }

  /** A set of an array's values, as Rust's `BTreeSet::from([…])`: sorted where they are, without a Vec. */
  static fromArray<T>(type: Type<T>, values: readonly T[], allocator?: GlobalAlloc): BTreeSet<T> {
    const chosen = allocator ?? globalAllocator();
    requireIterable(values);
    for (const value of values) type.check?.(value, chosen);
    if (values.length === 0) return BTreeSet.newIn(chosen, type);
    const sorted = [...values];
    sortWithScratch(sorted, (a, b) => type.compare(a, b), type.size, type.align, chosen);
    return BTreeSet.built(chosen, type, sorted[Symbol.iterator]());
  }

  /** Takes back what {@link BTreeSet.intoRawParts} gave; the caller answers for it. */
  static fromRawParts<T>(
    type: Type<T>,
    root: Ptr,
    height: number,
    length: number,
    allocator?: GlobalAlloc,
  ): BTreeSet<T> {
    const set = new BTreeSet(type, allocator ?? globalAllocator());
    set.tree.assume(root, height, length);
    return set;
  }

  /** @internal A handle over words that lie in memory. */
  static borrow<T>(type: Type<T>, loan: Loan): BTreeSet<T> {
    return new BTreeSet(type, loan.lender.allocator, loan);
  }

  /** @internal From ascending values. */
  static built<T>(allocator: GlobalAlloc, type: Type<T>, values: Iterator<T, unknown>): BTreeSet<T> {
    const set = new BTreeSet(type, allocator);
    try {
      set.build({
        next: () => {
          const result = values.next();
          return result.done === true ? result : { done: false, value: [result.value, UNIT] as const };
        },
      });
    } catch (error) {
      set.drop();
      values.return?.();
      throw error;
    }
    values.return?.();
    return set;
  }

  get typeName(): string {
    return `BTreeSet<${this.type.name}>`;
  }

  /** The values' type. */
  get type(): Type<T> {
    return this.tree.keyType;
  }

  // ── One value ──────────────────────────────────────────────────────────────────────────────────────────────────

  contains(value: T): boolean {
    return this.find(value);
  }

  /** JavaScript's name for {@link BTreeSet.contains}. */
  has(value: T): boolean {
    return this.find(value);
  }

  /** The value in the set that equals `value`, or `undefined`. */
  get(value: T): T | undefined {
    return this.find(value) ? this.here() : undefined;
  }

  /** Adds a value; if an equal one is there, the new one is dropped. @returns whether it was new */
  insert(value: T): boolean {
    if (this.state !== OWNED) this.enter();
    if (this.findPlace(value)) {
      if (this.tree.keys.owns) dropValue(value);
      return false;
    }
    this.tree.insertHere(value, UNIT);
    this.changed();
    return true;
  }

  /** JavaScript's {@link BTreeSet.insert}. */
  add(value: T): this {
    this.insert(value);
    return this;
  }

  /** Adds a value in place of an equal one. @returns the equal one, or `undefined` */
  replace(value: T): T | undefined {
    if (this.state !== OWNED) this.enter();
    const { tree } = this;
    if (!this.findPlace(value)) {
      tree.insertHere(value, UNIT);
      this.changed();
      return undefined;
    }
    const at = tree.keyAt(tree.node, tree.index);
    const old = tree.keys.take(at);
    tree.keys.write(at, value);
    if (tree.keys.owns) this.elementsChanged();
    return old;
  }

  /** Removes and drops a value. @returns whether it was there */
  remove(value: T): boolean {
    if (!this.find(value)) return false;
    const [old] = this.takeHere();
    if (this.tree.keys.owns) dropValue(old);
    return true;
  }

  /** JavaScript's name for {@link BTreeSet.remove}. */
  delete(value: T): boolean {
    return this.remove(value);
  }

  /** Removes and gives the value that equals `value`: Rust's `take`. */
  takeValue(value: T): T | undefined {
    return this.find(value) ? this.takeHere()[0] : undefined;
  }

  first(): T | undefined {
    if (this.state !== OWNED) this.enter();
    return this.tree.toFirst() ? this.here() : undefined;
  }

  last(): T | undefined {
    if (this.state !== OWNED) this.enter();
    return this.tree.toLast() ? this.here() : undefined;
  }

  /** Removes and gives the smallest value, or `undefined`. */
  popFirst(): T | undefined {
    if (this.state !== OWNED) this.enter();
    return this.tree.toFirst() ? this.takeHere()[0] : undefined;
  }

  popLast(): T | undefined {
    if (this.state !== OWNED) this.enter();
    return this.tree.toLast() ? this.takeHere()[0] : undefined;
  }

  // ── Many values ────────────────────────────────────────────────────────────────────────────────────────────────

  values(): TreeIter<T, Unit, T> {
    return this.iter();
  }

  /** As JavaScript's `Set`: a set's keys are its values. */
  keys(): TreeIter<T, Unit, T> {
    return this.iter();
  }

  /** As JavaScript's `Set`: each value twice. */
  entries(): Iter<[T, T]> {
    return this.iter().map((value) => [value, value]);
  }

  forEach(f: (value: T, again: T, set: this) => void): void {
    for (const value of this) f(value, value, this);
  }

  /** Adds all values of an iterable. When it throws, what it gave before is kept. */
  extend(values: Iterable<T>): void {
    if (this.state !== OWNED) this.enter();
    feed(values, (iterator) => {
      for (let result = iterator.next(); result.done !== true; result = iterator.next()) this.insert(result.value);
    });
  }

  /** Moves all values of another set here; it is empty then. Of equal ones, this set's stays. */
  append(other: BTreeSet<T>): void {
    if (this.state !== OWNED) this.enter();
    if (other === this) throw new ArgumentError("alloc/argument", "expected another set to append", other);
    this.requireSameTypes(other);
    appendTree(
      this,
      other,
      () => this.changed(),
      () => other.changed(),
    );
  }

  /** Removes the values from `value` on and gives them as a new set. */
  splitOff(value: T): BTreeSet<T> {
    if (this.state !== OWNED) this.enter();
    const { tree } = this;
    const checked = tree.checkedKey(value);
    const right = new BTreeSet(tree.keyType, this.allocator);
    if (tree.length === 0) return right;
    tree.splitOff(checked, right.tree);
    this.changed();
    return right;
  }

  /** Keeps the values for which `keep` holds and drops the others at once, in order. */
  retain(keep: (value: T) => boolean): void {
    const removed = this.extractIf((value) => !keep(value));
    try {
      for (const value of removed) dropValue(value);
    } finally {
      removed[Symbol.dispose]();
    }
  }

  /** Removes the values for which `is` holds, and gives them one by one; the set is locked until that ends. */
  extractIf(is: (value: T) => boolean, start?: RangeEnd<T>, end?: RangeEnd<T>): TreeExtractIf<T, Unit, T> {
    if (this.state !== OWNED) this.enter();
    const { tree } = this;
    const range = keyRange(start, end, (key) => tree.checkedKey(key));
    return new TreeExtractIf<T, Unit, T>(
      {
        tree,
        is: () => is(this.here()),
        take: () => this.takeHere()[0],
        begin: (by) => this.lock(by),
        end: () => this.unlock(),
      },
      lowerCut(range),
      upperCut(range),
    );
  }

  /** Moves the contents out; this set is empty then: `mem::take`. */
  take(): BTreeSet<T> {
    if (this.state !== OWNED) this.enter();
    const taken = new BTreeSet(this.type, this.allocator);
    this.tree.moveTo(taken.tree);
    this.changed();
    return taken;
  }

  /** Uses the set up: gives its values away from both ends, and drops those that nobody takes. */
  intoIter(): TreeIntoIter<T, Unit, T> {
    this.requireOwned();
    const iter = new TreeIntoIter<T, Unit, T>(this.allocator, this.tree, (value) => value);
    this.forget();
    return iter;
  }

  /** A set of clones, whose nodes have the same shape. */
  override clone(): BTreeSet<T> {
    if (this.state !== OWNED) this.enter();
    const copy = new BTreeSet(this.type, this.allocator);
    copy.tree.cloneFrom(this.tree);
    return copy;
  }

  /** In Node's inspect: `BTreeSet<u32>(2) { 1, 2 }`. */
  inspectContents(show: (value: unknown) => string): string {
    return `(${this.length}) ${show(new Set(this.toArray())).replace(/^Set\(\d+\) /, "")}`;
  }

  private here(): T {
    return this.tree.readKey(this.tree.node, this.tree.index);
  }

  protected collected(values: Iter<T>): BTreeSet<T> {
    return BTreeSet.built(this.allocator, this.type, values.map(cloneOf));
  }
}
