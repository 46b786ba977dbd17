/**
 * The state of a whole machine, section by section.
 *
 * ```
 *   CONF  RAM in bytes, MAXPHYADDR, whether 1 GiB pages exist             EXIT  how the run has ended
 *   TIME  the clock                    CPU   registers, descriptor tables     TLB   translations, paging structures
 *   CODE  names of the kernel's functions, in the order of their addresses    PIC  PIT  PS/2  UART  VGA  CMOS  PORT
 *   RAM   the pages that are not all zero
 * ```
 * What is the host's is not in the file: callbacks, the waiter, limits of time, bytes that have left through the serial port;
 * and JavaScript: the kernel's functions, its call stack, values that it keeps in JavaScript variables.
 *
 * @module
 */
import { MAX_MEMORY, MIN_MEMORY, type PhysicalMemory } from "../physical-memory.ts";
import { MachineStateError } from "./errors.ts";
import { checkRam, loadRam, saveRam } from "./ram-state.ts";
import { packSections, unpackSections, type StateSection } from "./state-file.ts";
import { StateReader } from "./state-reader.ts";
import { StateWriter } from "./state-writer.ts";
import type { StateTransfer } from "./transfer.ts";

const MODEL = "CONF";
const RAM = "RAM ";
const PAGE_SIZE = 4096;

/** What a machine is built with. */
export interface MachineModel {
  /** Bytes of RAM. */
  readonly memory: number;
  readonly physicalAddressBits: number;
  readonly hugePages1G: boolean;
}

/** A part of the machine: its section, four letters, and what passes its fields through a transfer. */
export type MachinePart = readonly [name: string, transfer: (state: StateTransfer) => void];

/** The file of a machine, all of whose checksums are right. */
export interface SavedMachine {
  readonly model: MachineModel;
  readonly sections: readonly StateSection[];
}

/** @param parts - in the order in which they are to be loaded */
export function saveParts(model: MachineModel, parts: readonly MachinePart[], ram: PhysicalMemory): Uint8Array {
  const sections: StateSection[] = [section([MODEL, (state) => void transferModel(state, model)])];
  for (const part of parts) sections.push(section(part));
  sections.push({ name: RAM, payload: saveRam(ram) });
  return packSections(sections);
}

/**
 * Checks a file, and reads what the machine must be built with.
 *
 * @throws {@link MachineStateError} for every file that is not a whole and sound one of this version
 */
export function openSaved(file: Uint8Array): SavedMachine {
  if (!(file instanceof Uint8Array))
    throw new MachineStateError("machine-state/foreign", `expected the bytes of a file, got ${typeof file}`);
  const [first, ...sections] = unpackSections(file);
  if (first?.name !== MODEL) throw unexpected(MODEL, first?.name);
  const reader = new StateReader(MODEL, first.payload);
  const model = transferModel(reader, { memory: 0, physicalAddressBits: 0, hugePages1G: false });
  reader.finish();
  return { model, sections };
}

/** Gives a new machine the state that was saved. RAM comes last: it may be the caller's. */
export function loadParts({ sections }: SavedMachine, parts: readonly MachinePart[], ram: PhysicalMemory): void {
  const names = [...parts.map(([name]) => name), RAM];
  for (let i = 0; i < Math.max(names.length, sections.length); i++)
    if (sections[i]?.name !== names[i]) throw unexpected(names[i] ?? "no more sections", sections[i]?.name);
  parts.forEach(([name, transfer], i) => {
    const reader = new StateReader(name, sections[i]!.payload);
    transfer(reader);
    reader.finish();
  });
  const { payload } = sections[parts.length]!;
  checkRam(payload, ram.byteLength);
  loadRam(payload, ram);
}

function section([name, transfer]: MachinePart): StateSection {
  const writer = new StateWriter();
  transfer(writer);
  return { name, payload: writer.written };
}

function transferModel(state: StateTransfer, model: MachineModel): MachineModel {
  const memory = state.u32(model.memory);
  const physicalAddressBits = state.u8(model.physicalAddressBits, 52);
  const hugePages1G = state.flag(model.hugePages1G);
  const isSize = memory % PAGE_SIZE === 0 && memory >= MIN_MEMORY && memory <= MAX_MEMORY;
  state.check(isSize && physicalAddressBits >= 36, "the size of RAM and of addresses");
  return { memory, physicalAddressBits, hugePages1G };
}

function unexpected(expected: string, got = "the end of the file"): MachineStateError {
  return new MachineStateError("machine-state/damaged", `expected the section "${expected}", got "${got}"`);
}
