/**
 * The words that are written to an 8259A: initialization (ICW) and operation (OCW).
 *
 * ```
 *   port A0 = 0, written          7      6      5      4      3      2      1      0
 *                   ICW1      │  –   │  –   │  –   │  1   │ LTIM │  –   │ SNGL │ IC4  │  starts initialization
 *                   OCW2      │  R   │  SL  │ EOI  │  0   │  0   │      level         │  end of interrupt, rotation
 *                   OCW3      │  –   │ ESMM │ SMM  │  0   │  1   │  P   │  RR  │ RIS  │  what to read, special mask
 *   port A0 = 1, written
 *                   ICW2      │  vector of IR0, a multiple of 8  │  –   │  –   │  –   │
 *                   ICW3      │  master: inputs that have a slave; slave: its own ID   │
 *                   ICW4      │  –   │  –   │  –   │ SFNM │  –   │  –   │ AEOI │ µPM  │
 *                   OCW1      │  IMR: one bit per masked input                         │  at any other time
 * ```
 *
 * @see Intel 8259A data sheet, order number 231468, "Initialization Command Words", "Operation Command Words"
 * @module
 */

export const ICW1_NEEDS_ICW4 = 0x01;
export const ICW1_SINGLE = 0x02;
export const ICW1_LEVEL_TRIGGERED = 0x08;
/** Tells ICW1 from the operation command words. */
export const ICW1_SELECT = 0x10;
export const ICW4_AUTO_EOI = 0x02;
export const ICW4_SPECIAL_FULLY_NESTED = 0x10;

export const OCW2_EOI = 0x20;
export const OCW2_SPECIFIC = 0x40;
export const OCW2_ROTATE = 0x80;
/** Tells OCW3 from OCW2. */
export const OCW3_SELECT = 0x08;
export const OCW3_READ_ISR = 0x01;
export const OCW3_READ_REGISTER = 0x02;
export const OCW3_POLL = 0x04;
export const OCW3_SPECIAL_MASK = 0x20;
export const OCW3_ENABLE_SPECIAL_MASK = 0x40;
