/**
 * Chapter 8, text: String and format.
 *
 * @module
 */
import { format, String, string, Vec } from "@kmem/alloc";
import { hex } from "@kmem/memory";
import type { Show, Step } from "../../tour/chapter.ts";
import { bootNamed, type NamedKernel } from "../../tour/named-blocks.ts";

const file = "chapters/08-all-collection-types/text.ts";

/** The kernel's log: text that is made while the kernel runs. */
function logLines({ hardware, blocks, picture }: NamedKernel, show: Show): void {
  blocks.call("log");
  using log = Vec.withCapacity(string, 2);
  blocks.call("line");
  log.push(format("[{:>6.2}] heap: {} of {} KiB at {:#x}", 0.5, 12, 100, 0x4444_4444_0000));
  const second = String.from("[  1.25] ");
  second.pushStr("中断 ");
  second.writeFmt("{:#04x}", 33);
  log.push(second);
  picture({ en: "the vector holds the handles, the text lies elsewhere", zh: "向量里是句柄，文字在别处" });

  const { memory } = hardware;
  for (let i = 0; i < 2; i++) {
    const handle = log.asPtr() + i * string.size;
    const [capacity, text, length] = [0, 8, 16].map((offset) => memory.readUsize(handle + offset)) as [
      number,
      number,
      number,
    ];
    const bytes = Uint8Array.from({ length }, (_, at) => memory.readU8(text + at));
    show.fact(`line ${i + 1}`, new TextDecoder().decode(bytes), {
      en: `line ${i + 1}: capacity ${capacity}, ${length} bytes at ${hex(text)}, which read as UTF-8: "{}"`,
      zh: `第 ${i + 1} 行：容量 ${capacity}，${length} 字节位于 ${hex(text)}，按 UTF-8 读作："{}"`,
    });
  }
}

export const steps: readonly Step[] = [
  {
    name: "string",
    text: {
      en: "String is a Vec of bytes that are UTF-8, and format! writes into a new one: with it the kernel's log has lines that are made while it runs. The vector holds three words for each line: capacity, address, length.",
      zh: "String 是由 UTF-8 字节组成的 Vec，format! 写出一个新的 String：有了它，内核日志就可以有运行时生成的行。向量为每一行存三个字：容量、地址、长度。",
    },
    file,
    code: ["logLines"],
    run: (show) => bootNamed(show, (kernel) => logLines(kernel, show)),
  },
];
