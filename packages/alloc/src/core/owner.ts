/**
 * Ownership at run time: what Rust's compiler checks, checked when an owner is used.
 *
 * ```
 *               read as an element            moved, intoRaw             drop, end of `using`
 *   BORROWED ◀───────────────────── OWNED ───────────────────▶ MOVED   OWNED ─────────▶ DROPPED
 *   words lie in memory, at `slot`    │ ▲
 *                                lock ▼ │ unlock
 *                                   LOCKED (a drain or a callback has it for itself)
 * ```
 * A handle is what a local variable is in Rust: it holds the value's *words* (a Vec's capacity, pointer and length).
 * Everything the words point at lies in memory. Moving an owner into a collection writes its words there; reading it
 * there gives a borrowed handle, which loads the words before each use and stores them after each change.
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import type { Lender } from "@kmem/repr";
import { ArgumentError, BorrowError, UseAfterDropError, UseAfterMoveError } from "./errors.ts";
import { addInspect, type Inspectable } from "./inspect.ts";
import { noteGone, noteMade } from "./lost-owners.ts";

export const OWNED = 0;
export const BORROWED = 1;
export const MOVED = 2;
export const DROPPED = 3;
export const LOCKED = 4;
export type OwnerState = 0 | 1 | 2 | 3 | 4;

/** Where a borrowed handle's words lie, and who lends them. */
export interface Loan {
  readonly lender: Lender;
  readonly slot: Ptr;
}

/** Base of everything that owns memory. */
export abstract class Owner implements Lender, Disposable, Inspectable {
  readonly allocator: GlobalAlloc;
  /** Counts changes that make borrowed handles and iterators of this owner invalid. */
  epoch = 0;
  /** One of `OWNED` …; subclasses compare it with 0 at the start of every operation. */
  protected state: OwnerState;
  private readonly loan: Loan | undefined;
  private loanEpoch: number;
  private locker: Disposable | undefined = undefined;
  private stateBeforeLock: OwnerState = OWNED;

  /** @param loan - of a borrowed handle; without it, the handle owns */
  protected constructor(allocator: GlobalAlloc, loan?: Loan) {
    this.allocator = allocator;
    this.loan = loan;
    this.loanEpoch = loan === undefined ? 0 : loan.lender.epoch;
    this.state = loan === undefined ? OWNED : BORROWED;
    if (loan === undefined) noteMade(this);
  }

  /** The type, as Rust writes it; for messages. */
  abstract get typeName(): string;
  /** Reads the words at `slot` into the handle. When others changed them, counts up {@link Owner.epoch}. */
  protected abstract load(slot: Ptr): void;
  /** Writes the handle's words to `slot`. */
  protected abstract store(slot: Ptr): void;
  /** Drops the contents, then gives the memory back. Called once, on an owned handle. */
  protected abstract release(): void;

  /** Rust's `Clone`: an owner of a copy of everything. @throws {@link ArgumentError} for what has no clone */
  clone(): Owner {
    throw new ArgumentError("alloc/argument", `${this.typeName} has no clone`, this);
  }

  /** Whether this handle can still be used as an owner (not moved, not dropped, not borrowed). */
  get isOwned(): boolean {
    return this.state === OWNED || (this.state === LOCKED && this.stateBeforeLock === OWNED);
  }

  /**
   * Ends the value: drops the contents in Rust's order and gives the memory back.
   *
   * @throws {@link UseAfterMoveError}, {@link UseAfterDropError}, or {@link BorrowError} when it is not ours to drop
   */
  drop(): void {
    this.requireOwned();
    this.state = DROPPED;
    this.epoch++;
    noteGone(this);
    this.release();
  }

  /** {@link Owner.drop} at the end of a `using` scope; nothing for a value that was moved, dropped or borrowed. */
  [Symbol.dispose](): void {
    if (this.state === LOCKED) this.locker?.[Symbol.dispose]();
    if (this.state === OWNED) this.drop();
  }

  assertUsable(): void {
    if (this.state !== OWNED && this.state !== LOCKED) this.enter();
  }

  /**
   * Moves the value out of this handle: writes its words to `slot`, and the handle is moved.
   *
   * Called by element types; {@link Owner.checkMovable} must have been called.
   */
  moveTo(slot: Ptr): void {
    this.requireOwned();
    this.store(slot);
    this.forget();
  }

  /**
   * Refuses what {@link Owner.moveTo} would refuse.
   *
   * @param allocator - of the new owner: it will free with it
   */
  checkMovable(allocator?: GlobalAlloc): void {
    this.requireOwned();
    if (allocator !== undefined && allocator !== this.allocator)
      throw new ArgumentError(
        "alloc/foreign-allocator",
        `expected a ${this.typeName} of the same allocator as its new owner`,
        this,
      );
  }

  /** The handle gives up what it owns without dropping it: Rust's `mem::forget`, and the first half of any move. */
  protected forget(): void {
    this.state = MOVED;
    this.epoch++;
    noteGone(this);
  }

  /** Every operation starts with `if (this.state !== OWNED) this.enter();`. */
  protected enter(): void {
    switch (this.state) {
      case BORROWED: {
        const { lender, slot } = this.loan!;
        lender.assertUsable();
        if (lender.epoch !== this.loanEpoch)
          throw new BorrowError(
            "alloc/stale-borrow",
            this.typeName,
            `this ${this.typeName} was borrowed from an owner that has changed since: read it again`,
          );
        this.load(slot);
        return;
      }
      case MOVED:
        throw new UseAfterMoveError(this.typeName);
      case DROPPED:
        throw new UseAfterDropError(this.typeName);
      case LOCKED:
        throw new BorrowError(
          "alloc/locked",
          this.typeName,
          `this ${this.typeName} is in use by one of its operations`,
        );
      default:
    }
  }

  /** Every change of the words ends with this. */
  protected changed(): void {
    this.epoch++;
    if (this.state !== OWNED) this.storeWords();
  }

  /** @internal Says that a slice of this owner's elements has changed them. */
  elementsChanged(): void {
    this.changed();
  }

  /** Stores the words of a borrowed handle, without making what it lent invalid. */
  protected storeWords(): void {
    if (this.state === BORROWED || (this.state === LOCKED && this.stateBeforeLock === BORROWED))
      this.store(this.loan!.slot);
  }

  /** Says that the lender changed by our own hand, so that this handle stays good. */
  protected renewLoan(): void {
    this.loanEpoch = this.loan!.lender.epoch;
  }

  /** Takes the owner for one operation; until {@link Owner.unlock}, every other use is refused. */
  protected lock(by?: Disposable): void {
    this.stateBeforeLock = this.state;
    this.state = LOCKED;
    this.locker = by;
  }

  protected unlock(): void {
    this.state = this.stateBeforeLock;
    this.locker = undefined;
  }

  /** @throws unless the handle owns its value and may give it away */
  protected requireOwned(): void {
    if (this.state === OWNED) return;
    if (this.state !== BORROWED) this.enter();
    throw new BorrowError(
      "alloc/borrowed",
      this.typeName,
      `this ${this.typeName} is borrowed and cannot be moved or dropped: take it out of its owner, or clone it`,
    );
  }
}

addInspect(Owner.prototype);

/** Throws when what `owner` lent at `epoch` is no longer good; for iterators. */
export function checkUnchanged(owner: Owner, epoch: number): void {
  owner.assertUsable();
  if (owner.epoch !== epoch)
    throw new BorrowError(
      "alloc/stale-borrow",
      owner.typeName,
      `this ${owner.typeName} has changed since the iterator was made`,
    );
}
