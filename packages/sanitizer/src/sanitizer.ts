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
import { GlobalAlloc, Layout } from "@kmem/global-alloc";
import { hex, NULL, type Memory, type Ptr } from "@kmem/memory";
import { BlockTable, bytes, placeOf, type Block, type BlockInfo } from "./block.ts";
import { BlockKeeper } from "./block-keeper.ts";
import { CheckedMemory } from "./checked-memory.ts";
import { damageOf, RED_BYTE } from "./damage.ts";
import { SanitizerOptionError } from "./errors.ts";
import { makeFinding, type Finding, type FindingCode } from "./finding.ts";
import { Judge } from "./judge.ts";
import { leaksAmong } from "./leaks.ts";
import { settingsOf, type SanitizerOptions, type Settings } from "./options.ts";
import { Reporter } from "./reporter.ts";
import { Shadow } from "./shadow.ts";
import { captureTrace } from "./trace.ts";

/** A {@link Memory} of one buffer is no larger. */
const MOST_MARKED = 0x1_0000_0000;

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

  private readonly raw: Memory;
  private readonly shadow: Shadow;
  private readonly table = new BlockTable();
  private readonly reporter: Reporter;
  private readonly keeper: BlockKeeper;
  private isDisposed = false;

  private constructor(allocator: GlobalAlloc, settings: Settings) {
    super();
    const raw = allocator.memory;
    const { table } = this;
    const shadow = new Shadow(settings.heap);
    const reporter = new Reporter(settings.onFinding);
    const checked = new CheckedMemory(raw, shadow, new Judge(shadow, table, reporter, settings.uninitialised));
    this.allocator = allocator;
    this.memory = checked;
    this.raw = raw;
    this.shadow = shadow;
    this.reporter = reporter;
    this.keeper = new BlockKeeper({ allocator, raw, checked, shadow, table, reporter, settings }, this);
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
   * @throws `LayoutError` when `layout` is none, {@link SanitizerError} `sanitizer/bad-block`
   */
  override alloc(layout: Layout): Ptr {
    return this.keeper.take(layout, false, "alloc");
  }

  /** Takes a block of zeros, which count as written. */
  override allocZeroed(layout: Layout): Ptr {
    return this.keeper.take(layout, true, "allocZeroed");
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
    this.keeper.makeRoomFor(block, "dealloc");
    this.keeper.bury(block, "dealloc");
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
    this.keeper.makeRoomFor(block, "realloc");
    const to = this.keeper.take(newLayout, false, "realloc");
    if (to === NULL) return NULL;
    const length = Math.min(block.layout.size, newSize);
    this.raw.copy(to, at, length);
    this.shadow.copy(to, at, length);
    this.keeper.bury(block, "realloc");
    return to;
  }

  /**
   * Says that bytes were written by somebody whose accesses are not seen here. What is not of a live block stays as it is.
   *
   * @param length - bytes; 0 … 2^32
   * @throws {@link SanitizerOptionError} when they are no range of addresses
   */
  markInitialised(at: Ptr, length: number): void {
    if (!Number.isSafeInteger(at)) throw new SanitizerOptionError("at", "an address", at);
    if (!Number.isSafeInteger(length) || length < 0 || length > MOST_MARKED || !Number.isSafeInteger(at + length))
      throw new SanitizerOptionError("length", "0 … 2^32 bytes, with an end below 2^53", length);
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
    this.keeper.returnAll();
    this.reporter.report(found, this, Symbol.dispose);
  }

  /** The live block to free or move, if it may be; if not, what is wrong is reported. */
  private expectBlock(at: Ptr, layout: Layout, method: string): Block | undefined {
    const block = this.table.live.get(at);
    if (block === undefined) {
      this.reportBadFree(at, method);
      return undefined;
    }
    if (!block.layout.equals(layout)) {
      const how = ` with ${bytes(layout.size)}, align ${layout.align}`;
      this.found("sanitizer/wrong-layout", method, at, how, block, placeOf(at, block));
    }
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
    const freed = this.table.freedAt(at);
    if (freed !== undefined) {
      this.found("sanitizer/double-free", method, at, "", freed, `${placeOf(at, freed)}, which is freed already`);
      return;
    }
    const block = this.table.around(at);
    const detail =
      at === NULL
        ? "the null pointer is no block"
        : block === undefined
          ? "no block was ever there"
          : placeOf(at, block) + (block.state === "live" ? "" : ", which is freed");
    this.found("sanitizer/foreign-free", method, at, "", block, detail);
  }

  private found(
    code: FindingCode,
    method: string,
    address: Ptr,
    how: string,
    block: Block | undefined,
    detail: string,
  ): void {
    const blocks = block === undefined ? [] : [block];
    const trace = captureTrace(this, method);
    const message = `${method} of ${hex(address)}${how}`;
    this.reporter.report([makeFinding({ code, message, address, blocks, details: [detail], trace })], this, method);
  }
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
