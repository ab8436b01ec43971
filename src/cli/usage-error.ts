/** A command line that cannot be used. Its message is a sentence. */
export class UsageError extends Error {}
