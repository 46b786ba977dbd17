/** What can be done to a machine from outside: for random histories. */
import { Cr4Flags, RFlags } from "@kmem/x86-64";
import * as fc from "fast-check";
import { KEY_NAMES, type KeyName, type Machine } from "../../src/index.ts";
import { DATA, GLOBAL, Pc } from "../pc.ts";

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
  | { readonly kind: "space"; readonly pcid: number }
  | { readonly kind: "protect"; readonly features: number; readonly pkru: number; readonly ac: boolean }
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

/** Of CR4. */
const FEATURES: readonly number[] = [
  Cr4Flags.SUPERVISOR_MODE_EXECUTION_PROTECTION,
  Cr4Flags.SUPERVISOR_MODE_ACCESS_PREVENTION,
];

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
    fc.record({ kind: fc.constant("space" as const), pcid: fc.integer({ min: 0, max: 5 }) }),
    fc.record({
      kind: fc.constant("protect" as const),
      features: fc.constantFrom(0, ...FEATURES),
      pkru: fc.integer({ min: 0, max: 0xffff_ffff }),
      ac: fc.boolean(),
    }),
    fc.record({ kind: fc.constant("interrupt" as const) }),
  ),
  { minLength: 50, maxLength: 200, size: "max" },
);

/** A machine in long mode with pages at {@link BASE}, some of them global, and with address spaces. */
export function made(): Machine {
  const pc = new Pc();
  pc.map(BASE, 0x60_0000, undefined, DATA_PAGES / 2);
  pc.map(BASE + (DATA_PAGES / 2) * 4096, 0x70_0000, DATA | GLOBAL, DATA_PAGES / 2);
  pc.machine.cpu.registers.cr4 |= Cr4Flags.PCID;
  return pc.machine;
}

/** What changes with a step "protect". */
export function protect(machine: Machine, { features, pkru, ac }: Extract<Step, { kind: "protect" }>): void {
  const { registers } = machine.cpu;
  registers.cr4 =
    (registers.cr4 & ~FEATURES.reduce((all, each) => all | each)) | features | Cr4Flags.PROTECTION_KEY_USER;
  registers.pkru = pkru;
  registers.rflags = ac ? RFlags.ALIGNMENT_CHECK : 0;
}
