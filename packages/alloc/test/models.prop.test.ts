import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { option, struct, u32, u8 } from "@kmem/repr";
import type { GlobalAlloc } from "@kmem/global-alloc";
import { BinaryHeap, Box, box, LinkedList, Vec, vec, VecDeque } from "../src/index.ts";
import { expectEmpty, HEAPS } from "./heaps.ts";

/** One step on a collection and on the array that it should be like; a step with results gives both. */
interface Step<C> {
  readonly name: string;
  on(collection: C, model: number[]): unknown;
}

type Steps<C> = (a: number, b: number) => Step<C>[];

/** Where in a list of this length. */
const at = (n: number, length: number): number => (length === 0 ? 0 : n % length);

const seqSteps =
  <C extends Ends>(): Steps<C> =>
  (a, b) => [
    {
      name: `pushBack(${a})`,
      on: (c, m) => {
        c.pushBack(a);
        m.push(a);
      },
    },
    {
      name: `pushFront(${a})`,
      on: (c, m) => {
        c.pushFront(a);
        m.unshift(a);
      },
    },
    { name: "popBack", on: (c, m) => [c.popBack(), m.pop()] },
    { name: "popFront", on: (c, m) => [c.popFront(), m.shift()] },
    {
      name: "clear",
      on: (c, m) => {
        c.clear();
        m.splice(0);
      },
    },
    {
      name: `retain(${b})`,
      on: (c, m) => {
        c.retain((x) => x % 3 !== b % 3);
        keep(m, (x) => x % 3 !== b % 3);
      },
    },
    {
      name: "extend",
      on: (c, m) => {
        c.extend([a, b]);
        m.push(a, b);
      },
    },
    { name: "indexOf", on: (c, m) => [c.indexOf(a), m.indexOf(a)] },
    { name: "at", on: (c, m) => [c.at(b - 5), m[b - 5 < 0 ? m.length + b - 5 : b - 5]] },
    { name: "last", on: (c, m) => [c.back(), m[m.length - 1]] },
    {
      name: "splitOff and append",
      on(c, m) {
        const i = at(a, m.length + 1);
        const tail = c.splitOff(i) as C;
        const moved = m.splice(i);
        const both: [unknown, unknown] = [tail.toArray(), [...moved]];
        tail.append(c as never);
        moved.push(...m.splice(0));
        c.append(tail as never);
        m.push(...moved);
        tail.drop();
        return both;
      },
    },
    {
      name: "clone",
      on(c, m) {
        const copy = c.clone() as C;
        const same = copy.equals(c);
        copy.pushBack(a);
        const items = copy.toArray();
        copy.drop();
        return [
          [same, items],
          [true, [...m, a]],
        ];
      },
    },
  ];

interface Ends {
  readonly length: number;
  pushBack(value: number): void;
  pushFront(value: number): void;
  popBack(): number | undefined;
  popFront(): number | undefined;
  clear(): void;
  retain(keep: (value: number) => boolean): void;
  extend(values: Iterable<number>): void;
  indexOf(value: number): number;
  at(position: number): number | undefined;
  back(): number | undefined;
  splitOff(at: number): unknown;
  append(other: never): void;
  clone(): unknown;
  equals(other: Iterable<number>): boolean;
  toArray(): number[];
  drop(): void;
  [Symbol.iterator](): Iterator<number>;
}

const dequeSteps: Steps<VecDeque<number>> = (a, b) => [
  ...seqSteps<VecDeque<number>>()(a, b),
  {
    name: `insert(${a})`,
    on: (c, m) => {
      c.insert(at(b, m.length + 1), a);
      m.splice(at(b, m.length + 1), 0, a);
    },
  },
  { name: "remove", on: (c, m) => [c.remove(at(a, m.length)), m.splice(at(a, m.length), 1)[0]] },
  {
    name: "set",
    on: (c, m) => {
      if (m.length > 0) {
        c.set(at(b, m.length), a);
        m[at(b, m.length)] = a;
      }
    },
  },
  {
    name: "rotate",
    on(c, m) {
      const n = at(a, m.length + 1);
      if (b % 2 === 0) {
        c.rotateLeft(n);
        m.push(...m.splice(0, n));
      } else {
        c.rotateRight(n);
        m.unshift(...m.splice(m.length - n, n));
      }
      return [0, 0];
    },
  },
  {
    name: "drain",
    on(c, m) {
      const start = at(a, m.length + 1);
      const end = start + at(b, m.length - start + 1);
      const drain = c.drain(start, end);
      const first = drain.next().value;
      drain[Symbol.dispose]();
      return [first, m.splice(start, end - start)[0]];
    },
  },
  {
    name: "truncate",
    on: (c, m) => {
      c.truncate(b);
      m.splice(b);
    },
  },
  {
    name: "resize",
    on: (c, m) => {
      c.resize(b, a);
      resized(m, b, a);
    },
  },
  {
    name: "shrink",
    on: (c) => {
      c.shrinkTo(b);
    },
  },
  {
    name: "reserve",
    on: (c) => {
      c.reserve(b);
    },
  },
  { name: "makeContiguous", on: (c, m) => [c.makeContiguous().toArray(), [...m]] },
  { name: "range", on: (c, m) => [c.range(at(a, m.length + 1)).toArray(), m.slice(at(a, m.length + 1))] },
  { name: "swapRemoveBack", on: (c, m) => [c.swapRemoveBack(at(a, m.length)), swapRemoved(m, at(a, m.length))] },
];

const listSteps: Steps<LinkedList<number>> = (a, b) => [
  ...seqSteps<LinkedList<number>>()(a, b),
  {
    name: "cursor",
    on(c, m) {
      const cursor = c.cursorFront();
      const i = at(b, m.length + 1);
      for (let n = 0; n < i; n++) cursor.moveNext();
      cursor.insertBefore(a);
      m.splice(i, 0, a);
      const both: [unknown, unknown] = [
        [cursor.index, cursor.current, cursor.peekPrev()],
        [i + 1 < m.length ? i + 1 : undefined, m[i + 1], a],
      ];
      if (a % 2 === 0) {
        cursor.movePrev();
        both[0] = [both[0], cursor.removeCurrent()];
        both[1] = [both[1], m.splice(i, 1)[0]];
      }
      return both;
    },
  },
  {
    name: "remove",
    on: (c, m) => (m.length === 0 ? [0, 0] : [c.remove(at(a, m.length)), m.splice(at(a, m.length), 1)[0]]),
  },
  { name: "backwards", on: (c, m) => [c.iter().rev().toArray(), [...m].reverse()] },
  { name: "extractIf", on: (c, m) => [c.extractIf((x) => x % 2 === 0).toArray(), extracted(m, (x) => x % 2 === 0)] },
];

const vecSteps: Steps<Vec<number>> = (a, b) => [
  {
    name: `push(${a})`,
    on: (c, m) => {
      c.push(a);
      m.push(a);
    },
  },
  { name: "pop", on: (c, m) => [c.pop(), m.pop()] },
  {
    name: "insert",
    on: (c, m) => {
      c.insert(at(b, m.length + 1), a);
      m.splice(at(b, m.length + 1), 0, a);
    },
  },
  {
    name: "remove",
    on: (c, m) => (m.length === 0 ? [0, 0] : [c.remove(at(a, m.length)), m.splice(at(a, m.length), 1)[0]]),
  },
  {
    name: "sort",
    on: (c, m) => {
      c.sort();
      m.sort((x, y) => x - y);
    },
  },
  {
    name: "reverse",
    on: (c, m) => {
      c.reverse();
      m.reverse();
    },
  },
  {
    name: "dedup",
    on: (c, m) => {
      c.dedup();
      keep(m, (x, i) => i === 0 || x !== m[i - 1]);
    },
  },
  {
    name: "splice",
    on(c, m) {
      const start = at(a, m.length + 1);
      const end = start + at(b, m.length - start + 1);
      return [c.splice(start, end, [a, b]).toArray(), m.splice(start, end - start, a, b)];
    },
  },
  {
    name: "resize",
    on: (c, m) => {
      c.resize(b, a);
      resized(m, b, a);
    },
  },
  {
    name: "shrinkToFit",
    on: (c) => {
      c.shrinkToFit();
    },
  },
];

const heapSteps: Steps<BinaryHeap<number>> = (a, b) => [
  {
    name: `push(${a})`,
    on: (c, m) => {
      c.push(a);
      insertedSorted(m, a);
    },
  },
  { name: "pop", on: (c, m) => [c.pop(), m.pop()] },
  { name: "peek", on: (c, m) => [c.peek(), m[m.length - 1]] },
  {
    name: "peekMut",
    on(c, m) {
      const top = c.peekMut();
      if (top === undefined) return [m.length, 0];
      top.value = a;
      top[Symbol.dispose]();
      m.pop();
      insertedSorted(m, a);
      return [0, 0];
    },
  },
  {
    name: "extend",
    on: (c, m) => {
      c.extend([a, b, a + b]);
      [a, b, a + b].forEach((x) => insertedSorted(m, x));
    },
  },
  {
    name: "retain",
    on: (c, m) => {
      c.retain((x) => x % 4 !== b % 4);
      keep(m, (x) => x % 4 !== b % 4);
    },
  },
  {
    name: "append",
    on(c, m) {
      const other = BinaryHeap.fromIn(c.allocator, u32, [a, b]);
      c.append(other);
      insertedSorted(m, a);
      insertedSorted(m, b);
      const { length } = other;
      other.drop();
      return [length, 0];
    },
  },
];

function keep(model: number[], keeps: (value: number, index: number) => boolean): void {
  model.splice(0, model.length, ...model.filter(keeps));
}

function extracted(model: number[], takes: (value: number) => boolean): number[] {
  const taken = model.filter(takes);
  keep(model, (x) => !takes(x));
  return taken;
}

function resized(model: number[], length: number, value: number): void {
  model.splice(length);
  while (model.length < length) model.push(value);
}

function swapRemoved(model: number[], index: number): number | undefined {
  if (index >= model.length) return undefined;
  const last = model.pop()!;
  if (index === model.length) return last;
  const value = model[index];
  model[index] = last;
  return value;
}

function insertedSorted(model: number[], value: number): void {
  model.push(value);
  model.sort((a, b) => a - b);
}

interface Collection {
  readonly length: number;
  toArray(): number[];
  drop(): void;
}

const RUNS = 40;

/** Runs random steps side by side, and compares the contents by `contents` after each. */
function alike<C extends Collection>(
  make: (heap: GlobalAlloc) => C,
  steps: Steps<C>,
  contents: (collection: C) => number[] = (c) => c.toArray(),
): void {
  describe.each(HEAPS)("in $name", ({ make: makeHeap }) => {
    it("is like an array, and leaves the heap empty", () => {
      const program = fc.array(fc.tuple(fc.nat(), fc.nat(20), fc.nat(20)), { maxLength: 60 });
      fc.assert(
        fc.property(program, (choices) => {
          const heap = makeHeap();
          const collection = make(heap);
          const model: number[] = [];
          for (const [choice, a, b] of choices) {
            const possible = steps(a, b);
            const step = possible[choice % possible.length]!;
            const [actual, expected] = (step.on(collection, model) ?? []) as unknown[];
            expect({ step: step.name, result: actual }).toEqual({ step: step.name, result: expected });
            expect(contents(collection)).toEqual(model);
            expect(collection.length).toBe(model.length);
          }
          collection.drop();
          expectEmpty(heap);
        }),
        { numRuns: RUNS },
      );
    });
  });
}

describe("Vec", () => alike((heap) => Vec.newIn(heap, u32), vecSteps));
describe("VecDeque", () => alike((heap) => VecDeque.newIn(heap, u32), dequeSteps));
describe("LinkedList", () => alike((heap) => LinkedList.newIn(heap, u32), listSteps));
describe("BinaryHeap", () =>
  alike(
    (heap) => BinaryHeap.newIn(heap, u32),
    heapSteps,
    (c) => {
      const parents = c.toArray();
      parents.forEach((value, i) => {
        if (i > 0) expect(parents[(i - 1) >>> 1]).toBeGreaterThanOrEqual(value);
      });
      return parents.sort((a, b) => a - b);
    },
  ));

describe("collections of owners", () => {
  const task = struct({ id: u32, data: vec(u8), next: option(box(u32)) });

  it.each(HEAPS)("drop everything, in $name", ({ make }) => {
    fc.assert(
      fc.property(fc.array(fc.nat(7), { maxLength: 40 }), (choices) => {
        const heap = make();
        const deque = VecDeque.newIn(heap, task);
        const list = LinkedList.newIn(heap, task);
        let id = 0;
        const fresh = () => ({
          id: id++,
          data: Vec.fromIn(heap, u8, [id & 0xff, 2, 3]),
          next: id % 2 === 0 ? Box.newIn(heap, u32, id) : null,
        });
        const move = (value: ReturnType<typeof fresh> | undefined, to: (value: ReturnType<typeof fresh>) => void) => {
          if (value !== undefined) to(value);
        };
        for (const choice of choices) {
          if (choice < 2) deque.pushBack(fresh());
          else if (choice === 2) list.pushFront(fresh());
          else if (choice === 3) move(deque.popFront(), (value) => list.pushBack(value));
          else if (choice === 4) move(list.popBack(), (value) => deque.pushFront(value));
          else if (choice === 5) deque.retain((value) => value.id % 3 !== 0);
          else if (choice === 6 && deque.length > 0) deque.set(0, fresh());
          else {
            const copy = list.clone();
            expect(copy.map((value) => value.data.toArray()).toArray()).toEqual(
              list.map((value) => value.data.toArray()).toArray(),
            );
            copy.drop();
          }
          for (const value of deque) expect(value.data.length).toBe(3);
        }
        deque.drop();
        list.drop();
        expectEmpty(heap);
      }),
      { numRuns: 30 },
    );
  });
});
