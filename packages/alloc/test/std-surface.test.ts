/**
 * The surface of Rust 1.95's std: every stable method of the types that are here, but those that the README names as left out.
 *
 * @see https://doc.rust-lang.org/1.95.0/std/
 */
import { readFileSync } from "node:fs";
import { LockedHeap } from "@kmem/linked-list-allocator";
import { u32 } from "@kmem/repr";
import { describe, expect, it } from "vitest";
import * as api from "../src/index.ts";
import { expectEmpty } from "./heaps.ts";

/** Names as Rust spells them; for slices and `str`, with the owner that has their methods here. */
const RUST: Readonly<Record<string, string>> = {
  Vec: `
    new with_capacity from_raw_parts into_raw_parts try_reserve try_reserve_exact capacity reserve
    reserve_exact shrink_to_fit shrink_to into_boxed_slice truncate as_slice as_mut_slice as_ptr as_mut_ptr
    set_len swap_remove insert remove retain retain_mut dedup_by_key dedup_by push pop pop_if append drain
    clear length is_empty split_off resize_with leak spare_capacity_mut resize extend_from_slice
    extend_from_within dedup splice extract_if into_iter extend clone insert_mut push_mut first first_mut
    split_first split_last last last_mut first_chunk get get_mut swap reverse iter iter_mut windows chunks
    chunks_mut chunks_exact rchunks rchunks_exact chunk_by split_at split_at_checked split split_inclusive
    rsplit splitn rsplitn contains starts_with ends_with strip_prefix strip_suffix binary_search
    binary_search_by binary_search_by_key sort_unstable sort_unstable_by sort_unstable_by_key
    select_nth_unstable select_nth_unstable_by select_nth_unstable_by_key rotate_left rotate_right fill
    fill_with clone_from_slice copy_from_slice copy_within swap_with_slice partition_point sort sort_by
    sort_by_key sort_by_cached_key to_vec repeat concat join is_sorted is_sorted_by is_sorted_by_key
    as_chunks get_disjoint_mut eq_ignore_ascii_case is_ascii to_ascii_uppercase make_ascii_lowercase
    escape_ascii trim_ascii
  `,
  VecDeque: `
    new with_capacity get get_mut swap capacity reserve_exact reserve try_reserve_exact try_reserve
    shrink_to_fit shrink_to truncate iter iter_mut as_slices as_mut_slices length is_empty range range_mut
    drain clear contains front front_mut back back_mut pop_front pop_back push_front push_back
    swap_remove_front swap_remove_back insert remove split_off append retain retain_mut resize_with
    make_contiguous rotate_left rotate_right binary_search binary_search_by binary_search_by_key
    partition_point resize pop_front_if pop_back_if extend clone into_iter
  `,
  LinkedList: `
    new append iter iter_mut is_empty length clear contains front front_mut back back_mut push_front
    pop_front push_back pop_back split_off extract_if extend clone into_iter
  `,
  BinaryHeap: `
    new with_capacity peek_mut pop push into_sorted_vec append iter peek capacity reserve_exact reserve
    try_reserve_exact try_reserve shrink_to_fit shrink_to into_vec as_slice length is_empty drain clear
    retain extend clone into_iter
  `,
  BTreeMap: `
    new clear get get_key_value first_key_value first_entry pop_first last_key_value last_entry pop_last
    contains_key get_mut insert remove remove_entry retain append range range_mut entry split_off extract_if
    into_keys into_values iter iter_mut keys values values_mut length is_empty extend clone into_iter
  `,
  BTreeSet: `
    new range difference symmetric_difference intersection union clear contains get is_disjoint is_subset
    is_superset first last pop_first pop_last insert replace remove take retain append split_off iter length
    is_empty extract_if extend clone into_iter
  `,
  String: `
    new with_capacity from_utf8 from_utf8_lossy from_utf16 from_utf16_lossy into_raw_parts from_raw_parts
    from_utf8_unchecked into_bytes as_str as_mut_str push_str extend_from_within capacity reserve
    reserve_exact try_reserve try_reserve_exact shrink_to_fit shrink_to push as_bytes truncate pop remove
    retain insert insert_str as_mut_vec length is_empty split_off clear drain replace_range into_boxed_str
    leak extend clone is_char_boundary floor_char_boundary ceil_char_boundary get get_unchecked split_at
    split_at_checked chars char_indices bytes split_whitespace split_ascii_whitespace lines encode_utf16
    contains starts_with ends_with find rfind split split_inclusive rsplit split_terminator
    rsplit_terminator splitn rsplitn split_once rsplit_once matches rmatches match_indices rmatch_indices
    trim trim_start trim_end trim_matches trim_start_matches strip_prefix strip_suffix trim_end_matches
    parse is_ascii trim_ascii_start trim_ascii_end trim_ascii eq_ignore_ascii_case make_ascii_uppercase
    make_ascii_lowercase escape_debug escape_default escape_unicode replace replacen to_lowercase
    to_uppercase into_string repeat to_ascii_uppercase to_ascii_lowercase
  `,
  Box: `
    new new_uninit new_zeroed pin from_raw into_raw leak as_ptr as_mut_ptr clone into_pin downcast
    into_boxed_slice
  `,
  Rc: `
    new new_cyclic new_uninit new_zeroed pin try_unwrap into_inner new_uninit_slice assume_init from_raw
    into_raw as_ptr increment_strong_count decrement_strong_count downgrade weak_count strong_count get_mut
    ptr_eq make_mut unwrap_or_clone clone downcast
  `,
  Arc: `
    new new_cyclic new_uninit new_zeroed pin try_unwrap into_inner new_uninit_slice assume_init from_raw
    into_raw as_ptr increment_strong_count decrement_strong_count downgrade weak_count strong_count get_mut
    ptr_eq make_mut unwrap_or_clone clone downcast
  `,
  Weak: `
    new as_ptr into_raw from_raw upgrade strong_count weak_count ptr_eq clone
  `,
  ArcWeak: `
    new as_ptr into_raw from_raw upgrade strong_count weak_count ptr_eq clone
  `,
};

/** Left out: the README says why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  Vec: `as_mut_slice as_mut_ptr chunks_mut set_len retain_mut spare_capacity_mut first_chunk as_chunks is_ascii
    eq_ignore_ascii_case to_ascii_uppercase make_ascii_lowercase escape_ascii trim_ascii`,
  VecDeque: `as_mut_slices retain_mut`,
  BinaryHeap: `as_slice`,
  String: `as_str as_mut_str as_bytes as_mut_vec get_unchecked into_string`,
  Box: `pin as_mut_ptr into_pin downcast into_boxed_slice`,
  Rc: `pin new_uninit_slice assume_init downcast`,
  Arc: `pin new_uninit_slice assume_init downcast`,
};

const words = (text = ""): string[] => text.split(/\s+/).filter((word) => word !== "");
const camel = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

function has(type: string, name: string): boolean {
  const owner = api[type as keyof typeof api] as unknown as { readonly prototype: object };
  return name in owner || name in owner.prototype;
}

describe("the surface of std", () => {
  it.each(Object.keys(RUST))("%s has every stable method that is not left out", (type) => {
    const leftOut = words(LEFT_OUT[type]);
    const missing = words(RUST[type]).filter((name) => !leftOut.includes(name) && !has(type, camel(name)));
    expect(missing).toEqual([]);
    expect(leftOut.filter((name) => has(type, camel(name)))).toEqual([]);
  });

  it("is left out where the README says so, and only there", () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const section = /\*\*Left out\.\*\*[^]*?\n\n/.exec(readme)![0];
    for (const name of new Set(Object.values(LEFT_OUT).flatMap(words))) expect(section).toContain(`\`${name}\``);
  });
});

const heapOf = (): LockedHeap => LockedHeap.inBuffer(new ArrayBuffer(0x1_0000));
const pieces = (parts: Iterable<api.Slice<number>>): number[][] => Array.from(parts, (part) => part.toArray());
const isZero = (value: number): boolean => value === 0;

// What is expected is what rustc 1.95.0's program prints.

describe("the pieces of a slice", () => {
  it("are cut by a function, from both ends, with a limit", () => {
    using list = api.Vec.fromIn(heapOf(), u32, [1, 0, 2, 3, 0, 4, 0]);
    expect(pieces(list.splitInclusive(isZero))).toEqual([
      [1, 0],
      [2, 3, 0],
      [4, 0],
    ]);
    expect(pieces(list.rsplit(isZero))).toEqual([[], [4], [2, 3], [1]]);
    expect(pieces(list.splitn(2, isZero))).toEqual([[1], [2, 3, 0, 4, 0]]);
    expect(pieces(list.rsplitn(2, isZero))).toEqual([[], [1, 0, 2, 3, 0, 4]]);
    expect(pieces(list.splitn(0, isZero))).toEqual([]);
    expect(pieces(list.rsplitn(1, isZero))).toEqual([[1, 0, 2, 3, 0, 4, 0]]);
    expect(() => list.splitn(-1, isZero)).toThrow(api.ArgumentError);
    const chunks = list.rchunksExact(3);
    expect(pieces(chunks)).toEqual([
      [0, 4, 0],
      [0, 2, 3],
    ]);
    expect(chunks.remainder().toArray()).toEqual([1]);
    list.clear();
    expect(pieces(list.splitInclusive(isZero))).toEqual([]);
    expect(pieces(list.rsplit(isZero))).toEqual([[]]);
    expect(pieces(list.splitn(3, isZero))).toEqual([[]]);
  });

  it("are none any more after a change, also one that the function makes", () => {
    using list = api.Vec.fromIn(heapOf(), u32, [1, 0, 2]);
    const parts = list.rsplit(isZero);
    list.push(3);
    expect(() => parts.next()).toThrow(api.BorrowError);
    const others = list.splitInclusive(() => {
      list.push(1);
      return true;
    });
    expect(() => others.next()).toThrow(api.BorrowError);
    expect(list.length).toBe(5);
  });

  it("are what is left of a prefix or suffix, or of a place", () => {
    using list = api.Vec.fromIn(heapOf(), u32, [1, 0, 2]);
    expect(list.stripPrefix([1, 0])?.toArray()).toEqual([2]);
    expect(list.stripSuffix([0, 2])?.toArray()).toEqual([1]);
    expect(list.stripPrefix([0])).toBeUndefined();
    expect(list.stripSuffix([1, 0, 2, 3])).toBeUndefined();
    expect(list.splitAtChecked(4)).toBeUndefined();
    expect(list.splitAtChecked(1)?.map((part) => part.toArray())).toEqual([[1], [0, 2]]);
    expect(() => list.splitAtChecked(0.5)).toThrow(api.ArgumentError);
  });

  it("are in the order of a key, or chosen by it", () => {
    using list = api.Vec.fromIn(heapOf(), u32, [3, 1, 2]);
    expect(list.isSortedByKey((value) => -value)).toBe(false);
    expect(list.selectNthUnstableBy(0, (a, b) => b - a)).toBe(3);
    expect(list.isSortedByKey((value) => -value)).toBe(true);
    expect(list.selectNthUnstableByKey(2, (value) => value)).toBe(3);
    expect(() => list.selectNthUnstableBy(3, () => 0)).toThrow(
      "partition_at_index index 3 greater than length of slice 3",
    );
  });
});

describe("an element borrowed for changing", () => {
  it("is one of a Vec or slice", () => {
    using list = api.Vec.fromIn(heapOf(), u32, [1, 2, 3]);
    list.firstMut()!.value = 10;
    list.asSlice(1).lastMut()!.value = 30;
    list.getMut(1)!.value += 18;
    expect(list.toArray()).toEqual([10, 20, 30]);
    list.pushMut(1).value = 40;
    list.insertMut(0, 1).value = 5;
    for (const each of list.iterMut()) each.value *= 2;
    expect(list.toArray()).toEqual([10, 20, 40, 60, 80]);
    const [first, last] = list.getDisjointMut([0, 4]);
    [first!.value, last!.value] = [last!.value, first!.value];
    expect(list.toArray()).toEqual([80, 20, 40, 60, 10]);
    expect(list.getMut(5)).toBeUndefined();
    expect(() => list.getMut(NaN)).toThrow(api.ArgumentError);
    expect(() => list.getDisjointMut([0, 0])).toThrow("there were overlapping indices");
    expect(() => list.getDisjointMut([0, 9])).toThrow("an index is out of bounds");
    list.clear();
    expect(list.firstMut()).toBeUndefined();
    expect(list.lastMut()).toBeUndefined();
  });

  it("may be replaced while an iterator gives the next; other changes end it", () => {
    const heap = heapOf();
    {
      using list = api.Vec.newIn(heap, api.string);
      using deque = api.VecDeque.newIn(heap, api.string);
      for (const text of ["a", "b", "c"]) {
        list.push(api.String.fromIn(heap, text));
        deque.pushBack(api.String.fromIn(heap, text));
      }
      for (const each of list.iterMut()) each.value = api.String.fromIn(heap, "x");
      for (const each of deque.rangeMut(1, 3)) each.value = api.String.fromIn(heap, "y");
      expect(`${list.toArray().join("")} ${deque.toArray().join("")}`).toBe("xxx ayy");
      expect(() => {
        for (const each of list.iterMut()) if (each.value.toString() === "x") list.pop()!.drop();
      }).toThrow(api.BorrowError);
      expect(() => {
        for (const each of deque.iterMut()) if (each.value.toString() !== "") deque.popFront()!.drop();
      }).toThrow(api.BorrowError);
    }
    expectEmpty(heap);
  });

  it("is the one just put into a VecDeque or LinkedList", () => {
    using deque = api.VecDeque.newIn(heapOf(), u32);
    deque.pushBackMut(1).value = 2;
    deque.pushFrontMut(1).value = 3;
    deque.insertMut(1, 1).value = 4;
    expect(deque.toArray()).toEqual([3, 4, 2]);
    using list = api.LinkedList.newIn(heapOf(), u32);
    list.pushBackMut(1).value = 2;
    list.pushFrontMut(1).value = 3;
    expect(list.toArray()).toEqual([3, 2]);
  });
});

describe("newZeroed", () => {
  it.each([api.Rc, api.Arc])("of %o gives bytes that are 0", (shared) => {
    const heap = heapOf();
    heap.memory.fill(heap.alloc({ size: 64, align: 8 } as never), 0xff, 64);
    using value = shared.newZeroed(u32, heap).assumeInit();
    expect(value.value).toBe(0);
  });
});

describe("text", () => {
  it.each([
    ["aaa", "aa", ["a"], ["aa"]],
    ["aaaa", "aa", ["", ""], ["aa", "aa"]],
    ["a,b,", ",", ["b", "a"], [",", ","]],
    [",a,,", ",", ["", "a", ""], [",", ",", ","]],
    ["", ",", [], []],
    ["xx", "xx", [""], ["xx"]],
    ["abaXaba", "aba", ["X", ""], ["aba", "aba"]],
  ])("%j by %j from the back", (text, pattern, parts, matches) => {
    using owned = api.String.fromIn(heapOf(), text);
    expect(owned.rsplitTerminator(pattern)).toEqual(parts);
    expect(owned.rmatches(pattern)).toEqual(matches);
  });

  it("loses ASCII whitespace only, and is cut at boundaries only", () => {
    using text = api.String.fromIn(heapOf(), " \t\u00a0x \u000c\r\n");
    expect(text.trimAscii()).toBe("\u00a0x");
    expect(text.trimAsciiStart()).toBe("\u00a0x \u000c\r\n");
    expect(text.trimAsciiEnd()).toBe(" \t\u00a0x");
    expect(text.splitAtChecked(3)).toBeUndefined();
    expect(text.splitAtChecked(2)).toEqual([" \t", "\u00a0x \u000c\r\n"]);
  });
});
