/**
 * One counter of an 8254, computed rather than counted: what it holds and puts out at any tick follows from the tick at
 * which its count was loaded.
 *
 * ```
 *   N loaded at tick `start`, e = ticks since then                  gate low           gate rises
 *
 *   mode 0  terminal count   ▁▁▁▁▁▁▁▁▁▔▔▔▔▔▔▔▔▔   rises at e = N    stops              goes on
 *   mode 1  one-shot         ▔▁▁▁▁▁▁▁▁▔▔▔▔▔▔▔▔▔   low while e < N   –                  loads, starts
 *   mode 2  rate generator   ▔▔▔▔▔▔▔▔▁▔▔▔▔▔▔▔▔▁   low at e = N − 1  stops, out high    loads, starts
 *   mode 3  square wave      ▔▔▔▔▔▁▁▁▁▔▔▔▔▔▁▁▁▁   high for ⌈N/2⌉    stops, out high    loads, starts
 *   mode 4  strobe           ▔▔▔▔▔▔▔▔▔▁▔▔▔▔▔▔▔▔   low at e = N      stops              goes on
 *   mode 5  strobe           ▔▔▔▔▔▔▔▔▔▁▔▔▔▔▔▔▔▔   low at e = N      –                  loads, starts
 * ```
 * A count is loaded one tick after it was written; while mode 2 runs at the end of the period, while mode 3 runs at the
 * end of the half period. A count of 1, which the data sheet forbids in modes 2 and 3, leaves the output high. A gate that
 * moves during the very strobe of mode 4 lengthens it here.
 *
 * Every method takes the tick at which it happens; ticks never go back.
 *
 * @see Intel 82C54 data sheet, order number 231244, "Mode Definitions"
 * @module
 */
import type { StateTransfer } from "../state/transfer.ts";

/** How a count is stored: in binary, or in four decimal digits. */
const BINARY_COUNTS = 0x1_0000;
const BCD_COUNTS = 10_000;
const MAX_TICK: number = Number.MAX_SAFE_INTEGER;

export class PitChannel {
  private programmedMode = 3;
  private isBcd = false;
  private isGateHigh: boolean;
  /** The count written last, 1 … 65 536; undefined after a control word. */
  private register: number | undefined;
  /** The count being counted. */
  private loaded: number;
  /** The tick at which it was or will be loaded; undefined while it is not counting. */
  private start: number | undefined;
  /** Ticks counted when a low gate stopped mode 0 or 4. */
  private stoppedAfter: number | undefined = undefined;
  /** The tick at which a running mode 2 or 3 takes the register's count. */
  private reloadAt: number | undefined = undefined;
  /** From when on the register's count is in the counter. */
  private nullUntil = 0;
  /** What reads as the count while nothing is counted, and what is put out until a count is loaded. */
  private idleCount = 0;
  private idleOutput = true;

  /** In mode 3; it runs from tick 0 on if the gate is high. @param count - 1 … 65 536 */
  constructor(count: number, isGateHigh: boolean) {
    this.register = count;
    this.loaded = count;
    this.isGateHigh = isGateHigh;
    this.start = isGateHigh ? 0 : undefined;
  }

  get gate(): boolean {
    return this.isGateHigh;
  }

  /** As programmed, 0 … 5. */
  get mode(): number {
    return this.programmedMode;
  }

  get bcd(): boolean {
    return this.isBcd;
  }

  /** A control word: stops counting, and puts the output where the mode begins. */
  program(mode: number, isBcd: boolean, tick: number): void {
    this.stop(tick);
    this.programmedMode = mode;
    this.idleOutput = mode !== 0;
    this.isBcd = isBcd;
    this.register = undefined;
    this.nullUntil = Infinity;
  }

  /** The first of two bytes is written: mode 0 stops counting. */
  beginWrite(tick: number): void {
    if (this.mode !== 0) return;
    this.stop(tick);
    this.idleOutput = false;
  }

  /** @param raw - the 16 bits written; 0 is the largest count */
  write(raw: number, tick: number): void {
    this.settle(tick);
    this.register = this.countFrom(raw);
    const isRunning = this.start !== undefined && tick >= this.start;
    if (this.isTriggered() || (this.isPeriodic() && !this.gate)) this.nullUntil = Infinity;
    else if (this.isPeriodic() && isRunning) this.nullUntil = this.reloadAt = this.endOfPhase(tick);
    else this.loadNext(tick);
    if (!this.gate && (this.mode === 0 || this.mode === 4)) this.stopForGate(tick + 1);
  }

  setGate(high: boolean, tick: number): void {
    if (high === this.isGateHigh) return;
    this.settle(tick);
    this.isGateHigh = high;
    if (this.mode === 0 || this.mode === 4) {
      if (high) this.continueAfterGate(tick);
      else this.stopForGate(tick);
    } else if (!high) {
      if (!this.isPeriodic()) return;
      this.stop(tick);
      this.idleOutput = true;
    } else if (this.register !== undefined) this.loadNext(tick);
  }

  /** Whether the output is high. */
  output(tick: number): boolean {
    this.settle(tick);
    const elapsed = this.elapsed(tick);
    if (elapsed === undefined || elapsed < 0) return this.idleOutput;
    switch (this.mode) {
      case 0:
        return elapsed >= this.loaded;
      case 1:
        return elapsed >= this.loaded;
      case 2:
        return this.loaded === 1 || elapsed % this.loaded !== this.loaded - 1;
      case 3:
        return elapsed % this.loaded < highTicks(this.loaded);
      default:
        return elapsed !== this.loaded;
    }
  }

  /** What reading gives, 16 bits. */
  count(tick: number): number {
    this.settle(tick);
    const elapsed = this.elapsed(tick);
    if (elapsed === undefined || elapsed < 0) return this.idleCount;
    return this.rawFrom(this.counted(elapsed));
  }

  /** Whether the count written last is not in the counter yet. */
  isNull(tick: number): boolean {
    return tick < this.nullUntil;
  }

  /** The first tick after `tick` at which the output may change; undefined when it stays. */
  nextChange(tick: number): number | undefined {
    this.settle(tick);
    if (this.start === undefined) return undefined;
    if (this.isPeriodic()) return this.loaded === 1 ? this.reloadAt : this.nextPeriodicChange(tick);
    const end = this.start + this.loaded;
    const candidates = this.mode === 0 ? [end] : [this.start, end, end + 1];
    return candidates.find((at) => at > tick);
  }

  /** Hertz of the output's square wave or pulses, given the ticks in a second; undefined while it does not repeat. */
  frequency(ticksPerSecond: number, tick: number): number | undefined {
    this.settle(tick);
    return this.isPeriodic() && this.start !== undefined ? ticksPerSecond / this.loaded : undefined;
  }

  /** @internal saves or loads it */
  transfer(state: StateTransfer): void {
    this.programmedMode = state.u8(this.programmedMode, 5);
    this.isBcd = state.flag(this.isBcd);
    this.isGateHigh = state.flag(this.isGateHigh);
    this.register = state.optional(this.register, BINARY_COUNTS);
    this.loaded = state.u32(this.loaded, BINARY_COUNTS);
    this.start = state.optional(this.start, MAX_TICK, -MAX_TICK);
    this.stoppedAfter = state.optional(this.stoppedAfter, MAX_TICK);
    this.reloadAt = state.optional(this.reloadAt, MAX_TICK);
    this.nullUntil = state.optional(this.nullUntil, Infinity) ?? 0;
    this.idleCount = state.u16(this.idleCount);
    this.idleOutput = state.flag(this.idleOutput);
    const mayReload = this.register !== undefined && this.start !== undefined;
    state.check(this.loaded > 0 && this.register !== 0, "a count of 1 or more");
    state.check(this.reloadAt === undefined || mayReload, "a count to reload");
  }

  private isPeriodic(): boolean {
    return this.mode === 2 || this.mode === 3;
  }

  /** Whether only a rising gate starts it. */
  private isTriggered(): boolean {
    return this.mode === 1 || this.mode === 5;
  }

  private elapsed(tick: number): number | undefined {
    return this.start === undefined ? this.stoppedAfter : tick - this.start;
  }

  /** Until the next tick, all stays as it is; but mode 0 puts out low from the write on. */
  private loadNext(tick: number): void {
    this.idleOutput = this.mode !== 0 && this.output(tick);
    this.idleCount = this.count(tick);
    this.load(tick + 1);
  }

  private load(at: number): void {
    this.loaded = this.register!;
    this.start = at;
    this.nullUntil = at;
    this.stoppedAfter = undefined;
    this.reloadAt = undefined;
  }

  private stop(tick: number): void {
    this.idleCount = this.count(tick);
    if (this.reloadAt !== undefined) this.nullUntil = Infinity;
    this.start = undefined;
    this.stoppedAfter = undefined;
    this.reloadAt = undefined;
  }

  private stopForGate(tick: number): void {
    if (this.start === undefined) return;
    this.stoppedAfter = Math.max(tick - this.start, 0);
    this.start = undefined;
  }

  private continueAfterGate(tick: number): void {
    if (this.stoppedAfter === undefined) return;
    this.start = tick - this.stoppedAfter;
    this.stoppedAfter = undefined;
  }

  /** Takes the waiting count, if its time has come. */
  private settle(tick: number): void {
    if (this.reloadAt === undefined || tick < this.reloadAt) return;
    const at = this.reloadAt;
    const isPeriodOver = (at - this.start!) % this.loaded === 0;
    this.load(at);
    // The high half is over: the new count begins with its low half.
    if (!isPeriodOver) this.start = at - highTicks(this.loaded);
  }

  /** When a running mode 2 or 3 takes a new count. */
  private endOfPhase(tick: number): number {
    const position = (tick - this.start!) % this.loaded;
    const isHigh = this.mode === 3 && position < highTicks(this.loaded);
    return tick - position + (isHigh ? highTicks(this.loaded) : this.loaded);
  }

  private nextPeriodicChange(tick: number): number {
    const from = Math.max(tick, this.start!);
    const position = (from - this.start!) % this.loaded;
    const fall = this.mode === 2 ? this.loaded - 1 : highTicks(this.loaded);
    return from - position + (position < fall ? fall : this.loaded);
  }

  private counted(elapsed: number): number {
    const n = this.loaded;
    if (this.mode === 2) return n - (elapsed % n);
    if (this.mode !== 3) return n - elapsed;
    const position = elapsed % n;
    const high = highTicks(n);
    // Mode 3 counts down by two, an odd count from one less, in each half anew.
    return n - (n % 2) - 2 * (position < high ? position : position - high);
  }

  private countFrom(raw: number): number {
    if (!this.isBcd) return raw === 0 ? BINARY_COUNTS : raw;
    const digits = (raw >> 12) * 1000 + ((raw >> 8) & 15) * 100 + ((raw >> 4) & 15) * 10 + (raw & 15);
    return digits === 0 ? BCD_COUNTS : digits;
  }

  private rawFrom(count: number): number {
    if (!this.isBcd) return count & 0xffff;
    const rest = ((count % BCD_COUNTS) + BCD_COUNTS) % BCD_COUNTS;
    return parseInt(String(rest), 16);
  }
}

/** Ticks of the high half of a square wave. */
function highTicks(count: number): number {
  return Math.ceil(count / 2);
}
