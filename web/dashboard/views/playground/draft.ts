import type { FunctionAuth } from "../../../../src/protocol/functions.ts";
import type { Language } from "../../../../src/protocol/languages.ts";
import type { Placement } from "../../../../src/protocol/placement.ts";

export type Mode = "job" | "function";
/** Languages that are written; a module is uploaded. */
export type TextLanguage = Exclude<Language, "wasm">;

/** A module that was stored, as the form remembers it. */
export interface ModuleDraft {
  readonly cid: string;
  readonly name: string;
  readonly bytes: number;
}

/** Everything that was typed into the playground. Each language keeps its code, for jobs and for functions apart. */
export interface Draft {
  readonly mode: Mode;
  readonly language: Language;
  readonly sources: Readonly<Record<Mode, Readonly<Record<TextLanguage, string>>>>;
  readonly module: ModuleDraft | undefined;
  /** JSON, as it was typed. */
  readonly input: string;
  readonly namespace: string;
  readonly timeoutSeconds: string;
  readonly memoryMb: string;
  /** Where a function is to be deployed, without its namespace. */
  readonly path: string;
  /** Which volunteers may run it. */
  readonly placement: Placement;
  /** Who may call it. */
  readonly auth: FunctionAuth;
  /** A line for each variable of a function, as it was typed. Never kept: these are secrets. */
  readonly env: string;
}

export const placementNames: readonly Placement[] = ["trusted", "any", "internal"];
export const authNames: readonly FunctionAuth[] = ["public", "token"];
export const modes: readonly Mode[] = ["job", "function"];
export const playgroundLanguages: readonly Language[] = ["python", "js", "lua", "wasm"];
const textLanguages: readonly TextLanguage[] = ["python", "js", "lua"];

/** What the playground begins with. */
export const firstDraft: Draft = {
  mode: "job",
  language: "python",
  sources: {
    job: {
      python: `# INPUT is what the job is given; result is what it returns.
name = INPUT["name"]

for step in range(1, 4):
    print(f"step {step} of 3")

result = {"greeting": f"Hello, {name}!"}
`,
      js: `// INPUT is what the job is given; what it returns is its result.
const { name } = INPUT;

for (let step = 1; step <= 3; step++) console.log(\`step \${step} of 3\`);

return { greeting: \`Hello, \${name}!\` };
`,
      lua: `-- INPUT is what the job is given; what it returns is its result.
for step = 1, 3 do
  print("step " .. step .. " of 3")
end

return {greeting = "Hello, " .. INPUT.name .. "!"}
`,
    },
    function: {
      python: `def handle(req):
    name = req["query"].get("name", "World")
    return {"status": 200, "body": f"Hello, {name}!"}
`,
      js: `export default {
  fetch(request) {
    const name = new URL(request.url).searchParams.get("name") ?? "World";
    return new Response(\`Hello, \${name}!\`);
  },
};
`,
      lua: `function handle(req)
  local name = req.query.name or "World"
  return {status = 200, body = "Hello, " .. name .. "!"}
end
`,
    },
  },
  module: undefined,
  input: `{"name": "Ada"}`,
  namespace: "default",
  timeoutSeconds: "",
  memoryMb: "",
  path: "hello",
  placement: "trusted",
  auth: "public",
  env: "",
};

/** A draft that was kept, with what is missing or strange in it as at the first time. */
export function readDraft(text: string | undefined): Draft {
  const kept = parsed(text);
  const sources = objectOf(kept.sources);
  const string = (value: unknown, fallback: string) => (typeof value === "string" ? value : fallback);
  const sourcesOf = (mode: Mode) => {
    const own = objectOf(sources[mode]);
    const entries = textLanguages.map(
      (each) => [each, string(own[each], firstDraft.sources[mode][each])] as const,
    );
    return { ...firstDraft.sources[mode], ...Object.fromEntries(entries) };
  };
  return {
    mode: modes.find((mode) => mode === kept.mode) ?? firstDraft.mode,
    language: playgroundLanguages.find((each) => each === kept.language) ?? firstDraft.language,
    sources: { job: sourcesOf("job"), function: sourcesOf("function") },
    module: moduleOf(kept.module),
    input: string(kept.input, firstDraft.input),
    namespace: string(kept.namespace, firstDraft.namespace),
    timeoutSeconds: string(kept.timeoutSeconds, ""),
    memoryMb: string(kept.memoryMb, ""),
    path: string(kept.path, firstDraft.path),
    placement: placementNames.find((name) => name === kept.placement) ?? firstDraft.placement,
    auth: authNames.find((name) => name === kept.auth) ?? firstDraft.auth,
    env: "",
  };
}

function moduleOf(value: unknown): ModuleDraft | undefined {
  const { cid, name, bytes } = objectOf(value);
  if (typeof cid !== "string" || typeof name !== "string" || typeof bytes !== "number") return undefined;
  return { cid, name, bytes };
}

function parsed(text: string | undefined): Record<string, unknown> {
  try {
    return objectOf(JSON.parse(text ?? "{}"));
  } catch {
    return {};
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** The draft with other code for its mode and language. */
export function withSource(draft: Draft, language: TextLanguage, code: string): Draft {
  const { mode, sources } = draft;
  return { ...draft, sources: { ...sources, [mode]: { ...sources[mode], [language]: code } } };
}
