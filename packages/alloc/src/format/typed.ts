/**
 * Arguments that say more than their JavaScript value.
 *
 * @module
 */
import { shapeOf, type Named, type Shape } from "./shape.ts";

/** A value with its type. Made by {@link typed}. */
export class Typed {
  readonly shape: Shape;
  readonly value: unknown;
  constructor(shape: Shape, value: unknown) {
    this.shape = shape;
    this.value = value;
  }
}

/**
 * A value as one of its type: `typed(f64, 1)` is written `1.0` by `{:?}`, `typed(i8, -1)` is `ff` in hexadecimal digits.
 *
 * Without it, whole numbers are integers, of 32 bits if they fit, else of 64, bigints of 128 if they do not fit there.
 *
 * @throws ReprError when the value is none of the type
 * @param type - any element type, or an object with a type's name in Rust, such as `{ name: "u128" }`
 */
export function typed(type: Named & { check?(value: never): void }, value: unknown): Typed {
  // An owner is only looked at, so that it need not be one that could be moved.
  if (typeof value !== "object") type.check?.(value as never);
  return new Typed(shapeOf(type), value);
}

/** Arguments by name. Made by {@link named}. */
export class NamedArguments {
  readonly values: ReadonlyMap<string, unknown>;
  constructor(values: Readonly<Record<string, unknown>>) {
    this.values = new Map(Object.entries(values));
  }
}

/** Arguments that the pattern calls by name, given behind the others: `format("{x:?}", named({ x: "k" }))`. */
export function named(values: Readonly<Record<string, unknown>>): NamedArguments {
  return new NamedArguments(values);
}
