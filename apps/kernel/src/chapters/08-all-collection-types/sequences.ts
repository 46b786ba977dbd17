/**
 * Chapter 8, what has an order of its own: Vec, VecDeque and LinkedList.
 *
 * @module
 */
import { LinkedList, Vec, VecDeque } from "@kmem/alloc";
import { hex, NULL, type Memory, type Ptr } from "@kmem/memory";
import { struct, u32, u8 } from "@kmem/repr";
import { InterruptDescriptorTable } from "@kmem/x86-64";
import { InterruptIndex, PICS } from "../../interrupts.ts";
import { reserve } from "../../statics.ts";
import type { Show, Step } from "../../tour/chapter.ts";
import { bootNamed, type NamedKernel } from "../../tour/named-blocks.ts";

const file = "chapters/08-all-collection-types/sequences.ts";
const KEYBOARD_DATA = 0x60;

const task = struct({ id: u32, priority: u8 }, { order: "Rust" });

/** The table of all tasks: its rows lie side by side. */
function taskTable({ hardware, blocks, picture }: NamedKernel, show: Show): void {
  blocks.call("tasks");
  using tasks = Vec.new(task);
  for (const [id, priority] of [3, 1, 4, 1, 5].entries()) tasks.push({ id, priority });
  picture({ en: "five tasks, room for eight", zh: "五个任务，容量为八" });
  const third = tasks.asPtr() + 2 * task.size;
  show.fact("third", hardware.memory.readU32(third), {
    en: `A task takes ${task.size} bytes, so the third lies at ${hex(third)}, where its id, {}, is read.`,
    zh: `一个任务占 ${task.size} 字节，所以第三个位于 ${hex(third)}，那里读到它的 id：{}。`,
  });
  tasks.swapRemove(1);
  show.fact("order", [...tasks].map(({ id }) => id).join(" "), {
    en: "Task 1 has ended, and the last has taken its place: {}.",
    zh: "任务 1 已结束，最后一个补上它的位置：{}。",
  });
}

/** The keyboard's interrupt handler puts scan codes in at one end; the kernel takes them out at the other. */
function scanCodes({ hardware, machine, blocks, picture }: NamedKernel, show: Show): void {
  blocks.call("scan codes");
  using queue = VecDeque.withCapacity(u8, 8);
  onKeyboard(() => queue.pushBack(hardware.ports.readU8(KEYBOARD_DATA)), hardware);
  const type = (text: string, codes: number): void => {
    machine.keyboard.type(text);
    while (queue.length < codes) hardware.hlt();
  };
  const before = blocks.calls;
  type("abc", 6);
  const taken = Array.from({ length: 5 }, () => hex(queue.popFront()!));
  type("de", 5);
  picture({ en: "one block of eight bytes, asked for beforehand", zh: "一个八字节的内存块，事先申请好" });
  show.fact("taken", taken.join(" "), { en: "Taken in order: {}.", zh: "按顺序取出：{}。" });
  const block = blocks.addressOf("scan codes");
  const bytes = Array.from({ length: 8 }, (_, i) => hex(hardware.memory.readU8(block + i)));
  const [front, back] = queue.asSlices();
  show.fact("ring", bytes.join(" "), {
    en: `The block's bytes: {}. The queue begins at byte ${front.asPtr() - block}; ${front.length} codes lie up to the end, ${back.length} go on at the front.`,
    zh: `内存块的字节：{}。队列从第 ${front.asPtr() - block} 字节开始；到末尾有 ${front.length} 个扫描码，另外 ${back.length} 个绕回开头。`,
  });
  show.fact("handlerCalls", blocks.calls - before, {
    en: "The handler has called the allocator {} times.",
    zh: "处理程序调用了分配器 {} 次。",
  });
}

function onKeyboard(handler: () => void, hardware: NamedKernel["hardware"]): void {
  const idt = InterruptDescriptorTable.new(hardware.memory, reserve(InterruptDescriptorTable.SIZE, 16));
  const endOfInterrupt = (vector: number): void => {
    using pics = PICS().lock();
    pics.value.notifyEndOfInterrupt(vector);
  };
  idt.entry(InterruptIndex.Timer).setHandlerFn(hardware, () => endOfInterrupt(InterruptIndex.Timer));
  idt.entry(InterruptIndex.Keyboard).setHandlerFn(hardware, () => {
    handler();
    endOfInterrupt(InterruptIndex.Keyboard);
  });
  idt.load(hardware);
}

/** Tasks that wait for a disk; when it answers, all of them can run. */
function runQueue({ hardware, blocks, picture }: NamedKernel, show: Show): void {
  blocks.call("ready");
  using ready = LinkedList.from(u32, [1, 2]);
  blocks.call("waiting");
  using waiting = LinkedList.from(u32, [7, 8]);
  picture({ en: "two lists, a node for each task", zh: "两个链表，每个任务一个节点" });
  const before = chain(hardware.memory, blocks.addressOf("ready"));
  const calls = blocks.calls;
  ready.append(waiting);
  const after = chain(hardware.memory, blocks.addressOf("ready"));
  show.fact("before", before, { en: "The nodes, from next to next: {}", zh: "沿 next 走过的节点：{}" });
  show.fact("after", after, { en: "With the waiting ones behind: {}", zh: "接上等待者之后：{}" });
  show.fact("appendCalls", blocks.calls - calls, {
    en: "No node has moved: append called the allocator {} times.",
    zh: "没有节点移动过：append 调用了分配器 {} 次。",
  });
  const turn = ready.popFront()!;
  ready.pushBack(turn);
  show.fact("round", [...ready].join(" "), {
    en: `Task ${turn} had its turn and goes to the end: {}.`,
    zh: `任务 ${turn} 已轮到过，排到末尾：{}。`,
  });
}

/** Follows a list from its first node through the words in memory: next, previous, value. */
function chain(memory: Memory, first: Ptr): string {
  const nodes: string[] = [];
  for (let node = first; node !== NULL; node = memory.readUsize(node))
    nodes.push(`${hex(node)} (${memory.readU32(node + 16)})`);
  return nodes.join(" → ");
}

export const steps: readonly Step[] = [
  {
    name: "vec",
    text: {
      en: "Vec keeps its elements side by side in one block, which it exchanges for one of twice the size when it is full. A table of tasks is read row by row, and a row's address is a multiplication.",
      zh: "Vec 把元素并排放在一个内存块里，满了就换成两倍大的一块。任务表一行接一行地读取，行的地址只需一次乘法。",
    },
    file,
    code: ["taskTable"],
    run: (show) => bootNamed(show, (kernel) => taskTable(kernel, show)),
  },
  {
    name: "vec-deque",
    text: {
      en: "VecDeque is a ring in one block: it takes at both ends, and goes on at the block's front behind its end. An interrupt handler must not allocate, so the queue of scan codes has its room before the first key is pressed.",
      zh: "VecDeque 是一个内存块中的环：两端都能存取，到块的末尾就绕回开头。中断处理程序不得分配内存，所以扫描码队列在第一次按键之前就备好了空间。",
    },
    file,
    code: ["scanCodes"],
    run: (show) => bootNamed(show, (kernel) => scanCodes(kernel, show)),
  },
  {
    name: "linked-list",
    text: {
      en: "LinkedList has a block for each element, with the addresses of the next and the previous. That costs 16 bytes an element, but a whole queue is put behind another by writing two addresses: nothing moves, and nothing is allocated.",
      zh: "LinkedList 的每个元素各占一个内存块，块里有下一个和上一个的地址。每个元素多花 16 字节，但把整个队列接到另一个之后只需写两个地址：不移动，也不分配。",
    },
    file,
    code: ["runQueue", "chain"],
    run: (show) => bootNamed(show, (kernel) => runQueue(kernel, show)),
  },
];
