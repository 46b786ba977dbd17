/**
 * A block whose value is not there yet: Rust's `Box<MaybeUninit<T>>`.
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import type { Type } from "@kmem/repr";
import { Owner } from "../core/owner.ts";

/** What becomes of a block. */
export interface BlockMaker<B> {
  /** Makes the owner of the value that is at `ptr`. */
  finish(ptr: Ptr): B;
  /** Gives the block back. */
  free(): void;
}

/** Owns a block; write the value, or say that it is written, to get the box (or Rc, Arc) of type `B`. */
export class BoxUninit<T, B> extends Owner {
  readonly type: Type<T>;
  private readonly ptr: Ptr;
  private readonly maker: BlockMaker<B>;

  /** @param ptr - where the value will lie */
  constructor(type: Type<T>, allocator: GlobalAlloc, ptr: Ptr, maker: BlockMaker<B>) {
    super(allocator);
    this.type = type;
    this.ptr = ptr;
    this.maker = maker;
  }

  get typeName(): string {
    return `Box<MaybeUninit<${this.type.name}>>`;
  }

  /** Where the value will lie. */
  asPtr(): Ptr {
    this.assertUsable();
    return this.ptr;
  }

  /** Moves the value in. What the type refuses is refused before anything changes. */
  write(value: T): B {
    this.requireOwned();
    this.type.check?.(value, this.allocator);
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
    return this.maker.finish(this.ptr);
  }

  protected load(): void {
    // Never an element.
  }

  protected store(): void {
    // Never an element.
  }

  protected release(): void {
    this.maker.free();
  }
}
