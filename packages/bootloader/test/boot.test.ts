/** What a kernel finds when it is entered. */
import { Machine, type RunResult } from "@kmem/machine";
import { Cr3, mappings, readThrough, type Hardware } from "@kmem/x86-64";
import { describe, expect, it } from "vitest";
import { boot, BootError, entryPoint, layout, type BootInfo, type BootOptions } from "../src/index.ts";

const MIB = 2 ** 20;

/** Boots a kernel that does `look` and leaves the machine. */
function booted(
  look: (bootInfo: BootInfo, hardware: Hardware, machine: Machine) => void,
  options: BootOptions = {},
  memory = 128 * MIB,
): RunResult {
  const machine = new Machine({ memory });
  const kernel = entryPoint((bootInfo, hardware): never => {
    look(bootInfo, hardware, machine);
    for (;;) hardware.hlt();
  });
  return boot(machine, kernel, options);
}

/** What `read` gives inside the kernel. */
function seen<T>(read: (bootInfo: BootInfo, hardware: Hardware, machine: Machine) => T, options?: BootOptions): T {
  let value: { readonly it: T } | undefined;
  booted((...given) => (value = { it: read(...given) }), options);
  if (value === undefined) throw new Error("the kernel was not entered");
  return value.it;
}

describe("boot", () => {
  it("runs the kernel until it has nothing to wait for", () => {
    expect(booted(() => undefined)).toEqual({ kind: "halted", reason: "interrupts-off" });
  });

  it("gives a memory map like QEMU's with 128 MiB: every kind, sorted, no overlap, up to the end of RAM", () => {
    const regions = seen((bootInfo) => [...bootInfo.memoryMap]);
    expect(regions.map(({ regionType }) => regionType)).toEqual([
      "FrameZero",
      "PageTable",
      "BootInfo",
      "Usable",
      "Reserved",
      "Reserved",
      "Usable",
      "Kernel",
      "KernelStack",
      "Usable",
      "Reserved",
      "Reserved",
    ]);
    for (const [i, { range }] of regions.entries()) {
      expect(range.endFrameNumber).toBeGreaterThan(range.startFrameNumber);
      if (i > 0) expect(range.startFrameNumber).toBeGreaterThanOrEqual(regions[i - 1]!.range.endFrameNumber);
    }
    expect(regions[10]!.range.endFrameNumber).toBe((128 * MIB) / 4096);
    // 128 MiB without the first MiB's holes, the kernel and its stack.
    const usable = regions.filter(({ regionType }) => regionType === "Usable");
    const frames = usable.reduce((sum, { range }) => sum + range.endFrameNumber - range.startFrameNumber, 0);
    expect(frames).toBeGreaterThan(31_000);
    expect(frames).toBeLessThan(32_768);
  });

  it("identity-maps the VGA buffer and maps all physical memory in pages of 2 MiB", () => {
    const found = seen((_, { registers }, machine) => [
      ...mappings(readThrough(machine.ram), Cr3.read(registers).frame.startAddress),
    ]);
    const at = (start: number) => found.find((mapping) => mapping.start === start);
    expect(at(0xb8000)).toMatchObject({ physical: 0xb8000, length: 0x8000, writable: true, executable: false });
    expect(at(layout.PHYSICAL_MEMORY_OFFSET)).toMatchObject({ physical: 0, length: 2 ** 32, pageSize: 2 * MIB });
    expect(at(layout.KERNEL_START)).toMatchObject({ writable: false, executable: true });
    expect(found.every(({ userAccessible }) => !userAccessible)).toBe(true);
  });

  it("maps physical memory where it is asked to, in the upper half too", () => {
    for (const physicalMemoryOffset of [0x2000_0000_0000, -(2 ** 47), 0x180_0000_0000]) {
      const [told, same] = seen(
        (bootInfo, { memory }, machine) => {
          machine.ram.writeU32(0x10_0000, 0xcafe_f00d);
          const { physicalMemoryOffset: offset } = bootInfo;
          return [offset, memory.readU32(offset + 0x10_0000)] as const;
        },
        { physicalMemoryOffset },
      );
      expect(told).toBe(physicalMemoryOffset);
      expect(same).toBe(0xcafe_f00d);
    }
  });

  it("sets a stack with a page below it that is not mapped", () => {
    const { rsp, walkBelow } = seen(
      (_, { registers, memory }) => {
        const { rsp } = registers;
        memory.writeUsize(rsp - 8, 1);
        memory.writeUsize(layout.KERNEL_STACK_START, 1);
        return { rsp, walkBelow: layout.KERNEL_STACK_START - 1 };
      },
      { kernelStackPages: 2 },
    );
    expect(rsp).toBe(layout.KERNEL_STACK_START + 2 * 4096);
    const result = booted((_, { memory }) => memory.readU8(walkBelow), { kernelStackPages: 2 });
    // No handler is set up yet: the page fault ends in a reset.
    expect(result.kind).toBe("reset");
    expect(String((result as { report: unknown }).report)).toContain("at 0x100001fffff");
  });

  it("gives zeroed memory for statics", () => {
    const { size, clean } = seen(({ kernelStatics: { start, end } }, { memory }) => {
      const bytes = new Uint8Array(end - start);
      memory.readBytes(start, bytes);
      return { size: bytes.length, clean: bytes.every((byte) => byte === 0) };
    });
    expect(size).toBe(layout.KERNEL_STATICS_SIZE);
    expect(clean).toBe(true);
  });

  it("hands the command line over", () => {
    expect(seen(({ commandLine }) => commandLine)).toBe("");
    expect(seen(({ commandLine }) => commandLine, { commandLine: "log=all ~" })).toBe("log=all ~");
    const longest = "x".repeat(2000);
    expect(seen(({ commandLine }) => commandLine, { commandLine: longest })).toBe(longest);
  });

  it("does not touch frames that it calls usable, and tells of all that it uses", () => {
    const dirty = seen(({ memoryMap }, _, machine) => {
      const page = new Uint8Array(4096);
      const used: number[] = [];
      for (const { range, regionType } of memoryMap) {
        if (regionType !== "Usable") continue;
        for (let frame = range.startFrameNumber; frame < range.endFrameNumber; frame++) {
          machine.ram.readBytes(frame * 4096, page);
          if (page.some((byte) => byte !== 0)) used.push(frame);
        }
      }
      return used;
    });
    expect(dirty).toEqual([]);
  });
});

interface Wrong {
  readonly what: string;
  readonly code: string;
  readonly options: BootOptions;
  /** Bytes. */
  readonly memory?: number;
}

describe("boot, asked for what it cannot do,", () => {
  const wrong: readonly Wrong[] = [
    {
      what: "a misaligned offset",
      code: "boot/physical-memory-offset",
      options: { physicalMemoryOffset: 0x180_0000_1000 },
    },
    { what: "an offset over the kernel", code: "boot/physical-memory-offset", options: { physicalMemoryOffset: 0 } },
    { what: "an offset in the gap", code: "boot/physical-memory-offset", options: { physicalMemoryOffset: 2 ** 47 } },
    {
      what: "an offset whose end is in the gap",
      code: "boot/physical-memory-offset",
      options: { physicalMemoryOffset: 2 ** 47 - 2 ** 21 },
    },
    { what: "NaN as offset", code: "boot/physical-memory-offset", options: { physicalMemoryOffset: NaN } },
    { what: "a stack of no pages", code: "boot/stack-size", options: { kernelStackPages: 0 } },
    { what: "a stack of half a page", code: "boot/stack-size", options: { kernelStackPages: 0.5 } },
    { what: "a stack of NaN pages", code: "boot/stack-size", options: { kernelStackPages: NaN } },
    { what: "a huge stack", code: "boot/stack-size", options: { kernelStackPages: 1e6 } },
    { what: "a command line with a newline", code: "boot/command-line", options: { commandLine: "a\nb" } },
    { what: "a command line beyond ASCII", code: "boot/command-line", options: { commandLine: "ü" } },
    { what: "a long command line", code: "boot/command-line", options: { commandLine: "x".repeat(4096) } },
    { what: "too little memory", code: "boot/too-little-memory", options: {}, memory: 4 * MIB },
    {
      what: "too little memory for the stack",
      code: "boot/too-little-memory",
      options: { kernelStackPages: 2048 },
      memory: 8 * MIB,
    },
  ];

  it.each(wrong)("refuses $what and leaves the machine as it was", ({ code, options, memory = 32 * MIB }) => {
    const machine = new Machine({ memory });
    const kernel = entryPoint((): never => {
      throw new Error("the kernel was entered");
    });
    let error: unknown;
    try {
      boot(machine, kernel, options);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(BootError);
    expect((error as BootError).code).toBe(code);
    expect(Buffer.from(machine.ram.buffer).equals(Buffer.alloc(memory))).toBe(true);
    expect(machine.result).toBeUndefined();
  });
});

describe("entryPoint", () => {
  it.each([undefined, null, 1, "main", (_a: unknown, _b: unknown, _c: unknown) => undefined])("refuses %s", (main) => {
    expect(() => entryPoint(main as never)).toThrow(BootError);
  });
});
