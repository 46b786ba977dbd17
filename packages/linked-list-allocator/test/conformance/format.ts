/**
 * The recordings' format, as their README describes it.
 *
 * @module
 */
export interface State {
  readonly bottom: number;
  readonly top: number;
  readonly size: number;
  readonly used: number;
  readonly free: number;
  readonly holes: readonly (readonly [number, number])[];
}

export type Op =
  | readonly ["a" | "z", number, number, number, number | null, number, number]
  | readonly ["d", number, number, number]
  | readonly ["r", number, number, number | null, number, number, (number | null)?]
  | readonly ["x", number, "panic", string]
  | readonly ["x", number, number, number]
  | readonly ["s", State]
  | readonly ["new-empty"]
  | readonly ["new", number, number]
  | readonly ["init" | "init-from-slice", number, number, "panic"?, string?]
  | readonly ["print" | "phase", string]
  | readonly ["repeat", number, readonly Op[]]
  | readonly ["holes", readonly (readonly [number, number])[]]
  | readonly ["D", number, number, number, "ok", number, number]
  | readonly ["D", number, number, number, "panic", string];

export interface Trace {
  readonly name: string;
  readonly heapStart: number;
  readonly heapSize: number;
  readonly opCount?: number;
  readonly callCount?: number;
  readonly endsDrained?: boolean;
  readonly ops: readonly Op[];
}

export const mix = (h: number, w: number): number => {
  const mixed = Math.imul(h ^ w, 0x0100_0193);
  return mixed ^ (mixed >>> 13);
};

export const HASH_START = 0x811c_9dc5;

/** The digest of a hole list that is stored after every operation. */
export function holeHash(holes: Iterable<{ readonly address: number; readonly size: number }>): number {
  let h = HASH_START;
  for (const { address, size } of holes) {
    h = mix(h, address % 4294967296);
    h = mix(h, Math.floor(address / 4294967296));
    h = mix(h, size % 4294967296);
  }
  return h >>> 0;
}

/** FNV-1a over bytes. */
export function contentHash(bytes: Uint8Array): number {
  let h = HASH_START;
  for (const byte of bytes) h = Math.imul(h ^ byte, 0x0100_0193);
  return h >>> 0;
}
