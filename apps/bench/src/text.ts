/**
 * String and format! beside JavaScript's strings.
 */
import { formatTo, String as RustString } from "@kmem/alloc";
import { LockedHeap } from "@kmem/linked-list-allocator";
import { sink } from "./collections.ts";
import type { Benchmark, Contestant } from "./harness.ts";

const PARTS = 10_000;
const HEAP_BYTES = 0x40_0000;

/** What a log line or a page is put together from: short pieces. */
const words: readonly string[] = ["page ", "fault at ", "0x4444_4444_0000", ", ", "error code ", "7", "\n", "frame "];
/** Every other piece is not ASCII. */
const foreignWords: readonly string[] = ["Größe ", "of ", "日本語", ", ", "прерывание ", "7", "€\n", "frame "];

function emptyText(): RustString {
  return RustString.newIn(LockedHeap.inBuffer(new ArrayBuffer(HEAP_BYTES)));
}

function pushing(name: string, about: string, parts: readonly string[]): Benchmark {
  const mask = parts.length - 1;
  const contestant = (who: string, run: () => void): Contestant => ({ name: who, operations: PARTS, run });
  return {
    name,
    about,
    contestants: () => {
      const text = emptyText();
      return [
        contestant("kmem String, pushStr", () => {
          text.clear();
          for (let i = 0; i < PARTS; i++) text.pushStr(parts[i & mask]!);
          sink.value += text.length;
        }),
        contestant("JavaScript, += and flatten", () => {
          let joined = "";
          for (let i = 0; i < PARTS; i++) joined += parts[i & mask]!;
          // Looking at a character makes the engine put the pieces together.
          sink.value += joined.charCodeAt(joined.length - 1);
        }),
        contestant("JavaScript, += and encode", () => {
          let joined = "";
          for (let i = 0; i < PARTS; i++) joined += parts[i & mask]!;
          sink.value += Buffer.from(joined).length;
        }),
      ];
    },
  };
}

const formatting: Benchmark = {
  name: "text/format",
  about: "writing {:>6} {:#010x} {} with two numbers and a word, behind each other",
  contestants: () => {
    const text = emptyText();
    return [
      {
        name: "kmem formatTo",
        operations: 1000,
        run: () => {
          text.clear();
          for (let i = 0; i < 1000; i++) formatTo(text, "{:>6} {:#010x} {}", i, i * 4096, "page");
          sink.value += text.length;
        },
      },
      {
        name: "JavaScript template and padStart",
        operations: 1000,
        run: () => {
          let joined = "";
          for (let i = 0; i < 1000; i++)
            joined += `${String(i).padStart(6)} 0x${(i * 4096).toString(16).padStart(8, "0")} page`;
          sink.value += joined.charCodeAt(joined.length - 1);
        },
      },
    ];
  },
};

export const textBenchmarks: readonly Benchmark[] = [
  pushing("text/push-str", `putting ${PARTS} short ASCII pieces behind each other; one operation is a piece`, words),
  pushing("text/push-str-unicode", `likewise, every other piece beyond ASCII`, foreignWords),
  formatting,
];
