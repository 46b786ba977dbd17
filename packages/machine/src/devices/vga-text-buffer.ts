/**
 * What a VGA in text mode 3 shows: 80 × 25 cells, read from the 32 KiB of memory at 0xb8000.
 *
 * ```
 *   0xb8000   │ cell 0 │ cell 1 │ … 80 a row, 25 rows = 4000 bytes, unless the start address is moved
 *
 *   a cell    15      14 … 12      11 … 8       7 … 0
 *           │ blink │ background │ foreground │ code │     background has 4 bits when blinking is switched off
 * ```
 * The screen has no state of its own: a kernel writes the bytes, through its MMU, and this only reads them.
 *
 * @see IBM VGA/XGA Technical Reference (1992), "Alphanumeric Modes"
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";
import type { PortBus } from "../ports.ts";
import { CODE_PAGE_437 } from "./code-page-437.ts";
import { VgaRegisters } from "./vga-registers.ts";

/** Physical address of the first cell. */
export const VGA_TEXT_ADDRESS = 0xb8000;
/** Bytes of memory behind the text modes. */
export const VGA_TEXT_SIZE = 0x8000;
/** Columns. */
export const VGA_WIDTH = 80;
/** Rows. */
export const VGA_HEIGHT = 25;
const CELLS = VGA_TEXT_SIZE / 2;

/** One cell of the screen. */
export interface VgaCell {
  /** Code of the character, 0 … 255. */
  readonly code: number;
  /** Index in the palette, 0 … 15. */
  readonly foreground: number;
  readonly background: number;
  readonly blinks: boolean;
}

export interface VgaCursor {
  readonly row: number;
  readonly column: number;
  /** Scan lines of the cell that it fills, of 0 … 15. */
  readonly firstLine: number;
  readonly lastLine: number;
}

/** The screen at one moment. */
export interface VgaSnapshot {
  readonly width: number;
  readonly height: number;
  /** Row by row. */
  readonly cells: readonly VgaCell[];
  /** Each row as text, without the blanks at its end. */
  readonly rows: readonly string[];
  /** The 16 colours as 0xrrggbb. */
  readonly palette: readonly number[];
  /** undefined when hidden or not on the screen. */
  readonly cursor: VgaCursor | undefined;
}

/**
 * @example
 * const memory = new LinearMemory(new ArrayBuffer(VGA_TEXT_SIZE), { base: VGA_TEXT_ADDRESS });
 * memory.writeU16(VGA_TEXT_ADDRESS, 0x0e48); // a yellow H
 * const screen = new VgaTextBuffer(memory).snapshot();
 * screen.rows[0] // => "H"
 * screen.palette[screen.cells[0].foreground] // => 0xffff55
 */
export class VgaTextBuffer {
  readonly registers: VgaRegisters = new VgaRegisters();
  private readonly memory: Pick<Memory, "readBytes">;
  private readonly address: Ptr;
  private readonly bytes = new Uint8Array(VGA_TEXT_SIZE);

  /**
   * @param memory - where the cells are; physical memory
   * @param address - of the first cell in it
   */
  constructor(memory: Pick<Memory, "readBytes">, address: Ptr = VGA_TEXT_ADDRESS) {
    this.memory = memory;
    this.address = address;
  }

  attachTo(bus: PortBus): void {
    this.registers.attachTo(bus);
  }

  /** Each row as text, without the blanks at its end. */
  rows(): string[] {
    this.memory.readBytes(this.address, this.bytes);
    return this.text();
  }

  snapshot(): VgaSnapshot {
    this.memory.readBytes(this.address, this.bytes);
    const cells: VgaCell[] = [];
    for (let row = 0; row < VGA_HEIGHT; row++)
      for (let column = 0; column < VGA_WIDTH; column++) cells.push(this.cell(row, column));
    return {
      width: VGA_WIDTH,
      height: VGA_HEIGHT,
      cells,
      rows: this.text(),
      palette: this.registers.palette(),
      cursor: this.cursor(),
    };
  }

  private text(): string[] {
    const rows: string[] = [];
    for (let row = 0; row < VGA_HEIGHT; row++) {
      let text = "";
      for (let column = 0; column < VGA_WIDTH; column++) text += CODE_PAGE_437[this.bytes[this.index(row, column)]!]!;
      rows.push(text.replace(/ +$/, ""));
    }
    return rows;
  }

  private cell(row: number, column: number): VgaCell {
    const at = this.index(row, column);
    const attribute = this.bytes[at + 1]!;
    const blinkOn = this.registers.isBlinkOn;
    return {
      code: this.bytes[at]!,
      foreground: attribute & 0x0f,
      background: (attribute >> 4) & (blinkOn ? 0x07 : 0x0f),
      blinks: blinkOn && attribute >= 0x80,
    };
  }

  /** Index of a cell's first byte; the memory repeats after its end. */
  private index(row: number, column: number): number {
    return ((this.registers.startCell + row * this.registers.cellsPerRow + column) % CELLS) * 2;
  }

  private cursor(): VgaCursor | undefined {
    const { isCursorOn, cursorCell, startCell, cellsPerRow } = this.registers;
    const [firstLine, lastLine] = this.registers.cursorLines;
    const cell = cursorCell - startCell;
    const row = Math.floor(cell / cellsPerRow);
    const column = cell - row * cellsPerRow;
    const isOnScreen = cell >= 0 && row < VGA_HEIGHT && column < VGA_WIDTH;
    return isCursorOn && isOnScreen ? { row, column, firstLine, lastLine } : undefined;
  }
}
