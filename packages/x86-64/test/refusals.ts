/** Checks that functions refuse wrong values: the class, the code, the value in the message, and that nothing has changed. */
import type { KmemError } from "@kmem/memory";
import { expect, it } from "vitest";
import { shown } from "./wrong-values.ts";

/** What is called with a wrong value; a value of any type goes where the types demand another. */
export type Call = (value: never) => unknown;
export type Case = readonly [name: string, call: Call];
export type Refuses = (code: string, values: readonly unknown[], cases: readonly Case[]) => void;

/**
 * @param kind - the class of error that is demanded
 * @param watch - looks at the state; gives a function that tells whether it is still the same
 */
export function refusals(kind: abstract new (...all: never[]) => KmemError, watch: () => () => boolean): Refuses {
  return (code, values, cases) => {
    it.each(cases)("%s", (_name, call) => {
      const isUnchanged = watch();
      for (const value of values) {
        let caught: unknown;
        try {
          call(value as never);
        } catch (error) {
          caught = error;
        }
        expect(caught, shown(value)).toBeInstanceOf(kind);
        expect(caught).toMatchObject({ name: kind.name, code, value });
        expect((caught as KmemError).message).toContain(shown(value));
      }
      expect(isUnchanged()).toBe(true);
    });
  };
}
