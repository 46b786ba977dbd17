/**
 * The nodes of a LinkedList, and its words.
 *
 * ```
 *   words  +0 head   +8 tail   +16 length                         24 bytes; an empty list's ends are null
 *
 *   node   +0 next   +8 previous   ├ element ┤                    the element at 16, or at its alignment if that is more
 *   size   (16 + size) rounded up to the alignment, which is at least 8
 * ```
 * One block per element.
 *
 * @module
 */
import { handleAllocError, Layout, type GlobalAlloc } from "@kmem/global-alloc";
import { alignUp, NULL, type Ptr } from "@kmem/memory";
import { Access, isize, readPtr, WORD, writePtr, type Type } from "@kmem/repr";
import { TryReserveError } from "../core/errors.ts";
import { ExactIter } from "../core/iter.ts";
import { checkUnchanged, OWNED, type Loan, type Owner } from "../core/owner.ts";
import { Sequence } from "../core/sequence.ts";

/** Bytes of a list's words. */
export const LIST_SIZE = 24;
const PREVIOUS = WORD;
const LINKS = 2 * WORD;

export abstract class Nodes<T> extends Sequence<T> {
  readonly type: Type<T>;
  /** First node, or NULL. */
  protected head: Ptr = NULL;
  /** Last node, or NULL. */
  protected tail: Ptr = NULL;
  /** Number of elements; as of the last `enter`. */
  protected count = 0;
  protected readonly elements: Access<T>;
  /** Bytes from a node's start to its element. */
  protected readonly offset: number;
  protected readonly nodeLayout: Layout;
  private readonly links: Access<number>;
  /** How many changes of {@link Owner.epoch} have left every node where it was. */
  private replacements = 0;

  protected constructor(type: Type<T>, allocator: GlobalAlloc, loan?: Loan) {
    super(allocator, loan);
    this.type = type;
    this.elements = new Access(type, this);
    this.links = new Access(isize, this);
    const align = Math.max(WORD, type.align);
    this.offset = alignUp(LINKS, type.align);
    this.nodeLayout = Layout.fromSizeAlign(alignUp(this.offset + type.size, align), align);
  }

  get typeName(): string {
    return `LinkedList<${this.type.name}>`;
  }

  get length(): number {
    if (this.state !== OWNED) this.enter();
    return this.count;
  }

  iter(): ExactIter<T> {
    if (this.state !== OWNED) this.enter();
    return new NodesIter(this, this.inside(), this.head, this.tail, this.count);
  }

  /** Counts the changes that were more than another element in the same node. */
  protected get changesOfNodes(): number {
    return this.epoch - this.replacements;
  }

  /** @internal An element was replaced by way of a borrowed place. */
  override elementsChanged(): void {
    this.replacements++;
    super.elementsChanged();
  }

  protected next(node: Ptr): Ptr {
    return this.links.read(node);
  }

  protected previous(node: Ptr): Ptr {
    return this.links.read(node + PREVIOUS);
  }

  protected elementOf(node: Ptr): T {
    return this.elements.read(node + this.offset);
  }

  /** The node of element `index`, from the nearer end. */
  protected nodeAt(index: number): Ptr {
    if (index <= this.count / 2) {
      let node = this.head;
      for (let i = 0; i < index; i++) node = this.next(node);
      return node;
    }
    let node = this.tail;
    for (let i = this.count - 1; i > index; i--) node = this.previous(node);
    return node;
  }

  /** A block for a node, with the element in it. Nothing has changed when this throws. */
  protected makeNode(value: T): Ptr {
    this.elements.check(value);
    const node = this.tryTakeNode();
    if (node === NULL) handleAllocError(this.nodeLayout);
    this.fillNode(node, value);
    return node;
  }

  /** {@link Nodes.makeNode}, or why there is no memory. */
  protected tryMakeNode(value: T): Ptr | TryReserveError {
    this.elements.check(value);
    const node = this.tryTakeNode();
    if (node === NULL) return new TryReserveError(this.nodeLayout);
    this.fillNode(node, value);
    return node;
  }

  protected tryTakeNode(): Ptr {
    return this.allocator.alloc(this.nodeLayout);
  }

  protected freeNode(node: Ptr): void {
    this.allocator.dealloc(node, this.nodeLayout);
  }

  /** Moves a node's element out and gives the node back. */
  protected emptyNode(node: Ptr): T {
    const value = this.elements.take(node + this.offset);
    this.freeNode(node);
    return value;
  }

  /** Puts a node between two neighbours; NULL stands for the ends of the list. */
  protected link(node: Ptr, before: Ptr, after: Ptr): void {
    this.links.write(node, after);
    this.links.write(node + PREVIOUS, before);
    this.join(before, node);
    this.join(node, after);
    this.count++;
    this.changed();
  }

  /** Takes a node out of the list, which stays whole. */
  protected unlink(node: Ptr): void {
    const before = this.previous(node);
    const after = this.next(node);
    this.join(before, after);
    this.count--;
    this.changed();
  }

  /** Makes two nodes neighbours; NULL stands for the ends of the list. */
  protected join(before: Ptr, after: Ptr): void {
    if (before === NULL) this.head = after;
    else this.links.write(before, after);
    if (after === NULL) this.tail = before;
    else this.links.write(after + PREVIOUS, before);
  }

  /** Replaces the words. */
  protected assume(head: Ptr, tail: Ptr, length: number): void {
    this.head = head;
    this.tail = tail;
    this.count = length;
  }

  /** Drops the elements from `node` on, each before its node, first to last, even when a drop throws. */
  protected dropNodes(node: Ptr): void {
    let failed = false;
    let error: unknown;
    for (let at = node; at !== NULL;) {
      const after = this.next(at);
      try {
        this.elements.drop(at + this.offset);
      } catch (caught) {
        if (!failed) error = caught;
        failed = true;
      }
      this.freeNode(at);
      at = after;
    }
    if (failed) throw error;
  }

  /** What iterators may do. */
  protected inside(): NodesInside<T> {
    return {
      next: (node) => this.next(node),
      previous: (node) => this.previous(node),
      elementOf: (node) => this.elementOf(node),
    };
  }

  protected load(slot: Ptr): void {
    const { memory } = this.allocator;
    const head = readPtr(memory, slot);
    const tail = readPtr(memory, slot + WORD);
    const length = memory.readUsize(slot + 2 * WORD);
    if (head !== this.head || tail !== this.tail || length !== this.count) this.epoch++;
    this.assume(head, tail, length);
  }

  protected store(slot: Ptr): void {
    const { memory } = this.allocator;
    writePtr(memory, slot, this.head);
    writePtr(memory, slot + WORD, this.tail);
    memory.writeUsize(slot + 2 * WORD, this.count);
  }

  protected release(): void {
    this.dropNodes(this.head);
  }

  private fillNode(node: Ptr, value: T): void {
    try {
      this.elements.write(node + this.offset, value);
    } catch (error) {
      this.freeNode(node);
      throw error;
    }
  }
}

/** What a list lets its iterators do. */
export interface NodesInside<T> {
  next(node: Ptr): Ptr;
  previous(node: Ptr): Ptr;
  elementOf(node: Ptr): T;
}

/** Iterates from both ends, as long as the list does not change. */
class NodesIter<T> extends ExactIter<T> {
  private readonly owner: Owner;
  private readonly nodes: NodesInside<T>;
  private readonly epoch: number;
  private front: Ptr;
  private back: Ptr;
  private left: number;

  constructor(owner: Owner, nodes: NodesInside<T>, front: Ptr, back: Ptr, count: number) {
    super();
    this.owner = owner;
    this.nodes = nodes;
    this.epoch = owner.epoch;
    this.front = front;
    this.back = back;
    this.left = count;
  }

  get length(): number {
    return this.left;
  }

  override get trusted(): boolean {
    return false;
  }

  next(): IteratorResult<T, undefined> {
    if (this.left === 0) return { done: true, value: undefined };
    checkUnchanged(this.owner, this.epoch);
    const node = this.front;
    this.front = this.nodes.next(node);
    this.left--;
    return { done: false, value: this.nodes.elementOf(node) };
  }

  nextBack(): IteratorResult<T, undefined> {
    if (this.left === 0) return { done: true, value: undefined };
    checkUnchanged(this.owner, this.epoch);
    const node = this.back;
    this.back = this.nodes.previous(node);
    this.left--;
    return { done: false, value: this.nodes.elementOf(node) };
  }
}
