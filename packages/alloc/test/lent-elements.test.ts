/** Elements lent one by one for changing, and values that are refused before that: in every kind of memory. */
import { u32, u8 } from "@kmem/repr";
import { describe, expect, it } from "vitest";
import { Arc, BTreeMap, Box, LinkedList, Rc, String, Vec, VecDeque, string, type RefMut } from "../src/index.ts";
import { expectEmpty, HEAPS } from "./heaps.ts";

const isZero = (value: number): boolean => value === 0;

describe.each(HEAPS)("in $name", ({ make }) => {
  it("lends elements one by one for changing", () => {
    const heap = make();
    const text = (s: string): String => String.fromIn(heap, s);
    const v = Vec.newIn(heap, string);
    v.pushMut(text("b")).value.pushStr("!");
    v.insertMut(0, text("a")).value = text("A");
    v.firstMut()!.value.pushStr("?");
    for (const place of v.iterMut()) place.replace(text("x")).drop();
    v.lastMut()!.value.push("y");
    expect(v.toArray().map((s) => s.toString())).toEqual(["x", "xy"]);
    expect([v.getMut(2), Vec.newIn(heap, u8).firstMut(), Vec.newIn(heap, u8).lastMut()]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const [a, b] = [Vec.fromIn(heap, u8, [1, 2]), VecDeque.fromIn(heap, u32, [1, 2, 3])];
    const [first, last] = [a.getMut(0)!, a.getMut(1)!];
    [first.value, last.value] = [7, 8];
    expect(a.toArray()).toEqual([7, 8]);
    b.pushFrontMut(0).value = 10;
    b.pushBackMut(4).value = 14;
    b.insertMut(1, 9).value = 19;
    for (const place of b.rangeMut(2, 4)) place.value += 100;
    for (const place of b.iterMut()) place.value += 1;
    expect(b.toArray()).toEqual([11, 20, 102, 103, 4, 15]);
    const stale = b.iterMut();
    stale.next();
    b.clear();
    expect(() => stale.next()).toThrow(expect.objectContaining({ code: "alloc/stale-borrow" }));
    const list = LinkedList.newIn(heap, u32);
    list.pushBackMut(1).value = 2;
    list.pushFrontMut(1).value = 3;
    expect(list.toArray()).toEqual([3, 2]);
    for (const owner of [v, a, b, list]) owner.drop();
    expectEmpty(heap);
  });

  it("refuses what an element type cannot hold before an element is lent, and keeps what is unwritten", () => {
    const heap = make();
    const v = Vec.fromIn(heap, u8, [1, 2]);
    const d = VecDeque.fromIn(heap, u8, [1, 2]);
    const l = LinkedList.fromIn(heap, u8, [1, 2]);
    const { used } = heap.stats();
    const wrong: (() => RefMut<number>)[] = [
      () => v.pushMut(300),
      () => v.insertMut(1, 300),
      () => d.pushBackMut(-1),
      () => d.pushFrontMut(NaN),
      () => d.insertMut(1, 0.5),
      () => l.pushBackMut(256),
      () => l.pushFrontMut(256),
    ];
    for (const call of wrong) expect(call).toThrow(expect.objectContaining({ code: "repr/value" }));
    expect([v.toArray(), d.toArray(), l.toArray(), heap.stats().used]).toEqual([[1, 2], [1, 2], [1, 2], used]);
    for (const index of [-1, 0.5, NaN, "0"] as number[]) {
      expect(() => v.getMut(index)).toThrow(expect.objectContaining({ code: "alloc/argument" }));
      expect(() => v.splitAtChecked(index)).toThrow(expect.objectContaining({ code: "alloc/argument" }));
      expect(() => v.splitn(index, isZero)).toThrow(expect.objectContaining({ code: "alloc/argument" }));
    }
    for (const owner of [v, d, l]) owner.drop();
    for (const unwritten of [Box.newUninitIn(heap, u8), Rc.newUninitIn(heap, u8), Arc.newUninitIn(heap, u8)]) {
      expect(() => unwritten.write(300)).toThrow(expect.objectContaining({ code: "repr/value" }));
      unwritten.write(30).drop();
    }
    const rc = Rc.newZeroed(u32, heap).assumeInit();
    const arc = Arc.newZeroed(u32, heap).assumeInit();
    expect([rc.value, arc.value, rc.strongCount, arc.weakCount]).toEqual([0, 0, 1, 0]);
    rc.drop();
    arc.drop();
    expectEmpty(heap);
  });

  it("makes an entry's value from its key", () => {
    const heap = make();
    const map = BTreeMap.newIn(heap, u32, u32);
    map.entry(4).orInsertWithKey((key) => key * 2);
    map.entry(4).orInsertWithKey(() => 0);
    expect(map.get(4)).toBe(8);
    map.drop();
    expectEmpty(heap);
  });
});
