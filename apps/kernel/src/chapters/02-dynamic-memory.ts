/**
 * Chapter 2: memory that is asked for and given back at run time.
 *
 * @see https://os.phil-opp.com/heap-allocation/#dynamic-memory
 * @module
 */
import { Layout } from "@kmem/global-alloc";
import type { LockedHeap } from "@kmem/linked-list-allocator";
import type { Ptr } from "@kmem/memory";
import { u32 } from "@kmem/repr";
import { boot } from "../tour/boot.ts";
import { CallStack } from "../tour/call-stack.ts";
import type { Chapter, Show } from "../tour/chapter.ts";
import { heapMap } from "../tour/heap-map.ts";

/** As in chapter 1, but the array lies on the heap: it is there until somebody frees it. */
function inner(heap: LockedHeap, i: number): Ptr {
  const z = heap.alloc(Layout.array(u32, 3));
  for (const [index, value] of [1, 2, 3].entries()) heap.memory.writeU32(z + 4 * index, value);
  return z + 4 * i;
}

/** Frees the array when nobody needs it any more. */
function outer(heap: LockedHeap): number {
  const y = inner(heap, 1);
  const read = heap.memory.readU32(y);
  heap.dealloc(y - 4, Layout.array(u32, 3));
  return read;
}

/** Frees it, and then reads through the address that it has kept. */
function outerTooEarly(heap: LockedHeap): number {
  const y = inner(heap, 1);
  heap.dealloc(y - 4, Layout.array(u32, 3));
  return heap.memory.readU32(y);
}

/** Keeps the address of the array in a local variable, to draw both. */
function pictures(show: Show): void {
  boot(({ allocator: heap, hardware }) => {
    const stack = new CallStack(hardware);
    stack.call(function outer() {
      const y = stack.local("y", 8);
      show.heap({ en: "the heap before", zh: "之前的堆" }, heapMap(heap));
      const z1 = inner(heap, 1);
      hardware.memory.writeUsize(y, z1);
      show.stack(
        { en: "outer's local y holds an address in the heap", zh: "outer 的局部变量 y 存着堆里的一个地址" },
        stack.picture(),
      );
      show.heap({ en: "the heap with z", zh: "有 z 的堆" }, heapMap(heap, { z: z1 - 4 }));
      heap.dealloc(z1 - 4, Layout.array(u32, 3));
      show.heap({ en: "after deallocate", zh: "deallocate 之后" }, heapMap(heap));
      return 0;
    }, 0);
  });
}

export const chapter: Chapter = {
  name: "dynamic-memory",
  file: "02-dynamic-memory.ts",
  section: "dynamic-memory",
  title: { en: "Dynamic memory", zh: "动态内存" },
  summary: {
    en: "allocate and deallocate by hand: pictures of stack and heap, and what freeing too early does",
    zh: "手动 allocate 与 deallocate：栈与堆的图，以及过早释放的后果",
  },
  steps: [
    {
      name: "allocate",
      text: {
        en: "Local variables live too short and statics too long, and both have a size that is fixed when the program is compiled. The heap is memory to take and give back at run time: allocate gives the address of a free block, deallocate takes the block back. What lies there outlives the function that made it.",
        zh: "局部变量活得太短，静态变量活得太长，而且二者的大小在编译时就已固定。堆是运行时取用与归还的内存：allocate 给出一块空闲内存的地址，deallocate 收回它。放在那里的东西比创建它的函数活得更久。",
      },
      code: ["inner", "outer"],
      run: (show) => {
        let read = 0;
        boot(({ allocator }) => (read = outer(allocator)));
        show.fact("read", read, {
          en: "outer reads {} from the array that inner made: nothing dangles.",
          zh: "outer 从 inner 创建的数组中读到 {}：没有悬垂。",
        });
      },
    },
    {
      name: "pictures",
      text: {
        en: "The stack holds an address only; the array itself is a block of the heap. The heap keeps the list of its free blocks, the holes, in the holes themselves. A block of 12 bytes takes 16, because a hole must be able to hold its size and the address of the next.",
        zh: "栈上只有一个地址；数组本身是堆中的一块。堆把空闲块（空洞）的链表存放在空洞自身之中。12 字节的块占用 16 字节，因为一个空洞必须放得下自己的大小和下一个空洞的地址。",
      },
      run: pictures,
    },
    {
      name: "too-early",
      text: {
        en: "Who frees must know that nobody will look again. Here the block is freed while y still points into it: the heap has turned the block into a hole and written the hole's size there, and that is what y now reads.",
        zh: "释放者必须知道不会再有人来看。这里 y 还指着这块内存时它就被释放了：堆把它变成了空洞，并在那里写下空洞的大小，于是 y 读到的就是它。",
      },
      code: ["outerTooEarly"],
      run: (show) => {
        let read = -1;
        boot(({ allocator }) => (read = outerTooEarly(allocator)));
        show.fact("garbage", read, {
          en: "outer expected 2 and reads {}: the upper half of the hole's size.",
          zh: "outer 期望 2，读到的却是 {}：空洞大小的高半部分。",
        });
      },
    },
  ],
};
