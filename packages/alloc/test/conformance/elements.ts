/**
 * The recordings' element types: how each is described, made from JSON and read back (README of the recordings, 1.1).
 *
 * @module
 */
import {
  aligned,
  byteArray,
  f64,
  i32,
  ordered,
  reverse,
  struct,
  u16,
  u32,
  u64,
  u8,
  UNIT,
  unit,
  type Type,
} from "@kmem/repr";
import type * as Api from "../../src/index.ts";
import type { Frame } from "./frame.ts";

/** An element type of the recordings. */
export interface Element {
  readonly name: string;
  readonly type: Type<unknown>;
  /** Makes a value; owners allocate in the frame's heap. */
  make(json: unknown): unknown;
  /** Reads a value, owned or borrowed. */
  read(value: unknown): unknown;
  /** The number that predicates look at. */
  key(value: unknown): number;
  /** Reads a value (`undefined` is None) and drops it. */
  consume(value: unknown): unknown;
  /** A Vec of values, exactly as large as needed. */
  makeVec(json: readonly unknown[], capacity?: number): Api.Vec<unknown>;
  /** Reads many. */
  readAll(values: Iterable<unknown>): unknown[];
  /** A predicate: key(x) % m == q. */
  matches(m: unknown, q: unknown): (value: unknown) => boolean;
}

interface Codec<T> {
  readonly type: Type<T>;
  make(json: never): T;
  read(value: T): unknown;
  key(value: T): number;
}

export function elementNamed(name: string, frame: Frame): Element {
  const { type, make, read, key } = codecNamed(name, frame) as Codec<unknown>;
  return {
    name,
    type,
    make: make,
    read,
    key,
    consume(value) {
      if (value === undefined) return null;
      const json = read(value);
      frame.api.dropValue(value);
      return json;
    },
    makeVec(json, capacity = json.length) {
      const list = frame.api.Vec.withCapacityIn(frame.heap, type, capacity);
      for (const item of json) list.push((make as (json: unknown) => unknown)(item));
      return list;
    },
    readAll: (values) => Array.from(values, read),
    matches: (m, q) => (value) => key(value) % Number(m) === Number(q),
  };
}

/** A float as the recordings write it. */
export function floatJson(value: number): unknown {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return Object.is(value, -0) ? "-0" : value;
}

/** A float from how the recordings write it. */
export function floatFrom(json: unknown): number {
  return json === "NaN"
    ? NaN
    : json === "inf"
      ? Infinity
      : json === "-inf"
        ? -Infinity
        : json === "-0"
          ? -0
          : Number(json);
}

const rec = struct({ a: u32, b: u64, c: u8 }, { name: "rec" });
const pri = ordered(struct({ key: u32, tag: u32 }, { name: "pri" }), (a, b) => a.key - b.key);
const pair = struct({ a: u8, b: u32 }, { name: "pair" });
const wide = aligned(u32, 32);
const arrays = new Map<number, Type<Uint8Array>>([24, 1500].map((n) => [n, byteArray(n)]));

function codecNamed(name: string, frame: Frame): Codec<never> {
  const { api, heap } = frame;
  const found = /^arr(\d+)$/.exec(name);
  if (found !== null) return bytesOf(Number(found[1]));
  switch (name) {
    case "u8":
      return plain(u8);
    case "u16":
      return plain(u16);
    case "u32":
      return plain(u32);
    case "i32":
      return codec(
        i32,
        Number,
        (v) => v,
        (v) => v >>> 0,
      );
    case "u64":
      return codec(
        u64,
        (json: string) => BigInt(json),
        String,
        (v) => Number(v & 0xffff_ffffn),
      );
    case "f64":
      return codec(f64, floatFrom, floatJson, (v) => 4 * Math.abs(v));
    case "rec":
      return codec(
        rec,
        ([a, b, c]: [number, string, number]) => ({ a, b: BigInt(b), c }),
        ({ a, b, c }) => [a, String(b), c],
        ({ a }) => a,
      );
    case "pri":
      return codec(
        pri,
        ([key, tag]: [number, number]) => ({ key, tag }),
        ({ key, tag }) => [key, tag],
        ({ key }) => key,
      );
    case "pair":
      return codec(
        pair,
        ([a, b]: [number, number]) => ({ a, b }),
        ({ a, b }) => [a, b],
        ({ b }) => b,
      );
    case "rc_u32":
      return codec(
        api.rc(u32),
        (json: number) => api.Rc.newIn(heap, u32, json),
        (v) => v.value,
        (v) => v.value,
      );
    case "rev_u32":
      return plain(reverse(u32));
    case "a32":
      return plain(wide);
    case "unit":
      return codec(
        unit,
        () => UNIT,
        () => "()",
        () => 0,
      );
    case "bytes":
      return codec(
        api.vec(u8),
        (json: number[]) => api.Vec.fromSlice(u8, json, heap),
        (v) => v.toArray(),
        (v) => v.length,
      );
    case "box_u32":
      return codec(
        api.box(u32),
        (json: number) => api.Box.newIn(heap, u32, json),
        (v) => v.value,
        (v) => v.value,
      );
    case "string":
      return codec(
        api.string,
        (json: string) => api.String.fromIn(heap, json),
        (v) => v.toString(),
        (v) => v.length,
      );
    default:
      throw new Error(`unknown element type ${name}`);
  }
}

function codec<T>(
  type: Type<T>,
  make: (json: never) => T,
  read: (value: T) => unknown,
  key: (value: T) => number,
): Codec<never> {
  return { type, make, read, key } as unknown as Codec<never>;
}

function plain(type: Type<number>): Codec<never> {
  return codec(
    type,
    Number,
    (v) => v,
    (v) => v,
  );
}

function bytesOf(length: number): Codec<never> {
  let type = arrays.get(length);
  if (type === undefined) arrays.set(length, (type = byteArray(length)));
  return codec(
    type,
    (k: number) => Uint8Array.from({ length }, (_, i) => (k + 7 * i) % 256),
    (v) => v[0],
    (v) => v[0]!,
  );
}
