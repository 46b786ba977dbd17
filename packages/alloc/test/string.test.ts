import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LockedHeap } from "@kmem/linked-list-allocator";
import { f32, u8 } from "@kmem/repr";
import { ArgumentError, BoxedStr, String as RustString, string, toStringIn, Utf8Error, Vec } from "../src/index.ts";
import { expectEmpty, FailingHeap, HEAPS } from "./heaps.ts";

function newHeap(): LockedHeap {
  return LockedHeap.inBuffer(new ArrayBuffer(0x1_0000));
}

/** Runs with a String over a new heap; afterwards the heap must be one hole. */
function withText(text: string, use: (text: RustString, heap: LockedHeap) => void): void {
  const heap = newHeap();
  const made = RustString.fromIn(heap, text);
  use(made, heap);
  made[Symbol.dispose]();
  expectEmpty(heap);
}

describe("String", () => {
  it("grows as Rust's Vec<u8>: 8, then twice as much, or as much as is needed", () => {
    withText("", (text) => {
      const capacities = ["a", "€".repeat(3), "x".repeat(100), "y"].map((part) => {
        text.pushStr(part);
        return text.capacity;
      });
      expect(capacities).toEqual([8, 16, 110, 220]);
    });
  });

  it("counts in bytes, and keeps to characters", () => {
    withText("aé€😀", (text) => {
      expect([text.length, text.chars().count(), [...text.bytes()].length]).toEqual([10, 4, 10]);
      expect(text.charIndices().toArray()).toEqual([
        [0, "a"],
        [1, "é"],
        [3, "€"],
        [6, "😀"],
      ]);
      expect(text.pop()).toBe("😀");
      expect(text.remove(1)).toBe("é");
      text.insert(1, "𝄞");
      expect(text.toString()).toBe("a𝄞€");
      expect(() => text.truncate(2)).toThrow("assertion failed: self.is_char_boundary(new_len)");
      expect(() => text.slice(2)).toThrow("start byte index 2 is not a char boundary; it is inside '𝄞' (bytes 1..5)");
      expect(text.toString()).toBe("a𝄞€");
    });
  });

  it("shows itself in quotes, with a mark at any place escaped", () => {
    withText('a\u0301"\n', (text) => {
      const shown = text.toDebug();
      expect(shown.toString()).toBe('"a\\u{301}\\"\\n"');
      shown.drop();
    });
  });

  it("gives up a drained part when the drain ends, and is locked until then", () => {
    withText("abcdef", (text) => {
      const drain = text.drain(1, 4);
      expect(drain.nextBack().value).toBe("d");
      expect(() => text.push("x")).toThrow(expect.objectContaining({ code: "alloc/locked" }));
      drain[Symbol.dispose]();
      expect(text.toString()).toBe("aef");
    });
  });

  it("keeps what retain has kept so far when its callback throws, as Rust's does", () => {
    withText("aéb→c", (text) => {
      const keep = (char: string) => {
        if (char === "→") throw new RangeError("no");
        return char !== "a";
      };
      expect(() => text.retain(keep)).toThrow(RangeError);
      expect(text.toString()).toBe("éb");
      text.push("x");
      expect(text.toString()).toBe("ébx");
    });
  });

  it("keeps everything when an argument is bad", () => {
    withText("abc", (text) => {
      for (const value of ["", "ab", "\ud800", 5, undefined])
        expect(() => text.push(value as string)).toThrow(ArgumentError);
      for (const value of ["a\udc00", 5, null]) expect(() => text.pushStr(value as string)).toThrow(ArgumentError);
      for (const at of [-1, 0.5, NaN, "1"])
        for (const run of [
          () => text.insertStr(at as number, "x"),
          () => text.truncate(at as number),
          () => text.splitOff(at as number),
          () => text.slice(at as number),
          () => text.drain(at as number, 3),
          () => text.replaceRange(0, at as number, ""),
          () => text.reserve(at as number),
          () => text.repeat(at as number),
        ])
          expect(run).toThrow(ArgumentError);
      expect(text.toString()).toBe("abc");
    });
  });

  it("says where bytes stop being UTF-8, and leaves the Vec to its owner", () => {
    const heap = newHeap();
    for (const [bytes, validUpTo, errorLength] of [
      [[0x61, 0xff], 1, 1],
      [[0xe2, 0x82], 0, undefined],
      [[0xed, 0xa0, 0x80], 0, 1],
      [[0xf0, 0x9f, 0x98, 0x41], 0, 3],
      [[0xc0, 0x80], 0, 1],
      [[0xf4, 0x90, 0x80, 0x80], 0, 1],
    ] as [number[], number, number | undefined][]) {
      const list = Vec.fromSlice(u8, bytes, heap);
      const error = RustString.fromUtf8(list) as Utf8Error;
      expect([error.validUpTo, error.errorLength]).toEqual([validUpTo, errorLength]);
      list.drop();
    }
    expectEmpty(heap);
  });

  it("changes nothing when there is no memory, and loses nothing", () => {
    const heap = newHeap();
    const failing = new FailingHeap(heap, 1);
    const text = RustString.fromIn(failing, "ab");
    expect(text.tryPushStr("cdefghijk")).toMatchObject({ code: "alloc/out-of-memory" });
    expect(() => text.pushStr("x".repeat(2 ** 16))).toThrow();
    expect([text.toString(), text.capacity]).toEqual(["ab", 2]);
    text.drop();
    expectEmpty(heap);
  });

  it("is moved by what takes its block", () => {
    const heap = newHeap();
    const text = RustString.fromIn(heap, "abc");
    const bytes = text.intoBytes();
    expect(() => text.length).toThrow(expect.objectContaining({ code: "alloc/use-after-move" }));
    const back = RustString.fromUtf8(bytes) as RustString;
    const boxed = back.intoBoxedStr();
    const again = boxed.intoString();
    const { ptr, length, capacity } = again.intoRawParts();
    const raw = RustString.fromRawParts(ptr, length, capacity, heap);
    expect(raw.toString()).toBe("abc");
    raw.drop();
    expectEmpty(heap);
  });

  it("reads the same on every kind of memory", () => {
    for (const { make } of HEAPS) {
      const heap = make();
      const text = RustString.newIn(heap);
      // Longer than a page, so that characters lie across the end of one.
      const part = "a€😀".repeat(700);
      for (let i = 0; i < 3; i++) text.pushStr(part);
      text.insert(4092, "é");
      expect(text.slice(4092, 4094)).toBe("é");
      text.remove(4092);
      expect(text.toString()).toBe(part.repeat(3));
      text.drop();
      expectEmpty(heap);
    }
  });

  it("is lent by a Vec, and grows there", () => {
    const heap = newHeap();
    const list = Vec.newIn(heap, string);
    list.push(RustString.fromIn(heap, "a"));
    list.index(0).pushStr("bcdefghij");
    expect(list.index(0).toString()).toBe("abcdefghij");
    expect(() => list.index(0).drop()).toThrow(expect.objectContaining({ code: "alloc/borrowed" }));
    list.drop();
    expectEmpty(heap);
  });
});

/** One operation on a String and on the characters that it should hold. */
interface Step {
  readonly kind: number;
  readonly at: number;
  readonly to: number;
  readonly text: string;
}

describe("String against JavaScript's strings", () => {
  const piece = fc.array(fc.constantFrom("a", "B", "é", "€", "😀", " ", "\n", "\u0301"), { maxLength: 12 });
  const step = fc.record({
    kind: fc.nat(11),
    at: fc.nat(40),
    to: fc.nat(40),
    text: piece.map((chars) => chars.join("")),
  });

  /** Does a step to both, and gives what both gave. */
  function perform(text: RustString, model: string[], { kind, at, to, text: part }: Step): unknown[] {
    const chars = Array.from(part);
    const i = at % (model.length + 1);
    const j = i + (to % (model.length - i + 1));
    const byte = (n: number): number => utf8(model.slice(0, n));
    switch (kind) {
      case 0:
        text.pushStr(part);
        model.push(...chars);
        break;
      case 1:
        return [text.pop(), model.pop()];
      case 2:
        text.insertStr(byte(i), part);
        model.splice(i, 0, ...chars);
        break;
      case 3:
        return i < model.length ? [text.remove(byte(i)), model.splice(i, 1)[0]] : [0, 0];
      case 4:
        text.truncate(byte(i));
        model.splice(i);
        break;
      case 5:
        return [[...text.drain(byte(i), byte(j))].join(""), model.splice(i, j - i).join("")];
      case 6:
        text.replaceRange(byte(i), byte(j), part);
        model.splice(i, j - i, ...chars);
        break;
      case 7:
        text.retain((char) => char !== "a" && char !== "€");
        model.splice(0, model.length, ...model.filter((char) => char !== "a" && char !== "€"));
        break;
      case 8: {
        const tail = text.splitOff(byte(i));
        const both = [tail.toString(), model.splice(i).join("")];
        tail.drop();
        return both;
      }
      case 9:
        text.shrinkToFit();
        return [text.capacity, utf8(model)];
      case 10: {
        const made = text.replace(part === "" ? "a" : part, "x€");
        const both = [
          made.toString(),
          model
            .join("")
            .split(part === "" ? "a" : part)
            .join("x€"),
        ];
        made.drop();
        return both;
      }
      default: {
        const boxed = text.clone().intoBoxedStr();
        const both = [boxed.toString(), model.join("")];
        boxed.drop();
        return both;
      }
    }
    return [0, 0];
  }

  function utf8(chars: readonly string[]): number {
    return Buffer.byteLength(chars.join(""));
  }

  it("does what they do; all dropped, the heap is one hole", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.constantFrom(...HEAPS), (steps, { make }) => {
        const heap = make();
        const text = RustString.newIn(heap);
        const model: string[] = [];
        for (const each of steps) {
          const [actual, expected] = perform(text, model, each);
          expect(actual).toEqual(expected);
          expect([text.toString(), text.length]).toEqual([model.join(""), utf8(model)]);
          expect(text.capacity).toBeGreaterThanOrEqual(text.length);
        }
        text.drop();
        expectEmpty(heap);
      }),
      { numRuns: 100 },
    );
  });

  it("reads bytes as TextDecoder does, and refuses what it refuses", () => {
    const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const lossy = new TextDecoder("utf-8", { ignoreBOM: true });
    const lead = fc.constantFrom(
      0x41,
      0x80,
      0xbf,
      0xc1,
      0xc2,
      0xe0,
      0xa0,
      0xe2,
      0x82,
      0xac,
      0xed,
      0xf0,
      0x90,
      0xf4,
      0xff,
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(lead, fc.nat(255)), { maxLength: 12 }), (bytes) => {
        const heap = newHeap();
        const list = Vec.fromSlice(u8, bytes, heap);
        const found = RustString.fromUtf8(list);
        const expected = decoded(strict, bytes);
        if (found instanceof Utf8Error) {
          expect(expected).toBeUndefined();
          expect(decoded(strict, bytes.slice(0, found.validUpTo))).toBeDefined();
          list.drop();
        } else {
          expect(found.toString()).toBe(expected);
          found.drop();
        }
        const replaced = RustString.fromUtf8Lossy(Uint8Array.from(bytes), heap);
        expect(replaced.toString()).toBe(lossy.decode(Uint8Array.from(bytes)));
        if (replaced instanceof RustString) replaced.drop();
        expectEmpty(heap);
      }),
      { numRuns: 300 },
    );
  });

  function decoded(decoder: TextDecoder, bytes: readonly number[]): string | undefined {
    try {
      return decoder.decode(Uint8Array.from(bytes));
    } catch {
      return undefined;
    }
  }
});

describe("toStringIn", () => {
  it("writes an f32 by the digits that it has in 32 bits", () => {
    const heap = newHeap();
    for (const [value, expected] of [
      [123456.789, "123456.79"],
      [0.1, "0.1"],
      [1e300, "inf"],
    ] as [number, string][]) {
      const text = toStringIn(heap, f32, value);
      expect(text.toString()).toBe(expected);
      text.drop();
    }
    expectEmpty(heap);
  });
});

describe("BoxedStr", () => {
  it("is exactly as large as its text, and clones into a block of its own", () => {
    const heap = newHeap();
    const box = BoxedStr.fromIn(heap, "aé");
    const copy = box.clone();
    expect([box.length, copy.toString(), copy.equals(box), copy.asPtr() === box.asPtr()]).toEqual([
      3,
      "aé",
      true,
      false,
    ]);
    box.drop();
    copy.drop();
    const empty = BoxedStr.fromIn(heap, "");
    expect([empty.length, empty.toString()]).toEqual([0, ""]);
    empty.drop();
    expectEmpty(heap);
  });
});

describe("leak", () => {
  it("leaves the bytes where they are, and the owner moved", () => {
    const heap = newHeap();
    const text = RustString.fromIn(heap, "aé");
    const boxed = BoxedStr.fromIn(heap, "€");
    const at = [text.asPtr(), boxed.asPtr()];
    const leaked = [text.leak(), boxed.leak()];
    expect(leaked.map((bytes) => bytes.asPtr())).toEqual(at);
    expect(leaked.map((bytes) => bytes.toArray())).toEqual([
      [0x61, 0xc3, 0xa9],
      [0xe2, 0x82, 0xac],
    ]);
    for (const owner of [text, boxed]) {
      expect(owner.isOwned).toBe(false);
      expect(() => owner.length).toThrow(owner.typeName);
    }
    // What is leaked can be taken back by its address.
    RustString.fromRawParts(at[0]!, 3, 3, heap).drop();
    BoxedStr.fromRaw(at[1]!, 3, heap).drop();
    expectEmpty(heap);
  });
});
