/**
 * The replays of the recordings of Rust's collections, by `alloc/<type>`.
 *
 * @module
 */
import type { Replay } from "../../../../config/conformance.ts";
import { HeapSubject } from "./binary-heap.ts";
import { boxed } from "./box.ts";
import { MapSubject } from "./btree.ts";
import { SetSubject } from "./btree-set.ts";
import { dropOrder } from "./drop-order.ts";
import { FormatSubject } from "./format.ts";
import { replayTraces, type AllocApi } from "./frame.ts";
import { layouts } from "./layouts.ts";
import { ListSubject } from "./linked-list.ts";
import { panics } from "./panics.ts";
import { arcFamily, counted, rcFamily } from "./rc.ts";
import { StringSubject } from "./string.ts";
import { DequeSubject } from "./vec-deque.ts";
import { VecSubject } from "./vec.ts";

export const replays: Record<string, Replay<AllocApi>> = {
  "alloc/Vec": replayTraces((trace, frame) => new VecSubject(frame, frame.element(trace.elem))),
  "alloc/VecDeque": replayTraces((trace, frame) => new DequeSubject(frame, frame.element(trace.elem))),
  "alloc/BinaryHeap": replayTraces((trace, frame) => new HeapSubject(frame, frame.element(trace.elem))),
  "alloc/LinkedList": replayTraces((trace, frame) => new ListSubject(frame, frame.element(trace.elem))),
  "alloc/String": replayTraces((_trace, frame) => new StringSubject(frame)),
  "alloc/format": replayTraces((_trace, frame) => new FormatSubject(frame)),
  "alloc/BTreeMap": replayTraces(
    (trace, frame) => new MapSubject(frame, frame.element(trace.key), frame.element(trace.value)),
  ),
  "alloc/BTreeSet": replayTraces((trace, frame) => new SetSubject(frame, frame.element(trace.elem))),
  "alloc/Box": replayTraces(boxed),
  "alloc/Panics": replayTraces(panics),
  "alloc/layouts": layouts,
  "alloc/DropOrder": replayTraces(dropOrder),
  "alloc/Rc": replayTraces((trace, frame) => counted(trace, frame, rcFamily(frame.api))),
  "alloc/Arc": replayTraces((trace, frame) => counted(trace, frame, arcFamily(frame.api))),
};
