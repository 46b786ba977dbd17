/**
 * Closures and iterators that panic, for recordings of what a collection looks like afterwards.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import type * as Api from "../../src/index.ts";
import type { Element } from "./elements.ts";
import type { Frame } from "./frame.ts";

/** Panics in the call after the last good one. */
export function panicking<A extends unknown[], R>(
  message: string,
  good: number,
  run: (...args: A) => R,
): (...args: A) => R {
  let calls = 0;
  return (...args) => {
    if (++calls > good) throw new Panic(message);
    return run(...args);
  };
}

/** An iterator of known length that panics while it holds the element after the last good one. */
export function failing(frame: Frame, element: Element, xs: unknown, good: number): Iterable<unknown> {
  const source = frame.exact(element, xs) as IterableIterator<unknown> & Api.SizeHinted;
  let calls = 0;
  const iterator: IterableIterator<unknown> & Api.SizeHinted = {
    [Symbol.iterator]: () => iterator,
    sizeHint: () => source.sizeHint(),
    next() {
      const result = source.next();
      if (result.done === true || ++calls <= good) return result;
      frame.api.dropValue(result.value);
      throw new Panic("iterator");
    },
  };
  return iterator;
}
