/**
 * Sorting slices.
 *
 * All values are read first and put in order outside of memory; then the elements move. So a comparison that throws
 * leaves everything as it was. The block that Rust's stable sort merges through is taken and given back as Rust does
 * it, so that running out of memory shows where it would there.
 *
 * @module
 */
import { handleAllocError, Layout } from "@kmem/global-alloc";
import { NULL, Panic } from "@kmem/memory";
import { isNaturallyOrdered, type Type } from "@kmem/repr";
import { checkUsize } from "../core/errors.ts";
import { OWNED } from "../core/owner.ts";
import { SliceFill } from "./slice-fill.ts";
import { comparePlain } from "./slice-search.ts";

/** Up to here Rust sorts by insertion, without a scratch block. */
const SMALL_SORT = 20;
const MIN_SCRATCH = 48;
const MAX_FULL_SCRATCH_BYTES = 8_000_000;
const STACK_SCRATCH_BYTES = 4096;

export abstract class SliceSort<T> extends SliceFill<T> {
  /** Sorts by the element type's order; equal elements keep theirs. */
  sort(): void {
    if (this.state !== OWNED) this.enter();
    this.withScratch(() => this.sortNaturally());
  }

  /** Sorts by `compare`, as `Array.prototype.sort` takes it; equal elements keep their order. */
  sortBy(compare: (a: T, b: T) => number): void {
    if (this.state !== OWNED) this.enter();
    this.withScratch(() => this.sortWith(compare));
  }

  /** Sorts by a key; equal elements keep their order. */
  sortByKey<K>(keyOf: (value: T) => K, compare: (a: K, b: K) => number = comparePlain): void {
    this.sortBy((a, b) => compare(keyOf(a), keyOf(b)));
  }

  /**
   * Sorts by a key that is computed once per element; equal elements keep their order.
   *
   * @param keyType - the key's type: Rust keeps (key, index) pairs in a block while it sorts, and so the block is taken
   */
  sortByCachedKey<K>(keyType: Type<K>, keyOf: (value: T) => K): void {
    if (this.state !== OWNED) this.enter();
    const { count } = this;
    if (count < 2) return;
    const scratch = cachedKeyLayout(keyType, count);
    this.withBlock(scratch, () => {
      const keys = this.valuesNow().map((value) => keyOf(value));
      this.arrange((a, b) => keyType.compare(keys[a]!, keys[b]!));
    });
  }

  /** Sorts by the element type's order; takes no block. */
  sortUnstable(): void {
    if (this.state !== OWNED) this.enter();
    this.sortNaturally();
  }

  sortUnstableBy(compare: (a: T, b: T) => number): void {
    if (this.state !== OWNED) this.enter();
    this.sortWith(compare);
  }

  sortUnstableByKey<K>(keyOf: (value: T) => K, compare: (a: K, b: K) => number = comparePlain): void {
    this.sortUnstableBy((a, b) => compare(keyOf(a), keyOf(b)));
  }

  /**
   * Puts the element that sorting would put at `index` there, smaller ones before and larger ones behind.
   *
   * @returns that element
   * @throws Panic when there is no such index
   */
  selectNthUnstable(index: number): T {
    this.expectSelectable(index);
    this.sortNaturally();
    return this.slots.get(index);
  }

  /** {@link SliceSort.selectNthUnstable}, in the order of `compare`. */
  selectNthUnstableBy(index: number, compare: (a: T, b: T) => number): T {
    this.expectSelectable(index);
    this.sortWith(compare);
    return this.slots.get(index);
  }

  /** {@link SliceSort.selectNthUnstable}, in the order of keys. */
  selectNthUnstableByKey<K>(index: number, keyOf: (value: T) => K, compare: (a: K, b: K) => number = comparePlain): T {
    return this.selectNthUnstableBy(index, (a, b) => compare(keyOf(a), keyOf(b)));
  }

  private expectSelectable(index: number): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(index, "index");
    if (index >= this.count)
      throw new Panic(`partition_at_index index ${index} greater than length of slice ${this.count}`);
  }

  private sortNaturally(): void {
    const { slots, count } = this;
    if (count < 2 || slots.stride === 0) return;
    if (isNaturallyOrdered(this.type) && slots.run(0, true) >= count) {
      const at = slots.runIndex(0);
      (slots.runArray as Uint8Array).subarray(at, at + count).sort();
      return;
    }
    this.sortWith((a, b) => this.type.compare(a, b));
  }

  private sortWith(compare: (a: T, b: T) => number): void {
    if (this.count < 2 || this.slots.stride === 0) return;
    const values = this.valuesNow();
    this.arrange((a, b) => compare(values[a]!, values[b]!));
  }

  /** Orders the elements by comparing their indices now. */
  private arrange(compare: (a: number, b: number) => number): void {
    const { slots, count, epoch } = this;
    const { stride } = slots;
    const order = new Uint32Array(count);
    for (let i = 0; i < count; i++) order[i] = i;
    this.lock();
    try {
      order.sort((a, b) => compare(a, b) || a - b);
    } finally {
      this.unlock();
    }
    if (this.epoch !== epoch) this.checkStill(epoch);
    const from = this.readRaw(0, count);
    const to = new Uint8Array(from.length);
    for (let i = 0; i < count; i++) {
      const start = order[i]! * stride;
      to.set(from.subarray(start, start + stride), i * stride);
    }
    this.writeRaw(0, to);
    this.movedElements();
  }

  private valuesNow(): T[] {
    const values: T[] = [];
    for (let i = 0; i < this.count; i++) values.push(this.slots.get(i));
    return values;
  }

  /** Runs a stable sort with the block that Rust merges through. */
  private withScratch(sort: () => void): void {
    const { count } = this;
    const { size, align } = this.type;
    if (count <= SMALL_SORT || size === 0) {
      sort();
      return;
    }
    const full = Math.min(count, Math.floor(MAX_FULL_SCRATCH_BYTES / size));
    const elements = Math.max(count - Math.floor(count / 2), full, MIN_SCRATCH);
    if (elements * size <= STACK_SCRATCH_BYTES) sort();
    else this.withBlock(Layout.fromSizeAlign(elements * size, align), sort);
  }

  private withBlock(layout: Layout, run: () => void): void {
    const block = this.allocator.alloc(layout);
    if (block === NULL) handleAllocError(layout);
    try {
      run();
    } finally {
      this.allocator.dealloc(block, layout);
    }
  }
}

/** Rust's `Vec<(K, index)>`, with the narrowest index that makes the pair smaller. */
function cachedKeyLayout(key: Type<unknown>, count: number): Layout {
  const pair = (index: number): Layout => {
    const first = Layout.new({ size: Math.max(key.size, 0), align: key.align });
    const [large, small] =
      key.align >= index ? [first, Layout.fromSizeAlign(index, index)] : [Layout.fromSizeAlign(index, index), first];
    return large.extend(small).layout.padToAlign();
  };
  const sizes = [1, 2, 4, 8].map(pair);
  const limits = [0xff, 0xffff, 0xffff_ffff];
  const narrow = limits.findIndex((limit, i) => sizes[i]!.size < sizes[i + 1]!.size && count <= limit);
  return Layout.array(sizes[narrow < 0 ? 3 : narrow]!, count);
}
