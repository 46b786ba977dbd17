/**
 * Chapter 6: the heap's pages get frames.
 *
 * @see https://os.phil-opp.com/heap-allocation/#creating-a-kernel-heap
 * @module
 */
import type { Ptr } from "@kmem/memory";
import { hex } from "@kmem/memory";
import {
  MapToError,
  Page,
  PageTableFlags,
  readThrough,
  VirtAddr,
  type FrameAllocator,
  type PhysFrame,
} from "@kmem/x86-64";
import { HEAP_SIZE, HEAP_START, initHeap } from "../allocator.ts";
import { EmptyFrameAllocator } from "../memory.ts";
import { boot, type Kernel } from "../tour/boot.ts";
import type { Chapter, Show } from "../tour/chapter.ts";
import { pageTree } from "../tour/page-tree.ts";

const PAGE_SIZE = 4096;
const FLAGS = PageTableFlags.PRESENT | PageTableFlags.WRITABLE;
const NO_HEAP = { heap: false } as const;

/** The addresses of the heap lead nowhere yet. */
function beforeMapping({ hardware }: Kernel): void {
  hardware.memory.writeU32(HEAP_START, 41);
}

/** Passes frames on and counts them; when `limit` are gone there are no more. */
class Counting implements FrameAllocator {
  readonly frames: Ptr[] = [];
  private readonly inner: FrameAllocator;
  private readonly limit: number;

  constructor(inner: FrameAllocator, limit = Infinity) {
    this.inner = inner;
    this.limit = limit;
  }

  allocateFrame(): PhysFrame | undefined {
    const frame = this.frames.length < this.limit ? this.inner.allocateFrame() : undefined;
    if (frame !== undefined) this.frames.push(frame.startAddress);
    return frame;
  }
}

/** Maps the heap's first page, then the rest. */
function stepByStep({ hardware, mapper, frameAllocator, machine }: Kernel, show: Show): void {
  const frames = new Counting(frameAllocator);
  const page = Page.containingAddress(VirtAddr.new(HEAP_START));
  const frame = frames.allocateFrame()!;
  mapper.mapTo(page, frame, FLAGS, frames).flush(hardware.tlb);
  firstPage(show, frames.frames);
  for (const next of Page.range(page.add(1), page.add(HEAP_SIZE / PAGE_SIZE)))
    mapper.mapTo(next, frames.allocateFrame()!, FLAGS, frames).flush(hardware.tlb);
  show.fact("frames", frames.frames.length, {
    en: "For all 25 pages {} frames were taken: 25 for the pages, 3 for tables.",
    zh: "全部 25 页共取用 {} 个帧：25 个给页，3 个给页表。",
  });
  const levelFour = machine.cpu.registers.cr3;
  show.pages(
    { en: "the tables of the heap", zh: "堆的页表" },
    pageTree(readThrough(machine.ram), levelFour, HEAP_START, HEAP_START + HEAP_SIZE),
  );
}

function firstPage(show: Show, [page, ...tables]: readonly Ptr[]): void {
  show.fact("first-page", tables.length + 1, {
    en: `The first page takes {} frames: ${hex(page!)} for itself, and ${tables.map(hex).join(", ")} for the tables of levels 3, 2 and 1, which were missing.`,
    zh: `第一页取用 {} 个帧：${hex(page!)} 给它自己，${tables.map(hex).join("、")} 给原先缺少的第 3、2、1 级页表。`,
  });
}

/** Maps a page to another frame and reads it: before the TLB is told, and after. */
function withoutFlush({ hardware, mapper, frameAllocator, bootInfo }: Kernel): readonly [Ptr, Ptr] {
  const page = Page.containingAddress(VirtAddr.new(HEAP_START));
  const [first, second] = [frameAllocator.allocateFrame()!, frameAllocator.allocateFrame()!];
  const { memory, tlb } = hardware;
  memory.writeUsize(bootInfo.physicalMemoryOffset + first.startAddress, 1);
  memory.writeUsize(bootInfo.physicalMemoryOffset + second.startAddress, 2);

  mapper.mapTo(page, first, FLAGS, frameAllocator).flush(tlb);
  memory.readUsize(HEAP_START);
  mapper.unmap(page).flush.ignore();
  const forgotten = mapper.mapTo(page, second, FLAGS, frameAllocator);
  const stale = memory.readUsize(HEAP_START);
  forgotten.flush(tlb);
  return [stale, memory.readUsize(HEAP_START)];
}

/** A frame allocator without frames. */
function noFrames({ mapper }: Kernel): void {
  initHeap(mapper, new EmptyFrameAllocator());
}

/** The heap is mapped already. */
function twice({ mapper, frameAllocator }: Kernel): void {
  initHeap(mapper, frameAllocator);
}

/** Runs out of frames in the middle of a mapping. */
function leftBehind({ mapper, frameAllocator, hardware }: Kernel): readonly Ptr[] {
  const frames = new Counting(frameAllocator, 3);
  const page = Page.containingAddress(VirtAddr.new(HEAP_START));
  try {
    mapper.mapTo(page, frames.allocateFrame()!, FLAGS, frames).flush(hardware.tlb);
  } catch (error) {
    if (!(error instanceof MapToError)) throw error;
  }
  return frames.frames;
}

function refused(show: Show, program: (kernel: Kernel) => void, heap: boolean): void {
  boot(
    (kernel) => {
      try {
        program(kernel);
      } catch (error) {
        if (!(error instanceof MapToError)) throw error;
        show.fact(error.code, error.message, { en: "initHeap: {}", zh: "initHeap：{}" });
      }
    },
    { heap },
  );
}

export const chapter: Chapter = {
  name: "kernel-heap",
  file: "06-creating-a-kernel-heap.ts",
  section: "creating-a-kernel-heap",
  title: { en: "Creating a kernel heap", zh: "创建内核堆" },
  summary: {
    en: "from the page fault to mapped pages: frames, tables, the TLB, and how mapping fails",
    zh: "从页错误到映射好的页：帧、页表、TLB，以及映射怎样失败",
  },
  steps: [
    {
      name: "before",
      text: {
        en: "The kernel chooses a range of virtual addresses for its heap, 0x4444_4444_0000 and 100 KiB from there. Nothing is mapped at them, so the first access is a page fault.",
        zh: "内核为堆选定一段虚拟地址：从 0x4444_4444_0000 起的 100 KiB。那里什么都没有映射，所以第一次访问就是页错误。",
      },
      code: ["beforeMapping"],
      run: (show) => show.screen(boot(beforeMapping, NO_HEAP).screen),
    },
    {
      name: "map",
      text: {
        en: "initHeap takes a frame for each page and enters it in the page tables. A table that is missing on the way takes a frame too.",
        zh: "initHeap 为每一页取一个帧，写进页表。途中缺少的页表本身也要占一个帧。",
      },
      code: ["stepByStep"],
      run: (show) => {
        boot((kernel) => stepByStep(kernel, show), NO_HEAP);
      },
    },
    {
      name: "flush",
      text: {
        en: "The CPU keeps translations in its TLB and does not look at the tables again. mapTo therefore returns a MapperFlush, which must be flushed or ignored. Here a page is moved to another frame, and the flush comes late.",
        zh: "CPU 把地址转换缓存在 TLB 里，不会再看页表。因此 mapTo 返回一个 MapperFlush，必须 flush 或 ignore。这里一个页被移到另一个帧，而 flush 来迟了。",
      },
      code: ["withoutFlush"],
      run: (show) => {
        let read: readonly [number, number] = [0, 0];
        boot((kernel) => (read = withoutFlush(kernel)), NO_HEAP);
        show.fact("stale", read[0], {
          en: "Before the flush the page still reads {}: the old frame.",
          zh: "flush 之前读到的仍是 {}：旧的帧。",
        });
        show.fact("fresh", read[1], { en: "After it, {}: the new one.", zh: "flush 之后读到 {}：新的帧。" });
      },
    },
    {
      name: "no-frames",
      text: { en: "When there is no frame, mapping fails.", zh: "没有帧时，映射失败。" },
      code: ["noFrames"],
      run: (show) => refused(show, noFrames, false),
    },
    {
      name: "twice",
      text: {
        en: "A page that is mapped is not mapped again: what lay there would be lost.",
        zh: "已映射的页不会再映射一次：原来在那里的内容会丢失。",
      },
      code: ["twice"],
      run: (show) => refused(show, twice, true),
    },
    {
      name: "left-behind",
      text: {
        en: "A mapping that fails half way has taken frames already: the one that was to be mapped, and tables that are entered and now stand empty. The post's frame allocator cannot take them back.",
        zh: "中途失败的映射已经取用了一些帧：本要映射的那一个，以及已写入却空着的页表。文章里的帧分配器无法收回它们。",
      },
      code: ["leftBehind"],
      run: (show) => {
        let frames: readonly Ptr[] = [];
        boot((kernel) => (frames = leftBehind(kernel)), NO_HEAP);
        show.fact("left-behind", frames.length, {
          en: `{} frames are left behind: ${frames.map(hex).join(", ")}.`,
          zh: `遗留了 {} 个帧：${frames.map(hex).join("、")}。`,
        });
      },
    },
  ],
};
