/**
 * Finding a number among a node's keys, in typed arrays.
 *
 * One loop for each kind of number: a loop over "some typed array" costs several times as much as soon as a program
 * has two kinds of trees.
 *
 * @module
 */
import type { Views } from "@kmem/memory";

const TWO_32 = 0x1_0000_0000;

/** Whether {@link lowerBound} knows this kind of primitive: u8 … f64, usize. */
export function canSearchFast(kind: number): boolean {
  return (kind >= 1 && kind <= 8) || kind === 11;
}

/**
 * Where `key` is among `length` ascending numbers.
 *
 * @param at - byte index of the first one
 * @param key - not NaN, and not 0 where there is a −0
 * @returns the bitwise complement of its index; if it is not there, the index of the first larger one
 */
export function lowerBound(kind: number, views: Views, at: number, length: number, key: number): number {
  switch (kind) {
    case 1: {
      const { u8 } = views;
      for (let i = 0; i < length; i++) if (u8[at + i]! >= key) return u8[at + i] === key ? ~i : i;
      return length;
    }
    case 2: {
      const { i8 } = views;
      for (let i = 0; i < length; i++) if (i8[at + i]! >= key) return i8[at + i] === key ? ~i : i;
      return length;
    }
    case 3: {
      const { u16 } = views;
      const first = at >>> 1;
      for (let i = 0; i < length; i++) if (u16[first + i]! >= key) return u16[first + i] === key ? ~i : i;
      return length;
    }
    case 4: {
      const { i16 } = views;
      const first = at >>> 1;
      for (let i = 0; i < length; i++) if (i16[first + i]! >= key) return i16[first + i] === key ? ~i : i;
      return length;
    }
    case 5:
      return lowerBoundU32(views.u32, at >>> 2, length, key);
    case 6: {
      const { i32 } = views;
      const first = at >>> 2;
      for (let i = 0; i < length; i++) if (i32[first + i]! >= key) return i32[first + i] === key ? ~i : i;
      return length;
    }
    case 7: {
      const { f32 } = views;
      const first = at >>> 2;
      // A NaN among the keys is above everything, and no comparison with it holds.
      for (let i = 0; i < length; i++) if (!(f32[first + i]! < key)) return f32[first + i] === key ? ~i : i;
      return length;
    }
    case 8: {
      const { f64 } = views;
      const first = at >>> 3;
      for (let i = 0; i < length; i++) if (!(f64[first + i]! < key)) return f64[first + i] === key ? ~i : i;
      return length;
    }
    default: {
      const { u32 } = views;
      const first = at >>> 2;
      for (let i = 0; i < length; i++) {
        const word = first + 2 * i;
        const value = u32[word]! + u32[word + 1]! * TWO_32;
        if (value >= key) return value === key ? ~i : i;
      }
      return length;
    }
  }
}

/** {@link lowerBound} among u32, apart: small enough for V8 to make it part of the search, which saves a twentieth of it. */
export function lowerBoundU32(u32: Uint32Array, first: number, length: number, key: number): number {
  for (let i = 0; i < length; i++) {
    const value = u32[(first + i) | 0]!;
    if (value >= key) return value === key ? ~i : i;
  }
  return length;
}
