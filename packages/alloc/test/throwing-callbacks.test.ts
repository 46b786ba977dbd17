/** Functions and iterators that throw in the middle: nothing is lost, nothing leaks, and the owner is as good as before. */
import type { GlobalAlloc } from "@kmem/global-alloc";
import { describe, expect, it } from "vitest";
import { BinaryHeap, BTreeMap, BTreeSet, LinkedList, String, Vec, VecDeque, string, type Owner } from "../src/index.ts";
import { expectEmpty, HEAPS } from "./heaps.ts";

const WORDS = ["pear", "apple", "fig", "date", "lime", "kiwi", "plum"];

/** Counts its calls, and throws in the k-th. */
class Bomb {
  private left: number;
  hasGoneOff = false;
  constructor(k: number) {
    this.left = k;
  }
  tick(): void {
    if (this.left-- > 0) return;
    this.hasGoneOff = true;
    throw new Error("boom");
  }
}

interface Kept extends Owner {
  readonly length: number;
  drop(): void;
}

interface Scenario<C> {
  readonly name: string;
  run(owner: C, bomb: Bomb, heap: GlobalAlloc): unknown;
}

function* texts(heap: GlobalAlloc, bomb: Bomb): Generator<String> {
  for (const word of ["x", "y", "z", "w"]) {
    bomb.tick();
    yield String.fromIn(heap, word);
  }
}

function* pairs(heap: GlobalAlloc, bomb: Bomb): Generator<readonly [String, String]> {
  for (const key of texts(heap, bomb)) yield [key, String.fromIn(heap, "v")];
}

/** Runs a scenario with a bomb in the k-th call, for all k, until it does not go off any more. */
function survives<C extends Kept>(
  make: (heap: GlobalAlloc) => C,
  show: (owner: C) => readonly string[],
  usable: (owner: C, heap: GlobalAlloc) => void,
  scenarios: readonly Scenario<C>[],
): void {
  for (const { make: makeHeap } of HEAPS)
    for (const { name, run } of scenarios) {
      let bombs = 0;
      for (let k = 0; ; k++) {
        const heap = makeHeap();
        const owner = make(heap);
        const before = show(owner).length;
        const bomb = new Bomb(k);
        try {
          const made = run(owner, bomb, heap) as Partial<Kept> | undefined;
          made?.drop?.();
        } catch (error) {
          expect({ name, k, message: (error as Error).message }).toEqual({ name, k, message: "boom" });
        }
        if (bomb.hasGoneOff) bombs++;
        const values = show(owner);
        expect({ name, k, length: owner.length }).toEqual({ name, k, length: values.length });
        expect({ name, k, more: values.length > before + 4 }).toEqual({ name, k, more: false });
        usable(owner, heap);
        expect({ name, k, length: owner.length > 0 }).toEqual({ name, k, length: true });
        owner.drop();
        expect({ name, k, used: heap.stats().used }).toEqual({ name, k, used: 0 });
        expectEmpty(heap);
        if (!bomb.hasGoneOff) break;
      }
      expect({ name, hasThrown: bombs > 0 }).toEqual({ name, hasThrown: true });
    }
}

const all = (heap: GlobalAlloc): String[] => WORDS.map((word) => String.fromIn(heap, word));
const isShort = (text: String, bomb: Bomb): boolean => {
  bomb.tick();
  return text.length < 5;
};
const order = (a: String, b: String, bomb: Bomb): number => {
  bomb.tick();
  return a.compareTo(b);
};
const shown = (owner: { toArray(): String[] }): readonly string[] => owner.toArray().map((text) => text.toString());

/** What every sequence of texts can do with a function. */
function common<
  C extends Kept & {
    retain(keep: (text: String) => boolean): void;
    extend(values: Iterable<String>): void;
  } & Iterable<String>,
>(): Scenario<C>[] {
  return [
    { name: "retain", run: (c, bomb) => c.retain((text) => isShort(text, bomb)) },
    { name: "extend", run: (c, bomb, heap) => c.extend(texts(heap, bomb)) },
    { name: "for…of", run: (c, bomb) => void Array.from(c, (text) => isShort(text, bomb)) },
  ];
}

describe("callbacks that throw", () => {
  it("leave a Vec whole", () =>
    survives<Vec<String>>(
      (heap) => Vec.fromIn(heap, string, all(heap)),
      shown,
      (v, heap) => v.push(String.fromIn(heap, "end")),
      [
        ...common<Vec<String>>(),
        { name: "dedupBy", run: (v, bomb) => v.dedupBy((a, b) => order(a, b, bomb) === 0) },
        { name: "dedupByKey", run: (v, bomb) => v.dedupByKey((text) => isShort(text, bomb)) },
        { name: "sortBy", run: (v, bomb) => v.sortBy((a, b) => order(a, b, bomb)) },
        { name: "sortUnstableBy", run: (v, bomb) => v.sortUnstableBy((a, b) => order(a, b, bomb)) },
        { name: "sortByKey", run: (v, bomb) => v.sortByKey((text) => (isShort(text, bomb) ? 1 : 0)) },
        { name: "selectNthUnstableBy", run: (v, bomb) => void v.selectNthUnstableBy(2, (a, b) => order(a, b, bomb)) },
        { name: "binarySearchBy", run: (v, bomb) => void v.binarySearchBy((a) => (isShort(a, bomb) ? -1 : 1)) },
        { name: "resizeWith", run: (v, bomb, heap) => v.resizeWith(9, () => (bomb.tick(), String.fromIn(heap, "n"))) },
        { name: "splice", run: (v, bomb, heap) => v.splice(1, 3, texts(heap, bomb))[Symbol.dispose]() },
        {
          name: "extractIf",
          run(v, bomb) {
            using out = v.extractIf((text) => isShort(text, bomb));
            for (const text of out) text.drop();
          },
        },
        { name: "fillWith", run: (v, bomb, heap) => v.fillWith(() => (bomb.tick(), String.fromIn(heap, "n"))) },
        {
          name: "drain",
          run(v, bomb) {
            using out = v.drain(1, 5);
            for (const text of out) {
              try {
                bomb.tick();
              } finally {
                text.drop();
              }
            }
          },
        },
        { name: "from", run: (_, bomb, heap) => Vec.fromIn(heap, string, texts(heap, bomb)) },
        { name: "map", run: (v, bomb) => void v.map((text) => isShort(text, bomb)).toArray() },
        { name: "filter", run: (v, bomb) => void v.filter((text) => isShort(text, bomb)).toArray() },
      ],
    ));

  it("leave a VecDeque whole", () =>
    survives<VecDeque<String>>(
      (heap) => {
        const deque = VecDeque.fromIn(heap, string, all(heap));
        deque.rotateLeft(3);
        return deque;
      },
      shown,
      (d, heap) => d.pushFront(String.fromIn(heap, "start")),
      [
        ...common<VecDeque<String>>(),
        { name: "resizeWith", run: (d, bomb, heap) => d.resizeWith(9, () => (bomb.tick(), String.fromIn(heap, "n"))) },
        { name: "partitionPoint", run: (d, bomb) => void d.partitionPoint((text) => isShort(text, bomb)) },
        { name: "from", run: (_, bomb, heap) => VecDeque.fromIn(heap, string, texts(heap, bomb)) },
        {
          name: "popFrontIf",
          run: (d, bomb) => d.popFrontIf((text) => isShort(text, bomb)),
        },
      ],
    ));

  it("leave a LinkedList whole", () =>
    survives<LinkedList<String>>(
      (heap) => LinkedList.fromIn(heap, string, all(heap)),
      shown,
      (l, heap) => l.pushBack(String.fromIn(heap, "end")),
      [
        ...common<LinkedList<String>>(),
        {
          name: "extractIf",
          run(l, bomb) {
            using out = l.extractIf((text) => isShort(text, bomb));
            for (const text of out) text.drop();
          },
        },
        { name: "from", run: (_, bomb, heap) => LinkedList.fromIn(heap, string, texts(heap, bomb)) },
      ],
    ));

  it("leave a BinaryHeap whole", () =>
    survives<BinaryHeap<String>>(
      (heap) => BinaryHeap.fromIn(heap, string, all(heap)),
      shown,
      (h, heap) => h.push(String.fromIn(heap, "end")),
      [
        ...common<BinaryHeap<String>>(),
        { name: "from", run: (_, bomb, heap) => BinaryHeap.fromIn(heap, string, texts(heap, bomb)) },
      ],
    ));

  it("leave a BTreeSet whole", () =>
    survives<BTreeSet<String>>(
      (heap) => BTreeSet.fromIn(heap, string, all(heap)),
      shown,
      (s, heap) => void s.insert(String.fromIn(heap, "end")),
      [
        ...common<BTreeSet<String>>(),
        {
          name: "extractIf",
          run(s, bomb) {
            using out = s.extractIf((text) => isShort(text, bomb));
            for (const text of out) text.drop();
          },
        },
        { name: "from", run: (_, bomb, heap) => BTreeSet.fromIn(heap, string, texts(heap, bomb)) },
      ],
    ));

  it("leave a BTreeMap whole", () =>
    survives<BTreeMap<String, String>>(
      (heap) =>
        BTreeMap.fromIn(
          heap,
          string,
          string,
          WORDS.map((word) => [String.fromIn(heap, word), String.fromIn(heap, "v")] as const),
        ),
      (m) => m.toArray().map(([key, value]) => `${key.toString()} ${value.toString()}`),
      (m, heap) => m.insert(String.fromIn(heap, "end"), String.fromIn(heap, "v"))?.drop(),
      [
        { name: "retain", run: (m, bomb) => m.retain((key) => isShort(key, bomb)) },
        { name: "extend", run: (m, bomb, heap) => m.extend(pairs(heap, bomb)) },
        { name: "from", run: (_, bomb, heap) => BTreeMap.fromIn(heap, string, string, pairs(heap, bomb)) },
        {
          name: "orInsertWith",
          run(m, bomb, heap) {
            const entry = m.entry(String.fromIn(heap, "new"));
            try {
              entry.orInsertWith(() => (bomb.tick(), String.fromIn(heap, "v")));
            } catch (error) {
              if (!entry.isOccupied) entry.intoKey().drop();
              throw error;
            }
          },
        },
        {
          name: "andModify",
          run(m, bomb, heap) {
            const entry = m.entry(String.fromIn(heap, "fig")).andModify((value) => {
              bomb.tick();
              value.value.pushStr("!");
            });
            entry.orInsert(String.fromIn(heap, "v"));
          },
        },
        {
          name: "extractIf",
          run(m, bomb) {
            using out = m.extractIf((key) => isShort(key, bomb));
            for (const [key, value] of out) {
              key.drop();
              value.drop();
            }
          },
        },
      ],
    ));

  it("leave a String whole", () =>
    survives<String>(
      (heap) => String.fromIn(heap, "aé€𝄞z"),
      (s) => Array.from(s.toBytes(), (byte) => `${byte}`),
      (s) => s.push("é"),
      [
        { name: "retain", run: (s, bomb) => s.retain((char) => (bomb.tick(), char !== "é")) },
        {
          name: "extend",
          run: (s, bomb) =>
            s.extend(
              (function* () {
                for (const part of ["x", "y"]) {
                  bomb.tick();
                  yield part;
                }
              })(),
            ),
        },
        { name: "extendStrings", run: (s, bomb, heap) => s.extendStrings(texts(heap, bomb)) },
        { name: "fromStrings", run: (_, bomb, heap) => String.fromStrings(texts(heap, bomb), heap) },
        { name: "find", run: (s, bomb) => void s.find((char) => (bomb.tick(), char === "z")) },
      ],
    ));
});
