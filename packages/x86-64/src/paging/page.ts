/**
 * Pages of virtual memory.
 *
 * @see https://docs.rs/x86_64/0.15.4/x86_64/structures/paging/page
 * @module
 */
import { hex } from "@kmem/memory";
import { checkedCount, isCanonical, VirtAddr, type Level } from "../addr.ts";
import { AddressError } from "../errors.ts";
import { offsetIn, Size1GiB, Size2MiB, Size4KiB, type PageSize } from "./page-size.ts";
import { PageRange, PageRangeInclusive } from "./page-range.ts";

/** A page: a run of `size.bytes` virtual addresses that starts at a multiple of that. */
export class Page<S extends PageSize = Size4KiB> {
  readonly startAddress: VirtAddr;
  readonly size: S;

  private constructor(startAddress: VirtAddr, size: S) {
    this.startAddress = startAddress;
    this.size = size;
  }

  /** The page that holds an address. @throws {@link AddressError} `address/not-canonical` */
  static containingAddress(address: number): Page;
  static containingAddress<S extends PageSize>(address: number, size: S): Page<S>;
  static containingAddress(address: number, size?: PageSize): Page<PageSize> {
    // Written out: what is imported from another file must be looked up, which would be a third of what this costs.
    if (!(Number.isInteger(address) && address >= -0x8000_0000_0000 && address < 0x8000_0000_0000))
      VirtAddr.new(address);
    if (size !== undefined) return Page.ofSize(address, size);
    return new Page((address - (address & 0xfff)) as VirtAddr, Size4KiB);
  }

  // Apart, so that V8 still makes `containingAddress` part of a loop that does much else.
  private static ofSize(address: number, size: PageSize): Page<PageSize> {
    return new Page((address - offsetIn(address, size)) as VirtAddr, size);
  }

  /**
   * The page that starts at an address.
   *
   * @throws {@link AddressError} `address/not-aligned`, `address/not-canonical`
   */
  static fromStartAddress(address: number): Page;
  static fromStartAddress<S extends PageSize>(address: number, size: S): Page<S>;
  static fromStartAddress(address: number, size: PageSize = Size4KiB): Page<PageSize> {
    if (!isCanonical(address)) VirtAddr.new(address);
    if (offsetIn(address, size) !== 0)
      throw new AddressError("address/not-aligned", `expected the start of a page of ${size.name}, got`, address);
    return new Page(address as VirtAddr, size);
  }

  /** The caller answers for it that `address` is the start of such a page. */
  static fromStartAddressUnchecked<S extends PageSize>(address: VirtAddr, size: S): Page<S> {
    return new Page(address, size);
  }

  /** The 4 KiB page with these indices, each 0 … 511. @throws {@link AddressError} `address/index` */
  static fromPageTableIndices(p4: number, p3: number, p2: number, p1: number): Page {
    return new Page(addressOf(p4, p3, p2, p1), Size4KiB);
  }
  static fromPageTableIndices2MiB(p4: number, p3: number, p2: number): Page<Size2MiB> {
    return new Page(addressOf(p4, p3, p2, 0), Size2MiB);
  }
  static fromPageTableIndices1GiB(p4: number, p3: number): Page<Size1GiB> {
    return new Page(addressOf(p4, p3, 0, 0), Size1GiB);
  }

  /** The pages from `start` up to but not including `end`. */
  static range<S extends PageSize>(start: Page<S>, end: Page<S>): PageRange<S> {
    return new PageRange(start, end);
  }

  /** The pages from `start` up to and including `end`. */
  static rangeInclusive<S extends PageSize>(start: Page<S>, end: Page<S>): PageRangeInclusive<S> {
    return new PageRangeInclusive(start, end);
  }

  p4Index(): number {
    return VirtAddr.p4Index(this.startAddress);
  }
  p3Index(): number {
    return VirtAddr.p3Index(this.startAddress);
  }
  p2Index(): number {
    return VirtAddr.p2Index(this.startAddress);
  }
  p1Index(): number {
    return VirtAddr.p1Index(this.startAddress);
  }

  /** Index in the table of a level, 0 … 511. */
  pageTableIndex(level: Level): number {
    return VirtAddr.tableIndex(this.startAddress, level);
  }

  /** The page `count` pages up. @throws {@link AddressError} `address/overflow` at the gap and at the end */
  add(count: number | bigint): Page<S> {
    return new Page(VirtAddr.add(this.startAddress, bytesOf(count, this.size)), this.size);
  }

  /** The page `count` pages down. @throws {@link AddressError} `address/overflow` */
  sub(count: number | bigint): Page<S> {
    return new Page(VirtAddr.sub(this.startAddress, bytesOf(count, this.size)), this.size);
  }

  /** Pages from `from` to this one, where the gap counts too. @throws {@link AddressError} when negative */
  diff(from: Page<S>): bigint {
    return VirtAddr.diff(this.startAddress, from.startAddress) / BigInt(this.size.bytes);
  }

  /** The page `count` pages further on; the first of the upper half follows the last of the lower. */
  forwardChecked(count: number | bigint): Page<S> | undefined {
    return this.at(VirtAddr.forwardChecked(this.startAddress, checkedCount(count, "pages") * this.size.bytes));
  }

  /** The page `count` pages back; as {@link Page.forwardChecked}. */
  backwardChecked(count: number | bigint): Page<S> | undefined {
    return this.at(VirtAddr.backwardChecked(this.startAddress, checkedCount(count, "pages") * this.size.bytes));
  }

  /** Pages from `from` to `to`, not counting the gap. @returns `undefined` when `to` comes before */
  static stepsBetween<S extends PageSize>(from: Page<S>, to: Page<S>): number | undefined {
    const bytes = VirtAddr.stepsBetween(from.startAddress, to.startAddress);
    return bytes === undefined ? undefined : bytes / from.size.bytes;
  }

  /** The page of 4 KiB at the same address. */
  first4KiBPage(): Page {
    return new Page(this.startAddress, Size4KiB);
  }

  equals(other: Page): boolean {
    return this.startAddress === other.startAddress && (this.size as PageSize) === other.size;
  }

  /** As Rust's `{:?}`, and as `{:#?}` too: the crate prints it on one line. */
  debug(): string {
    return this.toString();
  }

  /** As Rust's `{:?}`. */
  toString(): string {
    return `Page[${this.size.name}](${hex(this.startAddress)})`;
  }

  private at(address: VirtAddr | undefined): Page<S> | undefined {
    return address === undefined ? undefined : new Page(address, this.size);
  }
}

function bytesOf(count: number | bigint, size: PageSize): number | bigint {
  const number = checkedCount(count, "pages");
  return typeof count === "bigint" ? count * BigInt(size.bytes) : number * size.bytes;
}

function addressOf(p4: number, p3: number, p2: number, p1: number): VirtAddr {
  for (const index of [p4, p3, p2, p1])
    if (!Number.isInteger(index) || index < 0 || index > 511)
      throw new AddressError("address/index", "expected an index of 0 … 511, got", index);
  const low = ((p3 * 512 + p2) * 512 + p1) * 4096;
  return ((p4 < 256 ? p4 : p4 - 512) * 2 ** 39 + low) as VirtAddr;
}
