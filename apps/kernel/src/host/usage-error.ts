/** A mistake in the command line: one line, and exit status 2. */
export class UsageError extends Error {}
