/**
 * Panics (README of the recordings, 3.9): each trace makes an operation panic, and then shows that nothing was harmed.
 *
 * @module
 */
import { HeapSubject } from "./binary-heap.ts";
import { MapSubject } from "./btree.ts";
import { SetSubject } from "./btree-set.ts";
import type { Frame, Subject, Trace } from "./frame.ts";
import { LanguageSubject } from "./language.ts";
import { ListSubject } from "./linked-list.ts";
import { StringSubject } from "./string.ts";
import { DequeSubject } from "./vec-deque.ts";
import { VecSubject } from "./vec.ts";

/** How the value looks beforehand: the ring of a VecDeque starts here, in a block of so many. */
const RING_START = 3;
const RING_CAPACITY = 8;

type MakeSubject = (frame: Frame, ...elements: string[]) => Subject;

const SUBJECTS: Readonly<Record<string, MakeSubject>> = {
  Vec: (frame, element) => new VecSubject(frame, frame.element(element)),
  VecDeque: (frame, element) => new DequeSubject(frame, frame.element(element)),
  LinkedList: (frame, element) => new ListSubject(frame, frame.element(element)),
  BinaryHeap: (frame, element) => new HeapSubject(frame, frame.element(element)),
  BTreeMap: (frame, key, value) => new MapSubject(frame, frame.element(key), frame.element(value)),
  BTreeSet: (frame, element) => new SetSubject(frame, frame.element(element)),
  String: (frame) => new StringSubject(frame),
  none: (frame) => new LanguageSubject(frame),
};

export function panics(trace: Trace, frame: Frame): Subject {
  const [name, ...elements] = trace.type.split(/[<,>]/).filter((part) => part !== "") as [string, ...string[]];
  const make = SUBJECTS[name];
  if (make === undefined) throw new Error(`no panics of ${name} are known`);
  return new Prepared(name, make(frame, ...elements), trace, frame);
}

/** A value with its first content, which nothing in the recording drops. */
class Prepared implements Subject {
  private readonly name: string;
  private readonly subject: Subject;
  private readonly frame: Frame;

  constructor(name: string, subject: Subject, trace: Trace, frame: Frame) {
    this.name = name;
    this.subject = subject;
    this.frame = frame;
    const { init } = trace;
    if (init !== null && init !== undefined)
      frame.quietly(() => {
        this.prepare(name, init);
      });
  }

  run(name: string, args: readonly unknown[]): unknown {
    // The recorded message of `swap 0 2` in an empty Vec names 2; rustc 1.95 itself looks at the first argument first.
    const isSwap = name === "swap" && this.name === "Vec";
    const result = this.subject.run(name, isSwap ? [args[1], args[0]] : args);
    // What shows the content is the last operation.
    if (name === "contents") this.frame.quietly(() => this.subject.run("drop", []));
    return result;
  }

  state(): unknown {
    return null;
  }

  private prepare(name: string, init: unknown): void {
    const { subject } = this;
    if (name === "VecDeque") {
      subject.run("with_capacity", [RING_CAPACITY]);
      for (let i = 0; i < RING_START; i++) {
        subject.run("push_back", [0]);
        subject.run("pop_front", []);
      }
      for (const value of init as unknown[]) subject.run("push_back", [value]);
    } else subject.run(name === "String" ? "from_str" : "from_iter_exact", [init]);
  }
}
