/**
 * Boots a kernel on the machine, as bootloader 0.9 does with its feature `map_physical_memory`.
 *
 * It builds the first page tables in the machine's RAM, writes the boot information, turns long mode on, sets the stack,
 * and enters the kernel. From then on the kernel sees nothing but `Hardware`.
 *
 * @see https://docs.rs/bootloader/0.9
 * @module
 */
import { BootInfoFrameAllocator, FRAME_SIZE, FrameRange, MemoryMap } from "@kmem/frame-allocator";
import { CodeTable, type Machine, type RunResult } from "@kmem/machine";
import { hex, type Ptr } from "@kmem/memory";
import {
  isCanonical,
  OffsetPageTable,
  Page,
  PageTable,
  PageTableFlags,
  PhysFrame,
  Size2MiB,
  Size4KiB,
  type FlagWord,
  type PageSize,
} from "@kmem/x86-64";
import { BootInfo, checkCommandLine, writeBootInfo } from "./boot-info.ts";
import type { KernelEntry } from "./entry-point.ts";
import { BootError } from "./errors.ts";
import * as layout from "./layout.ts";
import { memoryMapOf, place } from "./memory-layout.ts";

export interface BootOptions {
  /** Words for the kernel, printable ASCII. @defaultValue "" */
  readonly commandLine?: string;
  /** Virtual address at which all physical memory is mapped; a multiple of 2 MiB. @defaultValue 0x180_0000_0000 */
  readonly physicalMemoryOffset?: Ptr;
  /** Pages of the kernel's stack. @defaultValue 512 */
  readonly kernelStackPages?: number;
}

const { PRESENT, WRITABLE, NO_EXECUTE } = PageTableFlags;
const CODE = PRESENT;
const DATA = PRESENT | WRITABLE | NO_EXECUTE;

/**
 * Boots `kernel` and runs it until the machine stops.
 *
 * @returns how the machine stopped
 * @throws {@link BootError} when the machine has too little memory or an option is out of range; nothing was booted then
 * @example
 * const kernel = entryPoint((bootInfo, hardware) => {
 *   hardware.memory.writeU16(0xb8000, 0x0e48); // a yellow H
 *   for (;;) hardware.hlt();
 * });
 * const machine = new Machine();
 * boot(machine, kernel) // => { kind: "halted", reason: "interrupts-off" }
 * machine.screen.rows()[0] // => "H"
 */
export function boot(machine: Machine, kernel: KernelEntry, options: BootOptions = {}): RunResult {
  const { commandLine = "", physicalMemoryOffset = layout.PHYSICAL_MEMORY_OFFSET } = options;
  const { kernelStackPages = layout.KERNEL_STACK_PAGES } = options;
  checkCommandLine(commandLine);
  checkOffset(physicalMemoryOffset);
  const stackSize = checkStack(kernelStackPages) * FRAME_SIZE;
  const placement = place(stackSize);
  const memorySize = machine.ram.byteLength;
  if (memorySize < Math.max(layout.MIN_MEMORY, placement.kernelEnd + layout.FIRMWARE_TABLES_SIZE))
    throw new BootError("boot/too-little-memory", `expected at least 8 MiB of memory, got ${memorySize} bytes`);

  const ram = machine.ram;
  const memoryMap = memoryMapOf(memorySize, placement);
  const kernelStatics = {
    start: layout.KERNEL_START + layout.KERNEL_TEXT_SIZE,
    end: layout.KERNEL_START + layout.KERNEL_TEXT_SIZE + layout.KERNEL_STATICS_SIZE,
  };
  writeBootInfo(ram, placement.bootInfo, { memoryMap, physicalMemoryOffset, kernelStatics, commandLine });

  const tables = new TableBuilder(machine, placement.pageTables);
  const { VGA_BUFFER_START, VGA_BUFFER_SIZE, KERNEL_START, KERNEL_STACK_START, FLASH_END } = layout;
  tables.map(Size4KiB, VGA_BUFFER_START, VGA_BUFFER_START, VGA_BUFFER_SIZE, DATA);
  tables.map(Size4KiB, KERNEL_START, placement.kernelText, layout.KERNEL_TEXT_SIZE, CODE);
  tables.map(Size4KiB, kernelStatics.start, placement.kernelStatics, layout.KERNEL_STATICS_SIZE, DATA);
  tables.map(Size4KiB, KERNEL_STACK_START, placement.kernelStack, stackSize, DATA);
  tables.map(Size4KiB, layout.BOOT_INFO_ADDRESS, placement.bootInfo, FRAME_SIZE, DATA);
  tables.map(Size2MiB, physicalMemoryOffset, 0, Math.max(memorySize, FLASH_END), DATA);

  machine.cpu.code = new CodeTable(KERNEL_START, layout.KERNEL_TEXT_SIZE);
  machine.startLongMode(placement.pageTables);
  machine.cpu.registers.rsp = KERNEL_STACK_START + stackSize;
  return machine.run((hardware) => kernel.main(new BootInfo(hardware.memory, layout.BOOT_INFO_ADDRESS), hardware));
}

/** Maps ranges with tables taken from the frames kept for them. */
class TableBuilder {
  private readonly mapper: OffsetPageTable;
  private readonly frames: BootInfoFrameAllocator;

  constructor(machine: Machine, levelFourTable: number) {
    const table = new PageTable(machine.ram, levelFourTable);
    table.zero();
    this.mapper = new OffsetPageTable(table, 0);
    const first = levelFourTable / FRAME_SIZE + 1;
    const end = levelFourTable / FRAME_SIZE + layout.PAGE_TABLE_FRAMES;
    const kept = { range: FrameRange.fromFrameNumbers(first, end), regionType: "Usable" } as const;
    this.frames = BootInfoFrameAllocator.init(new MemoryMap([kept]));
  }

  map(size: PageSize, virtual: Ptr, physical: number, length: number, flags: FlagWord): void {
    for (let offset = 0; offset < length; offset += size.bytes) {
      const page = Page.fromStartAddress(virtual + offset, size);
      const frame = PhysFrame.fromStartAddress(physical + offset, size);
      // Paging is off, so the TLB holds nothing.
      this.mapper.mapToWithTableFlags(page, frame, flags, PRESENT | WRITABLE, this.frames).ignore();
    }
  }
}

function checkOffset(offset: Ptr): void {
  const end = offset + layout.FLASH_END - 1;
  // Level 4 entries 0 to 2 hold the kernel, its stack and the boot information.
  const isFree = offset >= layout.PHYSICAL_MEMORY_OFFSET || offset < 0;
  if (!isCanonical(offset) || !isCanonical(end) || offset % Size2MiB.bytes !== 0 || !isFree || (offset < 0 && end >= 0))
    throw new BootError(
      "boot/physical-memory-offset",
      `expected a multiple of 2 MiB from ${hex(layout.PHYSICAL_MEMORY_OFFSET)} up, with 4 GiB of addresses behind it, got ${hex(offset)}`,
    );
}

function checkStack(pages: number): number {
  if (!Number.isInteger(pages) || pages < 1 || pages > 4096)
    throw new BootError("boot/stack-size", `expected 1 to 4096 pages for the stack, got ${pages}`);
  return pages;
}
