/**
 * The VGA text buffer: `println` writes bytes to 0xb8000, and the screen shows them.
 *
 * ```
 *   0xb8000   25 rows of 80 cells, 2 bytes each
 *   cell      [ character, code page 437 ][ background:4 | foreground:4 ]
 * ```
 *
 * @see blog_os, post 3: https://os.phil-opp.com/vga-text-mode/
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";
import { LOCK_SIZE, Mutex } from "@kmem/spin";
import { formatArguments } from "./fmt.ts";
import { withoutInterrupts } from "./interrupts-flag.ts";
import { serialPrint } from "./serial.ts";
import { hardware, lazyStatic } from "./statics.ts";

export const VGA_BUFFER: Ptr = 0xb8000;
export const BUFFER_HEIGHT = 25;
export const BUFFER_WIDTH = 80;

/** The 16 colours of VGA text mode. */
export const Color = {
  Black: 0,
  Blue: 1,
  Green: 2,
  Cyan: 3,
  Red: 4,
  Magenta: 5,
  Brown: 6,
  LightGray: 7,
  DarkGray: 8,
  LightBlue: 9,
  LightGreen: 10,
  LightCyan: 11,
  LightRed: 12,
  Pink: 13,
  Yellow: 14,
  White: 15,
} as const;
export type Color = (typeof Color)[keyof typeof Color];

/** A cell's second byte. */
export function colorCode(foreground: Color, background: Color): number {
  return (background << 4) | foreground;
}

/** What is shown for a character outside of printable ASCII: ■. */
const UNPRINTABLE = 0xfe;
const NEWLINE = 0x0a;
const BLANK = 0x20;

/**
 * Writes text to the last row; a full row or a newline moves all rows up.
 *
 * Its own state lies among the kernel's statics: the column in 8 bytes, then the colour in 1.
 */
export class Writer {
  static readonly SIZE = 16;
  private readonly memory: Memory;
  private readonly at: Ptr;

  constructor(memory: Memory, at: Ptr) {
    this.memory = memory;
    this.at = at;
    this.columnPosition = 0;
    this.colorCode = colorCode(Color.Yellow, Color.Black);
  }

  get columnPosition(): number {
    return this.memory.readUsize(this.at);
  }
  set columnPosition(column: number) {
    this.memory.writeUsize(this.at, column);
  }

  get colorCode(): number {
    return this.memory.readU8(this.at + 8);
  }
  set colorCode(code: number) {
    this.memory.writeU8(this.at + 8, code);
  }

  writeStr(text: string): void {
    for (const char of text) {
      const code = char.codePointAt(0)!;
      if (code < 0x80) this.writeByte(code);
      else for (let bytes = utf8Length(code); bytes > 0; bytes--) this.writeByte(UNPRINTABLE);
    }
  }

  writeByte(byte: number): void {
    if (byte === NEWLINE) {
      this.newLine();
      return;
    }
    if (this.columnPosition >= BUFFER_WIDTH) this.newLine();
    const printable = byte >= 0x20 && byte <= 0x7e;
    const cell = cellAt(BUFFER_HEIGHT - 1, this.columnPosition);
    this.memory.writeU16(cell, (this.colorCode << 8) | (printable ? byte : UNPRINTABLE));
    this.columnPosition++;
  }

  private newLine(): void {
    this.memory.copy(VGA_BUFFER, cellAt(1, 0), (BUFFER_HEIGHT - 1) * BUFFER_WIDTH * 2);
    this.clearRow(BUFFER_HEIGHT - 1);
    this.columnPosition = 0;
  }

  private clearRow(row: number): void {
    const blank = (this.colorCode << 8) | BLANK;
    for (let column = 0; column < BUFFER_WIDTH; column++) this.memory.writeU16(cellAt(row, column), blank);
  }
}

/** The one writer, behind a lock. */
export const WRITER: () => Mutex<Writer> = lazyStatic(LOCK_SIZE + Writer.SIZE, 8, (at) => {
  const { memory } = hardware();
  return Mutex.new(memory, at, new Writer(memory, at + LOCK_SIZE));
});

/** Whether everything printed goes over the serial port too: the kernel option `console=serial`. */
export const SERIAL_CONSOLE: () => { isOn: boolean } = lazyStatic(0, 1, () => ({ isOn: false }));

/** Prints to the screen: Rust's `print!`. */
export function print(format: string, ...args: unknown[]): void {
  if (SERIAL_CONSOLE().isOn) serialPrint(format, ...args);
  // An interrupt handler that prints while the lock is held would wait for ever.
  withoutInterrupts(() => {
    using writer = WRITER().lock();
    formatArguments(writer.value, format, args);
  });
}

/** Prints a line to the screen: Rust's `println!`. */
export function println(format = "", ...args: unknown[]): void {
  print(`${format}\n`, ...args);
}

function cellAt(row: number, column: number): Ptr {
  return VGA_BUFFER + 2 * (row * BUFFER_WIDTH + column);
}

function utf8Length(code: number): number {
  return code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
}
