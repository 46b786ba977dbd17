/** The TypeScript types of elements and collections; `tsc` checks what is refused here. */
import { LockedHeap } from "@kmem/linked-list-allocator";
import { array, bool, char, option, reverse, struct, tuple, u32, u64, u8, type Infer, type Type } from "@kmem/repr";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  arc,
  BinaryHeap,
  binaryHeap,
  Box,
  box,
  boxSlice,
  BoxedSlice,
  btreeMap,
  linkedList,
  rc,
  string,
  Vec,
  vec,
  VecDeque,
  vecDeque,
  type Arc,
  type BTreeMap,
  type Drain,
  type IntoIter,
  type LinkedList,
  type Rc,
  type Slice,
  type String,
} from "../src/index.ts";
import { expectEmpty } from "./heaps.ts";

describe("Infer", () => {
  it("gives the handles of owning types", () => {
    const nested = box(vec(u8));
    expectTypeOf<Infer<typeof nested>>().toEqualTypeOf<Box<Vec<number>>>();
    const shared = rc(box(vec(u64)));
    expectTypeOf<Infer<typeof shared>>().toEqualTypeOf<Rc<Box<Vec<bigint>>>>();
    const atomic = arc(vec(string));
    expectTypeOf<Infer<typeof atomic>>().toEqualTypeOf<Arc<Vec<String>>>();
    const queue = vecDeque(option(box(char)));
    expectTypeOf<Infer<typeof queue>>().toEqualTypeOf<VecDeque<Box<string> | null>>();
    const heap = binaryHeap(reverse(tuple(u32, bool)));
    expectTypeOf<Infer<typeof heap>>().toEqualTypeOf<BinaryHeap<[number, boolean]>>();
    const list = linkedList(array(u8, 4));
    expectTypeOf<Infer<typeof list>>().toEqualTypeOf<LinkedList<number[]>>();
    const slice = boxSlice(u32);
    expectTypeOf<Infer<typeof slice>>().toEqualTypeOf<BoxedSlice<number>>();
    const map = btreeMap(u32, vec(bool));
    expectTypeOf<Infer<typeof map>>().toEqualTypeOf<BTreeMap<number, Vec<boolean>>>();
    const task = struct({ id: u32, name: string, next: option(box(u32)), data: vec(vec(u8)) });
    expectTypeOf<Infer<typeof task>>().toEqualTypeOf<{
      id: number;
      name: String;
      next: Box<number> | null;
      data: Vec<Vec<number>>;
    }>();
    // id 4 and 4 of padding; three words, one (None is null), three words.
    const sizes = [nested, shared, atomic, queue, heap, list, slice, map, task].map((type) => type.size);
    expect(sizes).toEqual([8, 8, 8, 32, 24, 24, 16, 24, 8 + 24 + 8 + 24]);
  });
});

describe("collections", () => {
  it("hold what their element type says, and nothing else", () => {
    const heap = LockedHeap.inBuffer(new ArrayBuffer(0x1_0000));
    const numbers = Vec.newIn(heap, u32);
    expectTypeOf(numbers).toEqualTypeOf<Vec<number>>();
    expectTypeOf(numbers.get(0)).toEqualTypeOf<number | undefined>();
    expectTypeOf(numbers.index).returns.toEqualTypeOf<number>();
    expectTypeOf(numbers.asSlice()).toEqualTypeOf<Slice<number>>();
    expectTypeOf(numbers.drain).returns.toEqualTypeOf<Drain<number>>();
    expectTypeOf(numbers.intoIter).returns.toEqualTypeOf<IntoIter<number>>();
    expectTypeOf<Vec<number>["intoMapped"]>().toBeCallableWith(u8, (n: number) => n & 0xff);
    const queue = VecDeque.newIn(heap, u64);
    expectTypeOf(queue.popFront()).toEqualTypeOf<bigint | undefined>();
    const largest = BinaryHeap.newIn(heap, struct({ key: u32, done: bool }));
    expectTypeOf(largest.peek()).toEqualTypeOf<{ key: number; done: boolean } | undefined>();
    const nested = Vec.newIn(heap, vec(u8));
    expectTypeOf(nested.concat()).toEqualTypeOf<Vec<number>>();

    // @ts-expect-error a u32 is a number, not a bigint
    expect(() => numbers.push(1n)).toThrow(expect.objectContaining({ code: "repr/value" }) as Error);
    // @ts-expect-error nor a string
    expect(() => numbers.set(0, "1")).toThrow();
    // @ts-expect-error a u64 is a bigint, not a number
    expect(() => queue.pushBack(1)).toThrow(expect.objectContaining({ code: "repr/value" }) as Error);
    // @ts-expect-error a struct has all its fields
    expect(() => largest.push({ key: 1 })).toThrow(expect.objectContaining({ code: "repr/value" }) as Error);
    // @ts-expect-error a Vec<u8> is an owner, not a number
    expect(() => nested.push(1)).toThrow(expect.objectContaining({ code: "repr/value" }) as Error);
    // @ts-expect-error only a Vec of Vecs can be joined
    expect(() => numbers.concat()).toThrow();
    // @ts-expect-error the element type comes first
    expect(() => Vec.from([1, 2])).toThrow();
    // @ts-expect-error a type says how it is written
    const unfinished: Type<number> = { name: "half", size: 1, align: 1, read: () => 0, compare: () => 0 };
    expect(unfinished.name).toBe("half");
    for (const owner of [numbers, queue, largest, nested]) owner.drop();
    expectEmpty(heap);
  });

  it("refuse an owner of another element type, which the compiler refuses too", () => {
    const heap = LockedHeap.inBuffer(new ArrayBuffer(0x1_0000));
    using words = Vec.newIn(heap, vec(u64));
    using bytes = Vec.fromIn(heap, u8, [1]);
    // @ts-expect-error a Vec<u8> is no Vec<u64>
    expect(() => words.push(bytes)).toThrow(expect.objectContaining({ code: "repr/value" }) as Error);
    expect([words.length, bytes.toArray()]).toEqual([0, [1]]);
    // Both have numbers in JavaScript; only the descriptor tells them apart.
    using quads = Vec.newIn(heap, vec(u32));
    expect(() => quads.push(bytes)).toThrow(expect.objectContaining({ code: "repr/value" }) as Error);
    expect(bytes.toArray()).toEqual([1]);
  });
});
