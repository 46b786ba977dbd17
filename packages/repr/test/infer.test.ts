/** The TypeScript types of values; and types made by users. */
import { LinearMemory, type Memory, type Ptr } from "@kmem/memory";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  aligned,
  array,
  bool,
  byteArray,
  char,
  enumOf,
  f32,
  f64,
  i16,
  i32,
  i64,
  i8,
  isize,
  lazy,
  nonZero,
  option,
  ordered,
  ReprError,
  result,
  reverse,
  struct,
  tuple,
  u16,
  u32,
  u64,
  u8,
  unit,
  usize,
  withDrop,
  type Infer,
  type Type,
} from "../src/index.ts";

describe("Infer", () => {
  it("gives the JavaScript type of a descriptor's values", () => {
    expectTypeOf<Infer<typeof u32>>().toEqualTypeOf<number>();
    expectTypeOf<Infer<typeof u64>>().toEqualTypeOf<bigint>();
    expectTypeOf<Infer<typeof bool>>().toEqualTypeOf<boolean>();
    expectTypeOf<Infer<typeof char>>().toEqualTypeOf<string>();
    expectTypeOf<Infer<typeof unit>>().toEqualTypeOf<readonly []>();
    const point = struct({ x: f64, y: f64, name: option(char) });
    expectTypeOf<Infer<typeof point>>().toEqualTypeOf<{ x: number; y: number; name: string | null }>();
    const pair = tuple(u8, array(u64, 2));
    expectTypeOf<Infer<typeof pair>>().toEqualTypeOf<[number, bigint[]]>();
    const shape = enumOf({ Circle: f64, Nothing: unit });
    expectTypeOf<Infer<typeof shape>>().toEqualTypeOf<
      { readonly tag: "Circle"; readonly value: number } | { readonly tag: "Nothing"; readonly value: readonly [] }
    >();
    expect(point.size).toBe(24);
    expect(pair.size).toBe(24);
    expect(shape.size).toBe(16);
  });
});

describe("every descriptor", () => {
  it("says what its values are", () => {
    const numbers = [u8, i8, u16, i16, u32, i32, f32, f64, usize, isize] as const;
    type EachOf<Types extends readonly unknown[]> = { [K in keyof Types]: Infer<Types[K]> };
    expectTypeOf<EachOf<typeof numbers>[number]>().toEqualTypeOf<number>();
    expectTypeOf<Infer<typeof i64>>().toEqualTypeOf<bigint>();
    const digest = byteArray(32);
    expectTypeOf<Infer<typeof digest>>().toEqualTypeOf<Uint8Array>();
    const outcome = result(u64, char);
    expectTypeOf<Infer<typeof outcome>>().toEqualTypeOf<
      { readonly tag: "Ok"; readonly value: bigint } | { readonly tag: "Err"; readonly value: string }
    >();
    const wrapped = [reverse(u32), aligned(u32, 16), nonZero(u32), ordered(u32, (a, b) => a - b)] as const;
    expectTypeOf<Infer<(typeof wrapped)[number]>>().toEqualTypeOf<number>();
    const nothing = tuple();
    expectTypeOf<Infer<typeof nothing>>().toEqualTypeOf<[]>();
    const inner = struct({ at: tuple(f32, f32), tags: array(option(char), 3) });
    const outer = struct({ inner, outcome, maybe: option(inner) });
    expectTypeOf<Infer<typeof outer>>().toEqualTypeOf<{
      inner: { at: [number, number]; tags: (string | null)[] };
      outcome: Infer<typeof outcome>;
      maybe: { at: [number, number]; tags: (string | null)[] } | null;
    }>();
    const node = withDrop(struct({ id: u32 }), () => undefined);
    expectTypeOf<Infer<typeof node>>().toEqualTypeOf<{ id: number }>();
    expect([digest, nothing, inner, outer, node].map((type) => type.size)).toEqual([32, 0, 20, 64, 4]);
    expect([...numbers, ...wrapped].map((type) => type.size)).toEqual([1, 1, 2, 2, 4, 4, 4, 8, 8, 8, 4, 16, 4, 4]);
  });

  it("refuses values of other types, when it compiles and when it runs", () => {
    const memory = new LinearMemory(new ArrayBuffer(64));
    const point = struct({ x: f64, y: option(u64) });
    const refused = expect.objectContaining({ code: "repr/value" }) as Error;
    // @ts-expect-error a u8 is a number
    expect(() => u8.write(memory, 0, "1")).toThrow(refused);
    // @ts-expect-error a u64 is a bigint
    expect(() => u64.write(memory, 0, 1)).toThrow(refused);
    // @ts-expect-error a bool is no number
    expect(() => bool.write(memory, 0, 1)).toThrow(refused);
    // @ts-expect-error a char is no number
    expect(() => char.write(memory, 0, 65)).toThrow(refused);
    // @ts-expect-error None is null, not undefined
    expect(() => point.write(memory, 0, { x: 1, y: undefined })).toThrow(refused);
    // @ts-expect-error every field has to be there
    expect(() => point.write(memory, 0, { x: 1 })).toThrow(refused);
    // @ts-expect-error a pair has two
    expect(() => tuple(u8, u8).write(memory, 0, [1])).toThrow(refused);
    // @ts-expect-error variants are known by name
    expect(() => enumOf({ A: unit }).write(memory, 0, { tag: "B", value: [] })).toThrow(refused);
    // @ts-expect-error only fields have offsets
    expect(() => point.offsetOf("z")).toThrow(ReprError);
    expect(new Uint8Array(memory.buffer).every((byte) => byte === 0)).toBe(true);
  });
});

/** Minutes since midnight, kept in two bytes: a type as a user writes it. */
const timeOfDay: Type<string> = {
  name: "TimeOfDay",
  size: 2,
  align: 2,
  read(memory: Memory, at: Ptr) {
    const minutes = memory.readU16(at);
    return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  },
  write(memory: Memory, at: Ptr, value: string) {
    const [hours, minutes] = value.split(":").map(Number) as [number, number];
    memory.writeU16(at, hours * 60 + minutes);
  },
  compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
};

describe("a user's own type", () => {
  it("is an element like any other", () => {
    const memory = new LinearMemory(new ArrayBuffer(64));
    const opening = struct({ from: timeOfDay, to: option(timeOfDay) });
    expect([opening.size, opening.align]).toEqual([6, 2]);
    opening.write(memory, 8, { from: "08:30", to: "17:05" });
    expect(opening.read(memory, 8)).toEqual({ from: "08:30", to: "17:05" });
    opening.write(memory, 8, { from: "09:00", to: null });
    expect(opening.read(memory, 8)).toEqual({ from: "09:00", to: null });
    expect(opening.compare({ from: "08:00", to: null }, { from: "08:00", to: "12:00" })).toBeLessThan(0);
  });
});

describe("layouts that cannot be", () => {
  it.each([
    ["an option of an option", () => option(option(u8))],
    ["an enum without variants", () => enumOf({})],
    ["a struct with numbers for names", () => struct({ 0: u8 })],
    ["a field that is not there", () => struct({ a: u8 }).offsetOf("b" as "a")],
  ])("refuses %s", (_, make) => {
    expect(make).toThrow(ReprError);
  });

  it.each([-1, 0.5, NaN, 2 ** 53])("refuses an array of %s", (length) => {
    expect(() => array(u32, length)).toThrow(Error);
  });
});

describe("lazy", () => {
  it("describes a type by one that comes later", () => {
    const later = lazy(() => number);
    const number = u32;
    const memory = new LinearMemory(new ArrayBuffer(64));
    later.write(memory, 8, 41);
    expect(later.read(memory, 8)).toBe(41);
    expect([later.size, later.align, later.name]).toEqual([4, 4, "u32"]);
  });
});

describe("withDrop", () => {
  it("runs the hook when a value ends", () => {
    const dropped: unknown[] = [];
    const noisy = withDrop(struct({ id: u32 }), (value) => void dropped.push({ ...value }));
    const memory = new LinearMemory(new ArrayBuffer(64));
    noisy.write(memory, 8, { id: 7 });
    noisy.drop!(memory, 8, undefined as never);
    expect(dropped).toEqual([{ id: 7 }]);
  });
});
