/**
 * One value that somebody else owns, borrowed for changing: Rust's `&mut T`.
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import { Slots, type AnyType, type Infer, type StructOf, type StructType, type Type } from "@kmem/repr";
import { Owner, type Loan } from "./owner.ts";
import { replaceSlot, setSlot } from "./place.ts";

/** A borrowed place for one value: good until its owner changes. */
export class RefMut<T> extends Owner {
  readonly type: Type<T>;
  private readonly slots: Slots<T>;
  private readonly lender: Owner | undefined;

  private constructor(type: Type<T>, allocator: GlobalAlloc, loan: Loan, lender: Owner | undefined) {
    super(allocator, loan);
    this.type = type;
    this.lender = lender;
    this.slots = new Slots(type, this, loan.slot);
  }

  /** @internal Borrows what lies at `at` from `owner`. */
  static of<T>(type: Type<T>, owner: Owner, at: Ptr): RefMut<T> {
    return new RefMut(type, owner.allocator, { lender: owner, slot: at }, owner);
  }

  /** @internal A place that nobody owns. */
  static leaked<T>(type: Type<T>, allocator: GlobalAlloc, at: Ptr): RefMut<T> {
    const nobody = { allocator, epoch: 0, assertUsable: () => undefined };
    return new RefMut(type, allocator, { lender: nobody, slot: at }, undefined);
  }

  get typeName(): string {
    return `&mut ${this.type.name}`;
  }

  /** The value; of a type that owns memory, a borrowed handle. */
  get value(): T {
    this.enter();
    return this.slots.get(0);
  }

  /** Drops the old value and puts another one there. */
  set value(value: T) {
    this.enter();
    setSlot(this.slots, 0, value, () => this.changed());
  }

  /** Puts another value there and gives the old one: `mem::replace`. */
  replace(value: T): T {
    this.enter();
    return replaceSlot(this.slots, 0, value, () => this.changed());
  }

  /** One field of a struct, borrowed for changing. @throws ReprError when the type has no such field */
  field<F extends Readonly<Record<string, AnyType>>, K extends keyof F & string>(
    this: RefMut<StructOf<F>>,
    struct: StructType<F>,
    name: K,
  ): RefMut<Infer<F[K]>> {
    this.enter();
    const type = struct.fields[name] as Type<Infer<F[K]>>;
    return RefMut.of(type, this, this.slots.start + struct.offsetOf(name));
  }

  /** Where it lies. */
  asPtr(): Ptr {
    this.enter();
    return this.slots.start;
  }

  protected override changed(): void {
    this.epoch++;
    this.lender?.elementsChanged();
    this.renewLoan();
  }

  protected load(): void {
    // The place stays as long as its owner has not changed.
  }

  protected store(): void {
    // No words.
  }

  protected release(): void {
    // Borrowed: nothing to release.
  }
}
