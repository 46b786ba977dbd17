/**
 * Which frames are in use, region by region of the memory map.
 *
 * Frame allocators keep their state where they like, the post's in JavaScript; so this is read from the page tables: a frame
 * is in use when a table lies in it, or when a page maps it, apart from the map of all physical memory.
 *
 * @module
 */
import { pages, type Mapping, type ReadEntry } from "@kmem/x86-64";
import { isTable, pageTree, type PageTreeNode } from "../../tour/page-tree.ts";
import type { Subject } from "./look.ts";
import type { FrameReport } from "./sections.ts";

const FRAME = 4096;
const FREE = 0;
const MAPPED = 1;
const TABLE = 2;

export function framesOf({ machine, readEntry, table, bootInfo }: Subject): FrameReport[] {
  const { memoryMap, physicalMemoryOffset } = bootInfo;
  const uses = usesOf(readEntry, table, machine.ram.byteLength / FRAME, physicalMemoryOffset);
  return Array.from(memoryMap, ({ range, regionType }) => {
    const start = range.startFrameNumber;
    const end = range.endFrameNumber;
    const inside = uses.subarray(start, end);
    const count = (use: number): number => inside.reduce((sum, each) => sum + (each === use ? 1 : 0), 0);
    const [tables, mapped] = [count(TABLE), count(MAPPED)];
    const free = regionType === "Usable" ? end - start - tables - mapped : 0;
    return { start: start * FRAME, end: end * FRAME, type: regionType, frames: end - start, tables, mapped, free };
  });
}

function usesOf(readEntry: ReadEntry, table: number, frames: number, offset: number): Uint8Array {
  const uses = new Uint8Array(frames).fill(FREE);
  const isPhysicalMap = ({ start, physical }: Mapping): boolean => start - physical === offset;
  for (const page of pages(readEntry, table))
    if (!isPhysicalMap(page)) uses.fill(MAPPED, page.physical / FRAME, (page.physical + page.length) / FRAME);
  // Tables count as such also where a page maps them.
  const mark = (nodes: readonly PageTreeNode[]): void => {
    for (const node of nodes) {
      if (isTable(node)) uses[node.physical / FRAME] = TABLE;
      mark(node.children);
    }
  };
  uses[table / FRAME] = TABLE;
  mark(pageTree(readEntry, table).nodes);
  return uses;
}
