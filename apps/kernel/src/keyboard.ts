/**
 * What the keys mean: scan code set 1 on a US keyboard, as the crate `pc-keyboard` decodes it.
 *
 * A scan code below 0x80 says that a key went down, the same with bit 7 set that it came up; 0xe0 goes before the keys
 * that the first PCs did not have.
 *
 * @see https://os.phil-opp.com/hardware-interrupts/#interpreting-the-scancodes
 * @module
 */

const RELEASED = 0x80;
const EXTENDED = 0xe0;
const LEFT_SHIFT = 0x2a;
const RIGHT_SHIFT = 0x36;
const CAPS_LOCK = 0x3a;

/** The characters of keys 0x00 … 0x39, without and with shift; a blank where the key gives none. */
const PLAIN = "\0\x1b1234567890-=\b\tqwertyuiop[]\n\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
const SHIFTED = '\0\x1b!@#$%^&*()_+\b\tQWERTYUIOP{}\n\0ASDFGHJKL:"~\0|ZXCVBNM<>?\0*\0 ';

/** Turns scan codes into characters. */
export class KeyboardDecoder {
  private leftShift = false;
  private rightShift = false;
  private capsLock = false;
  private extended = false;

  /** @returns the character of a key that went down, if it has one */
  addByte(scanCode: number): string | undefined {
    if (scanCode === EXTENDED) {
      this.extended = true;
      return undefined;
    }
    const extended = this.extended;
    this.extended = false;
    const down = (scanCode & RELEASED) === 0;
    const key = scanCode & ~RELEASED;
    if (extended) return down && key === 0x1c ? "\n" : down && key === 0x35 ? "/" : undefined;
    if (key === LEFT_SHIFT) this.leftShift = down;
    else if (key === RIGHT_SHIFT) this.rightShift = down;
    else if (key === CAPS_LOCK && down) this.capsLock = !this.capsLock;
    else if (down) return this.character(key);
    return undefined;
  }

  private character(key: number): string | undefined {
    const plain = PLAIN[key] ?? "\0";
    const isLetter = plain >= "a" && plain <= "z";
    const shift = (this.leftShift || this.rightShift) !== (isLetter && this.capsLock);
    const character = shift ? SHIFTED[key]! : plain;
    return character === "\0" ? undefined : character;
  }
}
