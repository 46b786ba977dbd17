/**
 * Moving one tree's entries into another.
 *
 * @module
 */
import { dropValue } from "@kmem/repr";
import type { TreeCollection } from "./collection.ts";
import { TreeIntoIter } from "./into-iter.ts";
import { mergeAscending } from "./merge.ts";

/** The value of an entry of a set. */
export type Unit = readonly [];

/** Moves everything from `other` to `into`. */
export function appendTree<K, V, R>(
  into: TreeCollection<K, V, R>,
  other: TreeCollection<K, V, R>,
  intoChanged: () => void,
  otherChanged: () => void,
): void {
  const { tree } = into;
  if (other.length === 0) return;
  if (tree.length === 0) {
    const { root, height, length } = tree;
    other.tree.moveTo(tree);
    other.tree.assume(root, height, length);
    intoChanged();
    otherChanged();
    return;
  }
  const pair = (key: K, value: V): [K, V] => [key, value];
  const put = (key: K, value: V): void => {
    try {
      tree.pushLast(key, value);
    } catch (error) {
      // Nobody else has them any more.
      dropValue([key, value]);
      throw error;
    }
  };
  const mine = new TreeIntoIter<K, V, [K, V]>(into.allocator, tree, pair);
  const theirs = new TreeIntoIter<K, V, [K, V]>(into.allocator, other.tree, pair);
  intoChanged();
  otherChanged();
  try {
    tree.beginBuilding();
    for (const [a, b] of mergeAscending(mine, theirs, (x, y) => tree.keyType.compare(x[0], y[0]))) {
      if (a !== undefined && b !== undefined) {
        dropValue(a[1]);
        dropValue(b[0]);
        put(a[0], b[1]);
      } else {
        const [key, value] = (a ?? b)!;
        put(key, value);
      }
    }
    tree.endBuilding();
  } finally {
    mine[Symbol.dispose]();
    theirs[Symbol.dispose]();
    intoChanged();
  }
}
