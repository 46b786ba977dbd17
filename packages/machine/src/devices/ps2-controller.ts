/**
 * The PC's keyboard controller (Intel 8042) with a keyboard and no mouse.
 *
 * ```
 *   port 0x60  read: output buffer; written: to the keyboard, or the argument of a command
 *   port 0x64            7       6       5       4       3       2       1       0
 *     read: status   │parity │timeout│ mouse │unlockd│command│ tested│in full│outfull│    out: a byte waits at 0x60
 *     written: command   0x20 … 0x3f read RAM, 0x60 … 0x7f write it (byte 0 is the configuration)
 *                        0xa7 0xa8 mouse off, on   0xa9 test mouse port   0xaa self test: 0x55   0xab test keyboard port: 0
 *                        0xad 0xae keyboard off, on   0xc0 input port   0xd0 0xd1 read, write output port
 *                        0xd2 0xd3 as if from the keyboard, the mouse   0xd4 to the mouse   0xf0 … 0xff pulse; even: reset
 *   configuration    │   0   │transl.│ms off │kbd off│   0   │ tested│ IRQ12 │ IRQ1  │
 *   output port      │   –   │   –   │ IRQ12 │ IRQ1  │   –   │   –   │  A20  │/reset │
 * ```
 * IRQ 1 is high while a byte from the keyboard, or an answer, waits. With translation on, as firmware leaves it, the
 * keyboard's set 2 arrives as set 1.
 *
 * @see IBM PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device Controller"
 * @module
 */
import type { PortBus, PortDevice } from "../ports.ts";
import type { StateTransfer } from "../state/transfer.ts";
import { ByteQueue } from "./byte-queue.ts";
import { checkByte } from "./errors.ts";
import { type InterruptLine, UNCONNECTED } from "./interrupt-line.ts";
import { checkKey, type KeyEvent, type KeyName, keysForText, translationTable } from "./keys.ts";
import { Ps2Keyboard, RAW } from "./ps2-keyboard.ts";

export const PS2_DATA_PORT = 0x60;
/** Status when read, command when written. */
export const PS2_COMMAND_PORT = 0x64;
export const KEYBOARD_IRQ = 1;
export const MOUSE_IRQ = 12;

const STATUS_OUTPUT_FULL = 0x01;
const STATUS_COMMAND = 0x08;
const STATUS_UNLOCKED = 0x10;
const STATUS_MOUSE = 0x20;

const CONFIG_KEYBOARD_IRQ = 0x01;
const CONFIG_MOUSE_IRQ = 0x02;
const CONFIG_TESTED = 0x04;
const CONFIG_KEYBOARD_OFF = 0x10;
const CONFIG_MOUSE_OFF = 0x20;
const CONFIG_TRANSLATE = 0x40;
const CONFIG_FIRMWARE: number = CONFIG_TRANSLATE | CONFIG_MOUSE_OFF | CONFIG_TESTED | CONFIG_KEYBOARD_IRQ;

const READ_RAM = 0x20;
const WRITE_RAM = 0x60;
const WRITE_OUTPUT_PORT = 0xd1;
const FROM_KEYBOARD = 0xd2;
const FROM_MOUSE = 0xd3;
const TO_MOUSE = 0xd4;
const PULSE = 0xf0;

const OUTPUT_RUN = 0x01;
const OUTPUT_A20 = 0x02;

const TRANSLATION = translationTable();
/** Before the code of a key that goes up, in set 2. */
const BREAK = 0xf0;

export interface Ps2Options {
  /** IRQ 1. */
  readonly keyboardInterrupt?: InterruptLine;
  /** IRQ 12. */
  readonly mouseInterrupt?: InterruptLine;
  /** The kernel asks for a reset of the CPU. */
  readonly onReset?: () => void;
}

/**
 * @example
 * const ps2 = new Ps2Controller();
 * ps2.type("a");
 * [ps2.readPort(0x60), ps2.readPort(0x60)] // => [0x1e, 0x9e]
 */
export class Ps2Controller implements PortDevice {
  private readonly keyboardInterrupt: InterruptLine;
  private readonly mouseInterrupt: InterruptLine;
  private readonly onReset: (() => void) | undefined;
  private readonly keyboard = new Ps2Keyboard();

  private readonly ram = new Uint8Array(32);
  private outputPort = OUTPUT_RUN | OUTPUT_A20;
  /** The command whose argument comes next at the data port. */
  private command: number | undefined = undefined;
  private wasCommand = false;
  /** The controller's own answers, and bytes put in by a command. */
  private readonly answers = new ByteQueue();
  private readonly mouse = new ByteQueue();
  /** Set 2 said that the next code is of a key that goes up. */
  private isBreak = false;
  private isFull = false;
  private isFromMouse = false;
  private output = 0;

  constructor(options: Ps2Options = {}) {
    this.keyboardInterrupt = options.keyboardInterrupt ?? UNCONNECTED;
    this.mouseInterrupt = options.mouseInterrupt ?? UNCONNECTED;
    this.onReset = options.onReset;
    this.ram[0] = CONFIG_FIRMWARE;
  }

  attachTo(bus: PortBus): void {
    bus.attach(PS2_DATA_PORT, 1, this);
    bus.attach(PS2_COMMAND_PORT, 1, this);
  }

  /** The keyboard's lights: bit 0 Scroll Lock, 1 Num Lock, 2 Caps Lock. */
  get leds(): number {
    return this.keyboard.leds;
  }

  /** @throws {@link DeviceError} `device/options` when there is no such key */
  keyDown(key: KeyName): void {
    this.keyEvents([{ key, down: true }]);
  }

  /** @throws {@link DeviceError} `device/options` when there is no such key */
  keyUp(key: KeyName): void {
    this.keyEvents([{ key, down: false }]);
  }

  /**
   * Presses and releases the keys that type `text`, see {@link keysForText}.
   *
   * @throws {@link DeviceError} `device/text` when no key gives a character
   */
  type(text: string): void {
    this.keyEvents(keysForText(text));
  }

  /**
   * Lets the keyboard send bytes that are not translated: what the driver is to read. Nothing while it does not scan.
   *
   * @throws {@link DeviceError} `device/byte`
   */
  press(bytes: ArrayLike<number>): void {
    for (let i = 0; i < bytes.length; i++) checkByte(bytes[i]!);
    this.keyboard.raw(bytes);
    this.refill();
  }

  readPort(port: number): number {
    if (port === PS2_COMMAND_PORT) return this.status();
    const byte = this.output;
    if (this.isFull) {
      this.isFull = false;
      this.driveInterrupts();
      this.refill();
    }
    return byte;
  }

  writePort(port: number, value: number): void {
    this.wasCommand = port === PS2_COMMAND_PORT;
    if (this.wasCommand) this.execute(value);
    else if (this.command !== undefined) this.argument(value);
    else {
      // Whoever speaks to the keyboard wants its answer.
      this.config &= ~CONFIG_KEYBOARD_OFF;
      this.keyboard.receive(value);
    }
    this.refill();
    this.driveInterrupts();
  }

  /** @internal saves or loads it, with the keyboard */
  transfer(state: StateTransfer): void {
    this.keyboard.transfer(state);
    state.bytes(this.ram);
    this.outputPort = state.u8(this.outputPort);
    this.command = state.optional(this.command, 0xff);
    this.wasCommand = state.flag(this.wasCommand);
    this.answers.transfer(state);
    this.mouse.transfer(state);
    this.isBreak = state.flag(this.isBreak);
    this.isFull = state.flag(this.isFull);
    this.isFromMouse = state.flag(this.isFromMouse);
    this.output = state.u8(this.output);
  }

  private get config(): number {
    return this.ram[0]!;
  }

  private set config(value: number) {
    this.ram[0] = value;
  }

  private keyEvents(events: readonly KeyEvent[]): void {
    for (const { key } of events) checkKey(key);
    for (const event of events) this.keyboard.key(event);
    this.refill();
  }

  private status(): number {
    const full = this.isFull ? STATUS_OUTPUT_FULL | (this.isFromMouse ? STATUS_MOUSE : 0) : 0;
    return full | (this.config & CONFIG_TESTED) | (this.wasCommand ? STATUS_COMMAND : 0) | STATUS_UNLOCKED;
  }

  private execute(command: number): void {
    this.command = undefined;
    if (command >= READ_RAM && command < READ_RAM + 32) this.answers.push(this.ram[command - READ_RAM]!);
    else if (command >= WRITE_RAM && command < WRITE_RAM + 32) this.command = command;
    else if (command >= PULSE) {
      if ((command & OUTPUT_RUN) === 0) this.onReset?.();
    } else this.executeOther(command);
  }

  private executeOther(command: number): void {
    switch (command) {
      case 0xa7:
        this.config |= CONFIG_MOUSE_OFF;
        break;
      case 0xa8:
        this.config &= ~CONFIG_MOUSE_OFF;
        break;
      case 0xaa:
        this.config |= CONFIG_TESTED;
        this.answers.push(0x55);
        break;
      // The lines of both ports are in order, though nobody is at the mouse's.
      case 0xa9:
      case 0xab:
        this.answers.push(0);
        break;
      case 0xad:
        this.config |= CONFIG_KEYBOARD_OFF;
        break;
      case 0xae:
        this.config &= ~CONFIG_KEYBOARD_OFF;
        break;
      // Bit 7: the keyboard is not locked.
      case 0xc0:
        this.answers.push(0x80);
        break;
      case 0xd0:
        this.answers.push(this.outputPort);
        break;
      case WRITE_OUTPUT_PORT:
      case FROM_KEYBOARD:
      case FROM_MOUSE:
      case TO_MOUSE:
        this.command = command;
        break;
      // Other commands do nothing, as on a controller that does not know them.
    }
  }

  private argument(value: number): void {
    const command = this.command!;
    this.command = undefined;
    if (command === FROM_KEYBOARD) this.answers.push(value);
    else if (command === FROM_MOUSE) this.mouse.push(value);
    else if (command === WRITE_OUTPUT_PORT) {
      this.outputPort = value;
      if ((value & OUTPUT_RUN) === 0) this.onReset?.();
    } else if (command !== TO_MOUSE) this.ram[command - WRITE_RAM] = value;
  }

  /** Puts the next byte into the output buffer, if that is empty. */
  private refill(): void {
    if (this.isFull) return;
    this.isFromMouse = false;
    let byte = this.answers.shift();
    if (byte === undefined && (this.config & CONFIG_KEYBOARD_OFF) === 0) byte = this.fromKeyboard();
    if (byte === undefined) {
      byte = this.mouse.shift();
      this.isFromMouse = byte !== undefined;
    }
    if (byte === undefined) return;
    this.output = byte;
    this.isFull = true;
    this.driveInterrupts();
  }

  private fromKeyboard(): number | undefined {
    const byte = this.keyboard.take();
    if (byte === undefined) return undefined;
    if (byte >= RAW || (this.config & CONFIG_TRANSLATE) === 0) return byte & 0xff;
    if (byte === BREAK) {
      this.isBreak = true;
      return this.fromKeyboard();
    }
    const code = TRANSLATION[byte]! | (this.isBreak ? 0x80 : 0);
    this.isBreak = false;
    return code;
  }

  private driveInterrupts(): void {
    const keyboard = this.isFull && !this.isFromMouse && (this.config & CONFIG_KEYBOARD_IRQ) !== 0;
    const mouse = this.isFull && this.isFromMouse && (this.config & CONFIG_MOUSE_IRQ) !== 0;
    if (keyboard) this.keyboardInterrupt.raise();
    else this.keyboardInterrupt.lower();
    if (mouse) this.mouseInterrupt.raise();
    else this.mouseInterrupt.lower();
  }
}
