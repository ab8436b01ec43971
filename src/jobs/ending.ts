import { isJobErrorCode, type JobErrorCode } from "../protocol/errors.ts";
import type { JobStats } from "../protocol/job.ts";
import { limits } from "../protocol/limits.ts";
import type { ErrorMessage, ResultMessage } from "../protocol/volunteer.ts";
import { clipUtf8, fitsUtf8, utf8Length } from "../stdx/utf8.ts";
import type { JobEnd, JobOutput } from "./job.ts";

/** How a job is to end, before it is known when and after how many attempts. */
export interface Ending {
  readonly status: JobEnd["status"];
  readonly error: string | undefined;
  readonly errorCode: JobErrorCode | undefined;
  readonly stats: JobStats | undefined;
  readonly output: JobOutput;
}

const noOutput: JobOutput = { resultJson: undefined, stdout: "", stderr: "" };

export const cancelled: Ending = {
  status: "cancelled",
  error: undefined,
  errorCode: undefined,
  stats: undefined,
  output: noOutput,
};

export function failed(
  errorCode: JobErrorCode,
  error: string,
  stats?: JobStats,
  output: JobOutput = noOutput,
): Ending {
  return { status: "failed", error, errorCode, stats, output };
}

/** What the ending of a volunteer's `result` is; a result that is too large fails the job. */
export function endingOfResult(message: ResultMessage): Ending {
  const { stdout = "", stderr = "", stats } = message;
  const output = boundedOutput(stdout, stderr);
  if (!output.whole) return outputExceeded(output, stats);
  // A job that returned nothing gives what it printed.
  const result = message.result === undefined ? stdout || null : message.result;
  const resultJson = JSON.stringify(result);
  if (!fitsUtf8(resultJson, limits.resultBytesMax)) {
    const sentence = `The result's JSON is larger than ${limits.resultBytesMax} bytes.`;
    return failed("result_too_large", sentence, stats, { resultJson: undefined, stdout, stderr });
  }
  return {
    status: "completed",
    error: undefined,
    errorCode: undefined,
    stats,
    output: { resultJson, stdout, stderr },
  };
}

/** What the ending of a volunteer's `error` is, unless the job is tried again. */
export function endingOfError(message: ErrorMessage): Ending {
  const { stdout = "", stderr = "", stats } = message;
  const output = boundedOutput(stdout, stderr);
  if (!output.whole) return outputExceeded(output, stats);
  const sentence = clipUtf8(message.error, limits.errorMessageBytesMax) || "The volunteer gave no reason.";
  const kept = { resultJson: undefined, stdout, stderr };
  return failed(errorCodeOf(message.code), sentence, stats, kept);
}

/** The volunteer's own trouble rather than the guest's doing: the job may well succeed elsewhere. */
export function isVolunteersFault(ending: Ending): boolean {
  return ending.errorCode === "cell_crashed" || ending.errorCode === "volunteer_error";
}

function errorCodeOf(code: string | undefined): JobErrorCode {
  // Only the orchestrator can know that a volunteer was lost.
  if (code === "volunteer_lost") return "volunteer_error";
  return code !== undefined && isJobErrorCode(code) ? code : "guest_error";
}

interface BoundedOutput {
  readonly stdout: string;
  readonly stderr: string;
  /** False when something was cut off. */
  readonly whole: boolean;
}

function boundedOutput(stdout: string, stderr: string): BoundedOutput {
  const max = limits.outputBytesMax;
  if ((stdout.length + stderr.length) * 3 <= max) return { stdout, stderr, whole: true };
  const keptOut = clipUtf8(stdout, max);
  const keptErr = clipUtf8(stderr, max - utf8Length(keptOut));
  const whole = keptOut.length === stdout.length && keptErr.length === stderr.length;
  return { stdout: keptOut, stderr: keptErr, whole };
}

function outputExceeded({ stdout, stderr }: BoundedOutput, stats: JobStats | undefined): Ending {
  const sentence = `stdout and stderr together are larger than ${limits.outputBytesMax} bytes.`;
  return failed("output_exceeded", sentence, stats, { resultJson: undefined, stdout, stderr });
}
