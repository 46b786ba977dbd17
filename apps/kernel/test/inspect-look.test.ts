/** What `kernel inspect` sees in a machine, also in one that is broken. */
import { entryPoint, type KernelMain } from "@kmem/bootloader";
import { Machine } from "@kmem/machine";
import { Page, VirtAddr } from "@kmem/x86-64";
import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import { ALLOCATOR, HEAP_START, initHeap } from "../src/allocator.ts";
import { look } from "../src/host/inspect/look.ts";
import { SECTION_NAMES, type SectionName } from "../src/host/inspect/sections.ts";
import { inspectionText } from "../src/host/inspect/text.ts";
import { bootKernel } from "../src/host/run.ts";
import * as lib from "../src/lib.ts";
import * as memory from "../src/memory.ts";
import { formatOptions } from "../src/options.ts";
import { withRuntime } from "../src/runtime.ts";

const plain = new Chalk({ level: 0 });
const ALL: ReadonlySet<SectionName> = new Set(SECTION_NAMES);

/** The machine of a kernel that has a heap, and then does something. */
function machineOf(then: (...[bootInfo, hardware]: Parameters<KernelMain>) => void, heap = true): Machine {
  let machine: Machine;
  bootKernel({
    kernel: entryPoint(
      withRuntime((bootInfo, hardware) => {
        lib.init();
        const mapper = memory.init(hardware, VirtAddr.new(bootInfo.physicalMemoryOffset));
        if (heap) initHeap(mapper, memory.BootInfoFrameAllocator.init(bootInfo.memoryMap));
        then(bootInfo, hardware);
        lib.hltLoop();
      }),
    ),
    memory: 16 * 2 ** 20,
    commandLine: formatOptions({}),
    onMachine: (made) => (machine = made),
  });
  return machine!;
}

function textOf(machine: Machine, cut = Infinity): string {
  return inspectionText(look(machine, ALL), { width: 80, chalk: plain }, cut);
}

describe("look", () => {
  it("changes nothing in the machine", () => {
    const machine = machineOf(() => undefined);
    const before = machine.save();
    look(machine, ALL);
    expect(Buffer.compare(machine.save(), before)).toBe(0);
  });

  it("marks translations that the tables no longer give", () => {
    const machine = machineOf((bootInfo, hardware) => {
      hardware.memory.writeU32(HEAP_START + 0x3000, 1);
      const mapper = memory.init(hardware, VirtAddr.new(bootInfo.physicalMemoryOffset));
      mapper.unmap(Page.containingAddress(HEAP_START + 0x3000)).flush.ignore();
    });
    expect(look(machine, ALL).tlb).toContainEqual(
      expect.objectContaining({ address: HEAP_START + 0x3000, stale: "no longer mapped" }),
    );
    expect(textOf(machine)).toMatch(/0x444444443000 .*stale: no longer mapped/);
  });

  it("tells the faults of a heap that is damaged", () => {
    const machine = machineOf((_bootInfo, hardware) => hardware.memory.writeU32(HEAP_START, 13));
    expect(textOf(machine)).toContain("damaged: ");
    expect(textOf(machine)).toContain("0x444444440000 hole-size: a hole has 13 bytes");
  });

  it("tells that a lock is held, and shows the heap nevertheless", () => {
    const machine = machineOf(() => void ALLOCATOR().lock());
    expect(look(machine, ALL).heap).toMatchObject([{ locked: true, faults: [], stats: { used: 0 } }]);
    expect(textOf(machine)).toContain("its lock is held");
  });

  it("shows a heap that is not initialised as such", () => {
    const machine = machineOf(() => undefined, false);
    expect(textOf(machine)).toContain("not initialised");
  });

  it("tells what cannot be read, and shows the rest", () => {
    const machine = machineOf(({ physicalMemoryOffset }, hardware) => {
      // The boot information is mapped no more; and one entry leads out of the memory.
      const mapper = memory.init(hardware, VirtAddr.new(physicalMemoryOffset));
      mapper.unmap(Page.containingAddress(0xb0_071f_0000)).flush.flush(hardware.tlb);
      hardware.memory.writeU64(physicalMemoryOffset + 0x1000 + 300 * 8, 0x7_0000_0003n);
    });
    const text = textOf(machine);
    expect(text).toContain("heap\n  no boot information of @kmem/bootloader: not mapped: exception 14");
    expect(text).toMatch(/page tables\n {2}.*0x700000/);
    expect(text).toContain("cr3    0x1000");
  });

  it("shows a machine that was never booted", () => {
    const text = textOf(new Machine({ memory: 2 ** 20 }));
    expect(text).toContain("machine with 1 MiB, not stopped, after 0 s");
    expect(text).toContain("heap\n  no boot information of @kmem/bootloader");
    expect(text).toContain("info mem\n  nothing is mapped");
  });

  it("is cut to the width of the terminal", () => {
    const lines = textOf(
      machineOf(() => undefined),
      50,
    ).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBe(50);
    expect(lines.some((line) => line.endsWith("…"))).toBe(true);
  });
});
