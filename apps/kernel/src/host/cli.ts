/**
 * The command line: `pnpm kernel …`.
 *
 * @module
 */
import { main } from "./program.ts";

process.exitCode = await main(process.argv.slice(2));
