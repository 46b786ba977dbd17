/**
 * The page tables as a picture: a tree whose rows are entries, with the tables and pages that they lead to.
 *
 * @module
 */
import { entriesOf, isTable, targetOf, type PageTree, type PageTreeNode } from "../tour/page-tree.ts";
import { textWidth, type Picture, type Rect, type Shape } from "./picture.ts";
import type { Theme } from "./theme.ts";
import { addressText, label, SMALL_SIZE, titleLabel } from "./words.ts";

const WIDTH = 640;
const MARGIN = 24;
const TOP = 56;
const ROW = 44;
const BOX = 38;
const INDENT = 26;
/** Flags as letters, in the order of their bits. PRESENT is not told: what is not present is not in the tree. */
const LETTERS: readonly (readonly [flag: string, letter: string, meaning: string])[] = [
  ["WRITABLE", "W", "writable"],
  ["USER_ACCESSIBLE", "U", "user mode"],
  ["WRITE_THROUGH", "T", "write-through"],
  ["NO_CACHE", "C", "not cached"],
  ["ACCESSED", "A", "accessed"],
  ["DIRTY", "D", "written to"],
  ["HUGE_PAGE", "H", "huge page"],
  ["GLOBAL", "G", "global"],
  ["NO_EXECUTE", "N", "no code"],
];
const CHIP = 18;

/** Draws a tree. */
export function pagesPicture(title: string, { table, nodes }: PageTree, theme: Theme): Picture {
  const shapes: Shape[] = [titleLabel(MARGIN, 34, title, theme.ink, WIDTH - 2 * MARGIN)];
  const used = new Set<string>();
  let row = 0;
  const place = (depth: number): Rect => {
    const x = MARGIN + depth * INDENT;
    return { x, y: TOP + row++ * ROW, width: WIDTH - MARGIN - x, height: BOX };
  };
  const root = place(0);
  shapes.push(
    { kind: "rect", ...root, fill: theme.used, stroke: theme.usedLine, radius: 4 },
    label(root.x + 12, root.y + 23.5, `level 4 table at ${addressText(table)}`, theme.ink, { bold: true }),
    label(root.x + root.width - 12, root.y + 23.5, "CR3 points here", theme.dim, { size: SMALL_SIZE, anchor: "end" }),
  );
  const draw = (children: readonly PageTreeNode[], parent: Rect, depth: number): void => {
    let from = parent.y + parent.height;
    for (const node of children) {
      const box = place(depth);
      shapes.push(branch(parent.x, from, box, theme), ...nodeShapes(node, box, theme));
      from = box.y + box.height / 2;
      for (const [flag] of lettersOf(node)) used.add(flag);
      draw(node.children, box, depth + 1);
    }
  };
  draw(nodes, root, 1);
  const bottom = TOP + row * ROW;
  const { shapes: words, height } = legend(bottom + 24, used, theme);
  return {
    width: WIDTH,
    height: bottom + height + 30,
    title,
    background: theme.background,
    shapes: [...shapes, ...words],
  };
}

function nodeShapes(node: PageTreeNode, box: Rect, theme: Theme): Shape[] {
  const { address, physical } = node;
  const what = `[${entriesOf(node)}] ${targetOf(node)} at ${addressText(physical)}`;
  const colors = isTable(node)
    ? { fill: theme.used, stroke: theme.usedLine }
    : { fill: theme.free, stroke: theme.freeLine };
  const chips = lettersOf(node).map(([, letter], i, all): Shape[] => {
    const x = box.x + box.width - 8 - (all.length - i) * (CHIP + 3);
    return [
      {
        kind: "rect",
        x,
        y: box.y + 10,
        width: CHIP,
        height: CHIP,
        fill: theme.background,
        stroke: theme.line,
        radius: 3,
      },
      label(x + CHIP / 2, box.y + 23.5, letter, theme.ink, { size: SMALL_SIZE, anchor: "middle" }),
    ];
  });
  return [
    { kind: "rect", ...box, ...colors, radius: 4 },
    label(box.x + 12, box.y + 16, what, theme.ink, { bold: isTable(node) }),
    label(box.x + 12, box.y + 31, `from ${addressText(address)}`, theme.dim, { size: SMALL_SIZE }),
    ...chips.flat(),
  ];
}

/** From a table, or its entry before this one, down to this entry. */
function branch(left: number, top: number, { x, y, height }: Rect, theme: Theme): Shape {
  const stem = left + INDENT / 2;
  const points = [
    [stem, top],
    [stem, y + height / 2],
    [x, y + height / 2],
  ] as const;
  return { kind: "line", points, stroke: theme.usedLine };
}

function lettersOf({ flags }: PageTreeNode): (typeof LETTERS)[number][] {
  const names = flags.split(" | ");
  return LETTERS.filter(([flag]) => names.includes(flag));
}

/** What the numbers and those letters mean that occur. */
function legend(top: number, used: ReadonlySet<string>, theme: Theme): { shapes: Shape[]; height: number } {
  const small = { size: SMALL_SIZE };
  const shapes: Shape[] = [
    label(MARGIN, top, "[entries of the table above] what they lead to, at its physical address", theme.dim, small),
    label(MARGIN, top + 18, "from: the first virtual address that they translate", theme.dim, small),
  ];
  let [x, y] = [MARGIN, top + 44];
  for (const [flag, letter, meaning] of LETTERS) {
    if (!used.has(flag)) continue;
    const width = CHIP + 8 + textWidth(meaning, SMALL_SIZE) + 18;
    if (x + width > WIDTH - MARGIN) [x, y] = [MARGIN, y + 26];
    shapes.push(
      { kind: "rect", x, y: y - 13, width: CHIP, height: CHIP, fill: theme.background, stroke: theme.line, radius: 3 },
      label(x + CHIP / 2, y, letter, theme.ink, { ...small, anchor: "middle" }),
      label(x + CHIP + 8, y, meaning, theme.dim, small),
    );
    x += width;
  }
  return { shapes, height: y - top + 24 };
}
