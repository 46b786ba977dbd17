/**
 * What can be inspected.
 *
 * @module
 */
import type { Fault, HeapStats } from "@kmem/linked-list-allocator";
import type { TlbEntry } from "@kmem/machine";
import type { Ptr } from "@kmem/memory";
import type { HeapMap } from "../../tour/heap-map.ts";
import type { PageTree } from "../../tour/page-tree.ts";
import type { RunOptions } from "../commands.ts";

/** Names on the command line, in the order in which they are shown. */
export const SECTION_NAMES = ["registers", "pages", "heap", "frames", "tlb", "info-tlb", "info-mem"] as const;
export type SectionName = (typeof SECTION_NAMES)[number];
/** Shown when nothing is asked for: all but the long ones that say the same as `pages`. */
export const DEFAULT_SECTIONS: readonly SectionName[] = ["registers", "pages", "heap", "frames", "tlb"];

export interface InspectOptions extends RunOptions {
  /** Nanoseconds. */
  readonly at?: number;
  readonly save?: string;
  readonly load?: string;
  readonly json?: boolean;
}

/** Something that the machine's bytes do not let be read. */
export interface Unreadable {
  readonly error: string;
}

export interface RegisterReport {
  readonly name: string;
  readonly value: number;
  /** Names of the flags that are set, or what an address is. */
  readonly meaning: string;
}

export interface HeapReport {
  /** Address of the control block. */
  readonly controlAt: Ptr;
  /** Whether somebody holds its lock. */
  readonly locked: boolean;
  readonly faults: readonly Fault[];
  /** undefined while it is not initialised, or damaged. */
  readonly map: HeapMap | undefined;
  readonly stats: HeapStats | undefined;
}

/** A region of the memory map, in frames of 4 KiB. */
export interface FrameReport {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly type: string;
  readonly frames: number;
  /** In which page tables lie that are in force. */
  readonly tables: number;
  /** That pages map, apart from the map of all physical memory. */
  readonly mapped: number;
  /** Of a usable region: the others. */
  readonly free: number;
}

export interface TlbReport extends TlbEntry {
  /** What the tables say by now, where that is something else: another frame, other rights, or nothing. */
  readonly stale: string | undefined;
}

/** All that was looked at. */
export interface Inspection {
  readonly machine: { readonly state: string; readonly nanoseconds: number; readonly memory: number };
  readonly registers?: readonly RegisterReport[];
  readonly pages?: PageTree | Unreadable;
  readonly heap?: readonly HeapReport[] | Unreadable;
  readonly frames?: readonly FrameReport[] | Unreadable;
  readonly tlb?: readonly TlbReport[];
  readonly "info-tlb"?: string | Unreadable;
  readonly "info-mem"?: string | Unreadable;
}
