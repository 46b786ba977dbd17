/**
 * What `#[derive(Debug)]` is made of: structs, tuples, lists, sets and maps, on one line or, with `#`, on many.
 *
 * @see https://doc.rust-lang.org/std/fmt/struct.Formatter.html
 * @module
 */
import type { Formatter } from "./formatter.ts";

/** Writes a value; most of the time by `f.debug(value)`. */
export type WriteValue = (f: Formatter) => void;

/** `Name { field: value, … }`. */
export class DebugStruct {
  private readonly f: Formatter;
  private hasFields = false;

  constructor(f: Formatter, name: string) {
    this.f = f;
    f.writeStr(name);
  }

  field(name: string, value: unknown): this {
    return this.fieldWith(name, (f) => f.debug(value));
  }

  fieldWith(name: string, write: WriteValue): this {
    const { f } = this;
    if (f.alternate) {
      if (!this.hasFields) f.writeStr(" {\n");
      const inner = f.indented();
      inner.writeStr(name);
      inner.writeStr(": ");
      write(inner);
      inner.writeStr(",\n");
    } else {
      f.writeStr(this.hasFields ? ", " : " { ");
      f.writeStr(name);
      f.writeStr(": ");
      write(f);
    }
    this.hasFields = true;
    return this;
  }

  finish(): void {
    if (this.hasFields) this.f.writeStr(this.f.alternate ? "}" : " }");
  }

  /** Says that there are more fields, which are not shown. */
  finishNonExhaustive(): void {
    const { f } = this;
    if (!this.hasFields) f.writeStr(" { .. }");
    else if (f.alternate) {
      f.indented().writeStr("..\n");
      f.writeStr("}");
    } else f.writeStr(", .. }");
  }
}

/** `Name(value, …)`; without a name, a tuple. */
export class DebugTuple {
  private readonly f: Formatter;
  private readonly name: string;
  private fields = 0;

  constructor(f: Formatter, name: string) {
    this.f = f;
    this.name = name;
    f.writeStr(name);
  }

  field(value: unknown): this {
    return this.fieldWith((f) => f.debug(value));
  }

  fieldWith(write: WriteValue): this {
    const { f } = this;
    if (f.alternate) {
      if (this.fields === 0) f.writeStr("(\n");
      const inner = f.indented();
      write(inner);
      inner.writeStr(",\n");
    } else {
      f.writeStr(this.fields === 0 ? "(" : ", ");
      write(f);
    }
    this.fields++;
    return this;
  }

  finish(): void {
    if (this.fields === 0) return;
    // The comma tells a tuple of one from a value in parentheses.
    if (this.fields === 1 && this.name === "" && !this.f.alternate) this.f.writeStr(",");
    this.f.writeStr(")");
  }
}

/** What lists, sets and maps share. */
abstract class Entries {
  protected readonly f: Formatter;
  private readonly close: string;
  private hasEntries = false;

  constructor(f: Formatter, open: string, close: string) {
    this.f = f;
    this.close = close;
    f.writeStr(open);
  }

  finish(): void {
    this.f.writeStr(this.close);
  }

  protected item(write: WriteValue): void {
    const { f } = this;
    if (f.alternate) {
      if (!this.hasEntries) f.writeStr("\n");
      const inner = f.indented();
      write(inner);
      inner.writeStr(",\n");
    } else {
      if (this.hasEntries) f.writeStr(", ");
      write(f);
    }
    this.hasEntries = true;
  }
}

/** `[value, …]`. */
export class DebugList extends Entries {
  constructor(f: Formatter) {
    super(f, "[", "]");
  }

  entry(value: unknown): this {
    return this.entryWith((f) => f.debug(value));
  }

  entryWith(write: WriteValue): this {
    this.item(write);
    return this;
  }

  entries(values: Iterable<unknown>): this {
    for (const value of values) this.entry(value);
    return this;
  }
}

/** `{value, …}`. */
export class DebugSet extends Entries {
  constructor(f: Formatter) {
    super(f, "{", "}");
  }

  entry(value: unknown): this {
    return this.entryWith((f) => f.debug(value));
  }

  entryWith(write: WriteValue): this {
    this.item(write);
    return this;
  }

  entries(values: Iterable<unknown>): this {
    for (const value of values) this.entry(value);
    return this;
  }
}

/** `{key: value, …}`. */
export class DebugMap extends Entries {
  constructor(f: Formatter) {
    super(f, "{", "}");
  }

  entry(key: unknown, value: unknown): this {
    return this.entryWith(
      (f) => f.debug(key),
      (f) => f.debug(value),
    );
  }

  entryWith(key: WriteValue, value: WriteValue): this {
    this.item((f) => {
      key(f);
      f.writeStr(": ");
      value(f);
    });
    return this;
  }

  entries(pairs: Iterable<readonly [unknown, unknown]>): this {
    for (const [key, value] of pairs) this.entry(key, value);
    return this;
  }
}
