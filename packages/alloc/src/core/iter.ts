/**
 * Iterators: JavaScript's protocol, with Rust's both ends and size hints.
 *
 * They inherit from the engine's own iterator prototype, so where it has iterator helpers (`flatMap`, …) those work
 * too; the ones below are there in every engine. All are lazy.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import { checkUsize } from "./errors.ts";
import { sizeHintOf, type SizeHint } from "./size-hint.ts";

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** What an exhausted iterator gives. */
export function done(): IteratorReturnResult<undefined> {
  return DONE;
}

/** An iterator over `T` that can be chained. */
export abstract class Iter<T> implements IterableIterator<T> {
  abstract next(): IteratorResult<T, undefined>;

  [Symbol.iterator](): this {
    return this;
  }

  /** What is left: at least, at most. */
  sizeHint(): SizeHint {
    return [0, undefined];
  }

  map<U>(f: (value: T, index: number) => U): Iter<U> {
    let i = 0;
    return new From(
      this,
      () => {
        const { done: ended, value } = this.next();
        return ended === true ? DONE : { done: false, value: f(value, i++) };
      },
      () => this.sizeHint(),
    );
  }

  filter(keep: (value: T, index: number) => boolean): Iter<T> {
    let i = 0;
    return new From(
      this,
      () => {
        for (;;) {
          const result = this.next();
          if (result.done === true || keep(result.value, i++)) return result;
        }
      },
      () => [0, this.sizeHint()[1]],
    );
  }

  /** The first `limit` of what is left. */
  take(limit: number): Iter<T> {
    checkUsize(limit, "take");
    let left = limit;
    return new From(
      this,
      () => (left-- > 0 ? this.next() : DONE),
      () => clampHint(this.sizeHint(), (n) => Math.min(n, Math.max(0, left)), Math.max(0, left)),
    );
  }

  /** Without the next `count`: Rust's `skip`. */
  skip(count: number): Iter<T> {
    checkUsize(count, "skip");
    let left = count;
    return new From(
      this,
      () => {
        for (; left > 0; left--) if (this.next().done === true) return DONE;
        return this.next();
      },
      () => clampHint(this.sizeHint(), (n) => Math.max(0, n - left)),
    );
  }

  /** JavaScript's name for {@link Iter.skip}. */
  drop(count: number): Iter<T> {
    return this.skip(count);
  }

  /** The first of every `step`. @throws Panic when `step` is 0 */
  stepBy(step: number): Iter<T> {
    checkUsize(step, "stepBy");
    if (step === 0) throw new Panic("assertion failed: step != 0");
    let first = true;
    return new From(
      this,
      () => {
        if (first) first = false;
        else for (let i = 1; i < step; i++) if (this.next().done === true) return DONE;
        return this.next();
      },
      () => clampHint(this.sizeHint(), (n) => (first ? Math.ceil(n / step) : Math.floor(n / step))),
    );
  }

  /** Pairs with another iterable, until one of them ends. */
  zip<U>(other: Iterable<U>): Iter<[T, U]> {
    const others = other instanceof Iter ? (other as Iter<U>) : iterOf(other);
    return new From(
      this,
      () => {
        const mine = this.next();
        if (mine.done === true) return DONE;
        const theirs = others.next();
        return theirs.done === true ? DONE : { done: false, value: [mine.value, theirs.value] };
      },
      () => {
        const [mine, theirs] = [this.sizeHint(), others.sizeHint()];
        const most = Math.min(mine[1] ?? Infinity, theirs[1] ?? Infinity);
        return [Math.min(mine[0], theirs[0]), most === Infinity ? undefined : most];
      },
    );
  }

  /** Pairs `[index, value]`. */
  enumerate(): Iter<[number, T]> {
    return this.map((value, i) => [i, value]);
  }

  forEach(f: (value: T, index: number) => void): void {
    let i = 0;
    for (const value of this) f(value, i++);
  }

  reduce<U>(f: (sum: U, value: T, index: number) => U, start: U): U {
    let sum = start;
    let i = 0;
    for (const value of this) sum = f(sum, value, i++);
    return sum;
  }

  some(is: (value: T, index: number) => boolean): boolean {
    let i = 0;
    for (const value of this) if (is(value, i++)) return true;
    return false;
  }

  every(is: (value: T, index: number) => boolean): boolean {
    return !this.some((value, i) => !is(value, i));
  }

  find(is: (value: T, index: number) => boolean): T | undefined {
    let i = 0;
    for (const value of this) if (is(value, i++)) return value;
    return undefined;
  }

  count(): number {
    let n = 0;
    while (this.next().done !== true) n++;
    return n;
  }

  toArray(): T[] {
    const values: T[] = [];
    for (const value of this) values.push(value);
    return values;
  }
}

// Where the engine has iterator helpers, ours inherit the rest of them.
Object.setPrototypeOf(Iter.prototype, iteratorPrototype());

/** An iterator that wants to be told when nobody will ask for more. */
interface Closable {
  return?(): unknown;
}

/** An iterator made of functions. */
class From<T> extends Iter<T> {
  private readonly source: object;
  private readonly step: () => IteratorResult<T, undefined>;
  private readonly hint: (() => SizeHint) | undefined;

  /** @param source - what is closed when this is closed */
  constructor(source: object, step: () => IteratorResult<T, undefined>, hint?: () => SizeHint) {
    super();
    this.source = source;
    this.step = step;
    this.hint = hint;
  }

  /** Called when a `for…of` is left early. */
  return(): IteratorResult<T, undefined> {
    (this.source as Closable).return?.();
    return DONE;
  }

  next(): IteratorResult<T, undefined> {
    return this.step();
  }

  override sizeHint(): SizeHint {
    return this.hint === undefined ? [0, undefined] : this.hint();
  }
}

/** Any iterator as one that can be chained; it keeps its size hint. */
export function iterOf<T>(iterable: Iterable<T>): Iter<T> {
  const hint = sizeHintOf(iterable);
  const iterator: Iterator<T, unknown> = iterable[Symbol.iterator]();
  let taken = 0;
  return new From(
    iterator,
    () => {
      const result = iterator.next();
      if (result.done === true) return DONE;
      taken++;
      return { done: false, value: result.value };
    },
    () => clampHint(hint, (n) => Math.max(0, n - taken)),
  );
}

/** An iterator that knows how much is left, and can be taken from both ends. */
export abstract class ExactIter<T> extends Iter<T> {
  /** How many are left. */
  abstract get length(): number;
  abstract nextBack(): IteratorResult<T, undefined>;

  /**
   * Whether what collects it may rely on the length, and so take exactly that much: Rust's `TrustedLen`, which the
   * iterators of some collections are not.
   */
  get trusted(): boolean {
    return true;
  }

  override sizeHint(): SizeHint {
    const { length } = this;
    return [length, this.trusted ? length : undefined];
  }

  /** The same elements, the last one first. */
  rev(): ExactIter<T> {
    return new Reversed(this);
  }

  /** How many are left; none is afterwards. Owners on their way out are dropped. */
  override count(): number {
    const { length } = this;
    if ("return" in this) (this as Closable).return?.();
    else while (this.next().done !== true);
    return length;
  }
}

class Reversed<T> extends ExactIter<T> {
  private readonly forward: ExactIter<T>;

  constructor(forward: ExactIter<T>) {
    super();
    this.forward = forward;
  }

  get length(): number {
    return this.forward.length;
  }

  override get trusted(): boolean {
    return this.forward.trusted;
  }

  /** Nobody relies on what this tells: Rust trusts a `skip` only where it can reach every place at once. */
  override skip(count: number): Iter<T> {
    const skipped = super.skip(count);
    return new From(
      skipped,
      () => skipped.next(),
      () => [skipped.sizeHint()[0], undefined],
    );
  }

  next(): IteratorResult<T, undefined> {
    return this.forward.nextBack();
  }

  nextBack(): IteratorResult<T, undefined> {
    return this.forward.next();
  }

  override rev(): ExactIter<T> {
    return this.forward;
  }
}

/** An iterator over positions 0 … `length` − 1, read by `get`. */
export class IndexIter<T> extends ExactIter<T> {
  private front = 0;
  private back: number;
  private readonly get: (index: number) => T;
  private readonly reliable: boolean;

  /**
   * @param get - must itself refuse to read when the elements have changed
   * @param trusted - see {@link ExactIter.trusted}
   */
  constructor(length: number, get: (index: number) => T, trusted = true) {
    super();
    this.reliable = trusted;
    this.back = length;
    this.get = get;
  }

  get length(): number {
    return this.back - this.front;
  }

  override get trusted(): boolean {
    return this.reliable;
  }

  next(): IteratorResult<T, undefined> {
    return this.front < this.back ? { done: false, value: this.get(this.front++) } : DONE;
  }

  nextBack(): IteratorResult<T, undefined> {
    return this.front < this.back ? { done: false, value: this.get(--this.back) } : DONE;
  }
}

function clampHint([lower, upper]: SizeHint, f: (n: number) => number, otherwise?: number): SizeHint {
  return [f(lower), upper === undefined ? otherwise : f(upper)];
}

function iteratorPrototype(): object {
  const arrayIterator = [][Symbol.iterator]();
  return Object.getPrototypeOf(Object.getPrototypeOf(arrayIterator) as object) as object;
}
