import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { LockedHeap } from "@kmem/linked-list-allocator";
import { i32, struct, u32, u8 } from "@kmem/repr";
import {
  Arc,
  ArgumentError,
  BorrowError,
  Box,
  box,
  boxDyn,
  Rc,
  RcSlice,
  rc,
  RefCell,
  UseAfterDropError,
  UseAfterMoveError,
  Vec,
  vec,
  Weak,
  weak,
} from "../src/index.ts";
import { expectEmpty } from "./heaps.ts";

function heapOf(): LockedHeap {
  return LockedHeap.inBuffer(new ArrayBuffer(0x1_0000));
}

describe("an owner", () => {
  it("is dropped at the end of its scope, in reverse order", () => {
    const heap = heapOf();
    {
      using first = Vec.fromIn(heap, u8, [1]);
      using second = Box.newIn(heap, u32, 2);
      expect(heap.stats().used).toBeGreaterThan(0);
      expect([first.length, second.value]).toEqual([1, 2]);
    }
    expectEmpty(heap);
  });

  it("cannot be used after it was moved, and says what it was", () => {
    const heap = heapOf();
    using list = Vec.newIn(heap, vec(u8));
    const inner = Vec.fromIn(heap, u8, [1]);
    list.push(inner);
    expect(() => inner.length).toThrow(UseAfterMoveError);
    expect(() => inner.length).toThrow("Vec<u8>");
    expect(() => list.push(inner)).toThrow(UseAfterMoveError);
    expect(list.length).toBe(1);
    inner[Symbol.dispose]();
    expect(list.index(0).toArray()).toEqual([1]);
  });

  it("cannot be used after it was dropped, nor dropped twice", () => {
    const heap = heapOf();
    const boxed = Box.newIn(heap, i32, -1);
    boxed.drop();
    expect(() => boxed.value).toThrow(UseAfterDropError);
    expect(() => boxed.drop()).toThrow(UseAfterDropError);
    boxed[Symbol.dispose]();
    expectEmpty(heap);
  });

  it("that is lent changes in its place, and can be neither dropped nor moved", () => {
    const heap = heapOf();
    using list = Vec.fromIn(heap, vec(u8), [Vec.fromIn(heap, u8, [1])]);
    const lent = list.index(0);
    lent.push(2);
    lent.push(3);
    expect(list.index(0).toArray()).toEqual([1, 2, 3]);
    expect(lent.isOwned).toBe(false);
    expect(() => lent.drop()).toThrow(BorrowError);
    expect(() => list.push(lent)).toThrow(BorrowError);
    expect(list.length).toBe(1);
  });

  it("that is lent dies when its owner changes", () => {
    const heap = heapOf();
    using list = Vec.fromIn(heap, vec(u8), [Vec.fromIn(heap, u8, [1])]);
    const lent = list.index(0);
    list.push(Vec.newIn(heap, u8));
    expect(() => lent.length).toThrow(expect.objectContaining({ code: "alloc/stale-borrow" }) as Error);
    const again = list.index(0);
    list.drop();
    expect(() => again.length).toThrow(UseAfterDropError);
  });

  it("of another heap is refused, and stays whole", () => {
    const heap = heapOf();
    const other = heapOf();
    using list = Vec.newIn(heap, box(u32));
    using foreign = Box.newIn(other, u32, 7);
    expect(() => list.push(foreign)).toThrow(expect.objectContaining({ code: "alloc/foreign-allocator" }) as Error);
    expect([list.length, list.capacity, foreign.value]).toEqual([0, 0, 7]);
  });

  it("shows itself to Node's inspect, dead or alive", () => {
    const heap = heapOf();
    const list = Vec.fromIn(heap, u32, [1, 2]);
    expect(inspect(list)).toBe("Vec<u32>(2) [ 1, 2 ]");
    list.drop();
    expect(inspect(list)).toBe("Vec<u32> (dropped)");
  });
});

describe("Box", () => {
  it("replaces, gives up and takes back its value", () => {
    const heap = heapOf();
    const boxed = Box.newIn(heap, u32, 1);
    expect(boxed.replace(2)).toBe(1);
    const at = boxed.intoRaw();
    expect(() => boxed.value).toThrow(UseAfterMoveError);
    const back = Box.fromRaw(u32, at, heap);
    back.value += 1;
    expect(back.intoInner()).toBe(3);
    expectEmpty(heap);
  });

  it("refuses what its type cannot hold, and keeps the old value", () => {
    const heap = heapOf();
    using boxed = Box.newIn(heap, u8, 1);
    for (const bad of [256, -1, 1.5, NaN, "1" as never]) {
      expect(() => (boxed.value = bad)).toThrow(expect.objectContaining({ code: "repr/value" }) as Error);
      expect(() => Box.newIn(heap, u8, bad)).toThrow(expect.objectContaining({ code: "repr/value" }) as Error);
    }
    expect(boxed.value).toBe(1);
  });

  it("of a trait holds any of its types, and drops what it holds", () => {
    const heap = heapOf();
    const shape = boxDyn("Shape", { Circle: u32, Path: vec(u8) });
    using shapes = Vec.newIn(heap, shape);
    shapes.push(shape.box("Circle", 5, heap));
    shapes.push(shape.box("Path", Vec.fromIn(heap, u8, [1, 2]), heap));
    expect(shapes.map(({ tag }) => tag).toArray()).toEqual(["Circle", "Path"]);
    shapes.drop();
    expectEmpty(heap);
  });

  it("is filled in later when it was made without a value", () => {
    const heap = heapOf();
    const empty = Box.newUninitIn(heap, u32);
    using boxed = empty.write(9);
    expect(boxed.value).toBe(9);
    expect(() => empty.write(10)).toThrow(UseAfterMoveError);
  });
});

describe.each([
  ["Rc", Rc],
  ["Arc", Arc],
] as const)("%s", (_, Shared) => {
  it("counts its handles, and drops the value with the last one", () => {
    const heap = heapOf();
    const first = Shared.newIn(heap, vec(u8), Vec.fromIn(heap, u8, [1]));
    const second = first.clone();
    expect([first.strongCount, first.weakCount]).toEqual([2, 0]);
    const observer = first.downgrade();
    first.drop();
    expect([second.strongCount, second.weakCount]).toEqual([1, 1]);
    second.drop();
    expect(observer.upgrade()).toBeUndefined();
    observer.drop();
    expectEmpty(heap);
  });

  it("gives the value away only when it is not shared", () => {
    const heap = heapOf();
    const first = Shared.newIn(heap, u32, 4);
    const second = first.clone();
    expect(first.tryUnwrap()).toBeUndefined();
    second.drop();
    expect(first.tryUnwrap()).toBe(4);
    expectEmpty(heap);
  });

  it("copies a shared value before it is changed", () => {
    const heap = heapOf();
    using first = Shared.newIn(heap, u32, 1);
    using second = first.clone() as Rc<number>;
    expect(first.getMut()).toBeUndefined();
    first.makeMut().value = 2;
    expect([first.value, second.value]).toEqual([2, 1]);
  });
});

describe("Weak", () => {
  it("lets a tree know its parent without keeping it", () => {
    const heap = heapOf();
    const node = struct({ id: u32, parent: weak(u32) });
    const root = Rc.newIn(heap, u32, 1);
    using leaf = Rc.newIn(heap, node, { id: 2, parent: root.downgrade() });
    const up = leaf.value.parent.upgrade();
    expect(up?.value).toBe(1);
    up?.drop();
    root.drop();
    expect(leaf.value.parent.upgrade()).toBeUndefined();
  });

  it("of nothing never gives anything", () => {
    using nothing = Weak.new(u32, heapOf());
    expect([nothing.upgrade(), nothing.strongCount]).toEqual([undefined, 0]);
  });
});

describe("RcSlice", () => {
  it("shares one block of elements", () => {
    const heap = heapOf();
    using slice = RcSlice.fromVec(Vec.fromIn(heap, u32, [3, 1, 2]));
    using other = slice.clone();
    expect([slice.length, other.strongCount, other.toArray()]).toEqual([3, 2, [3, 1, 2]]);
  });
});

describe("RefCell", () => {
  it("lets many read or one write", () => {
    const cell = RefCell.new(1);
    const reader = cell.borrow();
    expect(cell.tryBorrowMut()).toBeUndefined();
    expect(() => cell.borrowMut()).toThrow("RefCell already borrowed");
    reader[Symbol.dispose]();
    const writer = cell.borrowMut();
    writer.value = 2;
    expect(() => cell.get()).toThrow("RefCell already mutably borrowed");
    writer[Symbol.dispose]();
    writer[Symbol.dispose]();
    expect(() => writer.value).toThrow("ended");
    expect([cell.replace(3), cell.get()]).toEqual([2, 3]);
  });
});

describe("Vec", () => {
  it("refuses indices that no Rust program could write, before anything changes", () => {
    const heap = heapOf();
    using list = Vec.fromIn(heap, u32, [1, 2, 3]);
    for (const bad of [-1, 0.5, NaN, Infinity, "0" as never]) {
      expect(() => list.get(bad)).toThrow(ArgumentError);
      expect(() => list.set(bad, 1)).toThrow(ArgumentError);
      expect(() => list.insert(bad, 1)).toThrow(ArgumentError);
      expect(() => list.remove(bad)).toThrow(ArgumentError);
      expect(() => list.truncate(bad)).toThrow(ArgumentError);
      expect(() => list.reserve(bad)).toThrow(ArgumentError);
      expect(() => list.splitOff(bad)).toThrow(ArgumentError);
      expect(() => list.drain(bad)).toThrow(ArgumentError);
    }
    expect(list.toArray()).toEqual([1, 2, 3]);
  });

  it("is locked while a drain is under way, and whole afterwards", () => {
    const heap = heapOf();
    using list = Vec.fromIn(
      heap,
      box(u32),
      [1, 2, 3, 4].map((n) => Box.newIn(heap, u32, n)),
    );
    const drain = list.drain(1, 3);
    using taken = drain.next().value!;
    expect(taken.value).toBe(2);
    expect(() => list.length).toThrow(expect.objectContaining({ code: "alloc/locked" }) as Error);
    drain[Symbol.dispose]();
    expect(list.map((each) => each.value).toArray()).toEqual([1, 4]);
  });

  it("keeps what it had when a callback throws", () => {
    const heap = heapOf();
    using list = Vec.fromIn(
      heap,
      box(u32),
      [1, 2, 3, 4].map((n) => Box.newIn(heap, u32, n)),
    );
    expect(() =>
      list.retain(({ value }) => {
        if (value === 3) throw new RangeError("stop");
        return value !== 1;
      }),
    ).toThrow("stop");
    expect(list.map((each) => each.value).toArray()).toEqual([2, 3, 4]);
    expect(() =>
      list.sortBy(() => {
        throw new RangeError("no order");
      }),
    ).toThrow("no order");
    expect(list.length).toBe(3);
  });

  it("kills iterators when it changes", () => {
    const heap = heapOf();
    using list = Vec.fromIn(heap, u32, [1, 2, 3]);
    const iter = list.iter();
    iter.next();
    list.push(4);
    expect(() => iter.next()).toThrow(BorrowError);
  });

  it("goes to another handle by its address, as to another worker", () => {
    const heap = LockedHeap.inBuffer(new SharedArrayBuffer(0x1_0000));
    const at = Box.newIn(heap, vec(u32), Vec.fromIn(heap, u32, [1, 2])).intoRaw();
    const elsewhere = LockedHeap.attachBuffer(
      (heap.memory as unknown as { views: { u8: Uint8Array } }).views.u8.buffer,
    );
    using received = Box.fromRaw(vec(u32), at, elsewhere);
    received.value.push(3);
    expect(received.value.toArray()).toEqual([1, 2, 3]);
    received.drop();
    expectEmpty(heap);
  });

  it("takes typed arrays in one piece", () => {
    const heap = heapOf();
    using list = Vec.fromSlice(u32, Uint32Array.of(1, 2, 0xffff_ffff), heap);
    list.extendFromSlice(new Uint32Array(3));
    expect(list.toArray()).toEqual([1, 2, 0xffff_ffff, 0, 0, 0]);
  });

  it("of handles counts each", () => {
    const heap = heapOf();
    const shared = Rc.newIn(heap, u32, 1);
    using list = Vec.fromElemIn(heap, rc(u32), shared, 4);
    expect(list.index(0).strongCount).toBe(4);
    list.truncate(1);
    expect(list.index(0).strongCount).toBe(1);
  });
});
