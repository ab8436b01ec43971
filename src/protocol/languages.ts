/** The guest languages; the same words name a job's `job_type` and a volunteer's capabilities. */
export const languages = ["wasm", "python", "lua", "js"] as const;
export type Language = (typeof languages)[number];
