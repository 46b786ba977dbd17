/**
 * Going through two ascending iterators side by side.
 *
 * @module
 */
import { dropValue } from "@kmem/repr";

interface Source<T> {
  next(): IteratorResult<T, unknown>;
}

/**
 * Pairs: the smallest of what is left, with `undefined` for the side that has no equal one.
 *
 * As Rust does, each side is asked for its next one only when its last one is used up.
 */
export function* mergeAscending<A, B>(
  left: Source<A>,
  right: Source<B>,
  compare: (a: A, b: B) => number,
): Generator<readonly [A | undefined, B | undefined], undefined> {
  let waitingLeft: A | undefined;
  let waitingRight: B | undefined;
  try {
    for (;;) {
      // Not `??`: null may be a value (None).
      const a: A | undefined = waitingLeft === undefined ? given(left) : waitingLeft;
      const b: B | undefined = waitingRight === undefined ? given(right) : waitingRight;
      waitingLeft = waitingRight = undefined;
      if (a === undefined && b === undefined) return undefined;
      if (a === undefined || b === undefined) {
        yield [a, b];
        continue;
      }
      const order = compare(a, b);
      if (order < 0) {
        waitingRight = b;
        yield [a, undefined];
      } else if (order > 0) {
        waitingLeft = a;
        yield [undefined, b];
      } else yield [a, b];
    }
  } finally {
    // Left early: what was asked for and not given is lost otherwise. Borrowed and plain values are left alone.
    dropValue(waitingLeft);
    dropValue(waitingRight);
  }
}

function given<T>(source: Source<T>): T | undefined {
  const result = source.next();
  return result.done === true ? undefined : result.value;
}
