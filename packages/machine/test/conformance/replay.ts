/**
 * Replays recordings of an x86_64 MMU: page faults, accessed and dirty bits, stale translations.
 *
 * Each case is held to the manual's model; where there is none (the group `tlb`), to what was observed. Of a refused
 * access the A bits are left open, and all else in the entries must be as before. What the translated address reaches is
 * checked too: before a case its frames get known contents.
 *
 * @module
 */
import { Cr0Flags, Cr4Flags, EferFlags } from "@kmem/x86-64";
import { Mismatch, type Replay } from "../../../../config/conformance.ts";
import type * as Api from "../../src/index.ts";

type Level = "pml4e" | "pdpte" | "pde" | "pte" | "pte2";
type Entries = Readonly<Record<Level, string>>;

interface Case {
  readonly id: number;
  readonly group: string;
  readonly name: string;
  readonly op: string;
  readonly leaf: "4K" | "2M" | "1G";
  readonly cpl: number;
  readonly wp: number;
  readonly nxe: number;
  readonly smep: number;
  readonly smap: number;
  readonly ac: number;
  readonly pke: number;
  readonly pkru: number;
  readonly va: string;
  readonly before: Entries;
  readonly pteNew?: string;
  readonly observed: {
    readonly vector: number | null;
    readonly errorCode: number | null;
    readonly cr2: string | null;
    readonly after: Entries;
    readonly read1?: string;
    readonly read2?: string;
    readonly qwordAtF1ff8?: string;
    readonly qwordAtF2?: string;
  };
  readonly sdmModel?: {
    readonly vector: number | null;
    readonly errorCode: number | null;
    readonly after: Entries;
  };
}

interface Recording {
  readonly setup: {
    readonly maxphyaddr: number;
    readonly pdpe1gb: boolean;
    readonly cr3: string;
    readonly slotPhys: Entries;
    readonly contents: { readonly writeValue: string; readonly straddlePristine?: Readonly<Record<string, string>> };
  };
  readonly cases: readonly Case[];
}

interface Fault {
  readonly vector: number;
  readonly errorCode: number;
  readonly cr2: string | null;
}

const LEVELS: readonly Level[] = ["pml4e", "pdpte", "pde", "pte", "pte2"];
const ACCESSED = 0x20n;
const PRESENT = 1n;
const FRAME = 0x000f_ffff_ffff_f000n;
const PAGE_SIZES = { "4K": 0x1000n, "2M": 0x20_0000n, "1G": 0x4000_0000n } as const;
const MEMORY = 0x800_0000;
/** What nobody should read. */
const ELSEWHERE = 0x5a5a_5a5a_5a5a_5a5an;
const PRISTINE = { first: 0xcd11_1111_1111_1111n, second: 0x2222_2222_2222_2280n };

export const replays: Record<string, Replay<typeof Api>> = {
  mmu: (recording, api, tally) => {
    const { setup, cases } = recording as Recording;
    const stage = new Stage(api, setup);
    for (const each of cases) tally.case(`case ${each.id} (${each.group}: ${each.name})`, () => stage.play(each));
  },
};

/** RAM with an MMU, and the four tables of the recording. */
class Stage {
  private readonly api: typeof Api;
  private readonly setup: Recording["setup"];
  private readonly ram: Api.PhysicalMemory;
  private readonly mmu: Api.Mmu;
  private readonly memory: Api.VirtualMemory;
  private readonly writeValue: bigint;

  constructor(api: typeof Api, setup: Recording["setup"]) {
    this.api = api;
    this.setup = setup;
    this.ram = new api.PhysicalMemory(MEMORY);
    this.mmu = new api.Mmu(this.ram, { physicalAddressBits: setup.maxphyaddr, hugePages1G: setup.pdpe1gb });
    this.memory = new api.VirtualMemory(this.mmu);
    this.writeValue = BigInt(setup.contents.writeValue);
  }

  play(each: Case): void {
    const { observed, sdmModel } = each;
    this.prepare(each);
    const seen: { read1?: bigint; read2?: bigint } = {};
    const fault = this.faultOf(() => this.perform(each, seen));

    const expected = sdmModel ?? observed;
    same("vector", fault?.vector ?? null, expected.vector);
    same("error code", fault?.errorCode ?? null, expected.errorCode);
    // The model does not repeat CR2; both agree where both fault.
    if (expected.vector === observed.vector) same("CR2", fault?.cr2 ?? null, observed.cr2);

    for (const level of LEVELS) {
      const after = this.ram.readU64(Number(this.setup.slotPhys[level]));
      if (fault === undefined) same(`${level} after`, hex(after), hex(BigInt(expected.after[level])));
      else {
        const unchanged = sdmModel === undefined ? observed.after[level] : each.before[level];
        same(`${level} after, without A`, hex(after & ~ACCESSED), hex(BigInt(unchanged) & ~ACCESSED));
      }
    }
    if (seen.read1 !== undefined) same("read1", hex(seen.read1), hex(BigInt(observed.read1 ?? 0)));
    if (seen.read2 !== undefined) same("read2", hex(seen.read2), hex(BigInt(observed.read2 ?? 0)));
    this.checkStraddle(each);
  }

  /** Entries, registers, an empty TLB, and contents for the frames. */
  private prepare(each: Case): void {
    const { mmu, ram } = this;
    for (const level of LEVELS) ram.writeU64(Number(this.setup.slotPhys[level]), BigInt(each.before[level]));
    const cr0 = Cr0Flags.PROTECTED_MODE_ENABLE + Cr0Flags.PAGING + (each.wp === 1 ? Cr0Flags.WRITE_PROTECT : 0);
    const cr4 =
      Cr4Flags.PHYSICAL_ADDRESS_EXTENSION |
      (each.smep === 1 ? Cr4Flags.SUPERVISOR_MODE_EXECUTION_PROTECTION : 0) |
      (each.smap === 1 ? Cr4Flags.SUPERVISOR_MODE_ACCESS_PREVENTION : 0) |
      (each.pke === 1 ? Cr4Flags.PROTECTION_KEY_USER : 0);
    const longMode = EferFlags.LONG_MODE_ENABLE | EferFlags.LONG_MODE_ACTIVE;
    mmu.setControl(cr0, Number(this.setup.cr3), cr4, longMode | (each.nxe === 1 ? EferFlags.NO_EXECUTE_ENABLE : 0));
    mmu.setMode(each.cpl, each.ac === 1, each.pkru);
    mmu.flushAll();

    const target = physicalOf(each.before, each);
    const { observed } = each;
    if (each.group === "straddle") {
      this.fill(physicalOf(each.before, each), PRISTINE.first, 0xff8n);
      this.fill(BigInt(each.before.pte2) & FRAME, PRISTINE.second, 0n);
      return;
    }
    this.seed(
      target,
      observed.read1 !== undefined && !each.op.startsWith("write") ? BigInt(observed.read1) : ELSEWHERE,
    );
    if (each.pteNew === undefined) return;
    const remapped = (BigInt(each.pteNew) & FRAME) + (target & 0xfffn);
    if ((BigInt(each.pteNew) & PRESENT) !== 0n && remapped !== target)
      this.seed(remapped, each.op.includes("invlpg") ? BigInt(observed.read2 ?? 0) : ELSEWHERE);
  }

  private perform(each: Case, seen: { read1?: bigint; read2?: bigint }): void {
    const at = Number(BigInt.asIntN(64, BigInt(each.va)));
    const { memory } = this;
    const write = (): void => memory.writeU64(at, this.writeValue);
    switch (each.op) {
      case "read":
        seen.read1 = memory.readU64(at);
        return;
      case "write":
        return write();
      case "exec":
        return this.fetch(at);
      case "rmw":
      case "lockrmw":
        memory.addU32(at, 1);
        return;
      case "readwrite":
        seen.read1 = memory.readU64(at);
        return write();
      case "writeread":
        write();
        seen.read1 = memory.readU64(at);
        return;
    }
    const steps = /^tlb-(read|write)-change-(invlpg-)?(read|write)$/.exec(each.op);
    if (steps === null) throw new Mismatch("operation", "one that is known", each.op);
    if (steps[1] === "write") write();
    else seen.read1 = memory.readU64(at);
    this.ram.writeU64(Number(this.setup.slotPhys.pte), BigInt(each.pteNew!));
    if (steps[2] !== undefined) this.mmu.flush(at);
    if (steps[3] === "write") write();
    else seen.read2 = memory.readU64(at);
  }

  /** Fetches the two bytes of `int 0x80`. */
  private fetch(at: number): void {
    const { mmu, api } = this;
    for (const byte of [at, at + 1])
      if (mmu.translate(byte, api.EXECUTE) === api.FAULT)
        throw new api.CpuException(mmu.faultVector, mmu.faultErrorCode, mmu.faultAddress);
  }

  private faultOf(run: () => void): Fault | undefined {
    try {
      run();
      return undefined;
    } catch (error) {
      // The MMU has allowed the access, and there is no memory at the frame: QEMU's bus answers nothing in particular there.
      if (error instanceof this.api.PhysicalMemoryError) return undefined;
      if (!(error instanceof this.api.CpuException)) throw error;
      const { vector, errorCode, address } = error;
      return { vector, errorCode, cr2: vector === 14 ? u64(BigInt.asUintN(64, BigInt(address))) : null };
    }
  }

  private checkStraddle(each: Case): void {
    const { qwordAtF1ff8, qwordAtF2 } = each.observed;
    if (each.group !== "straddle" || qwordAtF1ff8 === undefined || qwordAtF2 === undefined) return;
    const first = physicalOf(each.before, each) & FRAME;
    const second = BigInt(each.before.pte2) & FRAME;
    same(
      "the 8 bytes at the first page's end",
      hex(this.ram.readU64(Number(first + 0xff8n))),
      hex(BigInt(qwordAtF1ff8)),
    );
    same("the 8 bytes at the second page's start", hex(this.ram.readU64(Number(second))), hex(BigInt(qwordAtF2)));
  }

  private fill(address: bigint, value: bigint, offset: bigint): void {
    this.seed((address & FRAME) + offset, value);
  }

  private seed(physical: bigint, value: bigint): void {
    if (physical + 8n <= BigInt(MEMORY)) this.ram.writeU64(Number(physical), value);
  }
}

/** Where the entries map the address of a case. */
function physicalOf(entries: Entries, { leaf, va }: Case): bigint {
  const size = PAGE_SIZES[leaf];
  const entry = BigInt(leaf === "4K" ? entries.pte : leaf === "2M" ? entries.pde : entries.pdpte);
  return (entry & FRAME & ~(size - 1n)) + (BigInt(va) & (size - 1n));
}

function same(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Mismatch(what, expected, actual);
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/** As the recordings write it. */
function u64(value: bigint): string {
  return `0x${value.toString(16).padStart(16, "0")}`;
}
