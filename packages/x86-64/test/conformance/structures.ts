import { LinearMemory } from "@kmem/memory";
import type { DescriptorTable, FlagText, InterruptDescriptorTable, PrivilegeLevel } from "../../src/index.ts";
import { expectOutcome, text, word, type Api, type Case } from "./words.ts";

type Op = readonly unknown[];
type Expect = (field: string, run: () => unknown) => void;

/** Replays a case of suite `structures`: what the CPU's tables, registers and error codes are as bits, bytes and text. */
export function replayStructures(api: Api, given: Case): void {
  const expect: Expect = (field, run) => expectOutcome(field, given[field], run);
  switch (given.k) {
    case "flag_const":
    case "flag_all":
    case "flag_dbg":
      return replayFlagSet(api, given, expect);
    case "vector": {
      const names = Object.entries(api.ExceptionVector);
      return expect("name", () => names.find(([, vector]) => vector === given.v)?.[0] ?? null);
    }
    case "selector":
      return replaySelector(api, given, expect);
    case "selector_error":
      return replaySelectorError(api, given, expect);
    case "frame":
      return replayFrame(api, given, expect);
    case "idt_new": {
      const memory = filled(4096);
      api.InterruptDescriptorTable.new(memory, 0);
      return expect("bytes", () => hexOf(memory));
    }
    case "idt_field": {
      const field = (given.name as string).replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
      const idt = new api.InterruptDescriptorTable(filled(4096), 0);
      return expect("offset", () => idt[field as keyof InterruptDescriptorTable & "debug"].address);
    }
    case "gate":
      return replayGate(api, given, expect);
    case "gdt":
      return replayGdt(api, given, expect);
    case "tss_new":
    case "tss":
      return replayTss(api, given, expect);
    default:
      throw new Error(`unknown kind of case: ${String(given.k)}`);
  }
}

function replayFlagSet(api: Api, given: Case, expect: Expect): void {
  const set = api[given.type as "Cr0Flags"] as unknown as FlagText & Readonly<Record<string, number>>;
  if (given.k === "flag_const") return expect("bits", () => text(set[given.name as string]!));
  if (given.k === "flag_all") {
    expect("bits", () => text(set.all));
    return expect("names", () => set.names(set.all));
  }
  const bits = Number(word(given.bits));
  expect("names", () => set.names(bits));
  expect("dbg", () => set.debug(bits));
  expect("pretty", () => set.debug(bits, true));
}

function replaySelector(api: Api, given: Case, expect: Expect): void {
  const { SegmentSelector } = api;
  const raw = given.raw as number;
  expect("new", () => SegmentSelector.new(given.index as number, given.rpl as PrivilegeLevel));
  expect("raw_index", () => SegmentSelector.index(raw));
  expect("raw_rpl", () => SegmentSelector.rpl(raw));
  expect("set_rpl", () => SegmentSelector.withRpl(raw, given.set as PrivilegeLevel));
  expect("dbg", () => SegmentSelector.debug(raw));
  expect("pretty", () => SegmentSelector.debug(raw, true));
}

function replaySelectorError(api: Api, given: Case, expect: Expect): void {
  const { SelectorErrorCode } = api;
  const code = Number(BigInt.asUintN(16, word(given.v)));
  // Error codes are numbers here: of the larger words only their refusal can be told.
  const bits = Number(word(given.v) < 2n ** 53n ? word(given.v) : 2n ** 52n + BigInt(code));
  expect("new", () => (SelectorErrorCode.fromBits(bits) === undefined ? null : true));
  expectOutcome("truncated", code, () => SelectorErrorCode.fromBitsTruncate(bits));
  expect("external", () => SelectorErrorCode.external(code));
  expect("table", () => SelectorErrorCode.descriptorTable(code) satisfies DescriptorTable);
  expect("index", () => SelectorErrorCode.index(code));
  expect("null", () => SelectorErrorCode.isNull(code));
  expect("dbg", () => SelectorErrorCode.debug(code));
  expect("pretty", () => SelectorErrorCode.debug(code, true));
}

function replayFrame(api: Api, given: Case, expect: Expect): void {
  const memory = filled(api.InterruptStackFrame.SIZE);
  const frame = api.InterruptStackFrame.write(memory, 0, {
    instructionPointer: api.VirtAddr.new(word(given.ip)),
    codeSegment: given.cs as number,
    cpuFlags: Number(word(given.flags)),
    stackPointer: api.VirtAddr.new(word(given.sp)),
    stackSegment: given.ss as number,
  });
  expect("bytes", () => hexOf(memory));
  expect("ip", () => text(frame.instructionPointer));
  expect("sp", () => text(frame.stackPointer));
  expect("dbg", () => frame.debug());
  expect("pretty", () => frame.debug(true));
}

/** Code selector of the process that recorded gates. */
const RECORDED_CS = 0x33;

function replayGate(api: Api, given: Case, expect: Expect): void {
  const memory = filled(16);
  const gate = new api.IdtEntry(memory, 0);
  if (given.raw === null) gate.clear();
  else memory.views.u8.set((given.raw as string).match(/../g)!.map((byte) => parseInt(byte, 16)));
  expect("handler", () => text(gate.handlerAddr));
  expect("dbg_raw", () => gate.debug());
  for (const [name, value, outcome] of given.ops as Op[]) {
    if (name === "addr") gate.setHandlerAddr(api.VirtAddr.new(word(value)), RECORDED_CS);
    else if (name === "present") gate.setPresent(value as boolean);
    else if (name === "disable") gate.disableInterrupts(value as boolean);
    else if (name === "dpl") gate.setPrivilegeLevel(value as PrivilegeLevel);
    else if (name === "cs") gate.setCodeSelector(value as number);
    else expectOutcome("ist", outcome, () => (gate.setStackIndex(value as number), "ok"));
  }
  expect("bytes", () => hexOf(memory));
  expect("dbg", () => gate.debug());
  expect("pretty", () => gate.debug(true));
}

function replayGdt(api: Api, given: Case, expect: Expect): void {
  const { Descriptor, GlobalDescriptorTable, TaskStateSegment } = api;
  const memory = filled(GlobalDescriptorTable.SIZE);
  const gdt = GlobalDescriptorTable.new(memory, 0);
  /** `0x… n`: a task state segment at an address, with an offset of its I/O map. */
  const tss = (named: string): InstanceType<typeof TaskStateSegment> => {
    const [at, ioMapBase] = named.split(" ").map(Number) as [number, number];
    const elsewhere = new LinearMemory(new ArrayBuffer(4096), { base: at - (at % 8) });
    const segment = TaskStateSegment.new(elsewhere, at);
    segment.ioMapBase = ioMapBase;
    return segment;
  };
  for (const [name, dpl, outcome] of given.ops as [string, number, unknown][]) {
    const descriptor =
      name === "kernel_code"
        ? Descriptor.kernelCodeSegment()
        : name === "kernel_data"
          ? Descriptor.kernelDataSegment()
          : name === "user_code"
            ? Descriptor.userCodeSegment()
            : name === "user_data"
              ? Descriptor.userDataSegment()
              : Descriptor.tssSegment(tss(name));
    expectOutcome("dpl", dpl, () => descriptor.dpl);
    expectOutcome("append", outcome, () => gdt.append(descriptor));
  }
  expect("limit", () => gdt.limit);
  const { length } = given.entries as string[];
  expect("entries", () => Array.from({ length }, (_, i) => text(memory.readU64(8 * i))));
}

function replayTss(api: Api, given: Case, expect: Expect): void {
  const memory = filled(api.TaskStateSegment.SIZE);
  const tss = api.TaskStateSegment.new(memory, 0);
  for (const [name, index, at] of (given.ops ?? []) as [string, number, string][])
    if (name === "rsp") tss.setPrivilegeStack(index, api.VirtAddr.new(word(at)));
    else if (name === "ist") tss.setInterruptStack(index, api.VirtAddr.new(word(at)));
    else tss.ioMapBase = index;
  expect("bytes", () => hexOf(memory));
}

/** Bytes that are no zeros: what is not written shows. */
function filled(bytes: number): LinearMemory {
  const memory = new LinearMemory(new ArrayBuffer(bytes));
  memory.views.u8.fill(0xa5);
  return memory;
}

function hexOf(memory: LinearMemory): string {
  return [...memory.views.u8].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
