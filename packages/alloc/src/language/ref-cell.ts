/**
 * A place that is borrowed by rules checked at run time: Rust's `RefCell<T>`.
 *
 * @see https://doc.rust-lang.org/std/cell/struct.RefCell.html
 * @module
 */
import { Panic } from "@kmem/memory";
import { dropValue } from "@kmem/repr";

/** Readers at the moment; this, while somebody writes. */
const WRITING = -1;

/** A borrow of a cell's value; ends when it is disposed of. */
export interface CellRef<T> extends Disposable {
  readonly value: T;
}

/** A borrow of a cell's value for changing. */
export interface CellRefMut<T> extends Disposable {
  value: T;
}

/**
 * Many may read, or one may write.
 *
 * @example
 * const cell = RefCell.new(1);
 * { using it = cell.borrowMut(); it.value = 2; }
 * cell.get() // => 2
 */
export class RefCell<T> implements Disposable {
  private inner: T;
  private borrowed = 0;

  private constructor(value: T) {
    this.inner = value;
  }

  static new<T>(value: T): RefCell<T> {
    return new RefCell(value);
  }

  /** @throws Panic "RefCell already mutably borrowed" */
  borrow(): CellRef<T> {
    const found = this.tryBorrow();
    if (found === undefined) throw new Panic("RefCell already mutably borrowed");
    return found;
  }

  /** @throws Panic "RefCell already borrowed" */
  borrowMut(): CellRefMut<T> {
    const found = this.tryBorrowMut();
    if (found === undefined) throw new Panic("RefCell already borrowed");
    return found;
  }

  /** A borrow, or `undefined` while somebody writes. */
  tryBorrow(): CellRef<T> | undefined {
    if (this.borrowed === WRITING) return undefined;
    this.borrowed++;
    return new Borrow(
      () => this.inner,
      undefined,
      () => this.borrowed--,
    );
  }

  /** A borrow for changing, or `undefined` while anybody reads or writes. */
  tryBorrowMut(): CellRefMut<T> | undefined {
    if (this.borrowed !== 0) return undefined;
    this.borrowed = WRITING;
    return new Borrow(
      () => this.inner,
      (value) => this.put(value),
      () => (this.borrowed = 0),
    );
  }

  /** The value, for a moment. @throws Panic "RefCell already mutably borrowed" */
  get(): T {
    const borrow = this.borrow();
    const { value } = borrow;
    borrow[Symbol.dispose]();
    return value;
  }

  /** Puts another value there and gives the old one. @throws Panic "RefCell already borrowed" */
  replace(value: T): T {
    const borrow = this.borrowMut();
    const old = this.inner;
    this.inner = value;
    borrow[Symbol.dispose]();
    return old;
  }

  /** Drops what is in the cell. */
  [Symbol.dispose](): void {
    dropValue(this.inner);
  }

  private put(value: T): void {
    const old = this.inner;
    this.inner = value;
    dropValue(old);
  }
}

class Borrow<T> implements CellRefMut<T> {
  private readonly read: () => T;
  private readonly write: ((value: T) => void) | undefined;
  private end: (() => void) | undefined;

  constructor(read: () => T, write: ((value: T) => void) | undefined, end: () => void) {
    this.read = read;
    this.write = write;
    this.end = end;
  }

  get value(): T {
    this.requireAlive();
    return this.read();
  }

  set value(value: T) {
    this.requireAlive();
    if (this.write === undefined) throw new Panic("RefCell borrowed for reading");
    this.write(value);
  }

  [Symbol.dispose](): void {
    const { end } = this;
    this.end = undefined;
    end?.();
  }

  private requireAlive(): void {
    if (this.end === undefined) throw new Panic("this borrow of a RefCell has ended");
  }
}
