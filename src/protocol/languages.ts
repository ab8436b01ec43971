/** The guest languages; the same words name a job's `job_type` and a volunteer's capabilities. */
export const languages = ["wasm", "python", "lua", "js"] as const;
export type Language = (typeof languages)[number];

/** A cell of kind `python` has the interpreter loaded; a `core` cell runs js, lua and wasm. */
export type CellKind = "core" | "python";

export function cellKindOf(language: Language): CellKind {
  return language === "python" ? "python" : "core";
}
