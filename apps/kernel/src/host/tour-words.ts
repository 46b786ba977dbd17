/**
 * The words in the tour's drawings.
 *
 * @module
 */
import { PAGE_TREE_WORDS, type PageTreeWords } from "../tour/page-tree.ts";
import type { Language } from "../tour/chapter.ts";

export interface DrawingWords extends PageTreeWords {
  readonly hole: string;
  /** Below a heap. */
  readonly inBlocks: (used: number, size: number) => string;
  /** Where the bar shows the heap's start only. */
  readonly barCut: (shown: number) => string;
  /** A stack's slot whose function has returned. */
  readonly popped: string;
  /** What a stack's slot holds; a local variable has its own name. */
  readonly slot: (name: string) => string;
}

export const WORDS: Readonly<Record<Language, DrawingWords>> = {
  en: {
    ...PAGE_TREE_WORDS,
    hole: "hole",
    inBlocks: (used, size) => `${used} of ${size} bytes in blocks`,
    barCut: (shown) => `; the bar is the first ${shown}`,
    popped: "(popped)",
    slot: (name) => name,
  },
  zh: {
    table: (level) => `${level} 级页表`,
    pages: (count) => (count === 1 ? "页" : `${count} 页`),
    at: (what, at) => `${what}，位于 ${at}`,
    hole: "空洞",
    inBlocks: (used, size) => `${size} 字节中有 ${used} 字节在块里`,
    barCut: (shown) => `；条形图只画前 ${shown} 字节`,
    popped: "（已弹出）",
    slot: (name) => ({ argument: "参数", "return address": "返回地址" })[name] ?? name,
  },
};
