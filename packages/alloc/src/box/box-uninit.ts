/**
 * A block whose value is not there yet: Rust's `Box<MaybeUninit<T>>`.
 *
 * @module
 */
import { Layout, type GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import type { Type } from "@kmem/repr";
import { giveBlock } from "../core/block.ts";
import { Owner } from "../core/owner.ts";

/** Owns a block; write the value, or say that it is written, to get the box (or Rc, Arc) of type `B`. */
export class BoxUninit<T, B> extends Owner {
  readonly type: Type<T>;
  private readonly ptr: Ptr;
  private readonly finish: (ptr: Ptr) => B;

  /** @param finish - makes the owner of the value that is at `ptr` */
  constructor(type: Type<T>, allocator: GlobalAlloc, ptr: Ptr, finish: (ptr: Ptr) => B) {
    super(allocator);
    this.type = type;
    this.ptr = ptr;
    this.finish = finish;
  }

  get typeName(): string {
    return `Box<MaybeUninit<${this.type.name}>>`;
  }

  /** Where the value will lie. */
  asPtr(): Ptr {
    this.assertUsable();
    return this.ptr;
  }

  /** Moves the value in. */
  write(value: T): B {
    this.requireOwned();
    try {
      this.type.write(this.allocator.memory, this.ptr, value, this.allocator);
    } catch (error) {
      this.drop();
      throw error;
    }
    return this.assumeInit();
  }

  /** Says that the bytes are a value now; the caller answers for it. */
  assumeInit(): B {
    this.requireOwned();
    this.forget();
    return this.finish(this.ptr);
  }

  protected load(): void {
    // Never an element.
  }

  protected store(): void {
    // Never an element.
  }

  protected release(): void {
    giveBlock(this.allocator, this.ptr, Layout.new(this.type));
  }
}
