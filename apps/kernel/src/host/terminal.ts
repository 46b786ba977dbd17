/**
 * What standard output can show.
 *
 * @module
 */
import chalk, { Chalk, type ChalkInstance } from "chalk";

const MIN_WIDTH = 40;
const DEFAULT_WIDTH = 100;

/** Columns of the terminal, 40 or more; where the output is no terminal, `COLUMNS` from the environment or 100. */
export function terminalWidth(): number {
  const { COLUMNS = "" } = process.env;
  const width = process.stdout.isTTY ? process.stdout.columns : Number.parseInt(COLUMNS, 10);
  return Math.max(MIN_WIDTH, width > 0 ? width : DEFAULT_WIDTH);
}

/** Colours as the terminal has them; none when NO_COLOR is set. @see https://no-color.org */
export function terminalColors(): ChalkInstance {
  const { NO_COLOR = "" } = process.env;
  return NO_COLOR === "" ? chalk : new Chalk({ level: 0 });
}
