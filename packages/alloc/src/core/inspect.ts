/**
 * How owners look in Node's `console.log`.
 *
 * @module
 */

/** Node's `util.inspect`, as it is handed in. */
export type Inspect = (value: unknown, options?: object) => string;

/** What an owner shows of itself. */
export interface Inspectable {
  readonly typeName: string;
  assertUsable(): void;
  /** What to show behind the name, given a way to show values. */
  inspectContents?(show: (value: unknown) => string): string;
}

/** Gives a class of owners the member that Node's `util.inspect` looks for. */
export function addInspect(prototype: Inspectable): void {
  Object.defineProperty(prototype, Symbol.for("nodejs.util.inspect.custom"), {
    configurable: true,
    value(this: Inspectable, depth: number, options: object, inspect: Inspect): string {
      const { typeName } = this;
      const dead = whyUnusable(this);
      if (dead !== undefined) return `${typeName} (${dead})`;
      if (depth < 0 || this.inspectContents === undefined) return `[${typeName}]`;
      return `${typeName}${this.inspectContents((value) => inspect(value, { ...options, depth }))}`;
    },
  });
}

const DEAD: Readonly<Record<string, string>> = {
  "alloc/use-after-move": "moved",
  "alloc/use-after-drop": "dropped",
};

/** "moved", "dropped", … for a handle that cannot be used. */
function whyUnusable(owner: Inspectable): string | undefined {
  try {
    owner.assertUsable();
    return undefined;
  } catch (error) {
    const { code = "unusable" } = error as { code?: string };
    return DEAD[code] ?? code.replace("alloc/", "");
  }
}
