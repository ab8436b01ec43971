import { failure, result, type SourceCase } from "./kernel-cases.ts";

/* How cases of Python are written down. */

export const is = (name: string, code: string, value: Parameters<typeof result>[0]): SourceCase => ({
  name,
  code,
  expected: result(value),
});
export const fails = (
  name: string,
  code: string,
  error: Parameters<typeof failure>[0],
  message: RegExp,
): SourceCase => ({ name, code, expected: failure(error, message) });
/** The code raises, and the sentence says what and where. */
export const raises = (name: string, code: string, message: RegExp): SourceCase =>
  fails(name, code, "guest_error", message);
