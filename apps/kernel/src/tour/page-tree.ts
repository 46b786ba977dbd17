/**
 * Page tables as a tree.
 *
 * @module
 */
import { hex, type Ptr } from "@kmem/memory";
import { flagsAtLevel, PageTableFlags, type Level, type PhysAddr, type ReadEntry } from "@kmem/x86-64";

/** A run of neighbouring entries that are alike: of tables each one by itself, of pages those that continue each other. */
export interface PageTreeNode {
  /** Level of the table that holds the entry: 4 … 1. */
  readonly level: number;
  /** Of the first entry in its table, 0 … 511. */
  readonly index: number;
  /** How many entries. */
  readonly count: number;
  /** First virtual address. */
  readonly address: Ptr;
  /** Physical address of the table or of the first page. */
  readonly physical: Ptr;
  /** `PRESENT | WRITABLE …` */
  readonly flags: string;
  /** What the table holds; none for a page. */
  readonly children: readonly PageTreeNode[];
}

export interface PageTree {
  /** Physical address of the level 4 table. */
  readonly table: Ptr;
  readonly nodes: readonly PageTreeNode[];
}

const ENTRY_SIZES = [0, 2 ** 12, 2 ** 21, 2 ** 30, 2 ** 39] as const;
const ADDRESS = 0x000f_ffff_ffff_f000n;

/**
 * Reads the tree.
 *
 * @param levelFourTable - physical address
 * @param from - the lower end of the addresses that are shown
 * @param to - the upper end
 */
export function pageTree(readEntry: ReadEntry, levelFourTable: Ptr, from = -Infinity, to = Infinity): PageTree {
  const read = (table: Ptr, level: Level, base: number): PageTreeNode[] => {
    const nodes: PageTreeNode[] = [];
    const size = ENTRY_SIZES[level];
    for (let index = 0; index < 512; index++) {
      const entry = readEntry((table + index * 8) as PhysAddr);
      const unsigned = base + index * size;
      const address = unsigned >= 2 ** 47 ? unsigned - 2 ** 48 : unsigned;
      const { flags, isLeaf } = flagsAtLevel(entry, level);
      if ((flags & PageTableFlags.PRESENT) === 0 || address + size <= from || address >= to) continue;
      const physical = Number(entry & ADDRESS);
      const children = isLeaf ? [] : read(physical, (level - 1) as Level, unsigned);
      const node = {
        level,
        index,
        count: 1,
        address,
        physical,
        flags: PageTableFlags.names(flags).join(" | "),
        children,
      };
      const before = nodes[nodes.length - 1];
      if (before !== undefined && isLeaf && continues(before, node, size))
        nodes[nodes.length - 1] = { ...before, count: before.count + 1 };
      else nodes.push(node);
    }
    return nodes;
  };
  return { table: levelFourTable, nodes: read(levelFourTable, 4, 0) };
}

function continues(run: PageTreeNode, page: PageTreeNode, size: number): boolean {
  return (
    run.children.length === 0 &&
    run.index + run.count === page.index &&
    run.physical + run.count * size === page.physical &&
    run.flags === page.flags
  );
}

/** Whether a node is a table; one without entries has no children. */
export function isTable({ level, flags }: PageTreeNode): boolean {
  return level > 1 && !flags.includes("HUGE_PAGE");
}

/** How a node is told. */
export interface PageTreeWords {
  /** A table of a level. */
  readonly table: (level: number) => string;
  readonly pages: (count: number) => string;
  readonly at: (what: string, at: string) => string;
}

export const PAGE_TREE_WORDS: PageTreeWords = {
  table: (level) => `level ${level} table`,
  pages: (count) => (count === 1 ? "page" : `${count} pages`),
  at: (what, at) => `${what} at ${at}`,
};

/** A line for each node, with the branches drawn. */
export function pageTreeLines({ table, nodes }: PageTree, words: PageTreeWords = PAGE_TREE_WORDS): string[] {
  const lines = [words.at(words.table(4), hex(table))];
  const draw = (children: readonly PageTreeNode[], indent: string): void =>
    children.forEach((node, i) => {
      const isLast = i === children.length - 1;
      lines.push(`${indent}${isLast ? "└─" : "├─"} ${nodeText(node, words)}`);
      draw(node.children, `${indent}${isLast ? "   " : "│  "}`);
    });
  draw(nodes, "");
  return lines;
}

function nodeText(node: PageTreeNode, words: PageTreeWords): string {
  const { address, physical, flags } = node;
  return `[${entriesOf(node)}] ${hex(address)} → ${words.at(targetOf(node, words), hex(physical))}  ${flags}`;
}

/** Which entries of its table: `64` or `66…88`. */
export function entriesOf({ index, count }: PageTreeNode): string {
  return count === 1 ? String(index) : `${index}…${index + count - 1}`;
}

/** What they lead to: `level 1 table`, `page`, or `23 pages`. */
export function targetOf(node: PageTreeNode, words: PageTreeWords = PAGE_TREE_WORDS): string {
  return isTable(node) ? words.table(node.level - 1) : words.pages(node.count);
}
