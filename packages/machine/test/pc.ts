/** A machine whose tables a test can fill. */
import type { Ptr } from "@kmem/memory";
import {
  Descriptor,
  GlobalDescriptorTable,
  InterruptDescriptorTable,
  OffsetPageTable,
  Page,
  PageTable,
  PageTableFlags,
  PhysFrame,
  TaskStateSegment,
  type FlagWord,
  type FrameAllocator,
  type Hardware,
  type PageSize,
} from "@kmem/x86-64";
import { CodeTable, Machine, type MachineOptions, type RunResult } from "../src/index.ts";

export const MIB = 2 ** 20;
export const RAM = 16 * MIB;
/** Tables are taken from here on. */
const TABLES = 0x10_0000;
export const TEXT = 0x20_0000;
export const STACK_TOP = 0x7000_0000_0000;
export const IDT = 0x50_0000;
/** Where {@link idtOf} puts the task state segment. */
export const TSS: number = IDT + 0x1100;
export const { PRESENT, WRITABLE, NO_EXECUTE, USER_ACCESSIBLE, GLOBAL } = PageTableFlags;
export const DATA: number = PRESENT | WRITABLE | NO_EXECUTE;

/** Frames one behind the other. */
export class Frames implements FrameAllocator {
  next: number;
  constructor(first: number) {
    this.next = first;
  }
  allocateFrame(): PhysFrame | undefined {
    if (this.next >= RAM) return undefined;
    this.next += 4096;
    return PhysFrame.fromStartAddress(this.next - 4096);
  }
}

/** A machine in long mode, with text at {@link TEXT}, a stack below {@link STACK_TOP} and room for an IDT at {@link IDT}. */
export class Pc {
  readonly machine: Machine;
  readonly frames: Frames = new Frames(TABLES + 4096);
  readonly mapper: OffsetPageTable;

  constructor(options: MachineOptions = {}) {
    this.machine = new Machine({ memory: RAM, ...options });
    const table = new PageTable(this.machine.ram, TABLES);
    table.zero();
    this.mapper = new OffsetPageTable(table, 0);
    this.map(TEXT, 0x20_0000, PRESENT, 4);
    this.map(STACK_TOP - 0x4000, 0x30_0000, DATA, 4);
    this.map(IDT, 0x40_0000, DATA, 2);
    this.machine.cpu.code = new CodeTable(TEXT, 4 * 4096);
    this.machine.startLongMode(TABLES);
    this.machine.cpu.registers.rsp = STACK_TOP;
  }

  /** Maps pages of 4 KiB. */
  map(at: Ptr, physical: number, flags: FlagWord = DATA, pages = 1): void {
    for (let i = 0; i < pages; i++)
      this.mapper
        .mapToWithTableFlags(
          Page.containingAddress(at + i * 4096),
          PhysFrame.containingAddress(physical + i * 4096),
          flags,
          PRESENT | WRITABLE | USER_ACCESSIBLE,
          this.frames,
        )
        .ignore();
  }

  mapLarge(at: Ptr, physical: number, size: PageSize, flags: FlagWord = DATA): void {
    this.mapper
      .mapToWithTableFlags(
        Page.containingAddress(at, size),
        PhysFrame.containingAddress(physical, size),
        flags,
        PRESENT | WRITABLE | USER_ACCESSIBLE,
        this.frames,
      )
      .ignore();
  }

  run(program: (hardware: Hardware) => void): RunResult {
    return this.machine.run(program);
  }
}

/** An IDT in the machine's memory, after a GDT with the code segment that its handlers run in. */
export function idtOf(hardware: Hardware): InterruptDescriptorTable {
  const gdt = GlobalDescriptorTable.new(hardware.memory, IDT + 0x1000);
  const code = gdt.append(Descriptor.kernelCodeSegment());
  const tss = gdt.append(Descriptor.tssSegment(TaskStateSegment.new(hardware.memory, TSS)));
  gdt.load(hardware);
  hardware.registers.cs = code;
  hardware.registers.ss = 0;
  hardware.loadTaskRegister(tss);
  return InterruptDescriptorTable.new(hardware.memory, IDT);
}
