/**
 * The entries of one node, ready to be read one after the other.
 *
 * A walk turns to a node once and then reads up to eleven entries. Numbers are read from typed arrays without looking
 * for the node's window again; it is looked for anew when the memory's generation has changed. Values are read when they
 * are asked for, never ahead: one that was replaced meanwhile is seen.
 *
 * @module
 */
import { NULL, type Memory, type Ptr, type Views } from "@kmem/memory";
import { MOST_SMALL } from "./node-parts.ts";
import type { NodeSearch } from "./node-search.ts";

/** The largest kind that {@link readNumber} knows: f64. */
const LAST_NUMBER = 8;

/** What is read of an entry. */
export const KEYS = 0;
export const VALUES = 1;
export const ENTRIES = 2;
export type Part = typeof KEYS | typeof VALUES | typeof ENTRIES;

export class NodeReader<K, V> {
  node: Ptr = NULL;
  /** Number of entries in the node. */
  length = 0;

  private readonly tree: NodeSearch<K, V>;
  private readonly memory: Memory;
  private readonly keyKind: number;
  private readonly valueKind: number;
  private readonly keySize: number;
  private readonly valueSize: number;
  private views: Views | undefined = undefined;
  private generation = -1;
  /** Index in `views.u8` of the first key. */
  private keysAt = 0;
  private valuesAt = 0;

  constructor(tree: NodeSearch<K, V>) {
    this.tree = tree;
    this.memory = tree.memory;
    this.keyKind = numberKind(tree.keyType.kind);
    this.valueKind = numberKind(tree.valueType.kind);
    this.keySize = tree.keySize;
    this.valueSize = tree.valueSize;
  }

  /** Turns to another node, or to what has become of this one. */
  turnTo(node: Ptr, length: number): void {
    const { tree } = this;
    this.node = node;
    this.length = length;
    // Small integers where they can be: V8 computes with those faster.
    const found = tree.indexInViews(node);
    const at = found < MOST_SMALL ? found | 0 : found;
    this.views = tree.shownViews;
    this.generation = at < 0 ? -1 : this.memory.generation;
    this.keysAt = at + tree.layout.keys;
    this.valuesAt = at + tree.layout.values;
  }

  key(index: number): K {
    if (this.keyKind === 0 || this.memory.generation !== this.generation) return this.tree.readKey(this.node, index);
    return readNumber(this.keyKind, this.views!, this.keysAt + index * this.keySize) as K;
  }

  value(index: number): V {
    if (this.valueKind === 0 || this.memory.generation !== this.generation)
      return this.tree.readValue(this.node, index);
    return readNumber(this.valueKind, this.views!, this.valuesAt + index * this.valueSize) as V;
  }

  /** One part of an entry, or the entry. */
  read(part: Part, index: number): unknown {
    if (this.memory.generation !== this.generation) return this.readSlowly(part, index);
    const { keyKind, valueKind, views, tree, node } = this;
    let key: unknown, value: unknown;
    if (part !== VALUES)
      key = keyKind === 0 ? tree.readKey(node, index) : readNumber(keyKind, views!, this.keysAt + index * this.keySize);
    if (part === KEYS) return key;
    if (valueKind === 0) value = tree.readValue(node, index);
    else value = readNumber(valueKind, views!, this.valuesAt + index * this.valueSize);
    return part === VALUES ? value : [key, value];
  }

  private readSlowly(part: Part, index: number): unknown {
    const { tree, node } = this;
    if (part === ENTRIES) return [tree.readKey(node, index), tree.readValue(node, index)];
    return part === KEYS ? tree.readKey(node, index) : tree.readValue(node, index);
  }
}

function numberKind(kind: number | undefined): number {
  return kind !== undefined && kind <= LAST_NUMBER ? kind : 0;
}

/** @param at - index in bytes; a multiple of the number's size */
function readNumber(kind: number, views: Views, at: number): unknown {
  switch (kind) {
    case 1:
      return views.u8[at];
    case 2:
      return views.i8[at];
    case 3:
      return views.u16[at >>> 1];
    case 4:
      return views.i16[at >>> 1];
    case 5:
      return views.u32[at >>> 2];
    case 6:
      return views.i32[at >>> 2];
    case 7:
      return views.f32[at >>> 2];
    default:
      return views.f64[at >>> 3];
  }
}
