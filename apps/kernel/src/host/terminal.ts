/**
 * What standard output can show.
 *
 * @module
 */
import chalk, { Chalk, type ChalkInstance } from "chalk";

const MIN_WIDTH = 40;
const DEFAULT_WIDTH = 100;

/** Columns of the terminal, 40 or more; 100 where the output is no terminal. */
export function terminalWidth(): number {
  return Math.max(MIN_WIDTH, process.stdout.isTTY ? process.stdout.columns : DEFAULT_WIDTH);
}

/** Colours as the terminal has them; none when NO_COLOR is set. @see https://no-color.org */
export function terminalColors(): ChalkInstance {
  const { NO_COLOR = "" } = process.env;
  return NO_COLOR === "" ? chalk : new Chalk({ level: 0 });
}
