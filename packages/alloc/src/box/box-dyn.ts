/**
 * A value of one of several types in a block of its own: Rust's `Box<dyn Trait>`.
 *
 * ```
 *   words  +0 pointer   +8 which type        16 bytes; Rust keeps the address of a vtable where we keep a number
 *   block  ├ value ┤                         the layout of that type; none for a zero-size value
 * ```
 * @module
 */
import { globalAllocator, Layout, type GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import { cloneValue, dropValues, readPtr, WORD, writePtr, type AnyType, type Infer, type Type } from "@kmem/repr";
import { giveBlock, takeBlock } from "../core/block.ts";
import { ArgumentError } from "../core/errors.ts";
import { Owner, OWNED, type Loan } from "../core/owner.ts";
import { ownerType } from "../core/owner-type.ts";

type Variants = Readonly<Record<string, AnyType>>;

/** The type of a boxed value of one of several types. */
export interface DynType<V extends Variants> extends Type<BoxDyn<V>> {
  /** The types, by name; their order is what the words count. */
  readonly variants: V;
  /** Moves a value of one of the types into a block. */
  box<K extends keyof V & string>(tag: K, value: Infer<V[K]>, allocator?: GlobalAlloc): BoxDyn<V>;
}

/** Owns a value of one of several types. */
export class BoxDyn<V extends Variants> extends Owner {
  readonly type: DynType<V>;
  private ptr: Ptr;
  private which: number;

  /** @internal */
  constructor(type: DynType<V>, allocator: GlobalAlloc, ptr: Ptr, which: number, loan?: Loan) {
    super(allocator, loan);
    this.type = type;
    this.ptr = ptr;
    this.which = which;
  }

  get typeName(): string {
    return this.type.name;
  }

  /** Which type the value has. */
  get tag(): keyof V & string {
    if (this.state !== OWNED) this.enter();
    return Object.keys(this.type.variants)[this.which]!;
  }

  /** The value; of a type that owns memory, a handle borrowed from the box. */
  get value(): Infer<V[keyof V]> {
    return this.inner().read(this.allocator.memory, this.ptr, this) as Infer<V[keyof V]>;
  }

  /** Address of the value. */
  asPtr(): Ptr {
    if (this.state !== OWNED) this.enter();
    return this.ptr;
  }

  override clone(): BoxDyn<V> {
    const type = this.inner();
    const { allocator } = this;
    const at = takeBlock(allocator, Layout.new(type));
    try {
      cloneValue(type, allocator.memory, this.ptr, at, allocator);
    } catch (error) {
      giveBlock(allocator, at, Layout.new(type));
      throw error;
    }
    return new BoxDyn(this.type, allocator, at, this.which);
  }

  inspectContents(show: (value: unknown) => string): string {
    return ` { ${this.tag}: ${show(this.value)} }`;
  }

  protected load(slot: Ptr): void {
    const { memory } = this.allocator;
    const ptr = readPtr(memory, slot);
    const which = memory.readUsize(slot + WORD);
    if (ptr !== this.ptr || which !== this.which) this.epoch++;
    this.ptr = ptr;
    this.which = which;
  }

  protected store(slot: Ptr): void {
    writePtr(this.allocator.memory, slot, this.ptr);
    this.allocator.memory.writeUsize(slot + WORD, this.which);
  }

  protected release(): void {
    const type = Object.values(this.type.variants)[this.which]!;
    try {
      dropValues(type, this.allocator.memory, this.ptr, 1, this.allocator);
    } finally {
      giveBlock(this.allocator, this.ptr, Layout.new(type));
    }
  }

  private inner(): AnyType {
    if (this.state !== OWNED) this.enter();
    return Object.values(this.type.variants)[this.which]!;
  }
}

/**
 * The type `Box<dyn Name>`, of boxed values of any of these types.
 *
 * @param name - of the trait, for messages
 * @example boxDyn("Shape", { Circle: u32, Nothing: unit }).size // => 16
 */
export function boxDyn<V extends Variants>(name: string, variants: V): DynType<V> {
  const tags = Object.keys(variants);
  const base = ownerType<BoxDyn<V>>({
    name: `Box<dyn ${name}>`,
    size: 2 * WORD,
    niche: { offset: 0, size: 8, first: 0, count: 1 },
    is: (value) => value instanceof BoxDyn && value.type === type,
    borrow: (loan) => new BoxDyn(type, loan.lender.allocator, 0, 0, loan),
    adopt: (memory, at, allocator) => new BoxDyn(type, allocator, readPtr(memory, at), memory.readUsize(at + WORD)),
    compare: (a, b) => a.asPtr() - b.asPtr(),
    clone(memory, from, to, allocator) {
      const source = new BoxDyn(type, allocator, readPtr(memory, from), memory.readUsize(from + WORD));
      source.clone().moveTo(to);
      source.moveTo(from);
    },
  });
  const type: DynType<V> = Object.assign(base, {
    variants,
    box<K extends keyof V & string>(tag: K, value: Infer<V[K]>, allocator: GlobalAlloc = globalAllocator()): BoxDyn<V> {
      const which = tags.indexOf(tag);
      const inner = variants[tag];
      if (which < 0 || inner === undefined)
        throw new ArgumentError("alloc/argument", `expected one of ${tags.join(", ")}, got ${tag}`, tag);
      inner.check?.(value, allocator);
      const at = takeBlock(allocator, Layout.new(inner));
      inner.write(allocator.memory, at, value, allocator);
      return new BoxDyn(type, allocator, at, which);
    },
  });
  return type;
}
