/**
 * CRC-32 as Ethernet, gzip and PNG use it: it finds every error burst of up to 32 bits.
 *
 * ```
 *   polynomial 0x04c1_1db7, lowest bit first: 0xedb8_8320;  starts with all ones, and all bits are inverted at the end
 * ```
 *
 * @see IEEE 802.3, 3.2.9; RFC 1952, section 8
 * @module
 */

const POLYNOMIAL = 0xedb8_8320;
const TABLE: Int32Array = remainders();

/**
 * The checksum of `bytes` from `start` to before `end`.
 *
 * @returns 32 bits, unsigned
 * @example crc32(Uint8Array.from("123456789", (c) => c.charCodeAt(0))) // => 0xcbf43926
 */
export function crc32(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  let crc = -1;
  for (let i = start; i < end; i++) crc = TABLE[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** What each byte leaves behind. */
function remainders(): Int32Array {
  const table = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL;
    table[byte] = crc;
  }
  return table;
}
