/**
 * Which input of an 8259A is the most urgent: they stand in a ring, and the one after the lowest has the highest priority.
 *
 * ```
 *   lowest = 7:   0  1  2  3  4  5  6  7         lowest = 2:   3  4  5  6  7  0  1  2
 *                 ◀─ more urgent
 * ```
 * Inputs are bits: bit n is input n.
 *
 * @see Intel 8259A data sheet, order number 231468, "Fully Nested Mode", "Automatic Rotation"
 * @module
 */

/**
 * The most urgent of some inputs.
 *
 * @returns 0 … 7; −1 when there is none
 * @example first(0b1001, 7) // => 0
 * @example first(0b1001, 0) // => 3
 */
export function first(inputs: number, lowest: number): number {
  if (inputs === 0) return -1;
  for (let i = 1; i <= 8; i++) {
    const level = (lowest + i) & 7;
    if ((inputs & (1 << level)) !== 0) return level;
  }
  return -1;
}

/**
 * The request that may interrupt what is in service: one that is more urgent.
 *
 * @param nesting - inputs that may interrupt their own service: a slave's, as another of its inputs may be more urgent
 * @returns 0 … 7; −1 when there is none
 * @example mostUrgent(0b0110, 0b0100, 0, 7) // => 1
 * @example mostUrgent(0b0100, 0b0100, 0b0100, 7) // => 2
 */
export function mostUrgent(requests: number, serving: number, nesting: number, lowest: number): number {
  const level = first(requests & (~serving | nesting), lowest);
  if (level < 0) return -1;
  const holding = first(serving, lowest);
  const distance = (input: number): number => (input - lowest - 1) & 7;
  return holding < 0 || level === holding || distance(level) < distance(holding) ? level : -1;
}
