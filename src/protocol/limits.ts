/** The bounds that both ends of every wire hold to. Bytes are bytes of UTF-8 where the thing is text. */
const KiB = 1024;
const MiB = 1024 * KiB;

export const limits = {
  codeBytesMax: 4 * MiB,
  inputBytesMax: 8 * MiB,
  resultBytesMax: 8 * MiB,
  /** stdout and stderr of one job together. */
  outputBytesMax: 1 * MiB,
  wasmBytesMax: 32 * MiB,
  /** One JSON request body: the largest job, or an array of small ones. */
  bodyBytesMax: 16 * MiB,
  /** One WebSocket frame: the largest job or result, with room for escapes. */
  frameBytesMax: 32 * MiB,
  errorMessageBytesMax: 4 * KiB,
  jobsPerSubmissionMax: 1000,
  callbackUrlBytesMax: 2 * KiB,
  /** A larger result is left out of a webhook. */
  webhookResultBytesMax: 256 * KiB,
  /** A larger result is left out of lists. */
  listedResultBytesMax: 4 * KiB,
  /** Jobs that are looked at in search of a language. */
  jobsSearchedMax: 10_000,
  listLimitDefault: 50,
  listLimitMax: 1000,
  timeoutSecondsMax: 3600,
  memoryMbMin: 16,
  memoryMbDefault: 256,
  memoryMbMax: 4096,
  priorityMax: 9,
  retriesMax: 100,
  waitSecondsMax: 60,
  slotsMax: 256,
  /** The least of its time that a slot may be offered for: it bounds how long a job may be out. */
  shareMin: 0.05,
  namespacesPerVolunteerMax: 256,
  idempotencyKeyBytesMax: 255,
  kvKeyBytesMax: 1 * KiB,
  /** A value's JSON text. */
  kvValueBytesMax: 1 * MiB,
  /** Ten years. */
  kvTtlSecondsMax: 315_360_000,
  kvBatchOpsMax: 1000,
  /** Characters of JSON that the gets of one batch answer together. */
  kvBatchAnswerMax: 16 * MiB,
  filePathBytesMax: 1 * KiB,
  /** One segment of a file's path. */
  fileNameBytesMax: 255,
  fileBytesMax: 5 * 1024 * MiB,
} as const;
