import { describe, expect, it } from "vitest";
import { AllocError, type GlobalAlloc } from "@kmem/global-alloc";
import { LockedHeap } from "@kmem/linked-list-allocator";
import { option, reverse, struct, u32, u8 } from "@kmem/repr";
import {
  Arc,
  BinaryHeap,
  BTreeMap,
  BTreeSet,
  BoxedSlice,
  Box,
  box,
  formatIn,
  LinkedList,
  Rc,
  rc,
  RcSlice,
  String,
  string,
  TryReserveError,
  Vec,
  vec,
  VecDeque,
  type Owner,
} from "../src/index.ts";
import { expectEmpty, FailingHeap, HEAPS } from "./heaps.ts";

const task = struct({ id: u32, data: vec(u8), next: option(box(u32)) });
/** Registers an owner, to be dropped in the end unless it was moved on. */
type Keep = <O extends Owner>(owner: O) => O;

/** Every collection, growing, shrinking, being cloned, and with owners inside. Each step needs memory. */
const SCENARIOS: Readonly<Record<string, (heap: GlobalAlloc, keep: Keep) => void>> = {
  Vec(heap, keep) {
    const list = keep(Vec.newIn(heap, vec(u8)));
    for (let i = 0; i < 6; i++) list.push(keep(Vec.fromIn(heap, u8, [i, i + 1])));
    list.insert(1, keep(Vec.fromElemIn(heap, u8, 7, 9)));
    keep(list.splitOff(4));
    keep(list.clone());
    list.resize(6, keep(Vec.fromIn(heap, u8, [1])));
    list.extendFromSlice(keep(list.clone()));
    list.extendFromWithin(0, 2);
    list.splice(1, 3, [keep(Vec.fromIn(heap, u8, [1])), keep(Vec.fromIn(heap, u8, [2]))])[Symbol.dispose]();
    list.truncate(3);
    list.shrinkToFit();
    keep(list.concat());
    keep(keep(list.clone()).intoBoxedSlice());
    const numbers = keep(
      Vec.fromIn(
        heap,
        u32,
        Array.from({ length: 3000 }, (_, i) => 3000 - i),
      ),
    );
    numbers.sort();
    numbers.sortByCachedKey(u32, (n) => n % 7);
  },
  VecDeque(heap, keep) {
    const deque = keep(VecDeque.newIn(heap, box(u32)));
    for (let i = 0; i < 10; i++) {
      if (i % 3 === 0) deque.pushFront(keep(Box.newIn(heap, u32, i)));
      else deque.pushBack(keep(Box.newIn(heap, u32, i)));
    }
    deque.insert(4, keep(Box.newIn(heap, u32, 4)));
    deque.resize(14, keep(Box.newIn(heap, u32, 5)));
    const copy = keep(deque.clone());
    copy.append(keep(deque.splitOff(9)));
    copy.cloneFrom(deque);
    deque.truncate(3);
    deque.pushFront(keep(Box.newIn(heap, u32, 6)));
    deque.shrinkToFit();
    deque.appendVec(keep(Vec.fromIn(heap, box(u32), [keep(Box.newIn(heap, u32, 8))])));
    deque.extend(keep(copy.take()).intoIter());
  },
  LinkedList(heap, keep) {
    const list = keep(LinkedList.newIn(heap, task));
    for (let id = 0; id < 4; id++) {
      const data = keep(Vec.fromIn(heap, u8, [id]));
      const next = keep(Box.newIn(heap, u32, id));
      list.pushBack({ id, data, next });
    }
    const copy = keep(list.clone());
    copy.cursorFront().insertAfter({ id: 9, data: keep(Vec.newIn(heap, u8)), next: null });
    list.cloneFrom(copy);
    copy.append(keep(list.splitOff(2)));
    list.cloneFrom(copy);
  },
  BinaryHeap(heap, keep) {
    const queue = keep(BinaryHeap.newIn(heap, reverse(vec(u8))));
    for (let i = 0; i < 7; i++) queue.push(keep(Vec.fromIn(heap, u8, [(i * 5) % 7])));
    const copy = keep(queue.clone());
    queue.extend([keep(Vec.fromIn(heap, u8, [3])), keep(Vec.fromIn(heap, u8, [1]))]);
    keep(queue.pop()!);
    queue.shrinkToFit();
    queue.append(copy);
    queue.appendVec(keep(Vec.fromIn(heap, reverse(vec(u8)), [keep(Vec.fromIn(heap, u8, [0]))])));
    keep(keep(queue.take()).intoSortedVec());
  },
  BTreeMap(heap, keep) {
    const map = keep(BTreeMap.newIn(heap, u32, box(u32)));
    for (let i = 0; i < 30; i++) {
      const old = map.insert((i * 7) % 25, keep(Box.newIn(heap, u32, i)));
      if (old !== undefined) keep(old);
    }
    const copy = keep(map.clone());
    keep(copy.splitOff(11));
    const removed = map.remove(3);
    if (removed !== undefined) keep(removed);
    copy.append(map);
    keep(BTreeSet.fromIn(heap, u32, [5, 1, 4, 1, 3]));
  },
  String(heap, keep) {
    const text = keep(String.fromIn(heap, "grüße"));
    text.pushStr(" und mehr Text");
    text.insertStr(0, "viele ");
    keep(text.clone());
    keep(formatIn(heap, "{:>20}|{:?}", "é", text.toString()));
    keep(keep(text.clone()).intoBoxedStr());
    keep(text.splitOff(6));
    text.shrinkToFit();
    const list = keep(Vec.newIn(heap, string));
    for (let i = 0; i < 5; i++) list.push(keep(text.clone()));
    keep(String.join(list, ", "));
  },
  "Box, Rc and Arc"(heap, keep) {
    const inner = keep(Vec.fromIn(heap, u8, [1, 2]));
    const boxed = keep(Box.newIn(heap, vec(u8), inner));
    keep(boxed.clone()).cloneFrom(boxed);
    const shared = keep(Rc.newIn(heap, box(vec(u8)), boxed));
    const list = keep(Vec.newIn(heap, rc(box(vec(u8)))));
    for (let i = 0; i < 5; i++) list.push(keep(shared.clone()));
    keep(list.clone());
    keep(keep(shared.clone()).downgrade());
    keep(shared.clone()).makeMut();
    keep(Arc.newIn(heap, vec(u8), keep(Vec.fromIn(heap, u8, [5]))));
    keep(RcSlice.fromVec(keep(Vec.fromIn(heap, u8, [1, 2, 3]))));
    keep(BoxedSlice.fromIn(heap, u8, [1, 2, 3])).cloneFrom(keep(BoxedSlice.fromIn(heap, u8, [1])));
  },
};

interface Grown {
  readonly capacity: number;
  toArray(): number[];
  drop(): void;
}

function growth<C extends Grown>(collection: C, grow: (collection: C) => unknown): [Grown, () => unknown] {
  return [collection, () => grow(collection)];
}

/** Runs a scenario in which one request is refused, drops all, and looks at the heap. @returns whether it came to that */
function runRefusing(heap: LockedHeap, scenario: (heap: GlobalAlloc, keep: Keep) => void, refused: number): boolean {
  const failing = new FailingHeap(heap, refused);
  const kept: Owner[] = [];
  const run = (): void => scenario(failing, (owner) => (kept.push(owner), owner));
  try {
    run();
  } catch (error) {
    if (!failing.hasFailed) throw error;
    expect(error).toBeInstanceOf(AllocError);
  }
  for (const owner of kept) owner[Symbol.dispose]();
  expectEmpty(heap);
  return failing.hasFailed;
}

describe("a request for memory that is refused", () => {
  it.each(Object.entries(SCENARIOS))("loses and leaks nothing, whichever it is: %s", (_, scenario) => {
    for (const { make } of HEAPS) {
      expect(runRefusing(make(), scenario, Infinity)).toBe(false);
      let k = 0;
      while (runRefusing(make(), scenario, k)) k++;
      expect(k).toBeGreaterThan(15);
    }
  });

  it.each(HEAPS)("leaves what was there as it was, whatever grows, in $name", ({ make }) => {
    const values = [5, 3, 4, 1];
    const growing: Readonly<Record<string, (heap: GlobalAlloc) => [Grown, () => unknown]>> = {
      "Vec.push": (heap) => growth(Vec.fromIn(heap, u32, values), (v) => v.push(9)),
      "Vec.insert": (heap) => growth(Vec.fromIn(heap, u32, values), (v) => v.insert(1, 9)),
      "Vec.extend": (heap) => growth(Vec.fromIn(heap, u32, values), (v) => v.extend([9, 9])),
      "Vec.extend, of unknown length": (heap) =>
        growth(Vec.fromIn(heap, u32, values), (v) => v.extend(new Set([9]).values())),
      "Vec.extendFromSlice": (heap) => growth(Vec.fromIn(heap, u32, values), (v) => v.extendFromSlice([9])),
      "Vec.extendFromWithin": (heap) => growth(Vec.fromIn(heap, u32, values), (v) => v.extendFromWithin(0, 2)),
      "Vec.resize": (heap) => growth(Vec.fromIn(heap, u32, values), (v) => v.resize(9, 0)),
      "Vec.resizeWith": (heap) => growth(Vec.fromIn(heap, u32, values), (v) => v.resizeWith(9, () => 0)),
      "Vec.reserve": (heap) => growth(Vec.fromIn(heap, u32, values), (v) => v.reserve(1)),
      "Vec.reserveExact": (heap) => growth(Vec.fromIn(heap, u32, values), (v) => v.reserveExact(1)),
      "Vec.splitOff": (heap) => growth(Vec.fromIn(heap, u32, values), (v) => v.splitOff(2)),
      "Vec.clone": (heap) => growth(Vec.fromIn(heap, u32, values), (v) => v.clone()),
      "Vec.sortByCachedKey": (heap) => growth(Vec.fromIn(heap, u32, values), (v) => v.sortByCachedKey(u32, (n) => n)),
      "VecDeque.pushBack": (heap) => growth(VecDeque.fromIn(heap, u32, values), (d) => d.pushBack(9)),
      "VecDeque.pushFront": (heap) => growth(VecDeque.fromIn(heap, u32, values), (d) => d.pushFront(9)),
      "VecDeque.insert": (heap) => growth(VecDeque.fromIn(heap, u32, values), (d) => d.insert(2, 9)),
      "VecDeque.extend": (heap) => growth(VecDeque.fromIn(heap, u32, values), (d) => d.extend([9])),
      "VecDeque.resize": (heap) => growth(VecDeque.fromIn(heap, u32, values), (d) => d.resize(9, 0)),
      "VecDeque.reserve": (heap) => growth(VecDeque.fromIn(heap, u32, values), (d) => d.reserve(1)),
      "VecDeque.splitOff": (heap) => growth(VecDeque.fromIn(heap, u32, values), (d) => d.splitOff(2)),
      "VecDeque.clone": (heap) => growth(VecDeque.fromIn(heap, u32, values), (d) => d.clone()),
      "BinaryHeap.push": (heap) => growth(BinaryHeap.fromIn(heap, u32, values), (h) => h.push(9)),
      "BinaryHeap.extend": (heap) => growth(BinaryHeap.fromIn(heap, u32, values), (h) => h.extend([9])),
      "BinaryHeap.reserve": (heap) => growth(BinaryHeap.fromIn(heap, u32, values), (h) => h.reserve(1)),
      "BinaryHeap.clone": (heap) => growth(BinaryHeap.fromIn(heap, u32, values), (h) => h.clone()),
    };
    for (const [name, start] of Object.entries(growing)) {
      const heap = make();
      const [collection, grow] = start(new FailingHeap(heap, 1));
      const before = { name, values: collection.toArray(), capacity: collection.capacity };
      expect(grow).toThrow(AllocError);
      expect({ name, values: collection.toArray(), capacity: collection.capacity }).toEqual(before);
      collection.drop();
      expectEmpty(heap);
    }
  });

  it("comes back from the functions that try, which then have changed nothing", () => {
    const heap = LockedHeap.inBuffer(new ArrayBuffer(0x1_0000));
    const failing = new FailingHeap(heap, 3);
    const deque = VecDeque.fromIn(failing, u32, [1, 2, 3]);
    const list = LinkedList.newIn(failing, box(u32));
    const queue = BinaryHeap.fromIn(failing, u32, [1]);
    const element = Box.newIn(failing, u32, 9);
    expect(list.tryPushBack(element)).toBeInstanceOf(TryReserveError);
    expect([list.length, element.value]).toEqual([0, 9]);
    expect(list.tryPushFront(element)).toBeUndefined();

    const huge = 2 ** 40;
    expect(deque.tryReserve(huge)?.code).toBe("alloc/out-of-memory");
    expect(queue.tryReserveExact(huge)?.code).toBe("alloc/out-of-memory");
    expect(deque.tryReserve(2 ** 62)?.code).toBe("alloc/capacity-overflow");
    expect(VecDeque.tryWithCapacity(u32, huge, heap)).toBeInstanceOf(TryReserveError);
    expect([deque.toArray(), deque.capacity, queue.toArray()]).toEqual([[1, 2, 3], 3, [1]]);
    for (const owner of [deque, list, queue]) owner.drop();
    expectEmpty(heap);
  });
});
