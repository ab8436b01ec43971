/** The environment as it is: text or nothing. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The environment of this process. No other file reads `process.env`. */
export function processEnv(): Env {
  return process.env;
}
