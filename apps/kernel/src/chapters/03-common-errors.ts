/**
 * Chapter 3: what goes wrong when memory is freed by hand: on the bare heap, and under a sanitizer.
 *
 * @see https://os.phil-opp.com/heap-allocation/#common-errors
 * @module
 */
import { Layout, type GlobalAlloc } from "@kmem/global-alloc";
import { BadFreeError, type LockedHeap } from "@kmem/linked-list-allocator";
import { hex, type Ptr } from "@kmem/memory";
import { Sanitizer } from "@kmem/sanitizer";
import { HEAP_SIZE } from "../allocator.ts";
import { boot } from "../tour/boot.ts";
import type { Chapter, Localized, Show } from "../tour/chapter.ts";
import { heapMap } from "../tour/heap-map.ts";

const NUMBER = Layout.fromSizeAlign(8, 8);

/** Takes a block and forgets it. */
function leak(heap: GlobalAlloc): void {
  const forgotten = heap.alloc(NUMBER);
  heap.memory.writeU32(forgotten, 1);
}

/** Reads through an address whose block has got another owner. */
function useAfterFree(heap: GlobalAlloc): number {
  const x = heap.alloc(NUMBER);
  heap.memory.writeU32(x, 41);
  heap.dealloc(x, NUMBER);
  const y = heap.alloc(NUMBER);
  heap.memory.writeU32(y, 13);
  return heap.memory.readU32(x);
}

/** Frees a block twice, with another owner in between; two later owners then share one block. */
function doubleFree(heap: GlobalAlloc): readonly number[] {
  const x = heap.alloc(NUMBER);
  heap.dealloc(x, NUMBER);
  const y = heap.alloc(NUMBER);
  heap.dealloc(x, NUMBER);
  const z = heap.alloc(NUMBER);
  return [x, y, z];
}

/** Frees a block twice; its second owner goes on writing, into what the heap now takes for a hole. */
function damagedList(heap: LockedHeap): Ptr {
  const x = heap.alloc(NUMBER);
  heap.dealloc(x, NUMBER);
  const y = heap.alloc(NUMBER);
  heap.dealloc(x, NUMBER);
  heap.memory.writeU32(y, 13);
  return y;
}

/** What the list of holes says of its first hole, and what is wrong with it. */
function showDamage(show: Show, heap: LockedHeap): void {
  const y = damagedList(heap);
  show.fact("hole size", heap.memory.readUsize(y), {
    en: `The only hole of the list begins at ${hex(y)}, where y's owner has written. Its size reads {} now; it was ${HEAP_SIZE}.`,
    zh: `链表中唯一的空洞从 ${hex(y)} 开始，而 y 的主人在那里写过。它的大小现在读作 {}；原来是 ${HEAP_SIZE}。`,
  });
  for (const { code, message } of heap.check())
    show.fact(code, message, { en: "the heap, looked over: {}", zh: "检查堆：{}" });
  show.fact("next", hex(heap.alloc(NUMBER)), {
    en: "Of 100 KiB nothing can be had any more: the next allocation gives {}.",
    zh: "100 KiB 中什么也拿不到了：下一次分配得到 {}。",
  });
}

/** Frees a block twice in a row. */
function doubleFreeAtOnce(heap: GlobalAlloc): void {
  const x = heap.alloc(NUMBER);
  heap.dealloc(x, NUMBER);
  heap.dealloc(x, NUMBER);
}

/** Runs a program with the sanitizer between it and the heap, and shows what it finds. */
function sanitized(show: Show, program: (heap: GlobalAlloc) => void): void {
  boot(({ allocator }) => {
    const sanitizer = Sanitizer.wrap(allocator, { onFinding: "collect" });
    program(sanitizer);
    for (const { code, message } of [...sanitizer.findings, ...sanitizer.leaks()])
      show.fact(code, message, { en: `the sanitizer: ${code}: {}`, zh: `sanitizer：${code}：{}` });
  });
}

const AGAIN: Localized = {
  en: "The same program, with the sanitizer between it and the heap:",
  zh: "同一个程序，在它与堆之间加上 sanitizer：",
};

export const chapter: Chapter = {
  name: "common-errors",
  file: "03-common-errors.ts",
  section: "common-errors",
  title: { en: "Common errors", zh: "常见错误" },
  summary: {
    en: "leak, use after free, double free: on the bare heap, then found by the sanitizer",
    zh: "内存泄漏、释放后使用、重复释放：先在裸堆上，再由 sanitizer 找出",
  },
  steps: [
    {
      name: "leak",
      text: {
        en: "Who forgets to free keeps memory from everyone else. That is no danger to correctness, but a kernel that runs for months runs out of memory.",
        zh: "忘记释放，就是让别人都用不到这块内存。它不危及正确性，但一个连续运行数月的内核会耗尽内存。",
      },
      code: ["leak"],
      run: (show) => {
        boot(({ allocator }) => {
          for (let i = 0; i < 3; i++) leak(allocator);
          const map = heapMap(allocator);
          show.heap({ en: "after three calls", zh: "三次调用之后" }, map);
          show.fact("leaked", map.used, { en: "{} bytes that nobody can free.", zh: "{} 字节再也无人能释放。" });
        });
      },
    },
    { name: "leak-found", text: AGAIN, run: (show) => sanitized(show, leak) },
    {
      name: "use-after-free",
      text: {
        en: "An address that is kept after its block was freed looks as good as before. Soon the block has another owner, and the old address reads, or overwrites, what is the other's.",
        zh: "块被释放之后仍留着的地址看上去和从前一样好用。很快这块内存有了别的主人，旧地址读到的（甚至改写的）就是别人的东西。",
      },
      code: ["useAfterFree"],
      run: (show) => {
        let read = 0;
        boot(({ allocator }) => (read = useAfterFree(allocator)));
        show.fact("read", read, {
          en: "x held 41. Through x the program reads {}: the value of y, which got the same block.",
          zh: "x 原本是 41。程序通过 x 读到 {}：那是 y 的值，它得到了同一块内存。",
        });
      },
    },
    { name: "use-after-free-found", text: AGAIN, run: (show) => sanitized(show, useAfterFree) },
    {
      name: "double-free",
      text: {
        en: "A block that is freed twice is handed out twice. The heap cannot know that the second free does not come from the block's new owner.",
        zh: "释放两次的块会被分配两次。堆无从知道第二次释放并不是来自这块内存的新主人。",
      },
      code: ["doubleFree"],
      run: (show) => {
        boot(({ allocator }) => {
          const [x, y, z] = doubleFree(allocator) as [number, number, number];
          show.fact("shared", y === z, {
            en: `x was at ${hex(x)}; y and z, both in use, are at ${hex(y)} and ${hex(z)}. The same block? {}`,
            zh: `x 曾在 ${hex(x)}；都在使用中的 y 与 z 分别在 ${hex(y)} 与 ${hex(z)}。是同一块内存吗？{}`,
          });
          const map = heapMap(allocator);
          show.fact("used", map.used, {
            en: "Two blocks of 16 bytes are in use, and the heap counts {}: its books are wrong from now on.",
            zh: "两块各 16 字节的内存在使用中，堆却只数到 {}：从此它的账就不对了。",
          });
        });
      },
    },
    {
      name: "double-free-list",
      text: {
        en: "It gets worse: the list of holes lies in the holes. The block that was freed twice is in the list while its owner writes to it, and so the owner writes into the list.",
        zh: "更糟的是：空洞链表就存放在空洞里。释放了两次的块在链表之中，而它的主人仍在写它，于是主人写进了链表。",
      },
      code: ["damagedList"],
      run: (show) => {
        boot(({ allocator }) => showDamage(show, allocator));
      },
    },
    { name: "double-free-found", text: AGAIN, run: (show) => sanitized(show, doubleFree) },
    {
      name: "double-free-at-once",
      text: {
        en: "When nobody has taken the block in between, the second free would put a hole into a hole, and the list of holes would lead into itself. The heap sees that the bytes are free already, and refuses before it writes anything.",
        zh: "如果其间没有人取走这块内存，第二次释放就会把空洞放进空洞，空洞链表将指回自身。堆看得出这些字节已经是空闲的，于是在写入任何东西之前拒绝。",
      },
      code: ["doubleFreeAtOnce"],
      run: (show) => {
        boot(({ allocator }) => {
          try {
            doubleFreeAtOnce(allocator);
          } catch (error) {
            if (!(error instanceof BadFreeError)) throw error;
            show.fact(error.code, error.message, { en: "{}", zh: "{}" });
          }
          show.heap({ en: "the heap, unharmed", zh: "完好无损的堆" }, heapMap(allocator));
        });
      },
    },
  ],
};
