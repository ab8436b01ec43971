/** Rows of Markdown tables whose first cell is a word in backticks: that word, then the other cells. */
export function tableRows(markdown: string): Map<string, string[]> {
  const rows = new Map<string, string[]>();
  for (const line of markdown.split("\n")) {
    const cells = /^\| *`([^`]+)` *\|(.*)\|\s*$/.exec(line);
    if (!cells) continue;
    const [, word = "", rest = ""] = cells;
    if (rows.has(word)) throw new Error(`\`${word}\` stands in two rows.`);
    rows.set(
      word,
      rest.split("|").map((cell) => cell.trim()),
    );
  }
  return rows;
}

/** Targets of the links of a page that are paths in the repository, without their fragments. */
export function localLinks(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? "")
    .filter((target) => !/^(?:[a-z]+:|#)/.test(target))
    .map((target) => target.replace(/#.*$/, ""));
}

/** Targets of make that a page tells people to run. */
export function makeTargets(markdown: string): string[] {
  return [...markdown.matchAll(/(?:^|`|\$ )make ([a-z-]+)/gm)].map((match) => match[1] ?? "");
}

/** Paths of HTTP routes that a module registers, such as `/api/jobs/:id`. */
export function routesOf(code: string): string[] {
  return [...code.matchAll(/(?:\.(?:get|post|put|patch|delete)\(\s*|\burl: )"(\/[^"\n]*)"/g)].map(
    (match) => match[1] ?? "",
  );
}

/** Whether a page speaks of a route: `/api/jobs/:id/*` is written as `/api/jobs/{id}/{path}`. */
export function describesRoute(markdown: string, route: string): boolean {
  const pattern = route.replaceAll(".", "\\.").replace(/:\w+|\*/g, () => "\\{\\w+\\}");
  return new RegExp(`${pattern}(?![\\w{/]*[\\w{])`).test(markdown);
}

const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** True for `fair-queue.test.ts` and `0001-jobs.sql`; conventional names such as README.md are not asked about. */
export function isKebabCase(fileName: string): boolean {
  return fileName.split(".").every((part) => kebab.test(part));
}

/** Words that promise work instead of doing it, and places that exist on one machine only. Spelt in halves for this file. */
const forbidden = [
  new RegExp(`\\b(?:TO${"DO"}|FIX${"ME"}|XX${"X"})\\b`),
  new RegExp(`(?<![\\w.])/(?:wo${"rk"}|ro${"ot"})/`),
  new RegExp(`(?:local${"host"}|127\\.0\\.0\\.1):(?:48${"73"}|80${"81"})`),
];

/** Lines of a text that hold something forbidden, as `line: text`. */
export function forbiddenLines(text: string): string[] {
  return text
    .split("\n")
    .flatMap((line, index) =>
      forbidden.some((pattern) => pattern.test(line)) ? [`${index + 1}: ${line.trim()}`] : [],
    );
}
