/**
 * The frame that every replay of a collection's recording stands in.
 *
 * A collection's file (`vec.ts`, …) says how to make a {@link Subject} for a trace: an object that performs operations
 * by name and tells its state. The frame hands it a fresh heap, compares results, calls and states, and checks that no
 * block is left over. To add a collection: write its file, add a line in `replay.ts`.
 *
 * ```ts
 * export const linkedList = replayTraces((trace, frame) => new LinkedListSubject(frame, frame.element(trace.elem)));
 * ```
 * In a subject: arguments that the operation takes by value are made with `element.make(json)` (noted); borrowed ones
 * inside `frame.quietly(() => …)`. A result that owns memory is read with `element.read(value)` and then dropped with
 * `frame.api.dropValue(value)`: `element.consume(value)` does both.
 *
 * @module
 */
import { Mismatch, type Replay, type Tally } from "../../../../config/conformance.ts";
import type * as Api from "../../src/index.ts";
import { elementNamed, type Element } from "./elements.ts";
import { TraceHeap, type Event } from "./trace-heap.ts";

export type AllocApi = typeof Api;

export interface Trace {
  readonly id: string;
  readonly type: string;
  readonly elem?: string;
  readonly key?: string;
  readonly value?: string;
  readonly to?: string;
  readonly big?: boolean;
  readonly ops: readonly (readonly unknown[])[];
  readonly [more: string]: unknown;
}

/** What a trace works on. */
export interface Subject {
  /** Performs an operation and gives its result as JSON (`undefined` counts as null). */
  run(name: string, args: readonly unknown[]): unknown;
  /** What the recording calls state; only asked where it is recorded. */
  state(name: string): unknown;
}

/** What a subject works with. */
export class Frame {
  readonly api: AllocApi;
  readonly heap: TraceHeap;
  /** The trace that is running. */
  readonly trace: Trace;
  private readonly elements = new Map<string, Element>();

  constructor(api: AllocApi, heap: TraceHeap, trace: Trace) {
    this.api = api;
    this.heap = heap;
    this.trace = trace;
  }

  /** An element type by its name in the recordings. */
  element(name: string | undefined): Element {
    if (name === undefined) throw new Error(`${this.trace.id} names no element type`);
    let element = this.elements.get(name);
    if (element === undefined) this.elements.set(name, (element = elementNamed(name, this)));
    return element;
  }

  /** Runs with calls not noted, as borrowed arguments are made and destroyed in the recordings. */
  quietly<R>(run: () => R): R {
    this.heap.silent++;
    try {
      return run();
    } finally {
      this.heap.silent--;
    }
  }

  /** Makes a borrowed Vec of elements quietly, uses it noted, and drops it quietly. */
  borrowing<R>(element: Element, values: unknown, use: (slice: Api.Vec<unknown>) => R): R {
    const list = this.quietly(() => element.makeVec(values as unknown[]));
    try {
      return use(list);
    } finally {
      this.quietly(() => list.drop());
    }
  }

  /** Makes one borrowed value quietly, uses it noted, and drops it quietly. */
  borrowingOne<R>(element: Element, json: unknown, use: (value: unknown) => R): R {
    const value = this.quietly(() => element.make(json));
    try {
      return use(value);
    } finally {
      this.quietly(() => this.api.dropValue(value));
    }
  }

  /** Calls that an element type's `sizeHint` answers: makes each element when it is asked for. */
  *each(element: Element, values: readonly unknown[]): Generator<unknown, undefined> {
    for (const json of values) yield element.make(json);
    return undefined;
  }

  /** An iterable of exactly known length which makes each element when asked for it. */
  exact(element: Element, values: unknown): Iterable<unknown> {
    const list = values as unknown[];
    let i = 0;
    const iterator: IterableIterator<unknown> & Api.SizeHinted = {
      [Symbol.iterator]: () => iterator,
      sizeHint: () => [list.length - i, list.length - i],
      next: () =>
        i < list.length ? { done: false, value: element.make(list[i++]) } : { done: true, value: undefined },
    };
    return iterator;
  }

  /** An iterable which makes each element when asked for it, and promises max(0, lower − already given). */
  lower(element: Element, values: unknown, lower: unknown): Iterable<unknown> {
    const list = values as unknown[];
    let i = 0;
    const iterator: IterableIterator<unknown> & Api.SizeHinted = {
      [Symbol.iterator]: () => iterator,
      sizeHint: () => [Math.max(0, Number(lower) - i), undefined],
      next: () =>
        i < list.length ? { done: false, value: element.make(list[i++]) } : { done: true, value: undefined },
    };
    return iterator;
  }
}

/** Makes the replay of a recording of traces. */
export function replayTraces(make: (trace: Trace, frame: Frame) => Subject): Replay<AllocApi> {
  return (recording, api, tally) => {
    const heap = new TraceHeap();
    for (const trace of (recording as { traces: readonly Trace[] }).traces) replayTrace(trace, api, heap, make, tally);
  };
}

/** Replays one trace as one case. */
export function replayTrace(
  trace: Trace,
  api: AllocApi,
  heap: TraceHeap,
  make: (trace: Trace, frame: Frame) => Subject,
  tally: Tally,
): void {
  tally.case(trace.id, () => {
    heap.reset();
    const subject = make(trace, new Frame(api, heap, trace));
    trace.ops.forEach((op, i) => {
      replayOp(op, `op ${i}`, subject, heap);
    });
    if (heap.live.size > 0) throw new Mismatch("blocks left over", [], [...heap.live.values()]);
  });
}

function replayOp(op: readonly unknown[], where: string, subject: Subject, heap: TraceHeap): void {
  const name = op[0] as string;
  const args = op.slice(1, -3);
  const [result, events, state] = op.slice(-3) as [unknown, readonly Event[] | null, unknown];
  const what = `${where} ${shorten(JSON.stringify([name, ...args]))}`;
  heap.begin();
  expectEqual(`${what}: result`, result, perform(subject, name, args));
  if (events !== null) expectEqual(`${what}: events`, events, heap.events);
  if (state !== null) expectEqual(`${what}: state`, state, subject.state(name));
}

function perform(subject: Subject, name: string, args: readonly unknown[]): unknown {
  try {
    return subject.run(name, args) ?? null;
  } catch (error) {
    if ((error as { name?: string }).name === "Panic") return { panic: (error as Error).message };
    throw error;
  }
}

/** @throws Mismatch unless the two are the same JSON */
export function expectEqual(what: string, expected: unknown, actual: unknown): void {
  if (!sameJson(expected, actual)) throw new Mismatch(what, expected, actual);
}

function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameJson(item, (b as unknown[])[i]));
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => sameJson((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** A usize argument: a number, or a string for one too large for JSON. */
export function usize(json: unknown): number {
  return json === "usize::MAX" ? 2 ** 64 : json === "isize::MAX" ? 2 ** 63 : Number(json);
}

/** An argument of `reserve`, exact. */
export function exactUsize(json: unknown): number | bigint {
  return typeof json === "string" ? BigInt(json === "usize::MAX" ? 2 ** 64 : json) : Number(json);
}

/** A capacity as the recordings write it. */
export function capacityJson(capacity: number): number | "MAX" {
  return capacity >= 2 ** 64 ? "MAX" : capacity;
}
