/**
 * How a part of the machine says what its state is: one method that passes each field through a transfer.
 *
 * ```
 *   this.imr = state.u8(this.imr);      saving: writes the field, gives it back      loading: gives what was written
 * ```
 * Both directions are the same code, so what is saved is also loaded, in the same order.
 *
 * @module
 */

/** A {@link StateWriter} or a {@link StateReader}. Numbers are little-endian. */
export interface StateTransfer {
  readonly isLoading: boolean;
  /** One byte, 0 or 1. */
  flag(value: boolean): boolean;
  /** One byte. @param max - the largest that makes sense, as in the next */
  u8(value: number, max?: number): number;
  /** Two bytes. */
  u16(value: number, max?: number): number;
  /** Four bytes. */
  u32(value: number, max?: number): number;
  /** A safe integer, as eight bytes in two's complement. */
  integer(value: number, min?: number, max?: number): number;
  /** An integer, Infinity where `max` is that, or nothing: a byte 1, 2 or 0, with 1 followed by eight bytes. */
  optional(value: number | undefined, max: number, min?: number): number | undefined;
  /** As many bytes as the array has, read into it. */
  bytes(value: Uint8Array): void;
  /** Its length, and its UTF-16 units. */
  text(value: string): string;
  /** @throws {@link MachineStateError} `machine-state/damaged` when loading, unless `isRight` */
  check(isRight: boolean, expected: string): void;
}
