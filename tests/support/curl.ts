import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Answer, Api } from "./api.ts";

/** A curl command as a page prints it. */
export interface CurlCommand {
  /** The whole command, for messages. */
  readonly text: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** A file whose bytes are the body. */
  readonly file: string | undefined;
}

/** The curl commands of a page's shell blocks, in order. */
export function curlCommands(markdown: string): CurlCommand[] {
  const blocks = [...markdown.matchAll(/^```(?:bash|sh)\n([\s\S]*?)^```/gm)].map(([, block = ""]) => block);
  return blocks.flatMap((block) =>
    commandsOf(block)
      .filter(([name]) => name === "curl")
      .map(readCurl),
  );
}

/** Runs a command against an orchestrator in place of the address that it names; curl itself need not be installed. */
export async function runCurl(api: Api, command: CurlCommand, directory: string): Promise<Answer> {
  const { method, path, headers, file } = command;
  const body = file === undefined ? command.body : await readFile(resolve(directory, file));
  // As curl says it when it is told nothing else.
  const type = body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" };
  return api.send(method, path, { body, headers: { ...type, ...headers } });
}

function readCurl(words: readonly string[]): CurlCommand {
  const headers: Record<string, string> = {};
  let [method, url, body, file]: (string | undefined)[] = [];
  const rest = words.slice(1);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "-X") method = rest.shift();
    else if (word === "-d") body = rest.shift();
    else if (word === "--data-binary") file = rest.shift()?.replace(/^@/, "");
    else if (word === "-H") {
      const [, name = "", value = ""] = /^([^:]+):\s*(.*)$/.exec(rest.shift() ?? "") ?? [];
      headers[name.toLowerCase()] = value;
    } else if (/^https?:/.test(word)) url = word;
    else throw new Error(`This curl knows no ${word}: ${words.join(" ")}`);
  }
  if (url === undefined) throw new Error(`There is no URL in ${words.join(" ")}`);
  const { pathname, search } = new URL(url);
  const hasBody = body !== undefined || file !== undefined;
  return {
    text: words.join(" "),
    method: method ?? (hasBody ? "POST" : "GET"),
    path: pathname + search,
    headers,
    body,
    file,
  };
}

/** The commands of a shell script as words: quotes, escapes, comments and lines that go on, and nothing cleverer. */
function commandsOf(script: string): string[][] {
  const token = /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\\n|\\(.)|(#[^\n]*)|(\n)|([^\S\n]+)|([^'"\\#\s]+|#)/gy;
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | undefined;
  const endWord = () => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  for (const [all, single, double, escaped, comment, newline, , plain] of script.matchAll(token)) {
    if (single !== undefined) word = (word ?? "") + single;
    else if (double !== undefined) word = (word ?? "") + double.replace(/\\(["\\$`])/g, "$1");
    else if (escaped !== undefined) word = (word ?? "") + escaped;
    else if (plain !== undefined) word = (word ?? "") + plain;
    // Inside a word it is a character like any other.
    else if (comment !== undefined && word !== undefined) word += comment;
    else if (all !== "\\\n") endWord();
    if (newline !== undefined && words.length > 0) {
      commands.push(words);
      words = [];
    }
  }
  endWord();
  if (words.length > 0) commands.push(words);
  return commands;
}
