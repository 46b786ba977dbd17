/**
 * The wire from a device to an interrupt controller.
 *
 * @module
 */

/** A wire that is high or low. Raising one that is high, or lowering one that is low, does nothing. */
export interface InterruptLine {
  raise(): void;
  lower(): void;
}

/** A wire that ends nowhere. */
export const UNCONNECTED: InterruptLine = { raise: () => undefined, lower: () => undefined };
