/**
 * Taking blocks from the allocator with red zones around them, and giving them back by way of the quarantine.
 *
 * ```
 *   take ──▶ live ── bury ──▶ quarantined ── the oldest, when it is full ──▶ returned
 *                        └──── larger than the quarantine ────────────────▶
 * ```
 *
 * @module
 */
import { Layout, MAX_SIZE, type GlobalAlloc } from "@kmem/global-alloc";
import { alignUp, hex, NULL, type Memory, type Ptr } from "@kmem/memory";
import { Block, bytes, nameOf, type BlockTable } from "./block.ts";
import type { CheckedMemory } from "./checked-memory.ts";
import { damageOf, FREED_BYTE, FRESH_BYTE, RED_BYTE } from "./damage.ts";
import { makeFinding } from "./finding.ts";
import type { Settings } from "./options.ts";
import type { Reporter } from "./reporter.ts";
import { FREED, FRESH, NOWHERE, RED, RETURNED, WRITTEN, type Shadow } from "./shadow.ts";
import { captureTrace, NO_TRACE, type Trace } from "./trace.ts";

/** What the parts of a sanitizer share. */
export interface Parts {
  /** What is wrapped. */
  readonly allocator: GlobalAlloc;
  /** The memory beneath. */
  readonly raw: Memory;
  /** The memory that the program sees. */
  readonly checked: CheckedMemory;
  readonly shadow: Shadow;
  readonly table: BlockTable;
  readonly reporter: Reporter;
  readonly settings: Settings;
}

export class BlockKeeper {
  private readonly parts: Parts;
  /** The sanitizer: whose `method` the program has called. */
  private readonly owner: object;
  private serial = 0;
  private heldBytes = 0;

  constructor(parts: Parts, owner: object) {
    this.parts = parts;
    this.owner = owner;
  }

  /**
   * Takes a block.
   *
   * @param method - of the owner, as in all methods here: what the program has called
   * @returns {@link NULL} when there is no room, or what the allocator handed out was no good and that is reported
   */
  take(layout: Layout, isZeroed: boolean, method: string): Ptr {
    const { raw, shadow, table, checked, allocator } = this.parts;
    const { redZoneBytes } = this.parts.settings;
    const asked = Layout.fromSizeAlign(layout.size, layout.align);
    const before = alignUp(redZoneBytes, asked.align);
    const outerSize = before + asked.size + redZoneBytes;
    if (outerSize > MAX_SIZE - asked.align) return NULL;
    const outer = Layout.fromSizeAlign(outerSize, asked.align);
    const outerAt = this.takeOuter(outer, isZeroed, method);
    if (outerAt === NULL || !this.isGood(outerAt, outer, method)) return NULL;

    const at = outerAt + before;
    try {
      raw.fill(outerAt, RED_BYTE, before);
      if (!isZeroed) raw.fill(at, FRESH_BYTE, asked.size);
      raw.fill(at + asked.size, RED_BYTE, redZoneBytes);
    } catch (error) {
      // A page that is not there, say. Nothing has changed then.
      allocator.dealloc(outerAt, outer);
      throw error;
    }
    shadow.fill(outerAt, outerSize, RED);
    shadow.fill(at, asked.size, isZeroed ? WRITTEN : FRESH);
    table.live.set(at, new Block(++this.serial, at, asked, outerAt, outer, this.traceOf(method)));
    checked.endWindows();
    return at;
  }

  /** Gives back the oldest blocks in quarantine, so that this one fits. */
  makeRoomFor({ outer }: Block, method: string): void {
    const { quarantineBytes } = this.parts.settings;
    if (outer.size > quarantineBytes) return;
    while (this.heldBytes + outer.size > quarantineBytes) this.judgeOldest(method);
  }

  /** Frees a block: into quarantine, or to the allocator when it is too large for that. */
  bury(block: Block, method: string): void {
    const { raw, shadow, table, checked, allocator, settings } = this.parts;
    const { address, layout, outerAt, outer } = block;
    if (outer.size > settings.quarantineBytes) {
      allocator.dealloc(outerAt, outer);
      this.setReturned(block);
    } else {
      raw.fill(address, FREED_BYTE, layout.size);
      shadow.fill(address, layout.size, FREED);
      block.state = "quarantined";
      table.quarantined.push(block);
      this.heldBytes += outer.size;
    }
    block.freedBy = this.traceOf(method);
    table.live.delete(address);
    checked.endWindows();
  }

  /** Ends the quarantine. */
  returnAll(): void {
    while (this.parts.table.quarantined.size > 0) this.returnOldest();
  }

  /** Asks the allocator; while it has no room, gives it back what is in quarantine. */
  private takeOuter(outer: Layout, isZeroed: boolean, method: string): Ptr {
    const { allocator, table } = this.parts;
    for (;;) {
      const at = isZeroed ? allocator.allocZeroed(outer) : allocator.alloc(outer);
      if (at !== NULL || table.quarantined.size === 0) return at;
      const enough = Math.max(0, this.heldBytes - outer.size);
      do this.judgeOldest(method);
      while (this.heldBytes > enough);
    }
  }

  /** Whether what the allocator handed out can be a block; if not, it is reported. */
  private isGood(outerAt: Ptr, outer: Layout, method: string): boolean {
    const { shadow, table, reporter } = this.parts;
    const isAddress = Number.isSafeInteger(outerAt) && Number.isSafeInteger(outerAt + outer.size);
    const taken = isAddress ? shadow.firstTaken(outerAt, outer.size) : NOWHERE;
    if (isAddress && taken === NOWHERE && outerAt % outer.align === 0) return true;
    const other = taken === NOWHERE ? undefined : table.around(taken);
    const finding = makeFinding({
      code: "sanitizer/bad-block",
      message: `the allocator handed out ${hex(outerAt)} for ${bytes(outer.size)}`,
      address: outerAt,
      blocks: other === undefined ? [] : [other],
      details: [
        other === undefined ? `expected a multiple of ${outer.align}` : `it overlaps ${nameOf(other)} or its red zone`,
      ],
      trace: captureTrace(this.owner, method),
    });
    reporter.report([finding], this.owner, method);
    return false;
  }

  /** Ends the quarantine of the block that is longest in it, once it was looked at. */
  private judgeOldest(method: string): void {
    const { raw, table, reporter } = this.parts;
    const damage = damageOf(raw, table.quarantined.peek()!);
    this.returnOldest();
    if (damage !== undefined) reporter.report([damage], this.owner, method);
  }

  private returnOldest(): void {
    const { allocator, table } = this.parts;
    const block = table.quarantined.peek()!;
    allocator.dealloc(block.outerAt, block.outer);
    table.quarantined.shift();
    this.heldBytes -= block.outer.size;
    this.setReturned(block);
  }

  private setReturned(block: Block): void {
    this.parts.shadow.fill(block.outerAt, block.outer.size, RETURNED);
    this.parts.table.addReturned(block);
  }

  private traceOf(method: string): Trace {
    return this.parts.settings.captureStacks ? captureTrace(this.owner, method) : NO_TRACE;
  }
}
