/** Whatever the tables and the registers say: the MMU does what the manual's rules give, also from its caches. */
import { Cr0Flags, Cr4Flags, EferFlags } from "@kmem/x86-64";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CpuException, EXECUTE, FAULT, Mmu, PhysicalMemory, READ, SYSTEM, VirtualMemory, WRITE } from "../src/index.ts";
import { outcome, type Access, type Mode, type Model } from "./mmu-model.ts";
import { MIB } from "./pc.ts";

const TABLES = [0x1000, 0x2000, 0x3000, 0x4000] as const;
/** Where a page of each size lies; level 4 has none. */
const FRAMES = [0, 0, 0x20_0000n, 0x5000n] as const;
const KINDS = { read: READ, write: WRITE, execute: EXECUTE } as const;

const flag = fc.boolean();
const mode: fc.Arbitrary<Mode> = fc.record({
  wp: flag,
  nxe: flag,
  smep: flag,
  smap: flag,
  pke: flag,
  pkru: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 0xffff_ffff })),
  cpl: fc.constantFrom(0 as const, 3 as const),
  ac: flag,
});
const model: fc.Arbitrary<Model> = fc.record({ maxphyaddr: fc.integer({ min: 36, max: 52 }), pages1G: flag });
const access: fc.Arbitrary<Access> = fc.record({
  kind: fc.constantFrom("read" as const, "write" as const, "execute" as const),
  implicit: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, flag),
});

/** Mostly what lets a walk go on, so that the last level is reached often. */
const likely = fc.oneof({ weight: 7, arbitrary: fc.constant(true) }, fc.constant(false));
const unlikely = likely.map((value) => !value);
const entry = fc.record({
  present: likely,
  writable: likely,
  user: flag,
  global: flag,
  noExecute: unlikely,
  large: unlikely,
  key: fc.integer({ min: 0, max: 15 }),
  ignored: fc.constantFrom(0n, 0xe00n, 0x07f0_0000_0000_0000n),
  reservedAt: fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, fc.integer({ min: 13, max: 51 })),
});
type Entry = typeof entry extends fc.Arbitrary<infer T> ? T : never;

/** The bits of an entry of `level`, which maps a page or names the next table. */
function bitsOf(each: Entry, level: number, { maxphyaddr }: Model): bigint {
  const isLarge = each.large && level > 1;
  const address = isLarge || level === 1 ? BigInt(FRAMES[4 - level]!) : BigInt(TABLES[5 - level]!);
  let value = address | each.ignored | (BigInt(each.key) << 59n);
  if (each.present) value |= 1n;
  if (each.writable) value |= 2n;
  if (each.user) value |= 4n;
  if (isLarge) value |= 0x80n;
  if (each.global) value |= 0x100n;
  if (each.noExecute) value |= 1n << 63n;
  // Bits of the frame that must be zero: those of a large page below its size, and those above MAXPHYADDR.
  const { reservedAt } = each;
  const isReserved =
    reservedAt !== undefined && (reservedAt >= maxphyaddr || (isLarge && reservedAt < 12 + 9 * (level - 1)));
  return isReserved ? value | (1n << BigInt(reservedAt)) : value;
}

describe("Mmu", () => {
  it("allows, refuses, translates and marks entries as the manual says, whatever was cached before", () => {
    fc.assert(
      fc.property(
        model,
        fc.tuple(entry, entry, entry, entry),
        fc.integer({ min: 0x1_0000, max: 0xf_ffff }),
        fc.array(fc.tuple(mode, access, flag), { minLength: 1, maxLength: 12 }),
        (offered, levels, place, accesses) => {
          const ram = new PhysicalMemory(4 * MIB);
          const mmu = new Mmu(ram, { physicalAddressBits: offered.maxphyaddr, hugePages1G: offered.pages1G });
          // Indices 5, 7 and 0, so that a page of any size has the bytes in RAM.
          const at = 5 * 2 ** 39 + 7 * 2 ** 30 + place;
          const addresses = [5, 7, 0, place >>> 12].map((index, i) => TABLES[i]! + index * 8);
          levels.forEach((each, i) => ram.writeU64(addresses[i]!, bitsOf(each, 4 - i, offered)));

          const memory = new VirtualMemory(mmu);
          let current: Mode | undefined;
          for (const [next, each, changesControl] of accesses) {
            const { cpl, ac, pkru } = next;
            // A change of mode alone keeps what is cached, and must be judged by nevertheless.
            const set = current === undefined || changesControl ? next : { ...current, cpl, ac, pkru };
            apply(mmu, set, set === next);
            current = set;
            const before = addresses.map((address) => ram.readU64(address));
            const expected = outcome(before, BigInt(at), each, set, offered);
            const got =
              each.implicit || each.kind === "execute" ? translated(mmu, at, each) : accessed(memory, at, each);
            if ("errorCode" in expected) {
              expect(got).toBe(FAULT);
              expect([mmu.faultVector, mmu.faultErrorCode, mmu.faultAddress]).toEqual([14, expected.errorCode, at]);
            } else {
              const physical = Number(expected.physical);
              // A byte of RAM stands for its address.
              expect(got).toBe(each.implicit || each.kind === "execute" ? physical : ram.readU8(physical));
              if (each.kind === "write" && !each.implicit) expect(got).toBe(WRITTEN);
              ram.writeU8(physical, physical & 0x7f);
            }
            expect(addresses.map((address) => ram.readU64(address))).toEqual(expected.after);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

/** What is written; no byte of RAM stands for its address so. */
const WRITTEN = 0xa5;

function translated(mmu: Mmu, at: number, { kind, implicit }: Access): number {
  return mmu.translate(at, KINDS[kind] | (implicit ? SYSTEM : 0));
}

/** The byte that was read or written, through the fast path where that serves. */
function accessed(memory: VirtualMemory, at: number, { kind }: Access): number {
  try {
    if (kind === "read") return memory.readU8(at);
    memory.writeU8(at, WRITTEN);
    return WRITTEN;
  } catch (error) {
    if (error instanceof CpuException) return FAULT;
    throw error;
  }
}

function apply(mmu: Mmu, { wp, nxe, smep, smap, pke, pkru, cpl, ac }: Mode, control: boolean): void {
  const cr0 = Cr0Flags.PAGING | Cr0Flags.PROTECTED_MODE_ENABLE | (wp ? Cr0Flags.WRITE_PROTECT : 0);
  const cr4 =
    Cr4Flags.PHYSICAL_ADDRESS_EXTENSION |
    Cr4Flags.PAGE_GLOBAL |
    (smep ? Cr4Flags.SUPERVISOR_MODE_EXECUTION_PROTECTION : 0) |
    (smap ? Cr4Flags.SUPERVISOR_MODE_ACCESS_PREVENTION : 0) |
    (pke ? Cr4Flags.PROTECTION_KEY_USER : 0);
  if (control)
    mmu.setControl(cr0, TABLES[0], cr4, EferFlags.LONG_MODE_ENABLE | (nxe ? EferFlags.NO_EXECUTE_ENABLE : 0));
  mmu.setMode(cpl, ac, pkru);
}
