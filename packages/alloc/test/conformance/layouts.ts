/**
 * Sizes and alignments: of the recordings' element types, of Rust's types and handles, and of the blocks that
 * collections ask for (README of the recordings, 2).
 *
 * @module
 */
import type { Replay, Tally } from "../../../../config/conformance.ts";
import { elementNamed, type Element } from "./elements.ts";
import { expectEqual, Frame, type AllocApi, type Trace } from "./frame.ts";
import { rustType } from "./rust-types.ts";
import { TraceHeap } from "./trace-heap.ts";

type Layout = readonly [size: number, align: number];
type Layouts = Readonly<Record<string, Layout>>;

interface Recording {
  readonly elems: Layouts;
  readonly types: Layouts;
  readonly nodes: {
    readonly rc_block: Layouts;
    readonly arc_block: Layouts;
    readonly list_node: Layouts;
    readonly btree: Readonly<Record<string, { leaf?: Layout; internal?: Layout }>>;
  };
}

/** Entries that make a B-tree grow a second level. */
const TWO_LEVELS = 12;

export const layouts: Replay<AllocApi> = (recording, api, tally) => {
  const { elems, types, nodes } = recording as Recording;
  const heap = new TraceHeap();
  heap.reset();
  const frame = new Frame(api, heap, { id: "layouts", type: "layouts", ops: [] } satisfies Trace);
  const sizes = (type: { size: number; align: number }): Layout => [type.size, type.align];
  compare(tally, "elems", elems, (name) => sizes(elementNamed(name, frame).type));
  compare(tally, "types", types, (name) => sizes(rustType(name, api)));
  compare(tally, "rc_block", nodes.rc_block, (name) =>
    firstBlock(frame, name, (x, value) => api.Rc.newIn(heap, x.type, value)),
  );
  compare(tally, "arc_block", nodes.arc_block, (name) =>
    firstBlock(frame, name, (x, value) => api.Arc.newIn(heap, x.type, value)),
  );
  compare(tally, "list_node", nodes.list_node, (name) =>
    firstBlock(frame, name, (x, value) => api.LinkedList.fromIn(heap, x.type, [value])),
  );
  for (const [names, expected] of Object.entries(nodes.btree))
    tally.case(`btree ${names}`, () => {
      expectEqual("blocks", expected, treeBlocks(frame, names, expected.internal !== undefined));
    });
};

function compare(tally: Tally, group: string, expected: Layouts, layoutOf: (name: string) => Layout): void {
  for (const [name, layout] of Object.entries(expected))
    tally.case(`${group} ${name}`, () => {
      expectEqual("size and alignment", layout, layoutOf(name));
    });
}

/** The first block that an owner asks for which holds one value. */
function firstBlock(frame: Frame, name: string, make: (element: Element, value: unknown) => Disposable): Layout {
  const element = elementNamed(name, frame);
  const value = element.make(sample(name, 1));
  frame.heap.begin();
  const owner = make(element, value);
  const [, , size, align] = frame.heap.events[0]!;
  owner[Symbol.dispose]();
  return [size!, align!];
}

/** The blocks that a map asks for: one leaf at first, then another one and their parent. */
function treeBlocks(frame: Frame, names: string, internal: boolean): unknown {
  const { api, heap } = frame;
  const [key, value] = names.split(",").map((name) => elementNamed(name, frame)) as [Element, Element];
  using map = api.BTreeMap.newIn(heap, key.type, value.type);
  const blocks: Layout[] = [];
  for (let i = 0; i < (internal ? TWO_LEVELS : 1); i++) {
    const k = key.make(sample(key.name, i));
    const v = value.make(sample(value.name, i));
    heap.begin();
    map.insert(k, v);
    for (const [, , size, align] of heap.events) blocks.push([size!, align!]);
  }
  return internal ? { leaf: blocks[0], internal: blocks[2] } : { leaf: blocks[0] };
}

/** The JSON of a value; different for each `i`. */
function sample(name: string, i: number): unknown {
  switch (name) {
    case "u64":
      return String(i);
    case "rec":
      return [i, "0", 0];
    case "pri":
      return [i, 0];
    case "unit":
      return "()";
    case "bytes":
      return [i];
    case "string":
      return `text ${i}`;
    default:
      return i;
  }
}
