/**
 * Chapter 8, the owners of one value: Box, Rc and Arc.
 *
 * @module
 */
import { Arc, Box, Rc } from "@kmem/alloc";
import { hex } from "@kmem/memory";
import { bool, struct, u16, u64, usize } from "@kmem/repr";
import { InterruptDescriptorTable } from "@kmem/x86-64";
import { reserve } from "../../statics.ts";
import type { Show, Step } from "../../tour/chapter.ts";
import { bootNamed, type NamedKernel } from "../../tour/named-blocks.ts";

const file = "chapters/08-all-collection-types/owners.ts";

/** What a disk is told. Its controller writes `done`, so the fields stay in this order. */
const diskRequest = struct({ sector: u64, buffer: usize, done: bool }, { order: "C" });

/** Gives a request away as a bare address, and owns it again when the device is done. */
function diskDriver({ hardware, blocks, picture }: NamedKernel, show: Show): void {
  blocks.call("request");
  const request = Box.new(diskRequest, { sector: 2048n, buffer: 0x9000, done: false });
  const address = request.intoRaw();
  picture({ en: "while the device works", zh: "设备工作期间" });

  // The device knows no box. It writes where the field lies.
  hardware.memory.writeU8(address + diskRequest.offsetOf("done"), 1);

  using answered = Box.fromRaw(diskRequest, address);
  show.fact("size", diskRequest.size, {
    en: `The request lies at ${hex(address)}; its {} bytes are the fields alone, and the box itself is that address.`,
    zh: `请求位于 ${hex(address)}；它的 {} 个字节只有各个字段，盒子本身就是这个地址。`,
  });
  show.fact("done", answered.value.done, { en: "done is {} now.", zh: "done 现在为 {}。" });
}

const openFile = struct({ inode: u64, position: u64 });

/** Two tasks share an open file; the file table knows it, but does not keep it open. */
function sharedFile({ hardware, blocks, picture }: NamedKernel, show: Show): void {
  blocks.call("open file");
  const parent = Rc.new(openFile, { inode: 7n, position: 0n });
  const child = parent.clone();
  using tableEntry = parent.downgrade();
  const block = blocks.addressOf("open file");
  const [strong, weak] = [hardware.memory.readUsize(block), hardware.memory.readUsize(block + 8)];
  picture({ en: "an open file of two tasks", zh: "两个任务共有的打开文件" });
  show.fact("strong", strong, {
    en: "The block begins with the strong count, {}: one for each task.",
    zh: "内存块以强计数开头：{}，每个任务一个。",
  });
  show.fact("weak", weak, {
    en: "The weak count behind it is {}: the table's, and one for all the strong ones together.",
    zh: "其后的弱计数为 {}：文件表的一个，加上代表全部强引用的一个。",
  });
  parent.drop();
  child.drop();
  show.fact("open", tableEntry.upgrade() !== undefined, {
    en: "Both tasks have closed the file. Is it still open for the table? {}",
    zh: "两个任务都已关闭文件。对文件表来说它还打开着吗？{}",
  });
  show.fact("strong after", hardware.memory.readUsize(block), {
    en: "The strong count in the block is {}; only the weak reference keeps the bytes.",
    zh: "内存块里的强计数为 {}；只有弱引用还留着这些字节。",
  });
  picture({ en: "the block waits for the last weak reference", zh: "内存块等待最后一个弱引用" });
}

const device = struct({ port: u16, irq: u16 });

/** A handle on a device, shared with an interrupt handler that is given nothing but an address. */
function sharedDevice({ hardware, blocks, picture }: NamedKernel, show: Show): void {
  blocks.call("device");
  using serial = Arc.new(device, { port: 0x3f8, irq: 4 });
  const context = serial.clone().intoRaw();
  let handled = 0;
  const idt = InterruptDescriptorTable.new(hardware.memory, reserve(InterruptDescriptorTable.SIZE, 16));
  idt.breakpoint.setHandlerFn(hardware, () => {
    using mine = Arc.fromRaw(device, context);
    handled = mine.value.port;
  });
  idt.load(hardware);
  picture({ en: "a handle here, one with the handler", zh: "这里一个句柄，处理程序一个" });
  show.fact("before", Arc.strongCount(serial), {
    en: "Before the interrupt the device has {} owners.",
    zh: "中断之前，设备有 {} 个所有者。",
  });
  hardware.interrupt(3);
  show.fact("port", hex(handled), { en: "The handler has used port {}.", zh: "处理程序使用了端口 {}。" });
  show.fact("after", Arc.strongCount(serial), {
    en: "It has dropped its handle: {} is left.",
    zh: "它已丢弃自己的句柄：还剩 {} 个。",
  });
}

export const steps: readonly Step[] = [
  {
    name: "box",
    text: {
      en: "Box owns one value in a block of its own. A driver gives a request to a device as a bare address (intoRaw: nobody frees it now), and takes the box back when the device is done (fromRaw).",
      zh: "Box 拥有独占一个内存块的值。驱动程序把请求以裸地址交给设备（intoRaw：此时无人会释放它），设备完成后再把盒子取回来（fromRaw）。",
    },
    file,
    code: ["diskDriver"],
    run: (show) => bootNamed(show, (kernel) => diskDriver(kernel, show)),
  },
  {
    name: "rc",
    text: {
      en: "Rc has several owners. Tasks that share an open file own it together; the table of open files has a Weak, which finds the file while somebody has it open, and does not keep it.",
      zh: "Rc 有多个所有者。共用一个打开文件的任务共同拥有它；打开文件表持有 Weak：有人打开着文件时能找到它，却不会让它一直开着。",
    },
    file,
    code: ["sharedFile"],
    run: (show) => bootNamed(show, (kernel) => sharedFile(kernel, show)),
  },
  {
    name: "arc",
    text: {
      en: "Arc is the same with counts that change in one atomic step, so no interrupt and no other CPU comes in between. A device's handle is shared between the kernel and an interrupt handler.",
      zh: "Arc 与之相同，但计数以一个原子步骤改变，因此中断和其他 CPU 都插不进来。设备的句柄由内核与中断处理程序共享。",
    },
    file,
    code: ["sharedDevice"],
    run: (show) => bootNamed(show, (kernel) => sharedDevice(kernel, show)),
  },
];
