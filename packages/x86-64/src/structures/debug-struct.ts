/**
 * Structs as Rust prints them.
 *
 * @module
 */

/** Rust's `Debug` of a struct: `Name { a: 1, b: 2 }`; pretty (`{:#?}`) each field on a line of its own. */
export function debugStruct(name: string, fields: readonly (readonly [string, string])[], pretty: boolean): string {
  if (!pretty) return `${name} { ${fields.map(([field, value]) => `${field}: ${value}`).join(", ")} }`;
  const lines = fields.map(([field, value]) => `    ${field}: ${value.split("\n").join("\n    ")},\n`);
  return `${name} {\n${lines.join("")}}`;
}

/** Rust's `Debug` of a struct with one nameless field: `Name(1)`; pretty the field on a line of its own. */
export function debugTuple(name: string, field: string, pretty: boolean): string {
  return pretty ? `${name}(\n    ${field.split("\n").join("\n    ")},\n)` : `${name}(${field})`;
}
