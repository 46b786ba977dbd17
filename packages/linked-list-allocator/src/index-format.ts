/**
 * The bytes of an index of holes.
 *
 * ```
 *   heap      │ chunk 0: 256 bytes │ chunk 1 │ …                  a chunk has 32 places where a hole can start
 *   bits      │ u32: bit p: a hole starts at place p (8·p bytes into the chunk)
 *   value     │ the largest class, 1 … 127, of a hole that starts in the chunk; 0: none starts there
 *
 *   node      │ present  u32: bit i: a hole starts in child i                      ╮
 *             │ values   8 × u32: byte i >> 3 of word i & 7: the value of child i  ├ one tree level; 32 nodes have
 *   its value │ the largest of its 32 children                                      │ a node above them
 *                                                                                  ╯
 *   in memory │ bits of all chunks │ present of all nodes │ values of all nodes │
 * ```
 * So the highest bits of the bytes of 8 words, each shifted to its place, are one word with a bit for each child.
 *
 * A class is a range of sizes: exact below 512 bytes, then four to each doubling. So a chunk of class k or more *may* have
 * a hole that fits, and none of a lower class has.
 *
 * @module
 */

/** Bytes of heap to a chunk, as a shift. */
export const CHUNK_SHIFT = 8;
const MAX_CLASS = 127;
/** Words of a node's values. */
export const NODE_WORDS = 8;

/**
 * The class of a size.
 *
 * @param size - bytes; a multiple of 8, at least 8
 * @returns 1 … 127; never less for a larger size
 */
export function classOf(size: number): number {
  const units = size >>> 3;
  if (units < 64) return units;
  const exponent = 31 - Math.clz32(units);
  const found = 64 + (exponent - 6) * 4 + ((units >>> (exponent - 2)) & 3);
  return found < MAX_CLASS ? found : MAX_CLASS;
}

/** How many chunks an index for so many bytes of heap has. */
export function chunksFor(byteLength: number): number {
  return Math.max(1, Math.ceil(byteLength / (1 << CHUNK_SHIFT)));
}

/** Nodes on all levels above so many chunks. */
export function nodesAbove(chunks: number): number {
  let nodes = 0;
  let level = chunks;
  do {
    level = Math.ceil(level / 32);
    nodes += level;
  } while (level > 1);
  return nodes;
}

/** Bytes that an index of so many chunks takes; a multiple of 8. */
export function indexBytes(chunks: number): number {
  const nodes = nodesAbove(chunks);
  const bytes = (chunks + nodes + nodes * NODE_WORDS) * 4;
  return Math.ceil(bytes / 8) * 8;
}

/** The least that an index can lie in. */
export const MIN_INDEX_BYTES: number = indexBytes(1);

/** The most chunks whose index fits into so many bytes. */
export function mostChunksIn(bytes: number): number {
  let chunks = Math.floor(bytes / 5);
  while (chunks > 1 && indexBytes(chunks) > bytes) chunks -= Math.max(1, Math.floor((indexBytes(chunks) - bytes) / 8));
  return chunks;
}
