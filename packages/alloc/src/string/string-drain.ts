/**
 * Characters on their way out of a String.
 *
 * @module
 */
import { done, Iter } from "../core/iter.ts";
import { codeAt, widthOf } from "./utf8.ts";

/** Gives the characters of a drained part; when it is disposed of, or used up, the part is gone from the String. */
export class StringDrain extends Iter<string> implements Disposable {
  private readonly bytes: Uint8Array;
  private readonly finish: () => void;
  private front = 0;
  private back: number;
  private isDone = false;

  constructor(bytes: Uint8Array, finish: () => void) {
    super();
    this.bytes = bytes;
    this.finish = finish;
    this.back = bytes.length;
  }

  next(): IteratorResult<string, undefined> {
    if (this.front >= this.back) return this.ended();
    const code = codeAt(this.bytes, this.front);
    this.front += widthOf(code);
    return { done: false, value: String.fromCodePoint(code) };
  }

  nextBack(): IteratorResult<string, undefined> {
    if (this.front >= this.back) return this.ended();
    do this.back--;
    while ((this.bytes[this.back]! & 0xc0) === 0x80);
    return { done: false, value: String.fromCodePoint(codeAt(this.bytes, this.back)) };
  }

  /** Called by `for … of` when it is left early. */
  return(): IteratorResult<string, undefined> {
    this.front = this.back;
    return this.ended();
  }

  [Symbol.dispose](): void {
    if (!this.isDone) {
      this.isDone = true;
      this.front = this.back;
      this.finish();
    }
  }

  private ended(): IteratorResult<string, undefined> {
    this[Symbol.dispose]();
    return done();
  }
}
