/**
 * The laws of {@link Memory}, for every implementation: run each in any test runner.
 *
 * @example for (const law of memoryLaws(() => new LinearMemory(new ArrayBuffer(8192)), 0, 8192)) it(law.name, law.run);
 * @module
 */
import { hex } from "./hex.ts";
import type { Memory, Ptr } from "./memory.ts";

/** One property; `run` throws an Error that says what was broken. */
export interface Law {
  readonly name: string;
  run(): void;
}

/** Throws unless the two are the same value (`Object.is`). */
export function expectSame(actual: unknown, expected: unknown, what: string): void {
  if (!Object.is(actual, expected)) throw new Error(`${what}: expected ${String(expected)}, got ${String(actual)}`);
}

/**
 * @param make - gives a fresh memory of zeros
 * @param start - lowest address that may be used; a multiple of 8
 * @param length - bytes from there, at least 64. Choose them so that the middle lies on a page boundary, where there are pages.
 */
export function memoryLaws(make: () => Memory, start: Ptr, length: number): Law[] {
  const middle = start + length / 2;
  const widths: [string, number, (m: Memory, at: Ptr) => unknown, (m: Memory, at: Ptr, n: number) => unknown][] = [
    ["U8", 1, (m, at) => m.readU8(at), (m, at, n) => (m.writeU8(at, n), n & 0xff)],
    ["U16", 2, (m, at) => m.readU16(at), (m, at, n) => (m.writeU16(at, n), n & 0xffff)],
    ["U32", 4, (m, at) => m.readU32(at), (m, at, n) => (m.writeU32(at, n), n >>> 0)],
    ["U64", 8, (m, at) => m.readU64(at), (m, at, n) => (m.writeU64(at, BigInt(n) << 20n), BigInt(n) << 20n)],
    ["F32", 4, (m, at) => m.readF32(at), (m, at, n) => (m.writeF32(at, n), Math.fround(n))],
    ["F64", 8, (m, at) => m.readF64(at), (m, at, n) => (m.writeF64(at, n / 3), n / 3)],
    ["Usize", 8, (m, at) => m.readUsize(at), (m, at, n) => (m.writeUsize(at, n * 1024), n * 1024)],
  ];
  const laws: Law[] = [];
  const law = (name: string, run: (m: Memory) => void): void => {
    laws.push({ name, run: () => run(make()) });
  };

  for (const [name, size, read, write] of widths) {
    law(`read${name} gives what write${name} wrote, aligned or not, also across the middle`, (m) => {
      for (const at of [start, middle, start + length - size, middle - 1, middle - size + 1, middle - 4, start + 3]) {
        const expected = write(m, at, 0xf1e2_d3c4);
        expectSame(read(m, at), expected, `read${name} at ${hex(at)}`);
      }
    });
    law(`write${name} touches exactly ${size} bytes`, (m) => {
      for (const at of [start + 8, middle - 1, middle - size]) {
        m.fill(start, 0xaa, length);
        write(m, at, 1);
        expectSame(m.readU8(at - 1), 0xaa, `byte before ${hex(at)}`);
        expectSame(m.readU8(at + size), 0xaa, `byte behind ${hex(at)}`);
      }
    });
  }
  law("multi-byte values are little-endian", (m) => {
    for (const at of [start, middle - 2]) {
      m.writeU32(at, 0x0403_0201);
      for (let i = 0; i < 4; i++) expectSame(m.readU8(at + i), i + 1, `byte ${i}`);
      expectSame(m.readU16(at + 1), 0x0302, "readU16 in the middle");
    }
  });
  law("readUsize refuses 2^53 and more, writeUsize what is no whole number below it", (m) => {
    m.writeU64(start, 1n << 53n);
    expectThrows(() => m.readUsize(start), "readUsize of 2^53");
    m.writeU64(start, 7n);
    for (const bad of [-1, 0.5, NaN, Infinity, 2 ** 53])
      expectThrows(() => m.writeUsize(start, bad), `writeUsize(${String(bad)})`);
    expectSame(m.readU64(start), 7n, "the 8 bytes after refusals");
  });
  law("copy moves overlapping bytes in either direction", (m) => {
    for (const distance of [1, 5, -3]) {
      const from = middle - 16;
      for (let i = 0; i < 32; i++) m.writeU8(from + i, i + 1);
      m.copy(from + distance, from, 32);
      for (let i = 0; i < 32; i++) expectSame(m.readU8(from + distance + i), i + 1, `byte ${i} moved by ${distance}`);
    }
  });
  law("readBytes gives what writeBytes wrote across the middle", (m) => {
    const bytes = Uint8Array.from({ length: 40 }, (_, i) => 255 - i);
    m.writeBytes(middle - 20, bytes);
    const back = new Uint8Array(40);
    m.readBytes(middle - 20, back);
    expectSame(back.join(), bytes.join(), "bytes");
  });
  law("fill sets exactly the bytes named", (m) => {
    m.fill(middle - 5, 0x5a, 10);
    expectSame(m.readU8(middle - 6), 0, "byte before");
    for (let i = -5; i < 5; i++) expectSame(m.readU8(middle + i), 0x5a, `byte ${i}`);
    expectSame(m.readU8(middle + 5), 0, "byte behind");
  });
  law("atomics give the value before and refuse a misaligned address", (m) => {
    m.storeU32(start, 5);
    expectSame(m.addU32(start, 0xffff_ffff), 5, "addU32");
    expectSame(m.loadU32(start), 4, "loadU32");
    expectSame(m.compareExchangeU32(start, 5, 9), 4, "compareExchangeU32 that fails");
    expectSame(m.compareExchangeU32(start, 4, 9), 4, "compareExchangeU32 that succeeds");
    expectSame(m.readU32(start), 9, "the word");
    expectSame(m.notifyU32(start, 1), 0, "notifyU32 with nobody waiting");
    expectThrows(() => m.loadU32(start + 2), "loadU32 at a misaligned address");
  });
  law("a window shows the bytes around the address", (m) => {
    for (const at of [start, middle - 1, middle, start + length - 1]) {
      m.writeU8(at, 0xc3);
      const { views, address, firstIndex, byteLength } = m.window(at, true);
      expectSame(at >= address && at < address + byteLength, true, `window covers ${hex(at)}`);
      const delta = (((firstIndex - address) % 8) + 8) % 8;
      expectSame(delta, 0, "index and address leave the same rest divided by 8");
      expectSame(views.u8[firstIndex + (at - address)], 0xc3, "the byte in the window");
      views.u8[firstIndex + (at - address)] = 0x3c;
      expectSame(m.readU8(at), 0x3c, "the byte written through the window");
    }
  });
  return laws;
}

/** Throws unless `run` throws. */
export function expectThrows(run: () => unknown, what: string): void {
  try {
    run();
  } catch {
    return;
  }
  throw new Error(`${what}: expected an error`);
}
