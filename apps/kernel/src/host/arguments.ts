/**
 * Numbers as people type them.
 *
 * @module
 */
import { InvalidArgumentError } from "commander";

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 2 ** 10,
  kib: 2 ** 10,
  m: 2 ** 20,
  mib: 2 ** 20,
  g: 2 ** 30,
  gib: 2 ** 30,
};

/** A number of bytes: `102400`, `0x19000`, `100KiB`, `1_000`. */
export function parseSize(text: string): number {
  const found = /^(0x[\da-f_]+|\d[\d_]*)\s*([a-z]*)$/i.exec(text.trim());
  const unit = UNITS[found?.[2]?.toLowerCase() ?? "?"];
  const size = found === null || unit === undefined ? NaN : Number(found[1]!.replaceAll("_", "")) * unit;
  if (!Number.isSafeInteger(size))
    throw new InvalidArgumentError("expected a number of bytes such as 102400 or 100KiB");
  if (size === 0) throw new InvalidArgumentError("expected at least 1 byte");
  return size;
}

const TWO_47 = 2 ** 47;

/** A canonical address: `0x4444_4444_0000`; the upper half is given as the u64 that it is, and comes out negative. */
export function parseAddress(text: string): number {
  const plain = text.trim().replaceAll("_", "");
  if (!/^(0x[\da-f]+|\d+)$/i.test(plain)) throw new InvalidArgumentError("expected an address such as 0x444444440000");
  const address = Number(BigInt.asIntN(64, BigInt(plain)));
  if (BigInt(plain) >= 1n << 64n || address >= TWO_47 || address < -TWO_47)
    throw new InvalidArgumentError("expected a canonical address: bits 63 to 47 all alike");
  return address;
}
