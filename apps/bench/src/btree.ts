/**
 * BTreeMap beside npm's sorted maps.
 */
import { BTreeMap } from "@kmem/alloc";
import { LockedHeap } from "@kmem/linked-list-allocator";
import { u32 } from "@kmem/repr";
import { OrderedMap } from "js-sdsl";
import sortedBtree from "sorted-btree";
import { sink } from "./collections.ts";
import type { Benchmark, Contestant } from "./harness.ts";

const SIZE = 100_000;
const HEAP_BYTES = 0x400_0000;

/** Each of 0 … SIZE − 1 once, in the same disorder in each run. */
const keys: readonly number[] = Array.from({ length: SIZE }, (_, i) => (i * 61_169) % SIZE);

function ours(): BTreeMap<number, number> {
  return BTreeMap.newIn(LockedHeap.inBuffer(new ArrayBuffer(HEAP_BYTES)), u32, u32);
}

// A CommonJS module: in Node, its default export is a member of ours.
const { default: SortedBTree } = sortedBtree as unknown as { default: typeof sortedBtree };

/** Its numbers are compared by subtraction, the fastest way that it offers. */
function rival(): sortedBtree<number, number> {
  return new SortedBTree<number, number>(undefined, (a, b) => a - b);
}

function contestant(name: string, run: () => void): Contestant {
  return { name, operations: SIZE, run };
}

const insertAndRemove: Benchmark = {
  name: "btree/insert-remove",
  about: `inserting ${SIZE} u32 keys in random order and removing them again; one operation is both`,
  contestants: () => {
    const map = ours();
    return [
      contestant("kmem BTreeMap", () => {
        for (const key of keys) map.insert(key, key);
        for (const key of keys) map.remove(key);
      }),
      contestant("sorted-btree", () => {
        const tree = rival();
        for (const key of keys) tree.set(key, key);
        for (const key of keys) tree.delete(key);
      }),
      contestant("js-sdsl OrderedMap", () => {
        const tree = new OrderedMap<number, number>();
        for (const key of keys) tree.setElement(key, key);
        for (const key of keys) tree.eraseElementByKey(key);
      }),
    ];
  },
};

const get: Benchmark = {
  name: "btree/get",
  about: `looking up all of ${SIZE} u32 keys in random order`,
  contestants: () => {
    const map = ours();
    const tree = rival();
    const ordered = new OrderedMap<number, number>();
    for (const key of keys) {
      map.insert(key, key);
      tree.set(key, key);
      ordered.setElement(key, key);
    }
    return [
      contestant("kmem BTreeMap", () => {
        for (const key of keys) sink.value += map.get(key)!;
      }),
      contestant("sorted-btree", () => {
        for (const key of keys) sink.value += tree.get(key)!;
      }),
      contestant("js-sdsl OrderedMap", () => {
        for (const key of keys) sink.value += ordered.getElementByKey(key)!;
      }),
    ];
  },
};

const scan: Benchmark = {
  name: "btree/scan",
  about: `going through all of ${SIZE} entries in order`,
  contestants: () => {
    const map = ours();
    const tree = rival();
    for (const key of keys) {
      map.insert(key, key);
      tree.set(key, key);
    }
    return [
      contestant("kmem BTreeMap, forEach", () => {
        map.forEach((value, key) => {
          sink.value += key ^ value;
        });
      }),
      contestant("kmem BTreeMap, for…of range", () => {
        for (const [key, value] of map.range(0, SIZE)) sink.value += key ^ value;
      }),
      contestant("sorted-btree, forRange", () => {
        tree.forRange(0, SIZE, false, (key, value) => {
          sink.value += key ^ value;
        });
      }),
      contestant("sorted-btree, for…of entries", () => {
        for (const [key, value] of tree.entries(0)) sink.value += key ^ value;
      }),
    ];
  },
};

export const btreeBenchmarks: readonly Benchmark[] = [insertAndRemove, get, scan];
