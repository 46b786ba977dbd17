/** Arguments that no function taking an integer accepts. */
export const NOT_INTEGERS: readonly number[] = [NaN, Infinity, -Infinity, 0.5, -1, 2 ** 53, "1" as unknown as number];

/** A wire that counts its rises. */
export class Wire {
  high = false;
  rises = 0;
  raise(): void {
    if (!this.high) this.rises++;
    this.high = true;
  }
  lower(): void {
    this.high = false;
  }
}
