/**
 * Chapter 1: local variables live on the call stack, statics at a fixed address.
 *
 * @see https://os.phil-opp.com/heap-allocation/#local-and-static-variables
 * @module
 */
import { LOCK_SIZE, Mutex } from "@kmem/spin";
import type { Ptr } from "@kmem/memory";
import { InterruptDescriptorTable, Page, PageTableFlags, VirtAddr } from "@kmem/x86-64";
import { withoutInterrupts } from "../interrupts-flag.ts";
import { InterruptIndex, PICS } from "../interrupts.ts";
import { hardware, lazyStatic, reserve } from "../statics.ts";
import { boot, type Kernel } from "../tour/boot.ts";
import type { CallStack, StackPicture } from "../tour/call-stack.ts";
import { CallStack as Stack } from "../tour/call-stack.ts";
import type { Chapter, Show } from "../tour/chapter.ts";

/** Keeps three numbers in a local array, and gives away the address of one of them. */
function inner(stack: CallStack, i: number): Ptr {
  const z = stack.local("z", 12);
  for (const [index, value] of [1, 2, 3].entries()) stack.memory.writeU32(z + 4 * index, value);
  during = stack.picture();
  return z + 4 * i;
}

function outer(stack: CallStack): number {
  const x = stack.local("x", 4);
  stack.memory.writeU32(x, 7);
  const y = stack.call(inner, 1);
  after = stack.picture();
  const read = stack.memory.readU32(y);
  stack.call(other, 9);
  return read * 1000 + stack.memory.readU32(y);
}

/** Any other function: its frame lies where the last one lay. */
function other(stack: CallStack, value: number): number {
  const local = stack.local("w", 16);
  for (let at = local; at < local + 16; at += 4) stack.memory.writeU32(at, value);
  return 0;
}

let during: StackPicture;
let after: StackPicture;

function dangling(show: Show): void {
  let read = 0;
  boot(({ hardware }) => (read = new Stack(hardware).call(outer, 0)));
  show.stack({ en: "while inner runs", zh: "inner 运行时" }, during);
  show.stack({ en: "after inner has returned", zh: "inner 返回之后" }, after);
  show.fact("beforeReuse", Math.floor(read / 1000), {
    en: "Through the address that inner gave away, outer reads {}: the bytes have not been touched yet.",
    zh: "outer 通过 inner 交出的地址读到 {}：这些字节暂时还没有被动过。",
  });
  show.fact("afterReuse", read % 1000, {
    en: "After another call has used the same place, it reads {}.",
    zh: "另一次调用用过同一位置之后，读到的是 {}。",
  });
}

/** A static among the kernel's statics: reserved once, at one address for the whole run. */
const NUMBERS: () => Ptr = lazyStatic(12, 4, (at) => {
  for (let i = 0; i < 3; i++) hardware().memory.writeU32(at + 4 * i, i + 1);
  return at;
});

function aStatic({ hardware }: Kernel): readonly [Ptr, number] {
  const z = NUMBERS();
  return [NUMBERS() === z ? z : 0, hardware.memory.readU32(z + 4)];
}

/** What the compiler and the loader do for a static that is not `mut`: its page is not writable. */
function readOnlyStatic({ hardware, mapper }: Kernel): void {
  const constant = reserve(4096, 4096);
  const page = Page.containingAddress(VirtAddr.new(constant));
  mapper.updateFlags(page, PageTableFlags.PRESENT | PageTableFlags.NO_EXECUTE).flush(hardware.tlb);
  hardware.memory.writeU32(constant, 42);
}

/** Adds 1 in two steps, with an interrupt in between whose handler adds 1 too. */
function interruptedWriter({ hardware }: Kernel): number {
  const counter = reserve(4, 4);
  const { memory } = hardware;
  onTimer(() => memory.writeU32(counter, memory.readU32(counter) + 1));
  const old = memory.readU32(counter);
  hardware.hlt();
  memory.writeU32(counter, old + 1);
  return memory.readU32(counter);
}

/** The same with a lock, which is held with interrupts off: the handler waits until it is free. */
function lockedWriter({ hardware }: Kernel): number {
  const at = reserve(LOCK_SIZE + 8, 8);
  const { memory } = hardware;
  const counter = Mutex.new(memory, at, at + LOCK_SIZE);
  const add = (): void => {
    using guard = counter.lock();
    const old = memory.readU32(guard.value);
    // Time goes on while the port is read, so the timer's interrupt becomes pending here.
    for (let i = 0; i < 60_000; i++) hardware.ports.readU8(0x80);
    memory.writeU32(guard.value, old + 1);
  };
  onTimer(add);
  withoutInterrupts(add);
  hardware.hlt();
  return memory.readU32(at + LOCK_SIZE);
}

/** Lets `handler` run at the timer's next interrupt, once. */
function onTimer(handler: () => void): void {
  const machine = hardware();
  const idt = InterruptDescriptorTable.new(machine.memory, reserve(InterruptDescriptorTable.SIZE, 16));
  let calls = 0;
  idt.entry(InterruptIndex.Timer).setHandlerFn(machine, () => {
    if (calls++ === 0) handler();
    using pics = PICS().lock();
    pics.value.notifyEndOfInterrupt(InterruptIndex.Timer);
  });
  idt.load(machine);
}

export const chapter: Chapter = {
  name: "variables",
  file: "01-local-and-static-variables.ts",
  section: "local-and-static-variables",
  title: { en: "Local and static variables", zh: "局部变量与静态变量" },
  summary: {
    en: "a call stack in the machine's memory, a dangling reference, statics and what guards them",
    zh: "机器内存中的调用栈、悬垂引用、静态变量及其保护",
  },
  steps: [
    {
      name: "stack",
      text: {
        en: "A function keeps its arguments, the address to return to and its local variables on the call stack. When it returns, its frame is popped: RSP moves back up, and the bytes below it are nobody's. An address of a local variable that outlives the call dangles. Rust refuses to compile this; the machine does not mind.",
        zh: "函数把参数、返回地址和局部变量放在调用栈上。返回时栈帧弹出：RSP 移回上方，其下的字节不再属于任何人。若局部变量的地址比调用活得更久，它就悬空了。Rust 拒绝编译这样的代码；机器却毫不在意。",
      },
      code: ["inner", "outer"],
      run: dangling,
    },
    {
      name: "static",
      text: {
        en: "A static variable has one address for the whole run of the program, so a reference to it is good for ever.",
        zh: "静态变量在程序的整个运行期间只有一个地址，因此指向它的引用永远有效。",
      },
      code: ["aStatic"],
      run: (show) => {
        let found: readonly [Ptr, number] = [0, 0];
        boot((kernel) => (found = aStatic(kernel)));
        show.fact("address", `0x${found[0].toString(16)}`, {
          en: "The array lies at {}, in the kernel's region for statics.",
          zh: "数组位于 {}，在内核的静态变量区域中。",
        });
        show.fact("value", found[1], { en: "Its element 1 is {}.", zh: "它的 1 号元素是 {}。" });
      },
    },
    {
      name: "read-only",
      text: {
        en: "A static is read-only unless it is declared otherwise: it lies on a page without the WRITABLE flag. A write is a page fault.",
        zh: "除非另有声明，静态变量是只读的：它所在的页没有 WRITABLE 标志，写入就会引发页错误。",
      },
      code: ["readOnlyStatic"],
      run: (show) => show.screen(boot(readOnlyStatic).screen),
    },
    {
      name: "race",
      text: {
        en: "A static that can change is shared by everyone, interrupt handlers included. Between reading the old value and writing the new one an interrupt may come, and then one of the two additions is lost.",
        zh: "可变的静态变量为所有代码共享，包括中断处理程序。在读出旧值与写回新值之间可能来一个中断，于是两次加法丢掉一次。",
      },
      code: ["interruptedWriter"],
      run: (show) => {
        let counter = 0;
        boot((kernel) => (counter = interruptedWriter(kernel)), { ticks: true });
        show.fact("lost", counter, {
          en: "Two writers added 1; the counter is {}.",
          zh: "两个写者各加 1；计数器为 {}。",
        });
      },
    },
    {
      name: "lock",
      text: {
        en: "So a static is changed under a Mutex only, and the lock is held with interrupts off: a handler that waited for a lock of the code that it has interrupted would wait for ever.",
        zh: "因此静态变量只在 Mutex 之下修改，且持锁时关闭中断：处理程序若等待被它打断的代码所持的锁，就会永远等下去。",
      },
      code: ["lockedWriter"],
      run: (show) => {
        let counter = 0;
        boot((kernel) => (counter = lockedWriter(kernel)), { ticks: true });
        show.fact("kept", counter, {
          en: "Two writers added 1; the counter is {}: none is lost.",
          zh: "两个写者各加 1；计数器为 {}：一次也没丢。",
        });
      },
    },
  ],
};
