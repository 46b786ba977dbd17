/** What can be done to a machine from outside: for random histories. */
import * as fc from "fast-check";
import { KEY_NAMES, type KeyName, type Machine } from "../../src/index.ts";
import { Pc } from "../pc.ts";

export const BASE = 0x4444_4444_0000;
export const DATA_PAGES = 8;

export type Step =
  | { readonly kind: "in"; readonly port: number }
  | { readonly kind: "out"; readonly port: number; readonly value: number }
  | { readonly kind: "time"; readonly nanoseconds: number }
  | { readonly kind: "key"; readonly key: KeyName }
  | { readonly kind: "serial"; readonly value: number }
  | { readonly kind: "read"; readonly offset: number }
  | { readonly kind: "write"; readonly offset: number; readonly value: number }
  | { readonly kind: "flush"; readonly offset: number }
  | { readonly kind: "interrupt" };

/** Ports of all devices; not those that stop the machine: 0x92, 0xf4, and 0x64 is left to {@link COMMANDS}. */
// prettier-ignore
const PORTS = [
  0x20, 0x21, 0xa0, 0xa1, 0x4d0, 0x4d1, 0x40, 0x41, 0x42, 0x43, 0x61, 0x60, 0x70, 0x71, 0x80,
  0x3c0, 0x3c1, 0x3c6, 0x3c7, 0x3c8, 0x3c9, 0x3d4, 0x3d5, 0x3da,
  0x3f8, 0x3f9, 0x3fa, 0x3fb, 0x3fc, 0x3fd, 0x3fe, 0x3ff,
];
/** Of the keyboard controller; writing its output port could reset the machine. */
const COMMANDS = [0x20, 0x60, 0x61, 0xa7, 0xa8, 0xa9, 0xaa, 0xab, 0xad, 0xae, 0xc0, 0xd0, 0xd2, 0xd3, 0xd4];

const byte = fc.integer({ min: 0, max: 0xff });
const offset = fc.integer({ min: 0, max: DATA_PAGES * 4096 - 8 });

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("in" as const), port: fc.constantFrom(...PORTS, 0x64) }),
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant("out" as const), port: fc.constantFrom(...PORTS), value: byte }),
    },
    fc.record({ kind: fc.constant("out" as const), port: fc.constant(0x64), value: fc.constantFrom(...COMMANDS) }),
    fc.record({ kind: fc.constant("time" as const), nanoseconds: fc.integer({ min: 0, max: 100_000_000 }) }),
    fc.record({ kind: fc.constant("key" as const), key: fc.constantFrom(...KEY_NAMES) }),
    fc.record({ kind: fc.constant("serial" as const), value: byte }),
    fc.record({ kind: fc.constant("read" as const), offset }),
    fc.record({ kind: fc.constant("write" as const), offset, value: fc.integer({ min: 0, max: 0xffff_ffff }) }),
    fc.record({ kind: fc.constant("flush" as const), offset }),
    fc.record({ kind: fc.constant("interrupt" as const) }),
  ),
  { maxLength: 60 },
);

/** A machine in long mode with pages at {@link BASE}. */
export function made(): Machine {
  const pc = new Pc();
  pc.map(BASE, 0x60_0000, undefined, DATA_PAGES);
  return pc.machine;
}
