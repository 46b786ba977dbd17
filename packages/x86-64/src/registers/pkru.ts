/**
 * Protection keys for user pages: two bits for each of 16 keys.
 *
 * ```
 *   31 30 │ … │  3  2 │  1  0          a page's key is in bits 62 … 59 of its entry
 *   W  A  │   │  W  A │  W  A          A: no access     W: no writes
 *   key 15      key 1   key 0
 * ```
 *
 * @see Intel SDM volume 3A, 4.6.2
 * @module
 */
import type { Registers } from "../hardware.ts";
import { checkField } from "../structures/errors.ts";

/** What a protection key forbids. */
export interface KeyRights {
  readonly accessDisabled: boolean;
  readonly writeDisabled: boolean;
}

/** Reads and writes PKRU (`rdpkru`, `wrpkru`); both raise #UD unless CR4 has PROTECTION_KEY_USER. */
export const Pkru = {
  read(registers: Registers): number {
    return registers.pkru;
  },

  write(registers: Registers, value: number): void {
    checkValue(value);
    registers.pkru = value;
  },

  /** What a value of the register says about one key. @example Pkru.get(0x8, 1) // => { accessDisabled: false, writeDisabled: true } */
  get(value: number, key: number): KeyRights {
    checkValue(value);
    checkKey(key);
    const bits = (value >>> (2 * key)) & 3;
    return { accessDisabled: (bits & 1) !== 0, writeDisabled: (bits & 2) !== 0 };
  },

  /**
   * A value with one key's rights replaced.
   *
   * @param key - 0 … 15
   * @example Pkru.with(0, 1, { accessDisabled: true, writeDisabled: false }) // => 4
   */
  with(value: number, key: number, { accessDisabled, writeDisabled }: KeyRights): number {
    checkValue(value);
    checkKey(key);
    const bits = (accessDisabled ? 1 : 0) | (writeDisabled ? 2 : 0);
    return ((value & ~(3 << (2 * key))) | (bits << (2 * key))) >>> 0;
  },
};

function checkKey(key: number): void {
  checkField("structure/key", "a protection key", key, 15);
}

function checkValue(value: number): void {
  checkField("structure/flags", "a value of PKRU", value, 0xffff_ffff);
}
