/**
 * Vec, VecDeque, LinkedList and BinaryHeap, beside JavaScript's and npm's collections.
 */
import { BinaryHeap, LinkedList, Vec, VecDeque } from "@kmem/alloc";
import { LockedHeap } from "@kmem/linked-list-allocator";
import { f32, f64, i16, i32, i8, u16, u32, u8, type Type } from "@kmem/repr";
import Denque from "denque";
import { Heap as HeapJs } from "heap-js";
import { Deque, LinkList, PriorityQueue } from "js-sdsl";
import { Yallist } from "yallist";
import type { Benchmark, Contestant } from "./harness.ts";

const SIZE = 10_000;
const QUEUED = 1000;
const PRIORITIES = 100_000;
const HEAP_BYTES = 0x100_0000;

/** What a measured loop found, so that no engine can leave the loop out. */
export const sink = { value: 0 };

function heap(): LockedHeap {
  return LockedHeap.inBuffer(new ArrayBuffer(HEAP_BYTES));
}

/** The same numbers in each run. */
function numbers(count: number): number[] {
  let state = 0x2545_f491;
  return Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  });
}

/** Eight element types in use at once, as in a large program. */
const TYPES: readonly Type<number>[] = [u8, i8, u16, i16, u32, i32, f32, f64];

function eightVecs(): Vec<number>[] {
  const memory = heap();
  return TYPES.map((type) =>
    Vec.fromIn(
      memory,
      type,
      Array.from({ length: SIZE }, (_, i) => i & 0x7f),
    ),
  );
}

function eightArrays(): ArrayLike<number>[] {
  const values = Array.from({ length: SIZE }, (_, i) => i & 0x7f);
  return [Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array, Float32Array, Float64Array].map(
    (Class) => new Class(values),
  );
}

const vecGet: Benchmark = {
  name: "collections/vec-get",
  about: `reading all of ${SIZE} elements by index, of eight element types in turn`,
  contestants() {
    const vecs = eightVecs();
    const typed = eightArrays();
    const arrays = typed.map((array) => Array.from(array));
    const over = (name: string, lists: readonly ArrayLike<number>[]): Contestant => ({
      name,
      operations: SIZE * lists.length,
      run() {
        let sum = 0;
        for (const list of lists) for (let i = 0; i < list.length; i++) sum += list[i]!;
        sink.value = sum;
      },
    });
    return [
      {
        name: "Vec",
        operations: SIZE * vecs.length,
        run() {
          let sum = 0;
          for (const vec of vecs) {
            const { length } = vec;
            for (let i = 0; i < length; i++) sum += vec.get(i)!;
          }
          sink.value = sum;
        },
      },
      over("typed arrays", typed),
      over("Array", arrays),
    ];
  },
};

const vecPush: Benchmark = {
  name: "collections/vec-push",
  about: `${SIZE} pushes after a clear, to each of eight element types in turn`,
  contestants() {
    const vecs = eightVecs();
    return [
      {
        name: "Vec",
        operations: SIZE * vecs.length,
        run() {
          for (const vec of vecs) {
            vec.clear();
            for (let i = 0; i < SIZE; i++) vec.push(i & 0x7f);
          }
        },
      },
      {
        name: "Array",
        operations: SIZE * vecs.length,
        run() {
          for (let n = 0; n < vecs.length; n++) {
            const array: number[] = [];
            for (let i = 0; i < SIZE; i++) array.push(i & 0x7f);
            sink.value = array.length;
          }
        },
      },
    ];
  },
};

/** A queue with so many in it: push one, take one. */
function queue(name: string, push: (value: number) => void, shift: () => unknown): Contestant {
  for (let i = 0; i < QUEUED; i++) push(i);
  return {
    name,
    operations: SIZE,
    run() {
      for (let i = 0; i < SIZE; i++) {
        push(i);
        shift();
      }
    },
  };
}

const queues: Benchmark = {
  name: "collections/queue",
  about: `push at the back and pop at the front, ${QUEUED} waiting; one operation is both`,
  contestants() {
    const deque = VecDeque.newIn(heap(), u32);
    const denque = new Denque<number>();
    const sdsl = new Deque<number>();
    const array: number[] = [];
    return [
      queue(
        "VecDeque",
        (v) => deque.pushBack(v),
        () => deque.popFront(),
      ),
      queue(
        "denque",
        (v) => denque.push(v),
        () => denque.shift(),
      ),
      queue(
        "js-sdsl Deque",
        (v) => sdsl.pushBack(v),
        () => sdsl.popFront(),
      ),
      queue(
        "Array",
        (v) => array.push(v),
        () => array.shift(),
      ),
    ];
  },
};

const lists: Benchmark = {
  name: "collections/list",
  about: `push at the back and pop at the front of a linked list of ${QUEUED}; one operation is both`,
  contestants() {
    const list = LinkedList.newIn(heap(), u32);
    const yallist = new Yallist<number>();
    const sdsl = new LinkList<number>();
    return [
      queue(
        "LinkedList",
        (v) => list.pushBack(v),
        () => list.popFront(),
      ),
      queue(
        "yallist",
        (v) => yallist.push(v),
        () => yallist.shift(),
      ),
      queue(
        "js-sdsl LinkList",
        (v) => sdsl.pushBack(v),
        () => sdsl.popFront(),
      ),
    ];
  },
};

/**
 * Fills a queue and empties it, in each round with the next of the sets: of one small set the processor would soon know
 * every comparison's outcome by heart.
 */
function sorting(
  name: string,
  sets: readonly (readonly number[])[],
  push: (value: number) => void,
  pop: () => unknown,
): Contestant {
  let round = 0;
  return {
    name,
    operations: sets[0]!.length,
    run() {
      const values = sets[round++ % sets.length]!;
      for (const value of values) push(value);
      for (let i = 0; i < values.length; i++) pop();
    },
  };
}

function priorities(count: number): Benchmark {
  return {
    name: `collections/priority-queue-${count}`,
    about: `${count} random numbers pushed, then popped in order; one operation is both`,
    contestants() {
      const all = numbers(Math.max(count, PRIORITIES));
      const values = Array.from({ length: all.length / count }, (_, i) => all.slice(i * count, (i + 1) * count));
      const ours = BinaryHeap.newIn(heap(), u32);
      const heapJs = new HeapJs<number>((a, b) => b - a);
      const sdsl = new PriorityQueue<number>([], (a, b) => b - a);
      return [
        sorting(
          "BinaryHeap",
          values,
          (v) => ours.push(v),
          () => ours.pop(),
        ),
        sorting(
          "heap-js",
          values,
          (v) => heapJs.push(v),
          () => heapJs.pop(),
        ),
        sorting(
          "js-sdsl PriorityQueue",
          values,
          (v) => sdsl.push(v),
          () => sdsl.pop(),
        ),
      ];
    },
  };
}

export const collectionBenchmarks: readonly Benchmark[] = [
  vecGet,
  vecPush,
  queues,
  lists,
  priorities(1000),
  priorities(PRIORITIES),
];
