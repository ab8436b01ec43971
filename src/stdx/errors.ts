/** An error with a stable code that a caller may act on; anything else that is thrown is a defect. */
export class AppError<Code extends string = string> extends Error {
  readonly code: Code;
  /** Facts that the answer shows beside the sentence, such as the limit that was passed. */
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(
    code: Code,
    message: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.details = options.details;
  }
}
