/**
 * Chapter 9: the post's tests, in machines of their own, and how a machine tells whether they have passed.
 *
 * @see https://os.phil-opp.com/heap-allocation/#adding-a-test
 * @module
 */
import { BumpAllocator } from "@kmem/allocators";
import { entryPoint, type KernelEntry } from "@kmem/bootloader";
import { AllocatorScope, GlobalAlloc, setGlobalAllocator, type Layout } from "@kmem/global-alloc";
import { DEFAULT_MEMORY } from "@kmem/machine";
import { hex, NULL, type Memory, type Ptr } from "@kmem/memory";
import { VirtAddr } from "@kmem/x86-64";
import { HEAP_SIZE, HEAP_START, initHeap } from "../allocator.ts";
import { assertEq } from "../assert.ts";
import { bootKernel } from "../host/run.ts";
import { hltLoop, init, QemuExitCode } from "../lib.ts";
import * as memory from "../memory.ts";
import { withRuntime } from "../runtime.ts";
import { hardware, reserve } from "../statics.ts";
import { testKernel, testPanicHandler, testRunner } from "../test-kernel.ts";
import { boxes, kernel as heapAllocation } from "../tests/heap-allocation.ts";
import { manyBoxesLongLived } from "../tests/many-boxes.ts";
import { kernel as shouldPanic } from "../tests/should-panic.ts";
import type { Chapter, Show } from "../tour/chapter.ts";

const NEW_LINE = 0x0a;

/** Hands out blocks of a bump allocator and counts them; it may keep back what is freed. */
class CountingBump extends GlobalAlloc {
  given = 0;
  private readonly bump: BumpAllocator;
  private readonly frees: boolean;

  constructor(bump: BumpAllocator, frees: boolean) {
    super();
    this.bump = bump;
    this.frees = frees;
  }

  get memory(): Memory {
    return this.bump.memory;
  }

  alloc(layout: Layout): Ptr {
    const at = this.bump.alloc(layout);
    if (at !== NULL) this.given++;
    return at;
  }

  dealloc(at: Ptr, layout: Layout): void {
    if (this.frees) this.bump.dealloc(at, layout);
  }
}

type Tests = Readonly<Record<string, () => void>>;

/** A test kernel whose heap is a bump allocator's. `onAllocator` gets the allocator before the tests run. */
function bumpKernel(tests: Tests, frees: boolean, onAllocator: (allocator: CountingBump) => void): KernelEntry {
  const main = withRuntime((bootInfo, machine) => {
    init();
    const mapper = memory.init(machine, VirtAddr.new(bootInfo.physicalMemoryOffset));
    initHeap(mapper, memory.BootInfoFrameAllocator.init(bootInfo.memoryMap));
    const bump = BumpAllocator.new(machine.memory, reserve(BumpAllocator.CONTROL_SIZE, 8), HEAP_START, HEAP_SIZE);
    const allocator = new CountingBump(bump, frees);
    onAllocator(allocator);
    new AllocatorScope().run(() => {
      setGlobalAllocator(allocator);
      testRunner(tests);
    });
    hltLoop();
  }, testPanicHandler);
  return entryPoint(main);
}

/** Never gives a freed block out again. */
function neverFrees(show: Show): void {
  bumped(show, { many_boxes_10000: () => boxes(10_000) }, false);
  bumped(show, { many_boxes: () => boxes(HEAP_SIZE) }, false);
}

/** Begins anew whenever nothing is in use. */
function bumpAllocator(show: Show): void {
  bumped(show, { many_boxes: () => boxes(HEAP_SIZE) }, true);
  bumped(show, { many_boxes_long_lived: manyBoxesLongLived }, true);
}

/** Keeps its freed blocks in a list. */
function linkedList(show: Show): void {
  ran(show, testKernel({ many_boxes_long_lived: manyBoxesLongLived }));
}

/** A test that finds something wrong, before one that would pass. */
function failing(): KernelEntry {
  return testKernel({
    trivial_assertion: () => assertEq(1, 1),
    wrong_sum: () => assertEq(1 + 1, 3),
    not_reached: () => assertEq(1, 1),
  });
}

/** A kernel that does nothing but leave. */
function leaving(value: number): KernelEntry {
  return entryPoint(
    withRuntime(() => {
      hardware().ports.writeU32(0xf4, value);
      hltLoop();
    }),
  );
}

function bumped(show: Show, tests: Tests, frees: boolean): void {
  let allocator: CountingBump | undefined;
  ran(
    show,
    bumpKernel(tests, frees, (made) => (allocator = made)),
  );
  show.fact(`given ${Object.keys(tests).join()}`, allocator?.given ?? 0, {
    en: `Blocks given out: {}, of 8 bytes each; the heap has room for ${HEAP_SIZE / 8} at a time.`,
    zh: `给出的内存块：{} 个，每个 8 字节；堆同时只放得下 ${HEAP_SIZE / 8} 个。`,
  });
}

/** Boots a kernel, and shows what came through the serial port and how the machine ended. */
function ran(show: Show, kernel: KernelEntry): void {
  let line = "";
  const onSerial = ([byte]: Uint8Array): void => {
    line = byte === NEW_LINE ? "" : line + String.fromCharCode(byte!);
    // A test's name stands there while it runs.
    if (line.endsWith("... ")) show.progress(line);
  };
  const { serial, result } = bootKernel({ kernel, memory: DEFAULT_MEMORY, commandLine: "", onSerial });
  if (serial !== "") show.serial(serial);
  if (result.kind !== "exited") throw new Error(`a test kernel must leave the machine, but it has ${result.kind}`);
  show.fact(`status of ${hex(result.code)}`, result.status, {
    en: `The kernel has written ${hex(result.code)} to port 0xf4; the machine's exit status is {}.`,
    zh: `内核向端口 0xf4 写入了 ${hex(result.code)}；机器的退出状态是 {}。`,
  });
}

export const chapter: Chapter = {
  name: "tests",
  file: "09-the-tests.ts",
  section: "adding-a-test",
  title: { en: "The tests", zh: "测试" },
  summary: {
    en: "the post's three tests, allocators that fail them, a panic in a test, exit codes",
    zh: "文章的三个测试、通不过它们的分配器、测试中的恐慌、退出码",
  },
  steps: [
    {
      name: "three",
      text: {
        en: "Each file of tests is a kernel of its own, booted on a machine of its own. It tells its results over the serial port, since nobody looks at its screen. The first test reads back what it wrote; the second makes a vector move many times; the third takes as many boxes as the heap has bytes, one after the other.",
        zh: "每个测试文件都是独立的内核，在独立的机器上启动。没有人看它的屏幕，所以结果从串口报告。第一个测试读回写入的内容；第二个让向量多次搬家；第三个逐个取用与堆的字节数一样多的盒子。",
      },
      file: "tests/heap-allocation.ts",
      code: ["simpleAllocation", "largeVec", "manyBoxes", "boxes"],
      run: (show) => ran(show, heapAllocation),
    },
    {
      name: "never-frees",
      text: {
        en: "The third is there for allocators that never use a block again. 10 000 boxes of 8 bytes still fit into 100 KiB, so that number would let such an allocator pass. One box for each byte of the heap is eight times too many.",
        zh: "第三个测试针对从不再次使用内存块的分配器。10 000 个 8 字节的盒子仍放得进 100 KiB，用这个数目会让这样的分配器过关。堆有多少字节就取多少个盒子，则是八倍于容量。",
      },
      code: ["neverFrees"],
      run: neverFrees,
    },
    {
      name: "bump",
      text: {
        en: "The bump allocator only goes up, but begins anew when its last block comes back. In many_boxes every box is the last one, so it passes. One box that lives all the while keeps it from ever beginning anew.",
        zh: "Bump 分配器只会向上走，但最后一块归还时会重新开始。在 many_boxes 中，每个盒子都是最后一块，所以它通过。只要有一个盒子一直活着，它就永远无法重新开始。",
      },
      code: ["bumpAllocator"],
      run: bumpAllocator,
    },
    {
      name: "linked-list",
      text: {
        en: "The linked list finds the freed block beside the long-lived one, and uses it again each time.",
        zh: "链表分配器能找到长寿盒子旁边那块已释放的内存，每次都再次使用它。",
      },
      code: ["linkedList"],
      run: linkedList,
    },
    {
      name: "panic",
      text: {
        en: "A test that fails panics. The panic handler of test kernels says so and leaves the machine; the tests behind it do not run.",
        zh: "失败的测试会恐慌。测试内核的恐慌处理函数报告失败并离开机器；其后的测试不再运行。",
      },
      code: ["failing"],
      run: (show) => ran(show, failing()),
    },
    {
      name: "should-panic",
      text: {
        en: "A test that must panic needs a kernel of its own, in which the panic is the success.",
        zh: "必须恐慌的测试需要一个独立的内核，在那里恐慌就是成功。",
      },
      file: "tests/should-panic.ts",
      code: ["main", "shouldFail", "panicHandler"],
      run: (show) => ran(show, shouldPanic),
    },
    {
      name: "exit-codes",
      text: {
        en: "To leave the machine a kernel writes a value to port 0xf4, where QEMU's isa-debug-exit device makes (value << 1) | 1 the exit status. So no status is 0, and 0x10 (success) and 0x11 (failure) give 33 and 35, which QEMU uses for nothing else.",
        zh: "要离开机器，内核就向端口 0xf4 写一个值，QEMU 的 isa-debug-exit 设备把 (value << 1) | 1 作为退出状态。所以状态不会是 0；0x10（成功）与 0x11（失败）得到 33 与 35，QEMU 不会把它们用于别处。",
      },
      code: ["leaving"],
      run: (show) => {
        for (const value of [0, QemuExitCode.Success, QemuExitCode.Failed]) ran(show, leaving(value));
      },
    },
  ],
};
