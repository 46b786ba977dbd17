/**
 * A PS/2 keyboard, on its side of the cable.
 *
 * ```
 *   host sends                         keyboard answers (ACK is 0xfa)
 *   0xed, LEDs (scroll, num, caps)     ACK, ACK
 *   0xee                               0xee (echo)
 *   0xf0, set; 0 asks for it           ACK, ACK; with 0: ACK, ACK, set
 *   0xf2                               ACK, 0xab, 0x83 (what it is)
 *   0xf3, repeat rate                  ACK, ACK
 *   0xf4 scan                          ACK; drops what was typed before, as the next two
 *   0xf5 defaults, do not scan         ACK
 *   0xf6 defaults                      ACK
 *   0xfe                               the last byte again
 *   0xff reset                         ACK, 0xaa (test passed)
 *   anything else                      0xfe (send again)
 * ```
 * Held keys do not repeat: time belongs to the machine, and a host sends repeats itself. The buffer is unbounded, where a
 * real one holds 16 bytes, so that text typed at once arrives whole.
 *
 * @see IBM PS/2 Hardware Interface Technical Reference, "Keyboards (101- and 102-Key)"
 * @module
 */
import type { StateTransfer } from "../state/transfer.ts";
import { ByteQueue } from "./byte-queue.ts";
import { type KeyEvent, keyBytes } from "./keys.ts";

const ACK = 0xfa;
const RESEND = 0xfe;
const TEST_PASSED = 0xaa;
const ECHO = 0xee;
const ID = [0xab, 0x83] as const;

const SET_LEDS = 0xed;
const SCANCODE_SET = 0xf0;
const IDENTIFY = 0xf2;
const SET_REPEAT = 0xf3;
const ENABLE = 0xf4;
const DISABLE = 0xf5;
const SET_DEFAULTS = 0xf6;
const RESET = 0xff;

/** Marks a byte that is to arrive as it is. */
export const RAW = 0x100;

export class Ps2Keyboard {
  /** Answers go before key codes. */
  private readonly answers = new ByteQueue();
  private readonly codes = new ByteQueue();
  private last = 0;
  /** The command that waits for its argument. */
  private command: number | undefined = undefined;
  private isScanning = true;
  private set: 1 | 2 = 2;
  private ledBits = 0;

  /** Bit 0 Scroll Lock, 1 Num Lock, 2 Caps Lock. */
  get leds(): number {
    return this.ledBits;
  }

  /** A key moves; nothing is sent while scanning is off. */
  key(event: KeyEvent): void {
    const bytes = keyBytes(event, this.set);
    if (this.isScanning) for (const byte of bytes) this.codes.push(byte);
  }

  /** Sends bytes as they are, marked so that they are not translated either. */
  raw(bytes: ArrayLike<number>): void {
    if (this.isScanning) for (let i = 0; i < bytes.length; i++) this.codes.push(bytes[i]! | RAW);
  }

  /** The next byte on the cable, perhaps with {@link RAW}; undefined when there is none. */
  take(): number | undefined {
    const byte = this.answers.shift() ?? this.codes.shift();
    if (byte !== undefined) this.last = byte & 0xff;
    return byte;
  }

  /** A byte from the host. */
  receive(byte: number): void {
    const command = this.command;
    this.command = undefined;
    // A command in the place of an argument is a command.
    if (command !== undefined && byte < SET_LEDS) this.argument(command, byte);
    else this.execute(byte);
  }

  /** @internal saves or loads it */
  transfer(state: StateTransfer): void {
    this.answers.transfer(state);
    this.codes.transfer(state, RAW | 0xff);
    this.last = state.u8(this.last);
    this.command = state.optional(this.command, 0xff);
    this.isScanning = state.flag(this.isScanning);
    this.set = state.flag(this.set === 1) ? 1 : 2;
    this.ledBits = state.u8(this.ledBits, 7);
  }

  private execute(byte: number): void {
    switch (byte) {
      case SET_LEDS:
      case SCANCODE_SET:
      case SET_REPEAT:
        this.command = byte;
        this.answer(ACK);
        break;
      case ECHO:
        this.answer(ECHO);
        break;
      case IDENTIFY:
        this.answer(ACK, ...ID);
        break;
      case ENABLE:
        this.codes.clear();
        this.isScanning = true;
        this.answer(ACK);
        break;
      case DISABLE:
        this.setDefaults(false);
        this.answer(ACK);
        break;
      case SET_DEFAULTS:
        this.setDefaults(this.isScanning);
        this.answer(ACK);
        break;
      case RESEND:
        this.answer(this.last);
        break;
      case RESET:
        this.setDefaults(true);
        this.ledBits = 0;
        this.answer(ACK, TEST_PASSED);
        break;
      default:
        this.answer(RESEND);
        break;
    }
  }

  private argument(command: number, byte: number): void {
    if (command === SET_LEDS) this.ledBits = byte & 7;
    else if (command === SCANCODE_SET) {
      if (byte > 2) {
        this.answer(RESEND);
        return;
      }
      if (byte === 0) {
        this.answer(ACK, this.set);
        return;
      }
      this.set = byte === 1 ? 1 : 2;
    }
    this.answer(ACK);
  }

  private setDefaults(isScanning: boolean): void {
    this.codes.clear();
    this.set = 2;
    this.isScanning = isScanning;
  }

  private answer(...bytes: number[]): void {
    for (const byte of bytes) this.answers.push(byte);
  }
}
