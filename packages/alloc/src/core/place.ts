/**
 * Replacing a value in its place.
 *
 * @module
 */
import { dropValues, type Slots } from "@kmem/repr";

/**
 * Drops the value in a slot and puts another one there, even if dropping throws: Rust's `*place = value`.
 *
 * @param changed - called before the old value goes, if it owned anything
 */
export function setSlot<T>(slots: Slots<T>, index: number, value: T, changed: () => void): void {
  if (!slots.owns) {
    slots.set(index, value);
    return;
  }
  slots.check(value);
  changed();
  try {
    dropValues(slots.type, slots.memory, slots.addressOf(index), 1, slots.allocator);
  } finally {
    slots.set(index, value);
  }
}

/** Puts another value in a slot and gives the old one: `mem::replace`. */
export function replaceSlot<T>(slots: Slots<T>, index: number, value: T, changed: () => void): T {
  slots.check(value);
  const old = slots.take(index);
  slots.set(index, value);
  if (slots.owns) changed();
  return old;
}
