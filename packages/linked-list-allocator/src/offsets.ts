/**
 * What stands where an offset could: all negative.
 *
 * @module
 */

/** No hole. */
export const NONE = -1;
/** The link to the first hole, in place of the offset of a hole before it. */
export const HEAD = -2;
/** Nothing to write. */
export const SKIP = -3;
/** In a table of pages: not looked up yet. */
export const UNKNOWN = -0x8000_0000;
