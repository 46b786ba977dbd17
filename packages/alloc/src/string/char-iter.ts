/**
 * The characters of a text, from both ends.
 *
 * @module
 */
import { done, Iter } from "../core/iter.ts";
import { checkUnchanged, type Owner } from "../core/owner.ts";
import type { SizeHint } from "../core/size-hint.ts";
import { codeAt, widthOf } from "./utf8.ts";

/** Gives what `make` makes of each character and the place of its first byte. */
export class CharIter<T> extends Iter<T> {
  private readonly owner: Owner;
  private readonly epoch: number;
  private readonly text: Uint8Array;
  private readonly make: (at: number, char: string) => T;
  private front = 0;
  private back: number;

  constructor(owner: Owner, text: Uint8Array, make: (at: number, char: string) => T) {
    super();
    this.owner = owner;
    this.epoch = owner.epoch;
    this.text = text;
    this.make = make;
    this.back = text.length;
  }

  next(): IteratorResult<T, undefined> {
    checkUnchanged(this.owner, this.epoch);
    if (this.front >= this.back) return done();
    const at = this.front;
    const code = codeAt(this.text, at);
    this.front += widthOf(code);
    return { done: false, value: this.make(at, String.fromCodePoint(code)) };
  }

  nextBack(): IteratorResult<T, undefined> {
    checkUnchanged(this.owner, this.epoch);
    if (this.front >= this.back) return done();
    do this.back--;
    while ((this.text[this.back]! & 0xc0) === 0x80);
    return { done: false, value: this.make(this.back, String.fromCodePoint(codeAt(this.text, this.back))) };
  }

  /** The characters from the back on. */
  rev(): Iter<T> {
    return new Backwards(this);
  }

  /** A character takes 1 to 4 bytes. */
  override sizeHint(): SizeHint {
    const bytes = this.back - this.front;
    const least = Math.ceil(bytes / 4);
    // A single byte is a single character, but nobody relies on it.
    return [least, bytes === least && bytes > 0 ? undefined : bytes];
  }
}

class Backwards<T> extends Iter<T> {
  private readonly chars: CharIter<T>;

  constructor(chars: CharIter<T>) {
    super();
    this.chars = chars;
  }

  next(): IteratorResult<T, undefined> {
    return this.chars.nextBack();
  }

  override sizeHint(): SizeHint {
    return this.chars.sizeHint();
  }
}
