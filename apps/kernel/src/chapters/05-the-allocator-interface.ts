/**
 * Chapter 5: the interface between what allocates and what is allocated from.
 *
 * @see https://os.phil-opp.com/heap-allocation/#the-allocator-interface
 * @module
 */
import { Box, Vec } from "@kmem/alloc";
import { AllocatorScope, GlobalAlloc, Layout, setAllocErrorHandler, setGlobalAllocator } from "@kmem/global-alloc";
import { hex, KmemError, Panic, type Memory, type Ptr } from "@kmem/memory";
import { i32, u64 } from "@kmem/repr";
import { LoggingAllocator } from "../allocation-log.ts";
import { boot } from "../tour/boot.ts";
import type { Chapter, Show } from "../tour/chapter.ts";

const LAYOUT = Layout.fromSizeAlign(24, 8);

/** The four methods, called by hand. */
function byHand(heap: GlobalAlloc): void {
  const a = heap.alloc(LAYOUT);
  const b = heap.allocZeroed(LAYOUT);
  const bigger = heap.realloc(a, LAYOUT, 48);
  heap.dealloc(bigger, Layout.fromSizeAlign(48, 8));
  heap.dealloc(b, LAYOUT);
}

/** What a collection calls as it grows and goes. */
function byCollection(heap: GlobalAlloc): void {
  using numbers = Vec.newIn(heap, u64);
  for (let i = 0; i < 9; i++) numbers.push(BigInt(i));
}

/** An allocator that has only what it must have; allocZeroed and realloc are the interface's own. */
class Minimal extends GlobalAlloc {
  readonly calls: string[] = [];
  private readonly inner: GlobalAlloc;

  constructor(inner: GlobalAlloc) {
    super();
    this.inner = inner;
  }

  get memory(): Memory {
    return this.inner.memory;
  }

  alloc(layout: Layout): Ptr {
    const at = this.inner.alloc(layout);
    this.calls.push(`alloc(${layout.size}, ${layout.align}) → ${hex(at)}`);
    return at;
  }

  dealloc(at: Ptr, layout: Layout): void {
    this.calls.push(`dealloc(${hex(at)}, ${layout.size}, ${layout.align})`);
    this.inner.dealloc(at, layout);
  }
}

function defaults(heap: Minimal): void {
  const a = heap.allocZeroed(LAYOUT);
  heap.memory.writeU32(a, 41);
  const b = heap.realloc(a, LAYOUT, 48);
  if (heap.memory.readU32(b) !== 41) throw new Panic("realloc has lost the contents");
  heap.dealloc(b, Layout.fromSizeAlign(48, 8));
}

/** A program without a global allocator. */
function noneRegistered(): void {
  new AllocatorScope().run(() => Box.new(i32, 41));
}

/** A program with two. */
function twoRegistered(heap: GlobalAlloc): void {
  setGlobalAllocator(heap);
}

/** What the kernel does when an allocation fails; without it the standard text is the panic's. */
function ownErrorHandler(): void {
  setAllocErrorHandler((layout) => {
    throw new Panic(`no room for ${layout.size} bytes, and nobody to ask`);
  });
  Box.new(i32, 41);
}

function message(program: () => void): string {
  try {
    program();
    return "";
  } catch (error) {
    if (error instanceof KmemError) return error.message;
    throw error;
  }
}

function refused(show: Show, program: (heap: GlobalAlloc) => void): void {
  boot(({ allocator }) => {
    show.fact(
      "refused",
      message(() => program(allocator)),
      { en: "{}", zh: "{}" },
    );
  });
}

export const chapter: Chapter = {
  name: "interface",
  file: "05-the-allocator-interface.ts",
  section: "the-allocator-interface",
  title: { en: "The allocator interface", zh: "分配器接口" },
  summary: {
    en: "GlobalAlloc's four methods, registering an allocator, and what happens without memory",
    zh: "GlobalAlloc 的四个方法、注册分配器，以及没有内存时会怎样",
  },
  steps: [
    {
      name: "by-hand",
      text: {
        en: "Collections know nothing of heaps. They ask whatever implements GlobalAlloc: alloc and dealloc, and, with defaults built on those two, allocZeroed and realloc. A layout says how many bytes, and at a multiple of what.",
        zh: "集合对堆一无所知，它们只向实现了 GlobalAlloc 的对象请求：alloc 与 dealloc，以及默认由这两者构成的 allocZeroed 与 realloc。Layout 说明要多少字节、地址须是多少的倍数。",
      },
      code: ["byHand"],
      run: (show) => show.serial(boot(({ allocator }) => byHand(new LoggingAllocator(allocator))).serial),
    },
    {
      name: "by-collection",
      text: {
        en: "A vector doubles its block when it is full, so that n pushes cost few calls; it gives the block back when it is dropped.",
        zh: "向量满了就把内存块加倍，因此 n 次 push 只需很少的调用；被丢弃时归还内存块。",
      },
      code: ["byCollection"],
      run: (show) => show.serial(boot(({ allocator }) => byCollection(new LoggingAllocator(allocator))).serial),
    },
    {
      name: "defaults",
      text: {
        en: "An allocator that implements only the two required methods has the other two by default: allocZeroed allocates and fills with zeros, realloc allocates, copies and frees.",
        zh: "只实现两个必需方法的分配器也默认拥有另外两个：allocZeroed 先分配再填零，realloc 先分配、再复制、后释放。",
      },
      code: ["defaults"],
      run: (show) => {
        let calls: readonly string[] = [];
        boot(({ allocator }) => {
          const minimal = new Minimal(allocator);
          defaults(minimal);
          calls = minimal.calls;
        });
        show.serial(calls.join("\n"));
      },
    },
    {
      name: "none",
      text: {
        en: "A program has one global allocator. Without any, a Box has nobody to ask.",
        zh: "一个程序有且只有一个全局分配器。一个都没有时，Box 无处可问。",
      },
      code: ["noneRegistered"],
      run: (show) => refused(show, noneRegistered),
    },
    {
      name: "two",
      text: { en: "A second one is refused.", zh: "注册第二个会被拒绝。" },
      code: ["twoRegistered"],
      run: (show) => refused(show, twoRegistered),
    },
    {
      name: "dummy",
      text: {
        en: "The post begins with an allocator that never has room, Dummy. With it the first Box calls the alloc error handler, which panics with the layout.",
        zh: "文章从一个永远没有空间的分配器 Dummy 开始。用它时，第一个 Box 就会调用分配错误处理函数，带着 layout 恐慌。",
      },
      run: (show) => show.screen(boot(() => void Box.new(i32, 41), { allocator: "dummy" }).screen),
    },
    {
      name: "handler",
      text: {
        en: "The handler can be the kernel's own.",
        zh: "处理函数也可以由内核自己提供。",
      },
      code: ["ownErrorHandler"],
      run: (show) => show.screen(boot(ownErrorHandler, { allocator: "dummy" }).screen),
    },
  ],
};
