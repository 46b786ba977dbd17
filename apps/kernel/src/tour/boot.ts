/**
 * Boots a machine for a step of the tour, or for the prompt.
 *
 * @module
 */
import { entryPoint, type BootInfo, type KernelMain } from "@kmem/bootloader";
import type { BootInfoFrameAllocator } from "@kmem/frame-allocator";
import type { LockedHeap } from "@kmem/linked-list-allocator";
import { DEFAULT_MEMORY, type Machine } from "@kmem/machine";
import { VirtAddr, type Hardware, type OffsetPageTable } from "@kmem/x86-64";
import { ALLOCATOR, initHeap } from "../allocator.ts";
import { bootKernel, type BootOutcome } from "../host/run.ts";
import * as lib from "../lib.ts";
import * as memory from "../memory.ts";
import { formatOptions, parseOptions, type Options } from "../options.ts";
import { withRuntime } from "../runtime.ts";

/** A kernel that has come as far as the step needs it. */
export interface Kernel {
  readonly hardware: Hardware;
  readonly bootInfo: BootInfo;
  readonly mapper: OffsetPageTable;
  readonly frameAllocator: BootInfoFrameAllocator;
  /** The heap's allocator; {@link BootOptions.heap} says whether it has a heap yet. */
  readonly allocator: LockedHeap;
  /** The machine from outside, for looking at what the kernel cannot see. */
  readonly machine: Machine;
}

export interface BootOptions extends Partial<Options> {
  /** Whether the heap is mapped and initialised before the body runs. @defaultValue true */
  readonly heap?: boolean;
  /** Bytes of RAM. */
  readonly memory?: number;
  /** Whether the body waits for the timer; the kernel then leaves the machine at its end. @defaultValue false */
  readonly ticks?: boolean;
  /** Gets what the kernel sends through the serial port, as it comes. */
  readonly onSerial?: (bytes: Uint8Array) => void;
}

/** Boots a kernel that runs `body` and then halts. @returns how the machine ended, with its screen */
export function boot(body: (kernel: Kernel) => void, options: BootOptions = {}): BootOutcome {
  let machine: Machine;
  const main: KernelMain = (bootInfo, hardware) => {
    lib.init();
    const mapper = memory.init(hardware, VirtAddr.new(bootInfo.physicalMemoryOffset));
    const frameAllocator = memory.BootInfoFrameAllocator.init(bootInfo.memoryMap);
    if (options.heap !== false)
      lib.expect("heap initialization failed", () => {
        initHeap(mapper, frameAllocator, parseOptions(bootInfo.commandLine));
      });
    body({ hardware, bootInfo, mapper, frameAllocator, allocator: ALLOCATOR(), machine });
    if (options.ticks === true) lib.exitQemu(lib.QemuExitCode.Success);
    lib.hltLoop();
  };
  return bootKernel({
    kernel: entryPoint(withRuntime(main)),
    memory: options.memory ?? DEFAULT_MEMORY,
    commandLine: formatOptions(options),
    // A machine stops by itself when nothing but the timer's ticks is left to wait for.
    stopWhenIdle: options.ticks !== true,
    onMachine: (made) => (machine = made),
    ...(options.onSerial === undefined ? {} : { onSerial: options.onSerial }),
  });
}
