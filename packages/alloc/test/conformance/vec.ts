/**
 * Vec (README of the recordings, 3.1).
 *
 * @module
 */
import { u64, type Type } from "@kmem/repr";
import type * as Api from "../../src/index.ts";
import type { Element } from "./elements.ts";
import { capacityJson, exactUsize, usize, type Frame, type Subject, type Trace } from "./frame.ts";
import { MORE } from "./vec-more.ts";

type List = Api.Vec<unknown>;
type Op = (this: VecSubject, ...args: never[]) => unknown;

export class VecSubject implements Subject {
  list!: List;
  element: Element;
  readonly frame: Frame;
  private dropped = false;

  constructor(frame: Frame, element: Element) {
    this.frame = frame;
    this.element = element;
  }

  run(name: string, args: readonly unknown[]): unknown {
    const op = OPS[name] ?? MORE[name];
    if (op === undefined) throw new Error(`Vec has no operation ${name}`);
    return op.apply(this, args as never[]);
  }

  state(name: string): unknown {
    if (this.dropped || name === "drop") return null;
    return [this.list.length, capacityJson(this.list.capacity)];
  }

  get api(): Frame["api"] {
    return this.frame.api;
  }

  get type(): Type<unknown> {
    return this.element.type;
  }

  make(json: unknown): unknown {
    return this.element.make(json);
  }

  read(values: Iterable<unknown>): unknown[] {
    return this.element.readAll(values);
  }

  /** None is null. */
  some(value: unknown): unknown {
    return value === undefined ? null : this.element.read(value);
  }

  /** Reads a Vec that was given back, then drops it. */
  given(list: List): unknown {
    const json = { items: this.read(list), cap: capacityJson(list.capacity) };
    list.drop();
    return json;
  }

  keyMod(m: unknown): (value: unknown) => number {
    return (value) => this.element.key(value) % Number(m);
  }

  /** Takes items and drops each once it is read. */
  takeFrom(iter: { next(): IteratorResult<unknown, undefined> }, count: unknown, items: unknown[]): unknown[] {
    for (let i = 0; i < Number(count); i++) {
      const result = iter.next();
      if (result.done === true) break;
      items.push(this.element.consume(result.value));
    }
    return items;
  }

  drop(): void {
    this.list.drop();
    this.dropped = true;
  }
}

/** Makes a sequence s, s ± 1, … wrapped to the element type. */
function sequence(start: unknown, count: unknown, step: 1 | -1, element: Element): unknown[] {
  const wrap = element.type.size === 1 ? 0x100 : element.type.size === 2 ? 0x1_0000 : 0x1_0000_0000;
  const values: unknown[] = [];
  for (let i = 0; i < Number(count); i++) {
    const value = Number(start) + step * i;
    const wrapped = ((value % wrap) + wrap) % wrap;
    values.push(element.make(element.name === "u64" ? String(value) : element.name === "i32" ? wrapped | 0 : wrapped));
  }
  return values;
}

/** The functions of `map_collect`: from the item, which they use up, to an element of the other type. */
function mapping(from: Element, to: Element, texts: readonly unknown[]): (value: unknown) => unknown {
  const consumed = (value: unknown): unknown => from.consume(value);
  switch (`${from.name}→${to.name}`) {
    case "u32→u32":
      return (v) => ((v as number) ^ 1) >>> 0;
    case "u64→u32":
      return (v) => Number((v as bigint) & 0xffff_ffffn);
    case "u32→u64":
      return (v) => BigInt(v as number);
    case "u32→u8":
      return (v) => (v as number) & 0xff;
    case "arr24→u8":
      return (v) => (v as Uint8Array)[0];
    case "rec→u64":
      return (v) => BigInt(from.key(v));
    case "rec→string": {
      let i = 0;
      return () => to.make(texts[i++]);
    }
    case "string→u64":
      return (v) => {
        const length = from.key(v);
        consumed(v);
        return BigInt(length);
      };
    case "box_u32→u64":
      return (v) => BigInt(consumed(v) as number);
    case "u32→unit":
      return () => to.make("()");
    case "u64→box_u32":
      return (v) => to.make(Number((v as bigint) & 0xffffn));
    default:
      throw new Error(`map_collect from ${from.name} to ${to.name}`);
  }
}

/** What the `contents` after `map_collect` shows: the texts that are derived from `rec`s. */
function nextContents(trace: Trace): readonly unknown[] {
  const at = trace.ops.findIndex((op) => op[0] === "map_collect");
  const contents = trace.ops.slice(at).find((op) => op[0] === "contents");
  return (contents?.[1] ?? []) as unknown[];
}

const OPS: Readonly<Record<string, Op>> = {
  // Construct
  new() {
    this.list = this.api.Vec.newIn(this.frame.heap, this.type);
  },
  with_capacity(n: unknown) {
    this.list = this.api.Vec.withCapacityIn(this.frame.heap, this.type, usize(n));
  },
  from_slice(xs: unknown) {
    this.frame.borrowing(this.element, xs, (slice) => {
      this.list = slice.toVec();
    });
  },
  from_iter_exact(xs: unknown) {
    this.list = this.api.Vec.fromIn(this.frame.heap, this.type, this.frame.exact(this.element, xs));
  },
  from_iter_lower(xs: unknown, lo: unknown) {
    this.list = this.api.Vec.fromIn(this.frame.heap, this.type, this.frame.lower(this.element, xs, lo));
  },
  vec_repeat(x: unknown, n: number) {
    this.list = this.api.Vec.fromElemIn(this.frame.heap, this.type, this.make(x), n);
  },
  from_array3(xs: unknown[]) {
    const values = xs.map((x) => this.make(x));
    this.list = this.api.Vec.fromIn(this.frame.heap, this.type, values);
  },

  // Change
  push(x: unknown) {
    this.list.push(this.make(x));
  },
  push_seq(start: unknown, count: unknown) {
    for (const value of sequence(start, count, 1, this.element)) this.list.push(value);
  },
  push_seq_desc(start: unknown, count: unknown) {
    for (const value of sequence(start, count, -1, this.element)) this.list.push(value);
  },
  pop() {
    return this.element.consume(this.list.pop());
  },
  pop_if(m: unknown, q: unknown) {
    return this.element.consume(this.list.popIf(this.element.matches(m, q)));
  },
  insert(i: number, x: unknown) {
    this.list.insert(i, this.make(x));
  },
  remove(i: number) {
    return this.element.consume(this.list.remove(i));
  },
  swap_remove(i: number) {
    return this.element.consume(this.list.swapRemove(i));
  },
  truncate(n: number) {
    this.list.truncate(n);
  },
  clear() {
    this.list.clear();
  },
  reserve(n: unknown) {
    this.list.reserve(exactUsize(n));
  },
  reserve_exact(n: unknown) {
    this.list.reserveExact(exactUsize(n));
  },
  try_reserve(n: unknown) {
    return this.list.tryReserve(exactUsize(n)) === undefined;
  },
  try_reserve_exact(n: unknown) {
    return this.list.tryReserveExact(exactUsize(n)) === undefined;
  },
  shrink_to_fit() {
    this.list.shrinkToFit();
  },
  shrink_to(n: number) {
    this.list.shrinkTo(n);
  },
  extend_exact(xs: unknown) {
    this.list.extend(this.frame.exact(this.element, xs));
  },
  extend_lower(xs: unknown, lo: unknown) {
    this.list.extend(this.frame.lower(this.element, xs, lo));
  },
  extend_from_slice(xs: unknown) {
    this.frame.borrowing(this.element, xs, (slice) => {
      this.list.extendFromSlice(slice);
    });
  },
  append(xs: unknown[]) {
    const other = this.element.makeVec(xs);
    this.list.append(other);
    other.drop();
  },
  split_off(i: number) {
    return this.given(this.list.splitOff(i));
  },
  resize(n: number, x: unknown) {
    this.list.resize(n, this.make(x));
  },
  resize_with(n: number, xs: unknown[]) {
    let i = 0;
    this.list.resizeWith(n, () => this.make(xs[i++]));
  },
  extend_from_within(a: number, b: number) {
    this.list.extendFromWithin(a, b);
  },
  set(i: number, x: unknown) {
    this.list.set(i, this.make(x));
  },
  fill(x: unknown) {
    this.list.fill(this.make(x));
  },
  swap(i: number, j: number) {
    this.list.swap(i, j);
  },
  reverse() {
    this.list.reverse();
  },
  rotate_left(n: number) {
    this.list.rotateLeft(n);
  },
  rotate_right(n: number) {
    this.list.rotateRight(n);
  },
  dedup() {
    this.list.dedup();
  },
  dedup_by_key(m: unknown) {
    this.list.dedupByKey(this.keyMod(m));
  },
  drain(a: number, b: number, n: unknown) {
    const drain = this.list.drain(a, b);
    const items = this.takeFrom(drain, n, []);
    drain[Symbol.dispose]();
    return items;
  },
  drain_back(a: number, b: number, n: unknown) {
    const drain = this.list.drain(a, b);
    const items = this.takeFrom(drain.rev(), n, []);
    drain[Symbol.dispose]();
    return items;
  },
  splice(a: number, b: number, xs: unknown) {
    const splice = this.list.splice(a, b, this.frame.exact(this.element, xs));
    const items = this.takeFrom(splice, b - a, []);
    splice[Symbol.dispose]();
    return items;
  },
  splice_lower(a: number, b: number, xs: unknown, lo: unknown) {
    const splice = this.list.splice(a, b, this.frame.lower(this.element, xs, lo));
    const items = this.takeFrom(splice, b - a, []);
    splice[Symbol.dispose]();
    return items;
  },
  retain(m: unknown, q: unknown) {
    const matches = this.element.matches(m, q);
    this.list.retain((value) => !matches(value));
  },
  retain_mut(m: unknown, q: unknown) {
    const matches = this.element.matches(m, q);
    this.list.retain((value) => !matches(value));
  },
  extract_if(a: number, b: number, m: unknown, q: unknown, n: unknown) {
    const extract = this.list.extractIf(this.element.matches(m, q), a, b);
    const items = this.takeFrom(extract, n, []);
    extract[Symbol.dispose]();
    return items;
  },
  sort() {
    this.list.sort();
  },
  sort_desc() {
    this.list.sortBy((a, b) => this.type.compare(b, a));
  },
  sort_by_key_mod(m: unknown) {
    this.list.sortByKey(this.keyMod(m));
  },
  sort_by_cached_key(m: unknown) {
    const key = this.keyMod(m);
    this.list.sortByCachedKey(u64, (value) => BigInt(key(value)));
  },
  sort_unstable() {
    this.list.sortUnstable();
  },
  select_nth_then_sort(i: number) {
    const nth = this.element.read(this.list.selectNthUnstable(i));
    this.list.sortUnstable();
    return nth;
  },
  clone_from(xs: unknown) {
    this.frame.borrowing(this.element, xs, (other) => {
      this.list.cloneFrom(other);
    });
  },
  clone() {
    return this.given(this.list.clone());
  },
  clone_replace() {
    const copy = this.list.clone();
    this.list.drop();
    this.list = copy;
  },
  boxed_roundtrip() {
    const boxed = this.list.intoBoxedSlice();
    const { length } = boxed;
    this.list = boxed.intoVec();
    return length;
  },
  into_iter(f: unknown, b: unknown) {
    const iter = this.list.take().intoIter();
    const items = this.takeFrom(iter, f, []);
    this.takeFrom(iter.iter().rev(), b, items);
    iter[Symbol.dispose]();
    return items;
  },
  collect_filter(m: unknown, q: unknown) {
    const matches = this.element.matches(m, q);
    this.list = this.list.intoFiltered((value) => !matches(value));
  },
  map_collect() {
    const to = this.frame.element(this.frame.trace.to);
    this.list = this.list.intoMapped(to.type, mapping(this.element, to, nextContents(this.frame.trace)));
    this.element = to;
  },
  leak_reclaim() {
    const { capacity } = this.list;
    const leaked = this.list.leak();
    this.list = this.api.Vec.fromRawParts(this.type, leaked.asPtr(), leaked.length, capacity, this.frame.heap);
  },
  take() {
    return this.given(this.list.take());
  },
  swap_halves() {
    const half = Math.floor(this.list.length / 2);
    const [front, rest] = this.list.splitAt(half);
    front.swapWithSlice(rest.asSlice(0, half));
  },
  clone_front_to_back() {
    const half = Math.floor(this.list.length / 2);
    const [front, rest] = this.list.splitAt(half);
    rest.asSlice(0, half).cloneFromSlice(front);
  },
  drop() {
    this.drop();
  },

  // Read
  contents() {
    return this.read(this.list);
  },
  iter() {
    return this.read(this.list.iter());
  },
  iter_rev() {
    return this.read(this.list.iter().rev());
  },
  iter_step(n: number) {
    return this.read(this.list.iter().stepBy(n));
  },
  iter_skip_take(a: number, n: number) {
    return this.read(this.list.iter().skip(a).take(n));
  },
  zip_self_rev() {
    return [...this.list.iter().zip(this.list.iter().rev())].map((pair) => this.read(pair));
  },
  get(i: number) {
    return this.some(this.list.get(i));
  },
  first() {
    return this.some(this.list.first());
  },
  last() {
    return this.some(this.list.last());
  },
  index(i: number) {
    return this.element.read(this.list.index(i));
  },
  index_range(a: unknown, b: unknown) {
    return this.read(this.list.asSlice(usize(a), usize(b)));
  },
  index_range_from(a: unknown) {
    return this.read(this.list.asSlice(usize(a)));
  },
  index_range_to(b: unknown) {
    return this.read(this.list.asSlice(0, usize(b)));
  },
  index_range_inclusive(a: unknown, b: unknown) {
    return this.read(this.list.asSliceInclusive(usize(a), usize(b)));
  },
  contains(x: unknown) {
    return this.frame.borrowingOne(this.element, x, (value) => this.list.contains(value));
  },
  position(m: unknown, q: unknown) {
    return this.list.position(this.element.matches(m, q));
  },
  rposition(m: unknown, q: unknown) {
    return this.list.rposition(this.element.matches(m, q));
  },
  binary_search(x: unknown) {
    return this.frame.borrowingOne(this.element, x, (value) => foundJson(this.list.binarySearch(value)));
  },
  binary_search_by_key_mod(m: unknown, q: number) {
    return foundJson(this.list.binarySearchByKey(q, this.keyMod(m)));
  },
  partition_point(m: unknown, q: number) {
    const key = this.keyMod(m);
    return this.list.partitionPoint((value) => key(value) < q);
  },
  chunks(n: number) {
    return [...this.list.chunks(n)].map((chunk) => this.read(chunk));
  },
  chunks_exact(n: number) {
    const chunks = this.list.chunksExact(n);
    return { chunks: [...chunks].map((chunk) => this.read(chunk)), rem: this.read(chunks.remainder()) };
  },
  rchunks(n: number) {
    return [...this.list.rchunks(n)].map((chunk) => this.read(chunk));
  },
  windows(n: number) {
    return [...this.list.windows(n)].map((window) => this.read(window));
  },
  sum_keys() {
    return String(this.list.reduce((sum, value) => sum + BigInt(this.element.key(value)), 0n));
  },
  min() {
    return this.some(this.list.min());
  },
  max() {
    return this.some(this.list.max());
  },
  split_at(i: number) {
    return this.list.splitAt(i).map((part) => this.read(part));
  },
  split_first() {
    const parts = this.list.splitFirst();
    return parts === undefined ? null : [this.element.read(parts[0]), parts[1].length];
  },
  split_last() {
    const parts = this.list.splitLast();
    return parts === undefined ? null : [this.element.read(parts[0]), parts[1].length];
  },
  starts_with(xs: unknown) {
    return this.frame.borrowing(this.element, xs, (slice) => this.list.startsWith(slice));
  },
  ends_with(xs: unknown) {
    return this.frame.borrowing(this.element, xs, (slice) => this.list.endsWith(slice));
  },
  eq(xs: unknown) {
    return this.frame.borrowing(this.element, xs, (slice) => this.list.equals(slice));
  },
  cmp(xs: unknown) {
    return this.frame.borrowing(this.element, xs, (slice) => this.list.compareTo(slice));
  },
  is_sorted() {
    return this.list.isSorted();
  },
  is_empty() {
    return this.list.isEmpty();
  },
  split_mod(m: unknown, q: unknown) {
    return [...this.list.split(this.element.matches(m, q))].map((part) => part.length);
  },
  chunk_by_key_mod(m: unknown) {
    const key = this.keyMod(m);
    return [...this.list.chunkBy((a, b) => key(a) === key(b))].map((part) => part.length);
  },
  to_vec_range(a: number, b: number) {
    return this.given(this.list.asSlice(a, b).toVec());
  },
  repeat(n: unknown) {
    return this.given(this.list.repeat(usize(n)));
  },
  concat() {
    return joined(this, undefined);
  },
  join(separator: unknown) {
    return joined(this, separator);
  },
  flatten_collect() {
    const lists = this.list as unknown as Api.Vec<Api.Vec<unknown>>;
    const u8 = lists.isEmpty() ? (this.type as Api.VecType<unknown>).element : lists.index(0).type;
    const flat = this.api.Vec.fromIn(this.frame.heap, u8, flatten(lists));
    const json = { items: flat.toArray(), cap: flat.capacity };
    flat.drop();
    return json;
  },
  concat_chunks_rev(n: number) {
    return this.given(this.api.Vec.concat(this.type, [...this.list.chunks(n).rev()], this.frame.heap));
  },

  // Only in the recordings of panics
  select_nth(i: number) {
    return this.element.read(this.list.selectNthUnstable(i));
  },
  copy_from_slice(xs: unknown) {
    this.list.copyFromSlice(xs as unknown[]);
  },
  clone_from_slice(xs: unknown) {
    this.list.cloneFromSlice(xs as unknown[]);
  },
  swap_with_slice(xs: unknown) {
    this.frame.borrowing(this.element, xs, (slice) => {
      this.list.swapWithSlice(slice);
    });
  },
  copy_within(a: number, b: number, to: number) {
    this.list.copyWithin(a, b, to);
  },
  shrink_to_then_index(i: number) {
    this.list.shrinkTo(0);
    return this.list.index(i);
  },
  get_unwrap(i: number) {
    return this.api.unwrap(this.list.get(i));
  },
  get_expect(i: number, message: string) {
    return this.api.expect(this.list.get(i), message);
  },
};

/** Flattening promises what is left of the part it is in. */
function flatten(lists: Api.Vec<Api.Vec<unknown>>): Iterable<unknown> {
  let part = 0;
  let inner: Api.ExactIter<unknown> | undefined;
  const iterator: IterableIterator<unknown> & Api.SizeHinted = {
    [Symbol.iterator]: () => iterator,
    sizeHint: () => [inner?.length ?? 0, undefined],
    next() {
      for (;;) {
        const result = inner?.next();
        if (result !== undefined && result.done !== true) return result;
        if (part >= lists.length) return { done: true, value: undefined };
        inner = lists.index(part++).iter();
      }
    },
  };
  return iterator;
}

function joined(subject: VecSubject, separator: unknown): unknown {
  const { list } = subject;
  if (subject.element.name === "string") {
    const strings = list as unknown as Api.Vec<Api.String>;
    const text =
      separator === undefined
        ? subject.api.String.concat(strings)
        : subject.api.String.join(strings, separator as string);
    const json = { str: text.toString(), cap: text.capacity };
    text.drop();
    return json;
  }
  const lists = list as unknown as Api.Vec<Api.Vec<unknown>>;
  const flat = separator === undefined ? lists.concat() : lists.join(separator as number[]);
  const json = { items: flat.toArray(), cap: flat.capacity };
  flat.drop();
  return json;
}

function foundJson({ found, index }: Api.Found): unknown {
  return found ? { ok: index } : { err: index };
}
