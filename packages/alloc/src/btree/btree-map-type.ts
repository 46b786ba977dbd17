/**
 * BTreeMap as a type of elements.
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Memory, Ptr } from "@kmem/memory";
import { readPtr, WORD, type Type } from "@kmem/repr";
import { ownerType, sameType } from "../core/owner-type.ts";
import { BTreeMap } from "./btree-map.ts";
import { BTREE_SIZE } from "./collection.ts";

/** The type of a map that is an element. @example btreeMap(u32, u8).name // => "BTreeMap<u32, u8>" */
export function btreeMap<K, V>(keyType: Type<K>, valueType: Type<V>): Type<BTreeMap<K, V>> {
  const known = TYPES.get(keyType)?.get(valueType);
  if (known !== undefined) return known as Type<BTreeMap<K, V>>;
  const adopt = (memory: Memory, at: Ptr, allocator: GlobalAlloc): BTreeMap<K, V> =>
    BTreeMap.fromRawParts(
      keyType,
      valueType,
      readPtr(memory, at),
      memory.readUsize(at + WORD),
      memory.readUsize(at + 2 * WORD),
      allocator,
    );
  const type = ownerType<BTreeMap<K, V>>({
    get name() {
      return `BTreeMap<${keyType.name}, ${valueType.name}>`;
    },
    size: BTREE_SIZE,
    is: (value) =>
      value instanceof BTreeMap &&
      sameType(value.keyType as Type<unknown>, keyType) &&
      sameType(value.valueType as Type<unknown>, valueType),
    borrow: (loan) => BTreeMap.borrow(keyType, valueType, loan),
    adopt,
    compare: (a, b) => a.compareTo(b),
    clone(memory, from, to, allocator) {
      const source = adopt(memory, from, allocator);
      try {
        source.clone().moveTo(to);
      } finally {
        source.intoRawParts();
      }
    },
  });
  if (!TYPES.has(keyType)) TYPES.set(keyType, new WeakMap());
  TYPES.get(keyType)!.set(valueType, type);
  return type;
}

const TYPES = new WeakMap<object, WeakMap<object, unknown>>();
