/**
 * The sanitizer: stands between a program and its allocator, and finds what the program does wrong.
 *
 * ```
 *   program ── alloc, dealloc … ──▶ Sanitizer ──────────▶ the allocator
 *           ── readU32, copy … ───▶ sanitizer.memory ──┐        │ its own accesses: not judged
 *                                    shadow map        └──▶ the memory ◀┘
 *
 *   what the allocator hands out:  ├─ red zone ─┼─ the program's block ─┼─ red zone ─┤
 * ```
 * Freed blocks stay in quarantine before the allocator gets them back.
 *
 * @module
 */
import { GlobalAlloc, Layout, MAX_SIZE } from "@kmem/global-alloc";
import { alignUp, hex, NULL, type Memory, type Ptr } from "@kmem/memory";
import { Block, BlockTable, bytes, nameOf, placeOf, type BlockInfo } from "./block.ts";
import { CheckedMemory } from "./checked-memory.ts";
import { damageOf, FREED_BYTE, FRESH_BYTE, RED_BYTE } from "./damage.ts";
import { SanitizerOptionError } from "./errors.ts";
import { makeFinding, type Finding, type FindingCode } from "./finding.ts";
import { Judge } from "./judge.ts";
import { leaksAmong } from "./leaks.ts";
import { settingsOf, type SanitizerOptions, type Settings } from "./options.ts";
import { Reporter } from "./reporter.ts";
import { FREED, FRESH, NOWHERE, RED, RETURNED, Shadow, WRITTEN } from "./shadow.ts";
import { captureTrace, NO_TRACE } from "./trace.ts";

/**
 * An allocator that checks how it, and the memory of its blocks, is used.
 *
 * The program must reach its blocks through {@link Sanitizer.memory}. What reaches them otherwise (the allocator itself,
 * another thread, a Wasm module) is not judged; see {@link Sanitizer.markInitialised} and {@link Sanitizer.check}.
 *
 * @example
 * const sanitizer = Sanitizer.wrap(allocator, { onFinding: "collect" });
 * const at = sanitizer.alloc(Layout.fromSizeAlign(16, 8));
 * sanitizer.memory.writeU32(at + 16, 1);
 * sanitizer.findings[0].code; // => "sanitizer/out-of-bounds"
 */
export class Sanitizer extends GlobalAlloc {
  /** The memory beneath, with every access checked. */
  readonly memory: Memory;
  /** What is wrapped. */
  readonly allocator: GlobalAlloc;

  private readonly settings: Settings;
  private readonly raw: Memory;
  private readonly checked: CheckedMemory;
  private readonly shadow: Shadow;
  private readonly table = new BlockTable();
  private readonly reporter: Reporter;
  private serial = 0;
  private heldBytes = 0;
  private isDisposed = false;

  private constructor(allocator: GlobalAlloc, settings: Settings) {
    super();
    this.allocator = allocator;
    this.settings = settings;
    this.raw = allocator.memory;
    this.shadow = new Shadow(settings.heap);
    this.reporter = new Reporter(settings.onFinding);
    const judge = new Judge(this.shadow, this.table, this.reporter, settings.uninitialised);
    this.checked = new CheckedMemory(this.raw, this.shadow, judge);
    this.memory = this.checked;
  }

  /**
   * Puts a sanitizer around an allocator.
   *
   * Blocks that the allocator handed out before, or hands out to others, are unknown to the sanitizer.
   *
   * @throws {@link SanitizerOptionError} when `allocator` is none, or an option is out of range
   */
  static wrap(allocator: GlobalAlloc, options: SanitizerOptions = {}): Sanitizer {
    const given = allocator as Partial<GlobalAlloc> | null | undefined;
    if (typeof given?.alloc !== "function" || typeof given.dealloc !== "function" || given.memory === undefined)
      throw new SanitizerOptionError("allocator", "a GlobalAlloc", allocator);
    return new Sanitizer(allocator, settingsOf(options));
  }

  /** What was found, in order; at most 1000. */
  get findings(): readonly Finding[] {
    return this.reporter.findings;
  }

  /** How much was found, also beyond the 1000 that are kept. */
  get findingCount(): number {
    return this.reporter.count;
  }

  /**
   * Takes a block; its bytes count as uninitialised.
   *
   * @returns its address, or {@link NULL} when the allocator has no room, even with all that was in quarantine
   * @throws {@link LayoutError} when `layout` is none, {@link SanitizerError} `sanitizer/bad-block`
   */
  override alloc(layout: Layout): Ptr {
    return this.take(layout, false, "alloc");
  }

  /** Takes a block of zeros, which count as written. */
  override allocZeroed(layout: Layout): Ptr {
    return this.take(layout, true, "allocZeroed");
  }

  /**
   * Frees a block.
   *
   * @throws {@link SanitizerError} `sanitizer/double-free`, `sanitizer/foreign-free`, `sanitizer/wrong-layout`,
   *   `sanitizer/damaged-red-zone`, or `sanitizer/damaged-free-block` of a block that leaves the quarantine; the block
   *   is not freed then
   */
  override dealloc(at: Ptr, layout: Layout): void {
    const block = this.expectBlock(at, layout, "dealloc");
    if (block === undefined) return;
    this.makeRoomFor(block, "dealloc");
    this.bury(block, "dealloc");
  }

  /**
   * Moves a block, always: so pointers to the old one are found out. What is uninitialised stays so.
   *
   * @returns the new address, or {@link NULL} when there is no room; the old block is untouched then
   * @throws as {@link Sanitizer.alloc} and {@link Sanitizer.dealloc}
   */
  override realloc(at: Ptr, layout: Layout, newSize: number): Ptr {
    const block = this.expectBlock(at, layout, "realloc");
    if (block === undefined) return NULL;
    const newLayout = Layout.fromSizeAlign(newSize, block.layout.align);
    this.makeRoomFor(block, "realloc");
    const to = this.take(newLayout, false, "realloc");
    if (to === NULL) return NULL;
    const length = Math.min(block.layout.size, newSize);
    this.raw.copy(to, at, length);
    this.shadow.copy(to, at, length);
    this.bury(block, "realloc");
    return to;
  }

  /**
   * Says that bytes were written by somebody whose accesses are not seen here.
   *
   * @throws {@link SanitizerOptionError} when they are no range of addresses
   */
  markInitialised(at: Ptr, length: number): void {
    if (!Number.isSafeInteger(at)) throw new SanitizerOptionError("at", "an address", at);
    if (!Number.isSafeInteger(length) || length < 0 || !Number.isSafeInteger(at + length))
      throw new SanitizerOptionError("length", "0 … 2^53 − 1 bytes, with an end below 2^53", length);
    this.shadow.markWritten(at, length);
  }

  /** The block that `at` lies in or beside, with its history; live ones first. O(blocks). */
  blockAt(at: Ptr): BlockInfo | undefined {
    return this.table.around(at);
  }

  /** The blocks that are not freed: one finding for each place that allocated some. It reports nothing. */
  leaks(): Finding[] {
    return leaksAmong(this.table.live.values());
  }

  /**
   * Looks at the bytes of all red zones, and of all blocks in quarantine, for what was written past the checks.
   *
   * @returns one finding for each damaged block. It reports nothing and repairs nothing. O(bytes).
   */
  check(): Finding[] {
    const found: Finding[] = [];
    for (const blocks of [this.table.live.values(), this.table.quarantined])
      for (const block of blocks) {
        const damage = damageOf(this.raw, block);
        if (damage !== undefined) found.push(damage);
      }
    return found;
  }

  /** All that is wrong, as text: what was found, what {@link Sanitizer.check} finds, what leaks now. */
  report(): string {
    const { findings } = this;
    const damages = this.check();
    const live = [...this.table.live.values()];
    const leaked = live.reduce((sum, { layout }) => sum + layout.size, 0);
    const summary =
      `sanitizer: ${count(this.findingCount, "finding")}, ${count(damages.length, "damaged block")}, ` +
      `${count(live.length, "block")} of ${bytes(leaked)} not freed`;
    return [...findings, ...damages, ...this.leaks()]
      .map(({ text }) => text)
      .concat(summary)
      .join("\n");
  }

  /**
   * Ends the program's use: gives back what is in quarantine, then reports damage and leaks.
   *
   * @throws {@link SanitizerError} with all of them in `findings`, if `onFinding` is `"throw"`
   */
  [Symbol.dispose](): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    const found = [...this.check(), ...this.leaks()];
    while (this.table.quarantined.size > 0) this.returnOldest();
    this.reporter.report(found, this, Symbol.dispose);
  }

  private take(layout: Layout, isZeroed: boolean, method: string): Ptr {
    const asked = Layout.fromSizeAlign(layout.size, layout.align);
    const before = alignUp(this.settings.redZoneBytes, asked.align);
    const outerSize = before + asked.size + this.settings.redZoneBytes;
    if (outerSize > MAX_SIZE - asked.align) return NULL;
    const outer = Layout.fromSizeAlign(outerSize, asked.align);
    const outerAt = this.takeOuter(outer, isZeroed, method);
    if (outerAt === NULL || !this.isGood(outerAt, outer, method)) return NULL;

    const at = outerAt + before;
    const after = at + asked.size;
    this.raw.fill(outerAt, RED_BYTE, before);
    if (!isZeroed) this.raw.fill(at, FRESH_BYTE, asked.size);
    this.raw.fill(after, RED_BYTE, outerAt + outerSize - after);
    this.shadow.fill(outerAt, outerSize, RED);
    this.shadow.fill(at, asked.size, isZeroed ? WRITTEN : FRESH);
    this.table.live.set(at, new Block(++this.serial, at, asked, outerAt, outer, this.traceOf(method)));
    this.checked.endWindows();
    return at;
  }

  /** Asks the allocator; while it has no room, gives it back what is in quarantine. */
  private takeOuter(outer: Layout, isZeroed: boolean, method: string): Ptr {
    for (;;) {
      const at = isZeroed ? this.allocator.allocZeroed(outer) : this.allocator.alloc(outer);
      if (at !== NULL || this.table.quarantined.size === 0) return at;
      const enough = Math.max(0, this.heldBytes - outer.size);
      do this.judgeOldest(method);
      while (this.heldBytes > enough);
    }
  }

  /** Whether what the allocator handed out can be a block; if not, it is reported. */
  private isGood(outerAt: Ptr, outer: Layout, method: string): boolean {
    const isAddress = Number.isSafeInteger(outerAt) && Number.isSafeInteger(outerAt + outer.size);
    const taken = isAddress ? this.shadow.firstTaken(outerAt, outer.size) : NOWHERE;
    if (isAddress && taken === NOWHERE && outerAt % outer.align === 0) return true;
    const other = taken === NOWHERE ? undefined : this.table.around(taken);
    const detail =
      other === undefined ? `expected a multiple of ${outer.align}` : `it overlaps ${nameOf(other)} or its red zone`;
    this.found("sanitizer/bad-block", `the allocator handed out ${hex(outerAt)} for ${bytes(outer.size)}`, {
      address: outerAt,
      block: other,
      detail,
      method,
    });
    return false;
  }

  /** The live block to free or move, if it may be; if not, what is wrong is reported. */
  private expectBlock(at: Ptr, layout: Layout, method: string): Block | undefined {
    const block = this.table.live.get(at);
    if (block === undefined) {
      this.reportBadFree(at, method);
      return undefined;
    }
    if (!block.layout.equals(layout))
      this.found(
        "sanitizer/wrong-layout",
        `${method} of ${hex(at)} with ${bytes(layout.size)}, align ${layout.align}`,
        {
          address: at,
          block,
          detail: placeOf(at, block),
          method,
        },
      );
    const damage = damageOf(this.raw, block);
    if (damage !== undefined) {
      this.reporter.report([damage], this, method);
      // It is reported: not again when the block leaves the quarantine.
      this.raw.fill(block.outerAt, RED_BYTE, block.address - block.outerAt);
      this.raw.fill(block.end, RED_BYTE, block.outerEnd - block.end);
    }
    return block;
  }

  private reportBadFree(at: Ptr, method: string): void {
    const message = `${method} of ${hex(at)}`;
    const freed = this.table.freedAt(at);
    if (freed !== undefined) {
      const detail = `${placeOf(at, freed)}, which is freed already`;
      this.found("sanitizer/double-free", message, { address: at, block: freed, detail, method });
      return;
    }
    const block = this.table.around(at);
    const detail =
      at === NULL
        ? "the null pointer is no block"
        : block === undefined
          ? "no block was ever there"
          : placeOf(at, block) + (block.state === "live" ? "" : ", which is freed");
    this.found("sanitizer/foreign-free", message, { address: at, block, detail, method });
  }

  /** Gives back the oldest blocks in quarantine, so that this one fits. */
  private makeRoomFor({ outer }: Block, method: string): void {
    if (outer.size > this.settings.quarantineBytes) return;
    while (this.heldBytes + outer.size > this.settings.quarantineBytes) this.judgeOldest(method);
  }

  /** Frees a block: into quarantine, or to the allocator when it is too large for that. */
  private bury(block: Block, method: string): void {
    const { address, layout, outerAt, outer } = block;
    if (outer.size > this.settings.quarantineBytes) {
      this.allocator.dealloc(outerAt, outer);
      this.forget(block);
    } else {
      this.raw.fill(address, FREED_BYTE, layout.size);
      this.shadow.fill(address, layout.size, FREED);
      block.state = "quarantined";
      this.table.quarantined.push(block);
      this.heldBytes += outer.size;
    }
    block.freedBy = this.traceOf(method);
    this.table.live.delete(address);
    this.checked.endWindows();
  }

  /** Ends the quarantine of the block that is longest in it, once it was looked at. */
  private judgeOldest(method: string): void {
    const damage = damageOf(this.raw, this.table.quarantined.peek()!);
    this.returnOldest();
    if (damage !== undefined) this.reporter.report([damage], this, method);
  }

  private returnOldest(): void {
    const block = this.table.quarantined.peek()!;
    this.allocator.dealloc(block.outerAt, block.outer);
    this.table.quarantined.shift();
    this.heldBytes -= block.outer.size;
    this.forget(block);
  }

  /** Says that the allocator has a block back. */
  private forget(block: Block): void {
    this.shadow.fill(block.outerAt, block.outer.size, RETURNED);
    this.table.addReturned(block);
  }

  private found(
    code: FindingCode,
    message: string,
    about: { address: Ptr; block: BlockInfo | undefined; detail: string; method: string },
  ): void {
    const { address, block, detail, method } = about;
    const blocks = block === undefined ? [] : [block];
    const trace = captureTrace(this, method);
    this.reporter.report([makeFinding({ code, message, address, blocks, details: [detail], trace })], this, method);
  }

  private traceOf(method: string): ReturnType<typeof captureTrace> {
    return this.settings.captureStacks ? captureTrace(this, method) : NO_TRACE;
  }
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
