/**
 * Doing nothing.
 *
 * @module
 */
import { hardware } from "./statics.ts";

/** Sleeps until the next interrupt, for ever. */
export function hltLoop(): never {
  for (;;) hardware().hlt();
}
