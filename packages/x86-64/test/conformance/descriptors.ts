import { LinearMemory } from "@kmem/memory";
import { Mismatch } from "../../../../config/conformance.ts";
import type { Descriptor, Page, PhysFrame } from "../../src/index.ts";
import { word, type Api, type Case } from "./words.ts";

interface Texts {
  readonly debug: string;
  readonly pretty: string;
}
interface Step {
  readonly words: readonly string[];
  readonly dpl: number;
  readonly selector: number | { readonly panic: string };
  readonly limit: number;
  readonly entries: readonly string[];
}

/** Replays a case of suite `descriptors`: descriptor flags, tables of any capacity, I/O maps, and what Rust prints. */
export function replayDescriptors(api: Api, given: Case): void {
  const texts = given as unknown as Texts;
  const bits = (): bigint => BigInt(given.bits as string);
  switch (given.k) {
    case "const":
      return same("bits", given.bits, hex(api.DescriptorFlags[given.name as "PRESENT"]));
    case "size":
      return samePanic("made", given.made, () => api.GlobalDescriptorTable.empty(room(), 0, given.max as number));
    case "flags":
      same("names", given.names, api.DescriptorFlags.names(bits()));
      return sameTexts(texts, (pretty) => api.DescriptorFlags.debug(bits(), pretty));
    case "gdt":
      return replayTable(api, given);
    case "iomap":
      return replayMap(api, given);
    case "addr":
      sameTexts(given.vd as Texts, (pretty) =>
        api.VirtAddr.debug(api.VirtAddr.new(BigInt(given.virt as string)), pretty),
      );
      return sameTexts(given.pd as Texts, (pretty) =>
        api.PhysAddr.debug(api.PhysAddr.new(BigInt(given.phys as string)), pretty),
      );
    case "units":
      return replayUnits(api, given);
    case "ptflags":
      return sameTexts(texts, (pretty) => api.PageTableFlags.debug(api.PageTableFlags.fromBitsRetain(bits()), pretty));
    case "entry": {
      const memory = new LinearMemory(new ArrayBuffer(4096));
      memory.writeU32(0, Number(bits() & 0xffff_ffffn));
      memory.writeU32(4, Number(bits() >> 32n));
      const entry = new api.PageTable(memory, 0).entry(0);
      return sameTexts(texts, (pretty) => entry.debug(pretty));
    }
    default:
      throw new Error(`unknown kind of case: ${String(given.k)}`);
  }
}

function replayTable(api: Api, given: Case): void {
  const raw = given.raw as readonly string[] | null;
  const { GlobalDescriptorTable } = api;
  const max = given.max as number;
  const make = (): InstanceType<typeof GlobalDescriptorTable> =>
    raw === null
      ? GlobalDescriptorTable.empty(room(), 0, max)
      : GlobalDescriptorTable.fromRawEntries(room(), 0, raw.map(BigInt), max);
  if (given.made !== null) return samePanic("made", given.made, make);
  const gdt = make();
  (given.steps as readonly Step[]).forEach((step, at) => {
    const [low, high] = step.words.map(BigInt);
    const descriptor: Descriptor =
      high === undefined ? api.Descriptor.userSegment(low!) : api.Descriptor.systemSegment(low!, high);
    same(`${at} dpl`, step.dpl, descriptor.dpl);
    if (typeof step.selector === "object") samePanic(`${at} append`, step.selector, () => gdt.append(descriptor));
    else same(`${at} selector`, step.selector, gdt.append(descriptor));
    same(`${at} limit`, step.limit, gdt.limit);
    same(`${at} entries`, step.entries, gdt.entries().map(hex));
  });
}

function replayMap(api: Api, given: Case): void {
  const { tss: at, map, len, last, base } = given as unknown as Record<"tss" | "map" | "len" | "last" | "base", number>;
  const memory = new LinearMemory(new ArrayBuffer(0x40000));
  const tss = api.TaskStateSegment.new(memory, at);
  tss.ioMapBase = base;
  if (len > 0 && map + len - 1 !== at + 102 && map + len - 1 !== at + 103) memory.writeU8(map + len - 1, last);
  let descriptor: Descriptor;
  try {
    descriptor = api.Descriptor.tssSegmentWithIomap(tss, map, len);
  } catch (error) {
    if (!(error instanceof api.InvalidIoMap)) throw error;
    same("error", given.error, error.display);
    return same("debug", given.debug, error.debug);
  }
  // The recording leaves out the address.
  same("low", given.low, hex(descriptor.toBits()[0]! & 0x00ff_ff00_0000_ffffn));
}

function replayUnits(api: Api, given: Case): void {
  const size = [api.Size4KiB, api.Size2MiB, api.Size1GiB].find(({ bytes }) => bytes === given.size)!;
  const { Page: Pages, PhysFrame: Frames } = api;
  const [a, b] = (given.pages as string[]).map((at): Page<typeof size> =>
    Pages.fromStartAddress(api.VirtAddr.new(word(at)), size),
  );
  const [c, d] = (given.frames as string[]).map((at): PhysFrame<typeof size> =>
    Frames.fromStartAddress(Number(at), size),
  );
  const all = [
    a!,
    c!,
    Pages.range(a!, b!),
    Pages.rangeInclusive(a!, b!),
    Frames.range(c!, d!),
    Frames.rangeInclusive(c!, d!),
  ];
  all.forEach((each, at) => {
    sameTexts((given.texts as Texts[])[at]!, (pretty) => each.debug(pretty));
  });
}

function room(): LinearMemory {
  return new LinearMemory(new ArrayBuffer(0x10008));
}

function hex(bits: bigint): string {
  return `0x${bits.toString(16)}`;
}

function same(what: string, expected: unknown, actual: unknown): void {
  if (JSON.stringify(expected) !== JSON.stringify(actual)) throw new Mismatch(what, expected, actual);
}

function sameTexts({ debug, pretty }: Texts, print: (pretty?: boolean) => string): void {
  same("debug", debug, print());
  same("pretty", pretty, print(true));
}

function samePanic(what: string, expected: unknown, run: () => unknown): void {
  let message = "no panic";
  try {
    run();
  } catch (error) {
    message = (error as Error).message;
  }
  const { panic } = expected as { panic: string };
  if (!message.startsWith(`${panic}: `)) throw new Mismatch(what, panic, message);
}
