/**
 * What Rust's own Vec was asked beyond the given recordings (`vectors/README.md`): iterators that are handed on half
 * used, splices of which a part is taken, and closures that panic.
 *
 * @module
 */
import { failing, panicking } from "./panicking.ts";
import type { VecSubject } from "./vec.ts";

type Op = (this: VecSubject, ...args: never[]) => unknown;

export const MORE: Readonly<Record<string, Op>> = {
  splice_part(a: number, b: number, n: unknown, xs: unknown) {
    const splice = this.list.splice(a, b, this.frame.exact(this.element, xs));
    const items = this.takeFrom(splice, n, []);
    splice[Symbol.dispose]();
    return items;
  },
  splice_part_lower(a: number, b: number, n: unknown, xs: unknown, lo: unknown) {
    const splice = this.list.splice(a, b, this.frame.lower(this.element, xs, lo));
    const items = this.takeFrom(splice, n, []);
    splice[Symbol.dispose]();
    return items;
  },
  repeat_clone(n: number) {
    const copy = this.api.Vec.withCapacityIn(this.frame.heap, this.type, n * this.list.length);
    for (let i = 0; i < n; i++) copy.extendFromSlice(this.list);
    return this.given(copy);
  },
  into_iter_collect(n: unknown) {
    const iter = this.list.take().intoIter();
    const items = this.takeFrom(iter, n, []);
    this.list.drop();
    this.list = this.api.Vec.fromIn(this.frame.heap, this.type, iter);
    return items;
  },
  extend_into_iter(xs: unknown[], n: unknown) {
    const iter = this.element.makeVec(xs).intoIter();
    const items = this.takeFrom(iter, n, []);
    this.list.extend(iter);
    return items;
  },
  extend_drain(a: number, b: number) {
    const drain = this.list.drain(a, b);
    const drained = this.api.Vec.newIn(this.frame.heap, this.type);
    drained.extend(drain);
    drain[Symbol.dispose]();
    return this.given(drained);
  },
  insert_many_front(xs: unknown) {
    this.list.splice(0, 0, this.frame.exact(this.element, xs))[Symbol.dispose]();
  },
  retain_panics(m: unknown, q: unknown, good: number) {
    const matches = this.element.matches(m, q);
    this.list.retain(panicking("predicate", good, (value) => !matches(value)));
  },
  extend_panics(xs: unknown, good: number) {
    this.list.extend(failing(this.frame, this.element, xs, good));
  },
  dedup_panics(m: unknown, good: number) {
    const key = this.keyMod(m);
    this.list.dedupBy(panicking("predicate", good, (a, b) => key(a) === key(b)));
  },
  extract_panics(a: number, b: number, m: unknown, q: unknown, good: number) {
    const matches = this.element.matches(m, q);
    const extract = this.list.extractIf(panicking("predicate", good, matches), a, b);
    try {
      return this.takeFrom(extract, 1000, []);
    } finally {
      extract[Symbol.dispose]();
    }
  },
  resize_panics(n: number, xs: unknown[], good: number) {
    let i = 0;
    const make = panicking("maker", good, () => this.make(xs[i++]));
    this.list.resizeWith(n, make);
  },
};
