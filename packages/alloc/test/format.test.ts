import { describe, expect, it } from "vitest";
import { LockedHeap } from "@kmem/linked-list-allocator";
import { Panic } from "@kmem/memory";
import { f32, f64, i8, option, struct, tuple, u32, u8, UNIT } from "@kmem/repr";
import {
  BinaryHeap,
  Box,
  FormatError,
  formatIn,
  formatText,
  formatTo,
  LinkedList,
  named,
  ok,
  Rc,
  RcStr,
  RefCell,
  String as RustString,
  string,
  typed,
  Vec,
  VecDeque,
  type Formattable,
  type Formatter,
} from "../src/index.ts";
import { expectEmpty } from "./heaps.ts";

function newHeap(): LockedHeap {
  return LockedHeap.inBuffer(new ArrayBuffer(0x1_0000));
}

/** The code that a call is refused with. */
function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof FormatError ? error.code : String(error);
  }
}

describe("formatText", () => {
  it.each([
    ["{}", [7], "7"],
    ["{{{}}}", ["x"], "{x}"],
    ["{1}{0}{1}", ["a", "b"], "bab"],
    ["{} {0} {}", ["a", "b"], "a a b"],
    ["{ } {0 } { 0 :? }", ["a"], 'a a "a"'],
    ["{:5}|{:<5}|{:^5}|{:>5}", ["ab", "ab", "ab", "ab"], "ab   |ab   | ab  |   ab"],
    ["{:5}|{:<5}|{:^5}|{:>5}", [7, 7, 7, 7], "    7|7    |  7  |    7"],
    ["{:😀^5}", ["a"], "😀😀a😀😀"],
    ["{:}>3}", ["a"], "}}a"],
    ["{:{<3}", ["a"], "a{{"],
    ["{:+} {:+} {:-}", [1, -1, 1], "+1 -1 1"],
    ["{:08.3}|{:+08}|{:#010x}", [-1.5, 7, 255], "-001.500|+0000007|0x000000ff"],
    ["{:x} {:X} {:o} {:b} {:#b}", [255, 255, 8, 5, 5], "ff FF 10 101 0b101"],
    ["{:x}", [-1], "ffffffff"],
    ["{:x}", [-(2 ** 40)], "ffffff0000000000"],
    ["{:x}", [-(2n ** 100n)], "fffffff0000000000000000000000000"],
    ["{:e} {:E} {:e} {:.1e}", [1500, 0.00025, 0, 1550], "1.5e3 2.5E-4 0e0 1.6e3"],
    ["{:.2} {:.0} {:.0} {:.1}", [1.005, 0.5, 1.5, 0.25], "1.00 0 2 0.2"],
    ["{:.3}", ["àbcd"], "àbc"],
    ["{:.*} {:>0$}", [3, 2.25, 5], "2.250   5"],
    ["{:>w$.p$}", [1.5, named({ w: 7, p: 2 })], "   1.50"],
    ["{x:?}={y}", [named({ x: "k", y: 3 })], '"k"=3'],
    ["{:0$}", [3], "  3"],
    ["{:p} {:#p} {:>8p}", [4096, 4096, 1], "0x1000 0x0000000000001000      0x1"],
    ["{} {} {}", [1e21, 1e-7, 0.1], "1000000000000000000000 0.0000001 0.1"],
    ["{:?} {:?} {:?}", [0.1, 1e16, 1e-5], "0.1 1e16 1e-5"],
    ["{} {:?} {}", [NaN, -Infinity, -0], "NaN -inf -0"],
    ["{:05} {:+}", [Infinity, NaN], "00inf NaN"],
    ["{:?} {:?}", [undefined, null], "None None"],
    ["{:?}", ['a"\n\u0301\u{200b}é'], '"a\\"\\n\\u{301}\\u{200b}é"'],
  ] as [string, unknown[], string][])("writes %s", (pattern, args, expected) => {
    expect(formatText(pattern, ...args)).toBe(expected);
  });

  // As rustc 1.95.0 prints them.
  it.each([
    [1052549388259649.25, "1052549388259649.3"],
    [-629332491662353.25, "-629332491662353.3"],
    [2 ** 53, "9007199254740992.0"],
    [2 ** -1074, "5e-324"],
    [2 ** 1023, "8.98846567431158e307"],
    [0.0001, "0.0001"],
    [0.00009999999999999999, "9.999999999999999e-5"],
  ])("writes the f64 %s by its shortest digits, the larger of two that are as near", (value, text) => {
    expect(formatText("{:?}", typed(f64, value))).toBe(text);
  });
  it.each([
    [0.0001, "0.0001", "0.0001"],
    [2 ** -96, "1.2621775e-29", "0.000000000000000000000000000012621775"],
    [2 ** 87, "1.5474251e26", "154742510000000000000000000"],
    [2 ** 90, "1.2379401e27", "1237940100000000000000000000"],
    [16777216, "16777216.0", "16777216"],
    [1e16, "1e16", "10000000000000000"],
  ])("writes the f32 %s by the shortest digits that are read back as it", (value, debug, display) => {
    expect(formatText("{:?} {}", typed(f32, value), typed(f32, value))).toBe(`${debug} ${display}`);
  });
  it("writes values by their type where JavaScript's does not say it", () => {
    expect(formatText("{:?} {}", typed(f64, 1), typed(f64, 1))).toBe("1.0 1");
    expect(formatText("{} {}", typed(f32, 0.1), typed(f32, 16777216))).toBe("0.1 16777216");
    expect(formatText("{:x}", typed(i8, -1))).toBe("ff");
    expect(formatText("{:?}", typed({ name: "char" }, "'"))).toBe("'\\''");
    expect(formatText("{:?} {:?}", typed(option(u8), 5), typed(option(u8), null))).toBe("Some(5) None");
    expect(formatText("{:?}", typed(tuple(u8, f64), [1, 2]))).toBe("(1, 2.0)");
    expect(formatText("{:?}", typed(tuple(u8), [1]))).toBe("(1,)");
    expect(formatText("{:?}", typed({ name: "Vec<Option<f32>>" }, [1, null]))).toBe("[Some(1.0), None]");
    const point = struct({ x: f64, y: u8 }, { name: "Point" });
    expect(formatText("{:?}", typed(point, { x: 1, y: 2 }))).toBe("Point { x: 1.0, y: 2 }");
    expect(() => typed(u8, 256)).toThrow(expect.objectContaining({ code: "repr/value" }));
  });

  it("writes lists, maps, sets, results, cells and objects as Rust's Debug", () => {
    expect(formatText("{:?} {:?}", [1, "a", null], [])).toBe('[1, "a", None] []');
    expect(formatText("{:?}", new Map([["a", [1]]]))).toBe('{"a": [1]}');
    expect(formatText("{:?} {:?}", new Set([1, 2]), Uint8Array.of(3))).toBe("{1, 2} [3]");
    expect(formatText("{:?} {:?}", ok(1), { tag: "A", value: UNIT })).toBe("Ok(1) A");
    expect(formatText("{:?}", { a: 1 })).toBe(" { a: 1 }");
    const cell = RefCell.new(1);
    expect(formatText("{:?}", cell)).toBe("RefCell { value: 1 }");
    const borrow = cell.borrowMut();
    expect(formatText("{:?}", cell)).toBe("RefCell { value: <borrowed> }");
    borrow[Symbol.dispose]();
  });

  it("writes on many lines with #, and passes the options on", () => {
    expect(formatText("{:#?}", new Map([["a", [1, 2]]]))).toBe('{\n    "a": [\n        1,\n        2,\n    ],\n}');
    expect(formatText("{:#x?} {:03?}", [255], [1])).toBe("[\n    0xff,\n] [001]");
  });

  it("lets a user's type write itself", () => {
    class Point implements Formattable {
      readonly x = 1;
      readonly y = -2;
      fmtDisplay(f: Formatter): void {
        f.pad(`(${this.x}, ${this.y})`);
      }
      fmtDebug(f: Formatter): void {
        f.debugStruct("Point").field("x", this.x).field("y", this.y).finish();
      }
    }
    const point = new Point();
    expect(formatText("{:>9}|{:?}|{:#?}", point, point, [point])).toBe(
      "  (1, -2)|Point { x: 1, y: -2 }|[\n    Point {\n        x: 1,\n        y: -2,\n    },\n]",
    );
    expect(codeOf(() => formatText("{:x}", point))).toBe("format/trait");
  });
});

describe("Formatter", () => {
  const by = (fmtDebug: (f: Formatter) => void): Formattable => ({ fmtDebug });

  it("says what the placeholder says", () => {
    const seen: unknown[] = [];
    formatText(
      "{:*^+#08.3?}",
      by((f) => {
        seen.push(f.fill, f.align, f.signPlus, f.signMinus, f.alternate, f.signAwareZeroPad, f.width, f.precision);
      }),
    );
    expect(seen).toEqual(["*", "center", true, false, true, true, 8, 3]);
  });

  it("builds structs, tuples, sets and maps as derived Debug does", () => {
    const all = by((f) =>
      f
        .debugTuple("All")
        .field(by((g) => g.debugStruct("Empty").finish()))
        .field(by((g) => g.debugStruct("More").field("a", 1).finishNonExhaustive()))
        .field(by((g) => g.debugStruct("More").finishNonExhaustive()))
        .field(by((g) => g.debugTuple("").field(1).finish()))
        .field(by((g) => g.debugSet().entry(1).finish()))
        .field(by((g) => g.debugMap().entry("k", 1).finish()))
        .finish(),
    );
    expect(formatText("{:?}", all)).toBe('All(Empty, More { a: 1, .. }, More { .. }, (1,), {1}, {"k": 1})');
    const more = by((f) => f.debugStruct("More").field("a", 1).finishNonExhaustive());
    expect(formatText("{:#?}", more)).toBe("More {\n    a: 1,\n    ..\n}");
  });
});

describe("formatIn", () => {
  it("shows owners as Rust does, and leaves them alone", () => {
    const heap = newHeap();
    const text = RustString.fromIn(heap, "a");
    const shared = RcStr.fromIn(heap, "r");
    const names = Vec.newIn(heap, string);
    names.push(RustString.fromIn(heap, "é"));
    const floats = Vec.fromIn(heap, f64, [1, 0.5]);
    const deque = VecDeque.fromIn(heap, u8, [1, 2]);
    const list = LinkedList.fromIn(heap, u8, [3]);
    const max = BinaryHeap.fromIn(heap, u32, [1, 3]);
    const boxed = Box.newIn(heap, u8, 9);
    const counted = Rc.newIn(heap, f64, 2);
    const weak = counted.downgrade();
    const owners = [text, shared, names, floats, deque, list, max, boxed, counted, weak];
    const made = formatIn(heap, "{} {:?} {:?} {:?} {:?} {:?} {:?} {:>3} {:?} {:?}", ...owners);
    expect(made.toString()).toBe('a "r" ["é"] [1.0, 0.5] [1, 2] [3] [3, 1]   9 2.0 (Weak)');
    for (const owner of [made, ...owners]) owner.drop();
    expectEmpty(heap);
  });

  it("gives everything back when a value cannot write itself", () => {
    const heap = newHeap();
    const bad: Formattable = {
      fmtDisplay() {
        throw new RangeError("no");
      },
    };
    expect(() => formatIn(heap, "a long text that allocates {}", bad)).toThrow(RangeError);
    expect(() => formatIn(heap, "{:?}", [() => 1])).toThrow(Panic);
    expectEmpty(heap);
  });
});

describe("formatTo", () => {
  it("writes piece by piece, without an allocator", () => {
    const pieces: string[] = [];
    formatTo({ writeStr: (text) => pieces.push(text) }, "a {} {:>3}", "b", 7);
    expect(pieces).toEqual(["a ", "b", " ", " ", " ", "7"]);
  });

  it("refuses what does not fit before it writes anything", () => {
    const pieces: string[] = [];
    const out = { writeStr: (text: string) => pieces.push(text) };
    for (const [pattern, args] of [
      ["a {} {}", [1]],
      ["a {}", []],
      ["a", [1]],
      ["a {:x}", ["text"]],
    ] as [string, unknown[]][])
      expect(() => formatTo(out, pattern, ...args)).toThrow(FormatError);
    expect(pieces).toEqual([]);
  });
});

describe("String.writeFmt", () => {
  it("appends to what is there", () => {
    const heap = newHeap();
    const text = RustString.fromIn(heap, "x");
    text.writeFmt("<{}:{:?}>", 1, text);
    expect(text.toString()).toBe('x<1:"x<1:">');
    expect(() => text.writeFmt("{")).toThrow(FormatError);
    text.drop();
    expectEmpty(heap);
  });
});

describe("FormatError", () => {
  it.each([
    ["{", [], "format/unclosed"],
    ["{0", [1], "format/unclosed"],
    ["{:", [1], "format/unclosed"],
    ["{:>", [1], "format/unclosed"],
    ["}", [], "format/unmatched"],
    ["a } b", [], "format/unmatched"],
    ["{0 1}", [1], "format/placeholder"],
    ["{-1}", [1], "format/placeholder"],
    ["{:.}", [1], "format/placeholder"],
    ["{:y}", [1], "format/unknown-trait"],
    ["{:toString}", [1], "format/unknown-trait"],
    ["{:x }", [1], undefined],
    ["{:65536}", [1], "format/count"],
    ["{:.99999999999999999999}", [1], "format/count"],
    ["{:1$}", [1, -1], "format/count"],
    ["{:1$}", [1, 0.5], "format/count"],
    ["{:1$}", [1, NaN], "format/count"],
    ["{:1$}", [1, "8"], "format/count"],
    ["{:1$}", [1, 65536n], "format/count"],
    ["{}", [], "format/missing-argument"],
    ["{9007199254740993}", [1], "format/missing-argument"],
    ["{x}", [1], "format/missing-argument"],
    ["{toString}", [named({})], "format/missing-argument"],
    ["{:w$}", [1, named({ v: 1 })], "format/missing-argument"],
    ["{}", [1, 2], "format/unused-argument"],
    ["{x}", [named({ x: 1, y: 2 })], "format/unused-argument"],
    ["{:x}", [0.5], "format/trait"],
    ["{:x}", ["a"], "format/trait"],
    ["{:e}", [true], "format/trait"],
    ["{}", [undefined], "format/trait"],
    ["{}", [[1]], "format/trait"],
    ["{:p}", ["a"], "format/trait"],
    ["{:p}", [-1], "format/trait"],
    ["{:?}", [Symbol("s")], "format/trait"],
  ] as [string, unknown[], string | undefined][])("refuses %s", (pattern, args, code) => {
    expect(codeOf(() => formatText(pattern, ...args))).toBe(code);
  });
});

describe("formatIn", () => {
  // The capacity shows in which pieces a text was written. As rustc 1.95.0 leaves it.
  it.each([
    ["a{:?}", typed({ name: "char" }, "\u0301"), "a'\\u{301}'", 18],
    ["a{:?}!", "\0\u0301\n", 'a"\\0\\u{301}\\n"!', 22],
    ["a{:?}", "\u0301😀\u0301\u200b", 'a"\\u{301}😀\\u{301}\\u{200b}"', 36],
    ["a{:.36}", typed(f32, 4006708), `a4006708.${"0".repeat(36)}`, 64],
    ["a{:+.37}", typed(f32, 9204.599609375), `a+9204.599609375${"0".repeat(28)}`, 64],
    ["{:.26e}!", typed(f64, 490488813025876.875), "4.90488813025876875000000000e14!", 50],
    ["a{:.25E}", typed(f64, -1844461141154170112), "a-1.8444611411541701120000000E18", 52],
  ])("writes %s in Rust's pieces", (pattern, value, text, capacity) => {
    const heap = newHeap();
    const made = formatIn(heap, pattern, value);
    expect([made.toString(), made.capacity]).toEqual([text, capacity]);
    made.drop();
    expectEmpty(heap);
  });
});

describe("{:?}", () => {
  it("refuses an object that contains itself, and writes the next one as ever", () => {
    const cycle: unknown[] = [1];
    cycle.push({ back: cycle });
    const map = new Map<string, unknown>();
    map.set("self", map);
    for (const value of [cycle, map]) {
      expect(() => formatText("{:?}", value)).toThrow(Panic);
      expect(() => formatText("{:#?}", value)).toThrow("contains itself");
    }
    const shared = { x: 1 };
    expect(formatText("{:?}", [shared, shared])).toBe("[ { x: 1 },  { x: 1 }]");
  });

  it("writes what is deep, and refuses what no stack holds", () => {
    const nest = (depth: number): unknown => {
      let value: unknown = 7;
      for (let i = 0; i < depth; i++) value = [value];
      return value;
    };
    expect(formatText("{:?}", nest(400))).toBe(`${"[".repeat(400)}7${"]".repeat(400)}`);
    expect(formatText("{:#?}", nest(30))).toContain("7,\n");
    expect(() => formatText("{:?}", nest(401))).toThrow("at most 400 values inside of each other");
  });

  it("lets a type's Display use its Debug", () => {
    const type: Formattable = {
      fmtDisplay: (f) => formatTo(f, "<{:?}>", type),
      fmtDebug: (f) => f.writeStr("Type"),
    };
    expect(formatText("{} {:?}", type, [type])).toBe("<Type> [Type]");
  });
});

describe("values at their ends", () => {
  it.each([
    ["{:e} {:?}", [5e-324, 5e-324], "5e-324 5e-324"],
    ["{:?} {:?}", [Number.MAX_VALUE, -Number.MAX_VALUE], "1.7976931348623157e308 -1.7976931348623157e308"],
    ["{:.1} {:?} {:e}", [-0.0, -0.0, -0.0], "-0.0 -0.0 -0e0"],
    ["{:08}|{:+}|{:^7}", [NaN, NaN, NaN], "00000NaN|NaN|  NaN  "],
    ["{:08}|{:+}|{:<6}|{:08}", [Infinity, Infinity, -Infinity, -Infinity], "00000inf|+inf|-inf  |-0000inf"],
    ["{:?} {:?} {:?} {:?}", [1e15 + 0.5, 1e16, 1e-4, 9.9e-5], "1000000000000000.5 1e16 0.0001 9.9e-5"],
    ["{:.0} {:.0} {:.0} {:.0}", [0.5, 1.5, 2.5, -0.4], "0 2 2 -0"],
    ["{} {}", [2n ** 64n - 1n, -(2n ** 63n)], "18446744073709551615 -9223372036854775808"],
    ["{} {}", [2n ** 128n - 1n, -(2n ** 127n)], `${2n ** 128n - 1n} ${-(2n ** 127n)}`],
    ["{:x}", [typed({ name: "i128" }, -1n)], "f".repeat(32)],
    ["{:#b} {:#o} {:#X}", [typed(i8, -1), typed(i8, -1), typed(i8, -128)], "0b11111111 0o377 0x80"],
    ["{:#?} {:#x?} {:#X?}", [[10], [10], [10]], "[\n    10,\n] [\n    0xa,\n] [\n    0xA,\n]"],
    ["{:02x?}", [[1, 255]], "[01, ff]"],
    ["{:5}|{:<5}|{:^5}|{:.2}", ["é", "日本", "e\u0301", "日本語"], "é    |日本   | e\u0301  |日本"],
    [
      "{:?}",
      ["\0\t\r\n'\"\\\u007f\u00ad\ue000\u{10ffff}"],
      '"\\0\\t\\r\\n\'\\"\\\\\\u{7f}\\u{ad}\\u{e000}\\u{10ffff}"',
    ],
    ["{:?} {:?}", [typed({ name: "char" }, "'"), typed({ name: "char" }, '"')], "'\\'' '\"'"],
  ] as [string, unknown[], string][])("are written by %s as Rust does", (pattern, args, text) => {
    expect(formatText(pattern, ...args)).toBe(text);
  });
});
