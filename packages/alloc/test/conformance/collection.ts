/**
 * What the replays of VecDeque, LinkedList and BinaryHeap have in common.
 *
 * @module
 */
import type { Type } from "@kmem/repr";
import type { Element } from "./elements.ts";
import type { Frame, Subject } from "./frame.ts";

/** Operations by name; their arguments are what the recordings say. */
export type Operations<S> = Readonly<Record<string, (this: S, ...args: never[]) => unknown>>;

interface Droppable {
  readonly length: number;
  drop(): void;
}

export abstract class CollectionSubject<L extends Droppable> implements Subject {
  list!: L;
  readonly frame: Frame;
  readonly element: Element;
  protected dropped = false;
  protected abstract readonly operations: Operations<never>;

  constructor(frame: Frame, element: Element) {
    this.frame = frame;
    this.element = element;
  }

  abstract state(name: string): unknown;

  run(name: string, args: readonly unknown[]): unknown {
    const operation = this.operations[name];
    if (operation === undefined) throw new Error(`${this.constructor.name} has no operation ${name}`);
    return operation.apply(this as never, args as never[]);
  }

  get api(): Frame["api"] {
    return this.frame.api;
  }

  get heap(): Frame["heap"] {
    return this.frame.heap;
  }

  get type(): Type<unknown> {
    return this.element.type;
  }

  make(json: unknown): unknown {
    return this.element.make(json);
  }

  read(values: Iterable<unknown>): unknown[] {
    return this.element.readAll(values);
  }

  /** None is null. */
  some(value: unknown): unknown {
    return value === undefined ? null : this.element.read(value);
  }

  keyMod(m: unknown): (value: unknown) => number {
    return (value) => this.element.key(value) % Number(m);
  }

  /** Takes items and drops each once it is read. */
  takeFrom(iter: { next(): IteratorResult<unknown, undefined> }, count: unknown, items: unknown[] = []): unknown[] {
    for (let i = 0; i < Number(count); i++) {
      const result = iter.next();
      if (result.done === true) break;
      items.push(this.element.consume(result.value));
    }
    return items;
  }

  sumKeys(values: Iterable<unknown>): string {
    let sum = 0n;
    for (const value of values) sum += BigInt(this.element.key(value));
    return String(sum);
  }

  drop(): void {
    this.list.drop();
    this.dropped = true;
  }
}
