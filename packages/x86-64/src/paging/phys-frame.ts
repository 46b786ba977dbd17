/**
 * Frames of physical memory.
 *
 * @see https://docs.rs/x86_64/0.15.4/x86_64/structures/paging/frame
 * @module
 */
import { hex } from "@kmem/memory";
import { checkedCount, isPhysical, PhysAddr } from "../addr.ts";
import { AddressError } from "../errors.ts";
import { PhysFrameRange, PhysFrameRangeInclusive } from "./page-range.ts";
import { offsetIn, Size4KiB, type PageSize } from "./page-size.ts";

/** A frame: a run of `size.bytes` physical addresses that starts at a multiple of that. */
export class PhysFrame<S extends PageSize = Size4KiB> {
  readonly startAddress: PhysAddr;
  readonly size: S;

  private constructor(startAddress: PhysAddr, size: S) {
    this.startAddress = startAddress;
    this.size = size;
  }

  /** The frame that holds an address. @throws {@link AddressError} `address/not-physical` */
  static containingAddress(address: number): PhysFrame;
  static containingAddress<S extends PageSize>(address: number, size: S): PhysFrame<S>;
  static containingAddress(address: number, size?: PageSize): PhysFrame<PageSize> {
    // Written out, as in `Page`.
    if (!(Number.isInteger(address) && address >= 0 && address < 0x10_0000_0000_0000)) PhysAddr.new(address);
    if (size !== undefined) return PhysFrame.ofSize(address, size);
    return new PhysFrame((address - (address & 0xfff)) as PhysAddr, Size4KiB);
  }

  private static ofSize(address: number, size: PageSize): PhysFrame<PageSize> {
    return new PhysFrame((address - offsetIn(address, size)) as PhysAddr, size);
  }

  /**
   * The frame that starts at an address.
   *
   * @throws {@link AddressError} `address/not-aligned`, `address/not-physical`
   */
  static fromStartAddress(address: number): PhysFrame;
  static fromStartAddress<S extends PageSize>(address: number, size: S): PhysFrame<S>;
  static fromStartAddress(address: number, size: PageSize = Size4KiB): PhysFrame<PageSize> {
    if (!isPhysical(address)) PhysAddr.new(address);
    if (offsetIn(address, size) !== 0)
      throw new AddressError("address/not-aligned", `expected the start of a frame of ${size.name}, got`, address);
    return new PhysFrame(address as PhysAddr, size);
  }

  /** The caller answers for it that `address` is the start of such a frame. */
  static fromStartAddressUnchecked<S extends PageSize>(address: PhysAddr, size: S): PhysFrame<S> {
    return new PhysFrame(address, size);
  }

  /** The frames from `start` up to but not including `end`. */
  static range<S extends PageSize>(start: PhysFrame<S>, end: PhysFrame<S>): PhysFrameRange<S> {
    return new PhysFrameRange(start, end);
  }

  /** The frames from `start` up to and including `end`. */
  static rangeInclusive<S extends PageSize>(start: PhysFrame<S>, end: PhysFrame<S>): PhysFrameRangeInclusive<S> {
    return new PhysFrameRangeInclusive(start, end);
  }

  /** The frame `count` frames up. @throws {@link AddressError} `address/overflow` */
  add(count: number | bigint): PhysFrame<S> {
    return new PhysFrame(PhysAddr.add(this.startAddress, checkedCount(count, "frames") * this.size.bytes), this.size);
  }

  /** The frame `count` frames down. @throws {@link AddressError} `address/overflow` */
  sub(count: number | bigint): PhysFrame<S> {
    return new PhysFrame(PhysAddr.sub(this.startAddress, checkedCount(count, "frames") * this.size.bytes), this.size);
  }

  /** Frames from `from` to this one. @throws {@link AddressError} when negative */
  diff(from: PhysFrame<S>): number {
    return PhysAddr.diff(this.startAddress, from.startAddress) / this.size.bytes;
  }

  equals(other: PhysFrame): boolean {
    return this.startAddress === other.startAddress && (this.size as PageSize) === other.size;
  }

  /** As Rust's `{:?}`, and as `{:#?}` too: the crate prints it on one line. */
  debug(): string {
    return this.toString();
  }

  /** As Rust's `{:?}`. */
  toString(): string {
    return `PhysFrame[${this.size.name}](${hex(this.startAddress)})`;
  }
}
