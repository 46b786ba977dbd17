/**
 * Chapter 7: the linked-list allocator at work.
 *
 * @see https://os.phil-opp.com/heap-allocation/#using-an-allocator-crate
 * @module
 */
import { Box, Rc, Vec, vec } from "@kmem/alloc";
import { KmemError } from "@kmem/memory";
import { i32 } from "@kmem/repr";
import { InterruptDescriptorTable } from "@kmem/x86-64";
import { reserve } from "../statics.ts";
import { boot, type Kernel } from "../tour/boot.ts";
import type { Chapter, Show } from "../tour/chapter.ts";
import { heapMap } from "../tour/heap-map.ts";

/** The showcase of the post, with the list of holes after each of its steps. */
function showcase({ allocator }: Kernel, show: Show): void {
  const picture = (en: string, zh: string, names: Readonly<Record<string, number>>): void =>
    show.heap({ en, zh }, heapMap(allocator, names));

  const heapValue = Box.new(i32, 41);
  const box = { heapValue: heapValue.asPtr() };
  picture("a box", "一个盒子", box);

  const numbers = Vec.new(i32);
  let block = 0;
  for (let i = 0; i < 500; i++) {
    numbers.push(i);
    if (numbers.asPtr() === block) continue;
    block = numbers.asPtr();
    picture(`the vector grows to ${numbers.capacity} elements`, `向量增长到 ${numbers.capacity} 个元素`, {
      ...box,
      vec: block,
    });
  }
  show.fact("vec", `0x${block.toString(16)}`, {
    en: "The vector ends at {}: when it asked for its last block of 2048 bytes, its block of 1024 bytes was still in use, and the hole before that had 1008.",
    zh: "向量最后位于 {}：它请求最后一块 2048 字节的内存时，原来 1024 字节的块还在使用，而其前面的空洞只有 1008 字节。",
  });

  const counted = Rc.new(vec(i32), Vec.from(i32, [1, 2, 3]));
  const clone = counted.clone();
  const all = { ...box, vec: block, Rc: counted.asPtr() - 16, "its vector": counted.value.asPtr() };
  picture(
    "a counted vector, in the first holes that are large enough",
    "一个被计数的向量，位于最先足够大的空洞里",
    all,
  );
  counted.drop();
  clone.drop();
  picture("the last reference is gone", "最后一个引用消失", { ...box, vec: block });
}

/** The first allocation before init: there is no hole. */
function beforeInit(): void {
  Box.new(i32, 41);
}

/** init writes the first hole into the heap's own bytes. */
function beforeMapping({ allocator }: Kernel): void {
  using heap = allocator.lock();
  heap.init(0x4444_4444_0000, 100 * 1024);
}

/** An interrupt comes while the heap is locked, and its handler allocates. */
function interrupted({ hardware, allocator }: Kernel, show: Show): void {
  const idt = InterruptDescriptorTable.new(hardware.memory, reserve(InterruptDescriptorTable.SIZE, 16));
  idt.breakpoint.setHandlerFn(hardware, () => {
    try {
      Box.new(i32, 41);
    } catch (error) {
      if (!(error instanceof KmemError)) throw error;
      show.fact(error.name, error.message, { en: `${error.name}: {}`, zh: `${error.name}：{}` });
    }
  });
  idt.load(hardware);
  using _guard = allocator.lock();
  hardware.interrupt(3);
}

export const chapter: Chapter = {
  name: "allocator-crate",
  file: "07-using-an-allocator-crate.ts",
  section: "using-an-allocator-crate",
  title: { en: "Using an allocator crate", zh: "使用分配器 crate" },
  summary: {
    en: "the holes after each step of the showcase, and the orders of things that do not work",
    zh: "演示程序每一步之后的空洞，以及行不通的先后次序",
  },
  steps: [
    {
      name: "before-init",
      text: {
        en: "LockedHeap.empty makes a heap without memory, because a static must be made before there is any. An allocation before init finds no hole.",
        zh: "LockedHeap.empty 创建一个没有内存的堆，因为静态变量必须在有内存之前就创建好。init 之前的分配找不到空洞。",
      },
      code: ["beforeInit"],
      run: (show) => show.screen(boot(beforeInit, { heap: false }).screen),
    },
    {
      name: "before-mapping",
      text: {
        en: "init writes to the heap at once: the list of holes lies in the holes. So the pages must be mapped first.",
        zh: "init 立刻就会写堆：空洞链表就存放在空洞里。因此必须先映射页。",
      },
      code: ["beforeMapping"],
      run: (show) => show.screen(boot(beforeMapping, { heap: false }).screen),
    },
    {
      name: "showcase",
      text: {
        en: "The allocator takes the first hole that is large enough, cuts the block from its front and leaves the rest; a block that is freed becomes a hole and grows together with its neighbours.",
        zh: "分配器取第一个足够大的空洞，从前端切下所需的块，留下其余部分；被释放的块成为空洞，并与相邻空洞合并。",
      },
      code: ["showcase"],
      run: (show) => {
        boot((kernel) => showcase(kernel, show));
      },
    },
    {
      name: "interrupt",
      text: {
        en: "The heap is locked during a call. An interrupt handler that allocates while the code that it has interrupted holds the lock would spin for ever; here that is noticed. Handlers must not allocate.",
        zh: "调用期间堆是锁着的。若中断处理程序在被打断的代码持锁时分配内存，就会永远自旋；这里它会被发现。处理程序不得分配内存。",
      },
      code: ["interrupted"],
      run: (show) => {
        boot((kernel) => interrupted(kernel, show));
      },
    },
  ],
};
