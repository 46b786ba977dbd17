/**
 * BTreeMap (README of the recordings, 3.6).
 *
 * @module
 */
import { tuple } from "@kmem/repr";
import type * as Api from "../../src/index.ts";
import { CollectionSubject, type Operations } from "./collection.ts";
import type { Element } from "./elements.ts";
import type { Frame } from "./frame.ts";
import { panicking } from "./panicking.ts";

type Map = Api.BTreeMap<unknown, unknown>;
type Pair = readonly [unknown, unknown];
export type BoundJson = readonly ["i" | "e", unknown] | null;

const TWO_32 = 2 ** 32;

export class MapSubject extends CollectionSubject<Map> {
  protected readonly operations: Operations<never> = OPERATIONS;
  readonly values: Element;

  constructor(frame: Frame, keys: Element, values: Element) {
    super(frame, keys);
    this.values = values;
  }

  state(): unknown {
    return this.dropped ? null : [this.list.length];
  }

  empty(): Map {
    return this.api.BTreeMap.newIn(this.heap, this.type, this.values.type);
  }

  makePair([k, v]: Pair): [unknown, unknown] {
    const key = this.make(k);
    return [key, this.values.make(v)];
  }

  readPair(pair: Pair | undefined): unknown {
    return pair === undefined ? null : [this.element.read(pair[0]), this.values.read(pair[1])];
  }

  /** Reads an entry, then drops it. */
  consumePair(pair: Pair | undefined): unknown {
    const json = this.readPair(pair);
    this.api.dropValue(pair);
    return json;
  }

  /** Reads an entry's key, then drops the entry. */
  consumeKey(pair: Pair): unknown {
    const json = this.element.read(pair[0]);
    this.api.dropValue(pair);
    return json;
  }

  readPairs(pairs: Iterable<Pair>): unknown[] {
    return Array.from(pairs, (pair) => this.readPair(pair));
  }

  someValue(value: unknown): unknown {
    return value === undefined ? null : this.values.read(value);
  }

  given(map: Map): unknown {
    const items = this.readPairs(map);
    map.drop();
    return items;
  }

  /** Another map, made by insert. */
  another(pairs: readonly Pair[]): Map {
    const other = this.empty();
    for (const pair of pairs) this.api.dropValue(other.insert(...this.makePair(pair)));
    return other;
  }

  quietly<R>(key: unknown, use: (key: unknown) => R): R {
    return this.frame.borrowingOne(this.element, key, use);
  }

  /** Pairs that are made when they are asked for. */
  *each(pairs: readonly Pair[]): Generator<[unknown, unknown], undefined> {
    for (const pair of pairs) yield this.makePair(pair);
    return undefined;
  }

  collect(pairs: readonly Pair[], hint: (given: number) => Api.SizeHint): Map {
    return this.api.BTreeMap.fromIn(this.heap, this.type, this.values.type, hinted(this.each(pairs), hint));
  }

  /** Something within two bounds that only borrow their keys. */
  within<R>(lo: BoundJson, hi: BoundJson, use: (lo: unknown, hi: unknown) => R): R {
    return withBounds(this, lo, hi, use);
  }

  takeValue(value: unknown): unknown {
    return this.values.consume(value);
  }
}

function hinted<T>(each: Generator<T, undefined>, hint: (given: number) => Api.SizeHint): Iterable<T> {
  let given = 0;
  const iterator: IterableIterator<T> & Api.SizeHinted = {
    [Symbol.iterator]: () => iterator,
    sizeHint: () => hint(given),
    next: () => {
      given++;
      return each.next();
    },
  };
  return iterator;
}

interface WithBounds {
  readonly api: Frame["api"];
  readonly frame: Frame;
  make(json: unknown): unknown;
}

export function withBounds<R>(
  subject: WithBounds,
  lo: BoundJson,
  hi: BoundJson,
  use: (lo: unknown, hi: unknown) => R,
): R {
  const { api, frame } = subject;
  const make = (bound: BoundJson): unknown => (bound === null ? undefined : subject.make(bound[1]));
  const [low, high] = frame.quietly(() => [make(lo), make(hi)]);
  try {
    return use(boundOf(api, lo, low), boundOf(api, hi, high));
  } finally {
    frame.quietly(() => api.dropValue([low, high]));
  }
}

function boundOf(api: Frame["api"], json: BoundJson, key: unknown): unknown {
  return json === null ? undefined : json[0] === "i" ? api.included(key) : api.excluded(key);
}

/** Some of an iterator's items, read. */
export function first<T>(iter: Iterator<T>, count: unknown, read: (item: T) => unknown): unknown[] {
  const items: unknown[] = [];
  for (let i = 0; i < Number(count); i++) {
    const result = iter.next();
    if (result.done === true) break;
    items.push(read(result.value));
  }
  return items;
}

/** n keys s, s + d, … */
function keysOf(s: unknown, d: unknown, n: unknown): number[] {
  return Array.from({ length: Number(n) }, (_, i) => (Number(s) + Number(d) * i) % TWO_32);
}

/** Uses a map up: reads and drops so many entries from the front and from the back, then drops the rest. */
function usePairs(subject: MapSubject, f: unknown, b: unknown): unknown[] {
  const iter = subject.list.intoIter();
  subject.list = subject.empty();
  const read = (pair: Pair): unknown => {
    const json = subject.element.read(pair[0]);
    subject.api.dropValue(pair);
    return json;
  };
  const keys = [...first(iter, f, read), ...first(iter.iter().rev(), b, read)];
  iter[Symbol.dispose]();
  return keys;
}

const OPERATIONS: Operations<MapSubject> = {
  // Construct
  new() {
    this.list = this.empty();
  },
  from_iter_exact(pairs: Pair[]) {
    this.list = this.collect(pairs, (given) => [pairs.length - given, pairs.length - given]);
  },
  from_iter_lower0(pairs: Pair[]) {
    this.list = this.collect(pairs, () => [0, undefined]);
  },
  from_array4(pairs: Pair[]) {
    const made = pairs.map((pair) => this.makePair(pair));
    this.list = this.api.BTreeMap.fromArray(this.type, this.values.type, made, this.heap);
  },

  // Change
  insert(k: unknown, v: unknown) {
    return this.takeValue(this.list.insert(...this.makePair([k, v])));
  },
  remove(k: unknown) {
    return this.quietly(k, (key) => this.takeValue(this.list.remove(key)));
  },
  remove_entry(k: unknown) {
    return this.quietly(k, (key) => this.consumePair(this.list.removeEntry(key)));
  },
  get_mut_set(k: unknown, v: unknown) {
    return this.quietly(k, (key) => {
      const value = this.values.make(v);
      const place = this.list.getMut(key);
      if (place === undefined) this.api.dropValue(value);
      else place.value = value;
      return place !== undefined;
    });
  },
  entry_or_insert(k: unknown, v: unknown) {
    const entry = this.list.entry(this.make(k));
    return this.values.read(entry.orInsert(this.values.make(v)).value);
  },
  entry_or_insert_with(k: unknown, v: unknown) {
    return this.values.read(this.list.entry(this.make(k)).orInsertWith(() => this.values.make(v)).value);
  },
  entry_and_modify_or_insert(k: unknown, v: unknown, w: unknown) {
    const entry = this.list.entry(this.make(k)).andModify((place) => {
      place.value = this.values.make(v);
    });
    return this.values.read(entry.orInsertWith(() => this.values.make(w)).value);
  },
  entry_remove(k: unknown) {
    const entry = this.list.entry(this.make(k));
    if (entry.isOccupied) return this.takeValue(entry.remove());
    this.api.dropValue(entry.intoKey());
    return null;
  },
  entry_insert_entry(k: unknown, v: unknown) {
    const value = this.values.make(v);
    return this.values.read(this.list.entry(this.make(k)).insertEntry(value).get());
  },
  entry_key_into_key(k: unknown) {
    const entry = this.list.entry(this.make(k));
    return entry.isOccupied ? null : this.element.consume(entry.intoKey());
  },
  first_entry_remove() {
    return this.consumePair(this.list.firstEntry()?.removeEntry());
  },
  last_entry_remove() {
    const entry = this.list.lastEntry();
    return entry === undefined ? null : this.takeValue(entry.remove());
  },
  pop_first() {
    return this.consumePair(this.list.popFirst());
  },
  pop_last() {
    return this.consumePair(this.list.popLast());
  },
  values_mut_set(v: unknown) {
    for (const place of this.list.valuesMut()) place.value = this.values.make(v);
  },
  range_mut_set(lo: BoundJson, hi: BoundJson, v: unknown) {
    return this.within(lo, hi, (low, high) => {
      let count = 0;
      for (const [, place] of this.list.rangeMut(low, high)) {
        place.value = this.values.make(v);
        count++;
      }
      return count;
    });
  },
  clear() {
    this.list.clear();
  },
  append(pairs: Pair[]) {
    const other = this.another(pairs);
    this.list.append(other);
    other.drop();
  },
  split_off(k: unknown) {
    return this.quietly(k, (key) => this.given(this.list.splitOff(key)));
  },
  retain(m: unknown, q: unknown) {
    const matches = this.element.matches(m, q);
    this.list.retain((key) => !matches(key));
  },
  extract_if(lo: BoundJson, hi: BoundJson, m: unknown, q: unknown, n: unknown) {
    const bounds = [lo, hi].map((json) => (json === null ? undefined : this.make(json[1])));
    const matches = this.element.matches(m, q);
    const extract = this.list.extractIf(
      (key) => matches(key),
      boundOf(this.api, lo, bounds[0]),
      boundOf(this.api, hi, bounds[1]),
    );
    const keys = first(extract, n, (pair) => {
      const json = this.element.read(pair[0]);
      this.api.dropValue(pair);
      return json;
    });
    extract[Symbol.dispose]();
    this.api.dropValue(bounds);
    return keys;
  },
  extend(pairs: Pair[]) {
    this.list.extend(this.each(pairs));
  },
  rebuild() {
    this.list = this.api.BTreeMap.fromIn(this.heap, this.type, this.values.type, this.list.intoIter());
  },
  clone() {
    const copy = this.list.clone();
    const { length } = copy;
    copy.drop();
    return length;
  },
  clone_replace() {
    const copy = this.list.clone();
    this.list.drop();
    this.list = copy;
  },
  take() {
    const taken = this.list.take();
    const { length } = taken;
    taken.drop();
    return length;
  },
  into_iter(f: unknown, b: unknown) {
    return usePairs(this, f, b);
  },
  into_iter_count(f: unknown, b: unknown) {
    usePairs(this, f, b);
  },
  into_keys(n: unknown) {
    const iter = this.list.intoKeys();
    this.list = this.empty();
    const keys = first(iter, n, (key) => this.element.consume(key));
    iter[Symbol.dispose]();
    return keys;
  },
  into_values(n: unknown) {
    const iter = this.list.intoValues();
    this.list = this.empty();
    const values = first(iter, n, (value) => this.takeValue(value));
    iter[Symbol.dispose]();
    return values;
  },

  // Long runs
  insert_seq(s: unknown, d: unknown, n: unknown) {
    let fresh = 0;
    keysOf(s, d, n).forEach((key, i) => {
      if (this.list.insert(this.make(key), this.values.make(i)) === undefined) fresh++;
    });
    return fresh;
  },
  remove_seq(s: unknown, d: unknown, n: unknown) {
    return keysOf(s, d, n).filter((key) => this.list.remove(this.make(key)) !== undefined).length;
  },
  get_seq(s: unknown, d: unknown, n: unknown) {
    return keysOf(s, d, n).filter((key) => this.list.get(this.make(key)) !== undefined).length;
  },
  append_seq(s: unknown, d: unknown, n: unknown) {
    const other = this.empty();
    keysOf(s, d, n).forEach((key, i) => other.insert(this.make(key), this.values.make(i + 500_000)));
    this.list.append(other);
    other.drop();
    return this.list.length;
  },
  pop_first_n(n: unknown) {
    for (let i = 0; i < Number(n); i++) this.list.popFirst();
    return this.list.length;
  },
  pop_last_n(n: unknown) {
    for (let i = 0; i < Number(n); i++) this.list.popLast();
    return this.list.length;
  },
  split_off_len(k: unknown) {
    const other = this.list.splitOff(this.make(k));
    const { length } = other;
    other.drop();
    return length;
  },
  split_off_keep(k: unknown) {
    const other = this.list.splitOff(this.make(k));
    this.list.drop();
    this.list = other;
  },
  key_value_checksum() {
    let h = 0;
    const low = (x: unknown): number => Number(BigInt.asUintN(32, BigInt(x as number | bigint)));
    for (const [k, v] of this.list) h = (Math.imul(Math.imul(h, 31) + low(k), 31) + low(v)) >>> 0;
    return h;
  },

  // Beyond the given recordings: vectors/README.md
  split_keep(k: unknown) {
    const upper = this.quietly(k, (key) => this.list.splitOff(key));
    this.list.drop();
    this.list = upper;
  },
  into_iter_collect(n: unknown) {
    const iter = this.list.intoIter();
    const keys = first(iter, n, (pair) => this.consumeKey(pair));
    this.list = this.api.BTreeMap.fromIn(this.heap, this.type, this.values.type, iter);
    return keys;
  },
  from_vec_iter(pairs: Pair[], cap: number, n: unknown) {
    const both = tuple(this.type, this.values.type);
    const vec = this.api.Vec.withCapacityIn(this.heap, both, cap);
    vec.extend(this.each(pairs));
    const iter = vec.intoIter();
    const keys = first(iter, n, (pair) => this.consumeKey(pair));
    const made = this.api.BTreeMap.fromIn(this.heap, this.type, this.values.type, iter as Iterable<[unknown, unknown]>);
    this.list.drop();
    this.list = made;
    return keys;
  },
  extend_map(pairs: Pair[]) {
    this.list.extend(this.another(pairs).intoIter());
  },
  clone_from_map(pairs: Pair[]) {
    const other = this.frame.quietly(() =>
      this.collect(pairs, (given) => [pairs.length - given, pairs.length - given]),
    );
    this.list.cloneFrom(other);
    this.frame.quietly(() => other.drop());
  },
  retain_panics(m: unknown, q: unknown, good: number) {
    const matches = this.element.matches(m, q);
    this.list.retain(panicking("predicate", good, (key: unknown) => !matches(key)));
  },

  // Read
  contents() {
    return this.readPairs(this.list);
  },
  iter() {
    return this.readPairs(this.list.iter());
  },
  iter_rev() {
    return this.readPairs(this.list.iter().rev());
  },
  keys() {
    return this.element.readAll(this.list.keys());
  },
  values() {
    return this.values.readAll(this.list.values());
  },
  get(k: unknown) {
    return this.quietly(k, (key) => this.someValue(this.list.get(key)));
  },
  get_key_value(k: unknown) {
    return this.quietly(k, (key) => this.readPair(this.list.getKeyValue(key)));
  },
  contains_key(k: unknown) {
    return this.quietly(k, (key) => this.list.containsKey(key));
  },
  first_key_value() {
    return this.readPair(this.list.firstKeyValue());
  },
  last_key_value() {
    return this.readPair(this.list.lastKeyValue());
  },
  range(lo: BoundJson, hi: BoundJson, n: unknown) {
    return this.within(lo, hi, (low, high) => first(this.list.range(low, high), n, (pair) => this.readPair(pair)));
  },
  range_rev(lo: BoundJson, hi: BoundJson, n: unknown) {
    return this.within(lo, hi, (low, high) =>
      first(this.list.range(low, high).rev(), n, (pair) => this.readPair(pair)),
    );
  },
  range_both_ends(lo: BoundJson, hi: BoundJson, n: unknown) {
    return this.within(lo, hi, (low, high) => {
      const range = this.list.range(low, high);
      const keys: unknown[] = [];
      for (let i = 0; i < Number(n); i++) {
        const result = i % 2 === 0 ? range.next() : range.nextBack();
        if (result.done === true) break;
        keys.push(this.element.read(result.value[0]));
      }
      return keys;
    });
  },
  index(k: unknown) {
    return this.quietly(k, (key) => this.values.read(this.list.index(key)));
  },
  eq(pairs: Pair[]) {
    const other = this.frame.quietly(() => this.another(pairs));
    const equal = this.list.equals(other);
    this.frame.quietly(() => other.drop());
    return equal;
  },
  sum_keys() {
    return this.sumKeys(this.list.keys());
  },
  is_empty() {
    return this.list.isEmpty();
  },
  drop() {
    this.drop();
  },
};
