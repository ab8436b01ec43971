import { ListenError } from "../http/listener.ts";
import { ConfigError } from "../orchestrator/settings.ts";
import { AppError } from "../stdx/errors.ts";
import type { ExitCode } from "./command.ts";
import { UsageError } from "./usage-error.ts";

/** Runs what works on this machine itself. What people can mend is told as its sentence. */
export async function withSentences(
  err: NodeJS.WritableStream,
  work: () => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message, { cause: error });
    if (!(error instanceof AppError || error instanceof ListenError)) throw error;
    err.write(`zerverless: ${error.message}\n`);
    return 1;
  }
}
