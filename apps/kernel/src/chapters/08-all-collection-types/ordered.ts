/**
 * Chapter 8, what is kept in the order of its values: BinaryHeap, BTreeMap and BTreeSet.
 *
 * @module
 */
import { BinaryHeap, BTreeMap, BTreeSet, checkTree, included, type TreeReport } from "@kmem/alloc";
import type { Layout } from "@kmem/global-alloc";
import { hex } from "@kmem/memory";
import { reverse, tuple, u32, usize } from "@kmem/repr";
import type { Show, Step } from "../../tour/chapter.ts";
import { bootNamed, type NamedKernel } from "../../tour/named-blocks.ts";

const file = "chapters/08-all-collection-types/ordered.ts";
const KIB = 1024;

/** A timer: its deadline in ticks, and the task to wake. The smallest counts as the largest, so it comes out first. */
const timer = reverse(tuple(u32, u32));

/** Timers, of which only the next matters. */
function timers({ hardware, blocks, picture }: NamedKernel, show: Show): void {
  blocks.call("timers");
  using queue = BinaryHeap.withCapacity(timer, 6);
  for (const [task, deadline] of [50, 90, 10, 20, 30, 70].entries()) queue.push([deadline, task]);
  picture({ en: "six timers in one block", zh: "一个内存块中的六个定时器" });
  const block = blocks.addressOf("timers");
  const deadlines = Array.from({ length: 6 }, (_, i) => hardware.memory.readU32(block + i * timer.size));
  show.fact("memory", deadlines.join(" "), {
    en: "The deadlines as they lie there: {}. Element i is due before its children, 2i + 1 and 2i + 2.",
    zh: "期限在内存中的排列：{}。元素 i 先于它的孩子 2i + 1 与 2i + 2 到期。",
  });
  const due: number[] = [];
  for (const now of [15, 45]) while ((queue.peek()?.[0] ?? Infinity) <= now) due.push(queue.pop()![0]);
  show.fact("due", due.join(" "), { en: "Up to tick 45 these were due: {}.", zh: "到第 45 拍为止到期的有：{}。" });
}

/** Which addresses of a task are in use: first address to bytes. */
function addressSpace({ blocks, picture }: NamedKernel, show: Show): void {
  blocks.call(treeNode);
  using regions = BTreeMap.new(usize, usize);
  for (let i = 0; i < 11; i++) regions.insert(0x40_0000 + i * 64 * KIB, 16 * KIB);
  picture({ en: "eleven regions: the root is a leaf", zh: "十一个区域：根就是叶子" });
  regions.insert(0x7fff_0000, 128 * KIB);
  picture({ en: "the twelfth splits it", zh: "第十二个使它分裂" });
  treeFacts(show, checkTree(regions));

  for (const address of [0x42_1234, 0x42_8000]) {
    // The last region that begins at the address or below it; does it reach so far?
    const [start, size] = regions.range(0, included(address)).nextBack().value ?? [0, 0];
    const found = address < start + size;
    show.fact(hex(address), found, {
      en: `${hex(address)}: the nearest region below is ${hex(start)}, ${size} bytes. Does it hold the address? {}`,
      zh: `${hex(address)}：其下最近的区域是 ${hex(start)}，${size} 字节。它包含这个地址吗？{}`,
    });
  }
}

/** The ids that no task has; a new task gets the smallest. */
function freeIds({ blocks, picture }: NamedKernel, show: Show): void {
  blocks.call(treeNode);
  using free = BTreeSet.new(u32);
  for (let id = 1; id <= 24; id++) free.insert(id);
  picture({ en: "24 ids", zh: "24 个编号" });
  treeFacts(show, checkTree(free));
  const given = [free.popFirst()!, free.popFirst()!, free.popFirst()!];
  free.insert(2);
  show.fact("given", given.join(" "), { en: "Given out: {}.", zh: "分配出去的：{}。" });
  show.fact("next", free.first()!, {
    en: "2 has come back, and is the next to be given out: {}.",
    zh: "2 已归还，它就是下一个要分配的：{}。",
  });
}

/** A leaf has no edges, which are 12 words. */
function treeNode({ size }: Layout): string {
  return size === LEAF_OF_IDS || size === LEAF_OF_REGIONS ? "leaf" : "root";
}

/** Bytes: the parent's address, 11 keys of 4 bytes, position and length. */
const LEAF_OF_IDS = 8 + 11 * 4 + 4;
/** Bytes: as above with keys and values of 8 bytes, rounded up to 8. */
const LEAF_OF_REGIONS = 8 + 11 * (8 + 8) + 8;

function treeFacts(show: Show, { height, leaves, internals, bytes }: TreeReport): void {
  show.fact("leaves", leaves, {
    en: `The tree has {} leaves; inner nodes above them: ${internals}, levels: ${height}.`,
    zh: `树有 {} 个叶子；其上的内部节点：${internals} 个，层数：${height}。`,
  });
  show.fact("bytes", bytes, { en: "All its nodes take {} bytes.", zh: "全部节点共占 {} 字节。" });
}

export const steps: readonly Step[] = [
  {
    name: "binary-heap",
    text: {
      en: "BinaryHeap is a tree without addresses: one block, where the places of the children follow from the parent's. What is due next lies at the front. With reverse, the earliest timer is the largest.",
      zh: "BinaryHeap 是没有地址的树：只有一个内存块，孩子的位置由父亲的位置推得。最先到期的总在最前面。用 reverse 让最早的定时器成为最大的。",
    },
    file,
    code: ["timers"],
    run: (show) => bootNamed(show, (kernel) => timers(kernel, show)),
  },
  {
    name: "b-tree-map",
    text: {
      en: "BTreeMap keeps up to 11 entries in a node, sorted. A full node is split in two below a new root. A kernel asks it which region of a task's address space holds an address: the last one that begins at it or below it.",
      zh: "BTreeMap 的每个节点最多存放 11 个有序的条目。满了的节点一分为二，上面是新的根。内核用它查询任务地址空间中哪个区域包含某个地址：起点不超过该地址的最后一个区域。",
    },
    file,
    code: ["addressSpace"],
    run: (show) => bootNamed(show, (kernel) => addressSpace(kernel, show)),
  },
  {
    name: "b-tree-set",
    text: {
      en: "BTreeSet is the same tree without values, so its nodes are small. The ids that are free are a set; a new task gets the smallest.",
      zh: "BTreeSet 是同样的树，但没有值，所以节点很小。空闲的编号是一个集合；新任务得到最小的那个。",
    },
    file,
    code: ["freeIds"],
    run: (show) => bootNamed(show, (kernel) => freeIds(kernel, show)),
  },
];
