/**
 * Why a mapper refuses.
 *
 * @see https://docs.rs/x86_64/0.15.4/x86_64/structures/paging/mapper/enum.MapToError.html and its neighbours
 * @module
 */
import { hex, KmemError } from "@kmem/memory";
import type { PhysAddr } from "../addr.ts";
import type { Page } from "./page.ts";
import type { PageSize } from "./page-size.ts";
import type { PhysFrame } from "./phys-frame.ts";

/** The names that Rust prints. */
const RUST_NAMES = {
  "map/frame-allocation-failed": "FrameAllocationFailed",
  "map/parent-entry-huge-page": "ParentEntryHugePage",
  "map/page-already-mapped": "PageAlreadyMapped",
  "map/page-not-mapped": "PageNotMapped",
  "map/invalid-frame-address": "InvalidFrameAddress",
} as const;

/** What all refusals of a mapper have in common. */
export abstract class MapperError extends KmemError {
  abstract override readonly code: keyof typeof RUST_NAMES;

  /** The variant's name in Rust. */
  get variant(): (typeof RUST_NAMES)[keyof typeof RUST_NAMES] {
    return RUST_NAMES[this.code];
  }

  /** As Rust's `{:?}`. */
  get debug(): string {
    return this.variant;
  }

  get display(): string {
    return this.message;
  }
}

/** `mapTo` refuses. */
export class MapToError extends MapperError {
  readonly code: "map/frame-allocation-failed" | "map/parent-entry-huge-page" | "map/page-already-mapped";
  /** The frame that was to be mapped, where the page is mapped already; Rust's error has only this. */
  readonly requested: PhysFrame<PageSize> | undefined;
  /** The address in the entry that is there. */
  readonly existing: PhysAddr | undefined;
  /** Where in a range it was: the page, or the first of those that should have been mapped there. */
  readonly page: Page<PageSize> | undefined;

  constructor(code: MapToError["code"], requested?: PhysFrame<PageSize>, existing?: PhysAddr, page?: Page<PageSize>) {
    const frame = requested === undefined ? "" : `(${requested.toString()})`;
    const found = existing === undefined ? "" : `: the entry names ${hex(existing)} already`;
    super(RUST_NAMES[code] + frame + found + at(page));
    this.name = "MapToError";
    this.code = code;
    this.requested = requested;
    this.existing = existing;
    this.page = page;
  }

  override get debug(): string {
    return this.requested === undefined ? this.variant : `${this.variant}(${this.requested.toString()})`;
  }

  static frameAllocationFailed(): MapToError {
    return new MapToError("map/frame-allocation-failed");
  }
}

/** `unmap` refuses. */
export class UnmapError extends MapperError {
  readonly code: "map/parent-entry-huge-page" | "map/page-not-mapped" | "map/invalid-frame-address";
  /** The address that is no start of a frame of that size. */
  readonly address: PhysAddr | undefined;
  /** Where in a range it was. */
  readonly page: Page<PageSize> | undefined;
  constructor(code: UnmapError["code"], address?: PhysAddr, page?: Page<PageSize>) {
    super(debugWithAddress(RUST_NAMES[code], address) + at(page));
    this.name = "UnmapError";
    this.page = page;
    this.code = code;
    this.address = address;
  }

  override get debug(): string {
    return debugWithAddress(this.variant, this.address);
  }
}

/** `updateFlags` and `setFlagsP…Entry` refuse. */
export class FlagUpdateError extends MapperError {
  readonly code: "map/parent-entry-huge-page" | "map/page-not-mapped";
  constructor(code: FlagUpdateError["code"]) {
    super(RUST_NAMES[code]);
    this.name = "FlagUpdateError";
    this.code = code;
  }
}

/** `translatePage` refuses. */
export class TranslateError extends MapperError {
  readonly code: "map/parent-entry-huge-page" | "map/page-not-mapped" | "map/invalid-frame-address";
  readonly address: PhysAddr | undefined;
  constructor(code: TranslateError["code"], address?: PhysAddr) {
    super(debugWithAddress(RUST_NAMES[code], address));
    this.name = "TranslateError";
    this.code = code;
    this.address = address;
  }

  override get debug(): string {
    return debugWithAddress(this.variant, this.address);
  }
}

/** An entry names no frame of 4 KiB. */
export class FrameError extends KmemError {
  readonly code: "frame/not-present" | "frame/huge-frame";
  readonly address: PhysAddr;
  constructor(code: FrameError["code"], address: PhysAddr) {
    super(`${code === "frame/huge-frame" ? "HugeFrame" : "FrameNotPresent"}: the entry's address is ${hex(address)}`);
    this.name = "FrameError";
    this.code = code;
    this.address = address;
  }

  /** The variant's name in Rust. */
  get variant(): "FrameNotPresent" | "HugeFrame" {
    return this.code === "frame/huge-frame" ? "HugeFrame" : "FrameNotPresent";
  }

  /** As Rust's `{:?}`. */
  get debug(): string {
    return this.variant;
  }

  get display(): string {
    return this.message;
  }
}

/** The level 4 table cannot be used by a `RecursivePageTable`. */
export class InvalidPageTable extends KmemError {
  readonly code: "page-table/not-recursive" | "page-table/not-active";
  constructor(code: InvalidPageTable["code"]) {
    super(
      code === "page-table/not-recursive"
        ? "given page table address is not recursive"
        : "given page table is not active on the CPU",
    );
    this.name = "InvalidPageTable";
    this.code = code;
  }

  /** As Rust's `{:?}`. */
  get debug(): string {
    return this.code === "page-table/not-recursive" ? "NotRecursive" : "NotActive";
  }

  /** As Rust's `{}`. */
  get display(): string {
    return this.message;
  }
}

/** A page table lies outside of memory. */
export class PhysicalMemoryError extends KmemError {
  readonly code = "paging/outside-memory";
  /** Where the table should lie. */
  readonly address: number;
  constructor(address: number) {
    super(`a page table outside of memory, at ${hex(address)}`);
    this.name = "PhysicalMemoryError";
    this.address = address;
  }
}

/** What Rust's mappers panic on; and an allocator that is none, which Rust's types exclude. */
export class MapperPanic extends KmemError {
  readonly code: "mapper/entry-not-mapped" | "mapper/huge-flag" | "mapper/huge-entry" | "mapper/allocator";
  constructor(code: MapperPanic["code"], message: string) {
    super(message);
    this.name = "MapperPanic";
    this.code = code;
  }
}

function at(page: Page<PageSize> | undefined): string {
  return page === undefined ? "" : `, at ${page.toString()}`;
}

function debugWithAddress(variant: string, address: PhysAddr | undefined): string {
  return address === undefined ? variant : `${variant}(PhysAddr(${hex(address)}))`;
}
