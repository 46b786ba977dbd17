/**
 * One Intel 8259A: eight interrupt inputs, of which it passes on the most urgent that is neither masked nor
 * outranked by one in service.
 *
 * ```
 *                ┌─ IMR ─┐
 *   IR0 …  IR7 ─▶│  IRR  │─▶ priority ─▶ INT ─▶ CPU (or the master's input)
 *                └───────┘      ▲              │ INTA: the winner's IRR bit falls,
 *                             ISR ◀────────────┘       its ISR bit rises until EOI
 *
 *   written: the words of pic8259-words.ts     read  A0 = 0: IRR or ISR (RIS), or the poll byte; A0 = 1: IMR
 * ```
 * As in QEMU (and unlike the chip) a rising edge stays requested if its line falls before the CPU acknowledges: a timer
 * tick is not lost to a long `cli`. Modes for the 8085 (ADI, call addresses, µPM = 0) and buffering do nothing here.
 *
 * @see Intel 8259A data sheet, order number 231468
 * @module
 */
import type { PortDevice } from "../ports.ts";
import type { StateTransfer } from "../state/transfer.ts";
import { checkByte, DeviceError } from "./errors.ts";
import {
  ICW1_NEEDS_ICW4,
  ICW1_SINGLE,
  ICW1_LEVEL_TRIGGERED,
  ICW1_SELECT,
  ICW4_AUTO_EOI,
  ICW4_SPECIAL_FULLY_NESTED,
  OCW2_EOI,
  OCW2_SPECIFIC,
  OCW2_ROTATE,
  OCW3_SELECT,
  OCW3_READ_ISR,
  OCW3_READ_REGISTER,
  OCW3_POLL,
  OCW3_SPECIAL_MASK,
  OCW3_ENABLE_SPECIAL_MASK,
} from "./pic8259-words.ts";
import { first, mostUrgent } from "./pic8259-priority.ts";

/** The level given to a CPU that asks when nothing is requested. */
const SPURIOUS_LEVEL = 7;

/** Which byte the port with A0 = 1 takes next. */
const AWAIT_OCW1 = 0;
const AWAIT_ICW2 = 2;
const AWAIT_ICW3 = 3;
const AWAIT_ICW4 = 4;

/** What a debugger wants to see of one chip. Bit n is input n. */
export interface Pic8259State {
  /** Requested. */
  readonly irr: number;
  /** In service: acknowledged and not ended. */
  readonly isr: number;
  /** Masked. */
  readonly imr: number;
  /** Vector of input 0. */
  readonly offset: number;
}

/**
 * One chip. A PC has two, see {@link Pic8259Pair}.
 *
 * @example
 * const chip = new Pic8259(() => undefined);
 * for (const [port, value] of [[0x20, 0x13], [0x21, 32], [0x21, 1]]) chip.writePort(port, value);
 * chip.setInput(3, true);
 * chip.output // => true
 * chip.vector(chip.acknowledge()) // => 35
 */
export class Pic8259 implements PortDevice {
  private readonly onOutput: (high: boolean) => void;
  private readonly isMaster: boolean;

  private lines = 0;
  /** Rising edges not acknowledged yet. */
  private edges = 0;
  private isr = 0;
  private imr = 0;
  /** Inputs that are level-triggered: by ICW1 all, or those chosen by the chipset's ELCR. */
  private ltim = false;
  private elcr = 0;
  private offset = 0;
  private slaves = 0;
  private awaiting = AWAIT_OCW1;
  private isSingle = false;
  private needsIcw4 = false;
  private autoEoi = false;
  private rotateInAutoEoi = false;
  private specialFullyNested = false;
  private specialMask = false;
  private readsIsr = false;
  private polled = false;
  /** The input of lowest priority; the one after it, modulo 8, has the highest. */
  private lowest = 7;
  private high = false;

  /**
   * @param onOutput - called when INT changes
   * @param isMaster - whether ICW3 says which inputs have slaves (else it is the chip's own ID)
   */
  constructor(onOutput: (high: boolean) => void, isMaster = true) {
    this.onOutput = onOutput;
    this.isMaster = isMaster;
  }

  /** INT: whether an interrupt waits for the CPU. */
  get output(): boolean {
    return this.high;
  }

  get state(): Pic8259State {
    return { irr: this.requests(), isr: this.isr, imr: this.imr, offset: this.offset };
  }

  /**
   * Drives an input.
   *
   * @param level - 0 … 7
   * @throws {@link DeviceError} `device/irq`
   */
  setInput(level: number, high: boolean): void {
    if (!Number.isInteger(level) || level < 0 || level > 7)
      throw new DeviceError("device/irq", "an input, 0 … 7", level);
    const bit = 1 << level;
    if (high === ((this.lines & bit) !== 0)) return;
    this.lines ^= bit;
    if (high) this.edges |= bit;
    this.update();
  }

  /**
   * Chooses the level-triggered inputs, one bit each. This register is in the chipset, not in the chip.
   *
   * @throws {@link DeviceError} `device/byte`
   */
  setLevelTriggered(elcr: number): void {
    checkByte(elcr);
    this.elcr = elcr;
    this.update();
  }

  get levelTriggered(): number {
    return this.elcr;
  }

  /** INTA: takes the most urgent request into service. @returns its level; 7 when there is none (spurious) */
  acknowledge(): number {
    const level = this.highestRequest();
    // INT falls with every INTA, so that a master sees a new edge for the next request.
    this.drive(false);
    if (level >= 0) {
      this.edges &= ~(1 << level);
      if (!this.autoEoi) this.isr |= 1 << level;
      else if (this.rotateInAutoEoi) this.lowest = level;
    }
    this.update();
    return level < 0 ? SPURIOUS_LEVEL : level;
  }

  /** The vector that the chip puts on the bus for `level`. */
  vector(level: number): number {
    return this.offset | level;
  }

  /** Whether a slave answers for `level`. */
  hasSlave(level: number): boolean {
    return (this.slaves & (1 << level)) !== 0;
  }

  readPort(port: number): number {
    if (this.polled) return this.poll();
    if ((port & 1) !== 0) return this.imr;
    return this.readsIsr ? this.isr : this.requests();
  }

  writePort(port: number, value: number): void {
    if ((port & 1) !== 0) this.writeData(value);
    else if ((value & ICW1_SELECT) !== 0) this.startInitialization(value);
    else if ((value & OCW3_SELECT) !== 0) this.writeOcw3(value);
    else this.writeOcw2(value);
    this.update();
  }

  /** @internal saves or loads it; nobody is told of INT */
  transfer(state: StateTransfer): void {
    this.lines = state.u8(this.lines);
    this.edges = state.u8(this.edges);
    this.isr = state.u8(this.isr);
    this.imr = state.u8(this.imr);
    this.ltim = state.flag(this.ltim);
    this.elcr = state.u8(this.elcr);
    this.offset = state.u8(this.offset, 0xf8);
    this.slaves = state.u8(this.slaves);
    this.awaiting = state.u8(this.awaiting, AWAIT_ICW4);
    this.isSingle = state.flag(this.isSingle);
    this.needsIcw4 = state.flag(this.needsIcw4);
    this.autoEoi = state.flag(this.autoEoi);
    this.rotateInAutoEoi = state.flag(this.rotateInAutoEoi);
    this.specialFullyNested = state.flag(this.specialFullyNested);
    this.specialMask = state.flag(this.specialMask);
    this.readsIsr = state.flag(this.readsIsr);
    this.polled = state.flag(this.polled);
    this.lowest = state.u8(this.lowest, 7);
    this.high = state.flag(this.high);
    state.check((this.offset & 7) === 0 && this.awaiting !== 1, "registers of an 8259");
  }

  private startInitialization(icw1: number): void {
    this.edges = 0;
    this.isr = 0;
    this.imr = 0;
    this.lowest = 7;
    this.slaves = 0;
    this.autoEoi = false;
    this.rotateInAutoEoi = false;
    this.specialFullyNested = false;
    this.specialMask = false;
    this.readsIsr = false;
    this.polled = false;
    this.ltim = (icw1 & ICW1_LEVEL_TRIGGERED) !== 0;
    this.isSingle = (icw1 & ICW1_SINGLE) !== 0;
    this.needsIcw4 = (icw1 & ICW1_NEEDS_ICW4) !== 0;
    this.awaiting = AWAIT_ICW2;
  }

  private writeData(value: number): void {
    switch (this.awaiting) {
      case AWAIT_ICW2:
        this.offset = value & 0xf8;
        this.awaiting = this.isSingle ? this.afterIcw3() : AWAIT_ICW3;
        break;
      case AWAIT_ICW3:
        if (this.isMaster) this.slaves = value;
        this.awaiting = this.afterIcw3();
        break;
      case AWAIT_ICW4:
        this.autoEoi = (value & ICW4_AUTO_EOI) !== 0;
        this.specialFullyNested = (value & ICW4_SPECIAL_FULLY_NESTED) !== 0;
        this.awaiting = AWAIT_OCW1;
        break;
      default:
        this.imr = value;
    }
  }

  private afterIcw3(): number {
    return this.needsIcw4 ? AWAIT_ICW4 : AWAIT_OCW1;
  }

  private writeOcw2(value: number): void {
    const rotate = (value & OCW2_ROTATE) !== 0;
    const specific = (value & OCW2_SPECIFIC) !== 0;
    if ((value & OCW2_EOI) !== 0) {
      const level = specific ? value & 7 : first(this.serving(), this.lowest);
      if (level < 0) return;
      this.isr &= ~(1 << level);
      if (rotate) this.lowest = level;
    } else if (!specific) this.rotateInAutoEoi = rotate;
    else if (rotate) this.lowest = value & 7;
  }

  private writeOcw3(value: number): void {
    if ((value & OCW3_POLL) !== 0) this.polled = true;
    else if ((value & OCW3_READ_REGISTER) !== 0) this.readsIsr = (value & OCW3_READ_ISR) !== 0;
    if ((value & OCW3_ENABLE_SPECIAL_MASK) !== 0) this.specialMask = (value & OCW3_SPECIAL_MASK) !== 0;
  }

  /** A read after the poll command is an acknowledge: bit 7 says whether there was a request, bits 2…0 which. */
  private poll(): number {
    this.polled = false;
    return this.high ? 0x80 | this.acknowledge() : 0;
  }

  /** IRR: edges not acknowledged, and level-triggered lines that are high. */
  private requests(): number {
    const byLevel = this.ltim ? 0xff : this.elcr;
    return (this.edges & ~byLevel) | (this.lines & byLevel);
  }

  /** In service, as far as that holds others up: with the special mask, what is masked does not. */
  private serving(): number {
    return this.specialMask ? this.isr & ~this.imr : this.isr;
  }

  /** The most urgent request that may interrupt; −1 when there is none. */
  private highestRequest(): number {
    const wanted = this.requests() & ~this.imr;
    return mostUrgent(wanted, this.serving(), this.specialFullyNested ? this.slaves : 0, this.lowest);
  }

  private update(): void {
    this.drive(this.highestRequest() >= 0);
  }

  private drive(high: boolean): void {
    if (high === this.high) return;
    this.high = high;
    this.onOutput(high);
  }
}
