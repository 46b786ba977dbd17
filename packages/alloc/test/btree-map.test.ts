import fc from "fast-check";
import { f32, f64, i32, struct, u32, u64, u8, usize, type Type } from "@kmem/repr";
import { LockedHeap } from "@kmem/linked-list-allocator";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { Box, box, BTreeMap, btreeMap, checkTree, excluded, included, Vec } from "../src/index.ts";
import { expectEmpty, HEAPS } from "./heaps.ts";

const heap = (): LockedHeap => LockedHeap.inBuffer(new ArrayBuffer(0x10_0000));

describe("BTreeMap", () => {
  it("keeps entries in the order of their keys", () => {
    const memory = heap();
    const map = BTreeMap.newIn(memory, u32, u8);
    for (const key of [5, 1, 4, 2, 3]) expect(map.insert(key, key * 10)).toBeUndefined();
    expect(map.insert(4, 44)).toBe(40);
    expect([...map]).toEqual([
      [1, 10],
      [2, 20],
      [3, 30],
      [4, 44],
      [5, 50],
    ]);
    expect([...map.keys()]).toEqual([1, 2, 3, 4, 5]);
    expect([...map.values().rev()]).toEqual([50, 44, 30, 20, 10]);
    expect([map.length, map.size, map.get(3), map.get(9), map.has(9)]).toEqual([5, 5, 30, undefined, false]);
    expect([map.firstKeyValue(), map.lastKeyValue()]).toEqual([
      [1, 10],
      [5, 50],
    ]);
    map.drop();
    expectEmpty(memory);
  });

  it("gives ranges with either end included, excluded or open, from both sides", () => {
    using map = BTreeMap.fromIn(
      heap(),
      u32,
      u32,
      Array.from({ length: 100 }, (_, i) => [i * 2, i] as const),
    );
    const keys = (range: Iterable<[number, number]>): number[] => Array.from(range, ([key]) => key);
    expect(keys(map.range(10, 16))).toEqual([10, 12, 14]);
    expect(keys(map.range(excluded(10), included(16)))).toEqual([12, 14, 16]);
    expect(keys(map.range(9, 13).rev())).toEqual([12, 10]);
    expect(keys(map.range(undefined, 4))).toEqual([0, 2]);
    expect(keys(map.range(195))).toEqual([196, 198]);
    const range = map.range(10, 16);
    expect([range.next().value, range.nextBack().value, range.next().value]).toEqual([
      [10, 5],
      [14, 7],
      [12, 6],
    ]);
    expect([range.next().done, range.nextBack().done]).toEqual([true, true]);
    expect(() => map.range(3, 2)).toThrow("range start is greater than range end in BTreeMap");
    expect(() => map.range(excluded(2), excluded(2))).toThrow("range start and end are equal and excluded in BTreeMap");
    expect(() => map.index(1)).toThrow("no entry found for key");
  });

  it("refuses keys and values that its types cannot hold, and changes nothing", () => {
    using map = BTreeMap.fromIn(heap(), u32, u8, [[1, 1]]);
    for (const key of [NaN, -1, 1.5, 2 ** 32, "1" as unknown as number]) {
      expect(() => map.insert(key, 1)).toThrow("expected u32");
      expect(() => map.get(key)).toThrow("expected u32");
      expect(() => map.range(key)).toThrow("expected u32");
    }
    expect(() => map.insert(2, 256)).toThrow("expected u8");
    expect(() => map.insert(1, 256)).toThrow("expected u8");
    expect(map.toArray()).toEqual([[1, 1]]);
  });

  it("orders floats totally: −0 before 0, NaN behind infinity; and finds them", () => {
    const floats = [NaN, Infinity, 1.5, 0, -0, -1, -Infinity];
    for (const type of [f32, f64]) {
      using map = BTreeMap.newIn(heap(), type, u8);
      floats.forEach((key, i) => map.insert(key, i));
      expect([...map.keys()]).toEqual([-Infinity, -1, -0, 0, 1.5, Infinity, NaN]);
      floats.forEach((key, i) => expect(map.get(key)).toBe(i));
    }
    using rounded = BTreeMap.newIn(heap(), f32, u8);
    rounded.insert(0.1, 1);
    expect([rounded.insert(0.1, 2), rounded.get(0.1), rounded.length]).toEqual([1, 2, 1]);
  });

  it("drops keys and values that it owns, exactly once", () => {
    const memory = heap();
    const make = (n: number): Box<number> => Box.newIn(memory, u32, n);
    const map = BTreeMap.newIn(memory, box(u32), box(u32));
    for (let i = 0; i < 40; i++) map.insert(make(i % 30), make(i))?.drop();
    const copy = map.clone();
    expect(checkTree(copy)).toMatchObject({ faults: [], entries: 30 });
    copy.retain((key) => key.value % 2 === 0);
    const upper = map.splitOff(make(15));
    copy.append(upper);
    upper.drop();
    map.entry(make(3)).andModify((value) => {
      value.value = make(333);
    });
    map.entry(make(99)).orInsertWith((key) => make(key.value + 1));
    expect(map.lastKeyValue()?.map((owner) => owner.value)).toEqual([99, 100]);
    for (const value of map.intoValues()) {
      value.drop();
      break;
    }
    copy.drop();
    const { used } = memory.stats();
    // The one key that only looked: it was not given away.
    expect(used).toBe(16);
  });

  it("tells iterators and entries that are no longer good", () => {
    using map = BTreeMap.fromIn(heap(), u32, u32, [
      [1, 1],
      [2, 2],
    ]);
    const iter = map.iter();
    iter.next();
    const entry = map.entry(2);
    map.insert(3, 3);
    expect(() => iter.next()).toThrow("has changed since");
    expect(() => entry.orInsert(1)).toThrow("has changed since");
    expect(map.insert(2, 9)).toBe(2);
    const extract = map.extractIf((key) => key < 3);
    expect(extract.next().value).toEqual([1, 1]);
    expect(() => map.get(2)).toThrow("in use");
    extract[Symbol.dispose]();
    expect(map.toArray()).toEqual([
      [2, 9],
      [3, 3],
    ]);
  });

  it("replaces values while it is iterated", () => {
    using map = BTreeMap.fromIn(heap(), u32, u32, [
      [1, 1],
      [2, 2],
    ]);
    for (const [key, value] of map.iterMut()) value.value = key * 100;
    expect([...map.values()]).toEqual([100, 200]);
  });

  it("is an element type", () => {
    const memory = heap();
    const type = btreeMap(u32, u8);
    expect(btreeMap(u32, u8)).toBe(type);
    const list = Vec.newIn(memory, type);
    list.push(BTreeMap.fromIn(memory, u32, u8, [[1, 2]]));
    list.get(0)!.insert(3, 4);
    const copy = list.clone();
    list.drop();
    expect(copy.get(0)!.toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    copy.drop();
    expectEmpty(memory);
  });

  it("shows itself", () => {
    using map = BTreeMap.fromIn(heap(), u32, u8, [[1, 10]]);
    expect(inspect(map)).toBe("BTreeMap<u32, u8>(1) { 1 => 10 }");
    expect(JSON.stringify(map)).toBe("[[1,10]]");
  });
});

describe("checkTree", () => {
  it("says what a tree takes, and what is wrong with it", () => {
    const memory = heap();
    using map = BTreeMap.fromIn(
      memory,
      u32,
      u32,
      Array.from({ length: 24 }, (_, i) => [i, i] as const),
    );
    expect(checkTree(map)).toEqual({
      faults: [],
      height: 1,
      leaves: 3,
      internals: 1,
      bytes: 3 * 104 + 200,
      entries: 24,
    });
    // The second key of the first leaf.
    const { root, height, length } = map.clone().intoRawParts();
    const broken = BTreeMap.fromRawParts(u32, u32, root, height, length, memory);
    memory.memory.writeU32(root + 8, 3);
    expect(checkTree(broken).faults).not.toEqual([]);
    broken.drop();
  });
});

/** A map's random life beside a sorted array's. */
const STEP = fc.tuple(
  fc.integer({ min: 0, max: 9 }),
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 0, max: 255 }),
);

function sorted(model: Map<number, number>): [number, number][] {
  return [...model].sort(([a], [b]) => a - b);
}

function step(map: BTreeMap<number, number>, model: Map<number, number>, [what, key, value]: readonly number[]): void {
  const [k, v] = [key!, value!];
  switch (what) {
    case 0:
      expect(map.remove(k)).toBe(model.get(k));
      model.delete(k);
      break;
    case 1: {
      const first = sorted(model)[0];
      expect(map.popFirst()).toEqual(first);
      if (first !== undefined) model.delete(first[0]);
      break;
    }
    case 2: {
      const last = sorted(model).pop();
      expect(map.popLast()).toEqual(last);
      if (last !== undefined) model.delete(last[0]);
      break;
    }
    case 3:
      map.retain((x) => x % 7 !== v % 7);
      for (const x of [...model.keys()]) if (x % 7 === v % 7) model.delete(x);
      break;
    case 4: {
      const upper = map.splitOff(k);
      expect(checkTree(upper).faults).toEqual([]);
      expect(upper.toArray()).toEqual(sorted(model).filter(([x]) => x >= k));
      if (v % 2 === 0) map.append(upper);
      else for (const x of [...model.keys()]) if (x >= k) model.delete(x);
      upper.drop();
      break;
    }
    case 5:
      expect(map.range(k, k + v).toArray()).toEqual(sorted(model).filter(([x]) => x >= k && x < k + v));
      break;
    default: {
      // A run, so that trees grow.
      for (let i = 0; i < 12; i++) {
        expect(map.insert(k + i * what!, v)).toBe(model.get(k + i * what!));
        model.set(k + i * what!, v);
      }
    }
  }
}

describe("BTreeMap beside a JavaScript map", () => {
  for (const { name, make } of HEAPS)
    it(`has the same entries, is a sound tree, and gives all memory back, in ${name}`, () => {
      fc.assert(
        fc.property(fc.array(STEP, { maxLength: 30 }), (steps) => {
          const memory = make();
          const map = BTreeMap.newIn(memory, u32, u8);
          const model = new Map<number, number>();
          for (const each of steps) step(map, model, each);
          expect(checkTree(map).faults).toEqual([]);
          expect(map.toArray()).toEqual(sorted(model));
          const seen: [number, number][] = [];
          map.forEach((value, key) => seen.push([key, value]));
          expect(seen).toEqual(sorted(model));
          map.drop();
          expectEmpty(memory);
        }),
        { numRuns: name === "linear memory" ? 60 : 12 },
      );
    });

  it("is the same for every kind of key", () => {
    const point = struct({ x: i32, y: u8 }, { name: "Point" });
    const kinds: [Type<unknown>, (n: number) => unknown][] = [
      [i32, (n) => n - 50],
      [usize, (n) => n * 2 ** 40],
      [u64, (n) => BigInt(n) << 40n],
      [f64, (n) => n / 3 - 9],
      [point, (n) => ({ x: n - 50, y: n % 7 })],
    ];
    for (const [type, key] of kinds) {
      const memory = heap();
      const map = BTreeMap.newIn(memory, type, u32);
      for (let i = 0; i < 300; i++) map.insert(key((i * 37) % 300), i);
      expect(checkTree(map)).toMatchObject({ faults: [], entries: 300 });
      for (let i = 0; i < 300; i += 2) expect(map.remove(key((i * 37) % 300))).toBe(i);
      expect(checkTree(map)).toMatchObject({ faults: [], entries: 150 });
      expect([...map.keys()].length).toBe(150);
      map.drop();
      expectEmpty(memory);
    }
  });
});
