/**
 * The registers of a VGA that matter to text: cursor and start address, blinking, palette.
 *
 * ```
 *   0x3d4  index of a CRT controller register, 0x3d5 its value
 *            0x0a  cursor: first scan line; bit 5 hides it       0x0c, 0x0d  cell shown first, high and low byte
 *            0x0b  cursor: last scan line                        0x0e, 0x0f  cell of the cursor
 *            0x11  bit 7 protects registers 0 … 7                0x13        pairs of cells from row to row
 *   0x3c0  attribute controller: index and value in turn, 0x3c1 reads the value; reading 0x3da starts with the index
 *            0x00 … 0x0f  DAC entry of each of the 16 colours    0x10        bit 3: attribute bit 7 blinks
 *   0x3c7  DAC entry to read, 0x3c8 to write, 0x3c9 its red, green and blue in turn, six bits each
 *   0x3da  bit 3: vertical retrace, bit 0: no display; they turn at every read, so that who waits for them goes on
 * ```
 * They start as the BIOS's mode 3 sets them.
 *
 * @see IBM VGA/XGA Technical Reference (1992), chapter 2; SeaBIOS vgasrc/stdvgamodes.c for mode 3
 * @module
 */
import type { PortBus, PortDevice } from "../ports.ts";
import type { StateTransfer } from "../state/transfer.ts";

const ATTRIBUTE_PORT = 0x3c0;
const ATTRIBUTE_READ_PORT = 0x3c1;
const DAC_MASK_PORT = 0x3c6;
const DAC_READ_PORT = 0x3c7;
const DAC_WRITE_PORT = 0x3c8;
const DAC_DATA_PORT = 0x3c9;
const CRTC_INDEX_PORT = 0x3d4;
const CRTC_DATA_PORT = 0x3d5;
const STATUS_PORT = 0x3da;

const CRTC_CURSOR_START = 0x0a;
const CRTC_CURSOR_END = 0x0b;
const CRTC_START_HIGH = 0x0c;
const CRTC_CURSOR_HIGH = 0x0e;
const CRTC_PROTECT = 0x11;
const CRTC_OFFSET = 0x13;
const CURSOR_OFF = 0x20;
/** Of the protected registers, the one bit that may be written: the line compare's ninth bit. */
const UNPROTECTED_OF_7 = 0x10;

const ATTRIBUTE_MODE = 0x10;
const MODE_BLINK = 0x08;
const STATUS_RETRACE = 0x09;

// prettier-ignore
const CRTC_MODE_3 = [
  0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00, 0x4f, 0x0d, 0x0e, 0x00, 0x00, 0x00, 0x00,
  0x9c, 0x8e, 0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff,
];
// prettier-ignore
const ATTRIBUTES_MODE_3 = [
  0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14, 0x07, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f,
  0x0c, 0x00, 0x0f, 0x08, 0x00,
];

export class VgaRegisters implements PortDevice {
  private readonly crtc = Uint8Array.from(CRTC_MODE_3);
  private crtcIndex = 0;
  private readonly attributes = Uint8Array.from(ATTRIBUTES_MODE_3);
  private attributeIndex = 0x20;
  private attributeTakesValue = false;
  private readonly dac = egaDac();
  private dacMask = 0xff;
  /** Next colour byte to read and to write: entry × 3 + component. */
  private dacReadAt = 0;
  private dacWriteAt = 0;
  private dacReads = false;
  private status = 0;

  attachTo(bus: PortBus): void {
    bus.attach(ATTRIBUTE_PORT, 2, this);
    bus.attach(DAC_MASK_PORT, 4, this);
    bus.attach(CRTC_INDEX_PORT, 2, this);
    bus.attach(STATUS_PORT, 1, this);
  }

  /** The cell shown in the upper left corner. */
  get startCell(): number {
    return this.crtcWord(CRTC_START_HIGH);
  }

  get cursorCell(): number {
    return this.crtcWord(CRTC_CURSOR_HIGH);
  }

  /** Scan lines of the cursor in a cell of 16, first and last; a first after the last shows none. */
  get cursorLines(): readonly [number, number] {
    return [this.crtc[CRTC_CURSOR_START]! & 0x1f, this.crtc[CRTC_CURSOR_END]! & 0x1f];
  }

  get isCursorOn(): boolean {
    const [first, last] = this.cursorLines;
    return (this.crtc[CRTC_CURSOR_START]! & CURSOR_OFF) === 0 && first <= last;
  }

  /** Cells from the start of a row to the start of the next. */
  get cellsPerRow(): number {
    return this.crtc[CRTC_OFFSET]! * 2;
  }

  /** Whether attribute bit 7 means blinking rather than a bright background. */
  get isBlinkOn(): boolean {
    return (this.attributes[ATTRIBUTE_MODE]! & MODE_BLINK) !== 0;
  }

  /** The colour of each attribute value, 0 … 15, as 0xrrggbb. */
  palette(): number[] {
    const colours: number[] = [];
    for (let i = 0; i < 16; i++) {
      const at = (this.attributes[i]! & 0x3f & this.dacMask) * 3;
      colours.push((wide(this.dac[at]!) << 16) | (wide(this.dac[at + 1]!) << 8) | wide(this.dac[at + 2]!));
    }
    return colours;
  }

  readPort(port: number): number {
    switch (port) {
      case ATTRIBUTE_PORT:
        return this.attributeIndex;
      case ATTRIBUTE_READ_PORT:
        return this.attributes[this.attributeIndex & 0x1f] ?? 0;
      case DAC_MASK_PORT:
        return this.dacMask;
      case DAC_READ_PORT:
        return this.dacReads ? 3 : 0;
      case DAC_WRITE_PORT:
        return Math.floor(this.dacWriteAt / 3);
      case DAC_DATA_PORT:
        return this.readDac();
      case CRTC_INDEX_PORT:
        return this.crtcIndex;
      case CRTC_DATA_PORT:
        return this.crtc[this.crtcIndex] ?? 0;
      default:
        return this.readStatus();
    }
  }

  writePort(port: number, value: number): void {
    switch (port) {
      case ATTRIBUTE_PORT:
        this.writeAttribute(value);
        break;
      case DAC_MASK_PORT:
        this.dacMask = value;
        break;
      case DAC_READ_PORT:
        this.dacReadAt = value * 3;
        this.dacReads = true;
        break;
      case DAC_WRITE_PORT:
        this.dacWriteAt = value * 3;
        this.dacReads = false;
        break;
      case DAC_DATA_PORT:
        this.dac[this.dacWriteAt] = value & 0x3f;
        this.dacWriteAt = (this.dacWriteAt + 1) % this.dac.length;
        break;
      case CRTC_INDEX_PORT:
        this.crtcIndex = value & 0x1f;
        break;
      case CRTC_DATA_PORT:
        this.writeCrtc(value);
        break;
      // 0x3c1 and 0x3da only read.
    }
  }

  /** @internal saves or loads it */
  transfer(state: StateTransfer): void {
    state.bytes(this.crtc);
    this.crtcIndex = state.u8(this.crtcIndex, 0x1f);
    state.bytes(this.attributes);
    this.attributeIndex = state.u8(this.attributeIndex, 0x3f);
    this.attributeTakesValue = state.flag(this.attributeTakesValue);
    state.bytes(this.dac);
    this.dacMask = state.u8(this.dacMask);
    this.dacReadAt = state.u16(this.dacReadAt, this.dac.length - 1);
    this.dacWriteAt = state.u16(this.dacWriteAt, this.dac.length - 1);
    this.dacReads = state.flag(this.dacReads);
    this.status = state.u8(this.status);
  }

  private crtcWord(high: number): number {
    return (this.crtc[high]! << 8) | this.crtc[high + 1]!;
  }

  private writeCrtc(value: number): void {
    const index = this.crtcIndex;
    const isProtected = index <= 7 && (this.crtc[CRTC_PROTECT]! & 0x80) !== 0;
    if (!isProtected) this.crtc[index] = value;
    else if (index === 7) this.crtc[7] = (this.crtc[7]! & ~UNPROTECTED_OF_7) | (value & UNPROTECTED_OF_7);
  }

  private writeAttribute(value: number): void {
    if (this.attributeTakesValue) this.attributes[this.attributeIndex & 0x1f] = value;
    else this.attributeIndex = value & 0x3f;
    this.attributeTakesValue = !this.attributeTakesValue;
  }

  private readDac(): number {
    const value = this.dac[this.dacReadAt]!;
    this.dacReadAt = (this.dacReadAt + 1) % this.dac.length;
    return value;
  }

  private readStatus(): number {
    this.attributeTakesValue = false;
    this.status ^= STATUS_RETRACE;
    return this.status;
  }
}

/** The DAC's 256 entries of three bytes; mode 3 sets the first 64 to the EGA's colours `rgbRGB`: thirds and two thirds. */
function egaDac(): Uint8Array {
  const dac = new Uint8Array(256 * 3);
  for (let entry = 0; entry < 64; entry++)
    for (let component = 0; component < 3; component++) {
      const bright = (entry >> (2 - component)) & 1;
      const dim = (entry >> (5 - component)) & 1;
      dac[entry * 3 + component] = 0x2a * bright + 0x15 * dim;
    }
  return dac;
}

/** Six bits to eight: 0x3f becomes 0xff. */
function wide(six: number): number {
  return (six << 2) | (six >> 4);
}
