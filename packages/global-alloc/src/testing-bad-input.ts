/**
 * What callers without types, or with a mistake, pass to an allocator: one table, and the laws about it.
 *
 * @module
 */
import { KmemError, NULL } from "@kmem/memory";
import type { GlobalAlloc } from "./global-alloc.ts";
import { Layout } from "./layout.ts";
import type { Law } from "./testing.ts";
import { bytesOf, expectSameBytes, type ByteRange } from "./testing-bytes.ts";

const NO_NUMBERS: readonly unknown[] = ["8", "", 8n, undefined, null, {}, [8], true, Symbol("8")];
const NO_INTEGERS: readonly unknown[] = [NaN, Infinity, -Infinity, 0.5, 16.25, 2 ** 53, 2 ** 60];

/** What is no count of bytes. */
export const WRONG_SIZES: readonly unknown[] = [...NO_NUMBERS, ...NO_INTEGERS, -1, -8];
/** What is no alignment. */
export const WRONG_ALIGNS: readonly unknown[] = [...NO_NUMBERS, ...NO_INTEGERS, 0, -8, 3, 12, 2 ** 32 + 8];
/** What is no address of a block in any memory that the laws are run in. */
export const WRONG_ADDRESSES: readonly unknown[] = [...NO_NUMBERS, ...NO_INTEGERS, 0, -8, 2 ** 52];
/** What is no layout. */
export const WRONG_LAYOUTS: readonly unknown[] = [
  ...NO_NUMBERS,
  5,
  { size: 8 },
  { align: 8 },
  ...WRONG_SIZES.map((size) => ({ size, align: 8 })),
  ...WRONG_ALIGNS.map((align) => ({ size: 8, align })),
];

export interface GlobalAllocRefusalsOptions {
  /** The bytes that must not change. By default the whole memory, where its ends are known. */
  readonly range?: ByteRange;
}

/**
 * The laws of bad input: it is refused by an error of kmem, never a bare TypeError, and no byte has changed.
 *
 * @param make - gives a fresh allocator with at least 1 KiB
 * @example globalAllocRefusals(() => new Dummy(new LinearMemory(new ArrayBuffer(8)))).length // => 4
 */
export function globalAllocRefusals(make: () => GlobalAlloc, options: GlobalAllocRefusalsOptions = {}): Law[] {
  const block = Layout.fromSizeAlign(64, 8);
  const law = (name: string, run: (trial: Trial) => void): Law => ({
    name,
    run() {
      const allocator = make();
      const at = allocator.alloc(block);
      if (at === NULL) throw new Error("expected a fresh allocator with room for 64 bytes");
      allocator.memory.fill(at, 0x5a, 64);
      // Not the only one in use, nor the last: what is counted must not tell.
      allocator.alloc(block);
      run({
        allocator,
        at,
        block,
        refuse: (what, wrong, call) => expectRefusal(allocator, options.range, `${what} ${show(wrong)}`, call),
      });
      allocator.dealloc(at, block);
    },
  });

  return [
    law("alloc and allocZeroed refuse what is no layout", ({ allocator, refuse }) => {
      for (const wrong of WRONG_LAYOUTS) {
        refuse("alloc of", wrong, () => allocator.alloc(wrong as Layout));
        refuse("allocZeroed of", wrong, () => allocator.allocZeroed(wrong as Layout));
      }
    }),
    law("dealloc refuses what is no layout and no address", ({ allocator, at, block, refuse }) => {
      for (const wrong of WRONG_LAYOUTS) refuse("dealloc with", wrong, () => allocator.dealloc(at, wrong as Layout));
      for (const wrong of [...WRONG_ADDRESSES, String(at), at + 0.5])
        refuse("dealloc of", wrong, () => allocator.dealloc(wrong as number, block));
    }),
    law("realloc refuses what is no layout and no size", ({ allocator, at, block, refuse }) => {
      for (const wrong of WRONG_LAYOUTS)
        refuse("realloc with", wrong, () => allocator.realloc(at, wrong as Layout, 32));
      for (const wrong of WRONG_SIZES) refuse("realloc to", wrong, () => allocator.realloc(at, block, wrong as number));
    }),
    law("realloc refuses what is no address, whatever the sizes", ({ allocator, at, block, refuse }) => {
      const large = Layout.fromSizeAlign(4000, 8);
      for (const wrong of [...WRONG_ADDRESSES, String(at), at + 0.5])
        for (const [from, to] of [
          [block, 64],
          [block, 8],
          [block, 200],
          [block, 4000],
          [large, 64],
          [large, 4000],
        ] as const)
          refuse(`realloc from ${from.size} to ${to} bytes of`, wrong, () =>
            allocator.realloc(wrong as number, from, to),
          );
    }),
  ];
}

interface Trial {
  readonly allocator: GlobalAlloc;
  /** A block in use with the layout `block`. */
  readonly at: number;
  readonly block: Layout;
  readonly refuse: (what: string, wrong: unknown, call: () => unknown) => void;
}

function expectRefusal(allocator: GlobalAlloc, range: ByteRange | undefined, what: string, call: () => unknown): void {
  const before = bytesOf(allocator.memory, range);
  let error: unknown;
  try {
    call();
  } catch (thrown) {
    error = thrown;
  }
  if (!(error instanceof KmemError))
    throw Object.assign(new Error(`${what}: expected an error of kmem, got ${String(error)}`), { cause: error });
  try {
    expectSameBytes(before, bytesOf(allocator.memory, range));
  } catch (changed) {
    throw new Error(`${what}: ${(changed as Error).message}`);
  }
}

function show(value: unknown): string {
  if (typeof value !== "object" || value === null) return typeof value === "string" ? `"${value}"` : String(value);
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  return `{ ${Object.entries(value)
    .map(([key, each]) => `${key}: ${show(each)}`)
    .join(", ")} }`;
}
