/**
 * What may follow what was typed.
 *
 * @module
 */
import { runInThisContext } from "node:vm";

const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
/** The end of a line, if it is names joined by points: what stands before the last point, and what after it. */
const PATH = /(?:^|[^\w$.])((?:[A-Za-z_$][\w$]*\.)*)([A-Za-z_$]?[\w$]*)$/;

/**
 * Names that complete a line. Nothing is called for it: behind a getter or a call there are none.
 *
 * @returns the names, each as a whole, and which end of the line they replace
 */
export function completionsOf(text: string): { names: string[]; of: string } {
  const found = PATH.exec(text);
  if (found === null) return { names: [], of: "" };
  const [, path = "", typed = ""] = found;
  const steps = path.split(".").slice(0, -1);
  const names = steps.length === 0 ? globalNames() : propertyNames(valueOf(steps));
  const fitting = [...new Set(names)].filter((name) => name.startsWith(typed) && NAME.test(name));
  return { names: fitting.sort().map((name) => `${path}${name}`), of: `${path}${typed}` };
}

function globalNames(): string[] {
  return propertyNames(globalThis);
}

/** The value that `steps` lead to; undefined where only a call would tell. */
function valueOf([first = "", ...rest]: string[]): unknown {
  let value: unknown;
  try {
    // A variable of an earlier line is no property of anything.
    value = runInThisContext(first);
  } catch {
    return undefined;
  }
  for (const step of rest) value = propertyOf(value, step)?.value;
  return value;
}

function propertyOf(value: unknown, name: string): PropertyDescriptor | undefined {
  for (let holder = objectOf(value); holder !== null; holder = Object.getPrototypeOf(holder) as object | null) {
    const property = Object.getOwnPropertyDescriptor(holder, name);
    if (property !== undefined) return property;
  }
  return undefined;
}

function propertyNames(value: unknown): string[] {
  const names: string[] = [];
  for (let holder = objectOf(value); holder !== null; holder = Object.getPrototypeOf(holder) as object | null)
    if (holder !== Object.prototype || names.length === 0) names.push(...Object.getOwnPropertyNames(holder));
  return names;
}

function objectOf(value: unknown): object | null {
  return value === undefined || value === null ? null : (Object(value) as object);
}
