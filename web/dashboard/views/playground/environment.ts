/** Variables as they were typed, or what keeps them from being some. */
export type Environment =
  | { readonly ok: true; readonly env: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly fault: string };

const name = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** Reads a line for each variable, `NAME=value`. Space around the name goes, and the value stays as it is. */
export function readEnvironment(text: string): Environment {
  const env: Record<string, string> = {};
  for (const line of text.split("\n").filter((written) => written.trim() !== "")) {
    const equals = line.indexOf("=");
    const key = line.slice(0, Math.max(0, equals)).trim();
    if (!name.test(key)) {
      const shown = equals === -1 ? line.trim() : key;
      return { ok: false, fault: `Write each variable as a line such as API_KEY=secret; not ${shown}` };
    }
    if (key in env) return { ok: false, fault: `${key} is set twice.` };
    env[key] = line.slice(equals + 1);
  }
  return { ok: true, env };
}

/** Lines for variables whose names are known and whose values are not. */
export function blankEnvironment(names: readonly string[]): string {
  return names.map((known) => `${known}=\n`).join("");
}
