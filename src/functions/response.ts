import { refuse } from "../protocol/errors.ts";
import { functionLimits } from "../protocol/functions.ts";
import { jsonDepthMax } from "../stdx/bounded-json.ts";
import { checkedJsonText, memberText } from "../stdx/json-text.ts";

/** What a function answered, checked: HTTP can carry all of it. */
export interface FunctionAnswer {
  readonly status: number;
  /** Names in lower case and their values in turn: `[name, value, name, value]`. */
  readonly headers: readonly string[];
  /** Whether the headers are ASCII; else each character of a value stands for a byte. */
  readonly asciiHeaders: boolean;
  readonly body: string | Uint8Array;
  /** Bytes of the body. */
  readonly bodyBytes: number;
  /** The type to announce when the headers have none. */
  readonly type: string;
}

const textType = "text/plain; charset=utf-8";
const jsonType = "application/json; charset=utf-8";
const bytesType = "application/octet-stream";

/** A handler's value, of which nothing is known yet. */
interface Answered {
  readonly status?: unknown;
  readonly headers?: unknown;
  readonly body?: unknown;
  readonly is_base64?: unknown;
}

/**
 * Reads what a handler returned as a `FunctionResponse`. Refuses with `bad_function_response` and a sentence that says what
 * is wrong. Null stands for absence: some languages have no other way to leave a field out.
 * @param json undefined when the handler returned nothing
 */
export function readAnswer(json: string | undefined): FunctionAnswer {
  const answered = readObject(json);
  for (const name in answered) {
    if (name !== "status" && name !== "headers" && name !== "body" && name !== "is_base64") {
      throw bad(`has an unknown field ${quoted(name)}; it may have status, headers, body and is_base64`);
    }
  }
  const status = readStatus(answered.status ?? 200);
  const headers = readHeaders(answered.headers ?? {});
  const body = answered.body ?? "";
  const isBase64 = answered.is_base64 ?? false;
  if (typeof isBase64 !== "boolean") throw bad("has an is_base64 that is neither true nor false");
  if (typeof body === "string") {
    return isBase64 ? bytesAnswer(status, headers, body) : textAnswer(status, headers, body, textType);
  }
  if (typeof body !== "object") throw bad(`has a body that is ${kindOf(body)}; it must be text or an object`);
  if (isBase64) throw bad("has is_base64 with a body that is no text");
  return textAnswer(status, headers, bodyText(json ?? ""), jsonType);
}

function readObject(json: string | undefined): Answered {
  if (json === undefined) throw bad("is nothing");
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw bad("is not JSON", cause);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw bad(`is ${kindOf(value)}`);
}

function readStatus(status: unknown): number {
  if (typeof status === "number" && Number.isInteger(status) && status >= 200 && status <= 599) return status;
  const shown = typeof status === "number" ? `${status}` : kindOf(status);
  throw bad(`has a status that is ${shown}; it must be a whole number from 200 to 599`);
}

/** Headers as they are read. */
class HeaderList {
  readonly flat: string[] = [];
  ascii = true;
  #bytes = 0;

  add(name: string, value: unknown): void {
    const text = typeof value === "number" ? String(value) : value;
    if (typeof text !== "string") {
      throw bad(
        `has a header ${quoted(name)} that is ${kindOf(value)}; it must be text, a number or a list of them`,
      );
    }
    if (!/^[\t\x20-\x7e]*$/.test(text)) {
      if (/[^\t\x20-\x7e\x80-\xff]/.test(text)) {
        throw bad(
          `has a header ${quoted(name)} with a character that HTTP cannot carry, such as a line break`,
        );
      }
      this.ascii = false;
    }
    // What HTTP carries has one byte per character.
    this.#bytes += name.length + text.length;
    if (this.#bytes > functionLimits.headersBytesMax) {
      throw bad(`has headers of more than ${functionLimits.headersBytesMax} bytes`);
    }
    this.flat.push(name, text);
  }
}

function readHeaders(given: unknown): HeaderList {
  const headers = new HeaderList();
  if (typeof given !== "object" || given === null) throw bad(`has headers that are ${kindOf(given)}`);
  // An empty table of Lua may be either.
  if (Array.isArray(given)) {
    if (given.length > 0) throw bad("has headers that are a list; they must be an object");
    return headers;
  }
  for (const [name, value] of Object.entries(given)) {
    if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) {
      throw bad(`has a header whose name is not one that HTTP can carry: ${quoted(name)}`);
    }
    const lower = name.toLowerCase();
    if (!Array.isArray(value)) headers.add(lower, value);
    else for (const one of value) headers.add(lower, one);
  }
  return headers;
}

function textAnswer(status: number, headers: HeaderList, body: string, type: string): FunctionAnswer {
  const bodyBytes = Buffer.byteLength(body);
  checkSize(bodyBytes);
  return { status, headers: headers.flat, asciiHeaders: headers.ascii, body, bodyBytes, type };
}

function bytesAnswer(status: number, headers: HeaderList, base64: string): FunctionAnswer {
  checkSize(Math.floor((base64.length * 3) / 4) - 2);
  if (!isBase64(base64)) throw bad("has is_base64 with a body that is not base64");
  const body = Buffer.from(base64, "base64");
  checkSize(body.length);
  const bodyBytes = body.length;
  return { status, headers: headers.flat, asciiHeaders: headers.ascii, body, bodyBytes, type: bytesType };
}

/** Padding may be missing and white space stand anywhere, but nothing is passed over in silence. */
function isBase64(text: string): boolean {
  const digits = text.replace(/[\t\n\f\r ]+/g, "").replace(/={1,2}$/, "");
  return /^[A-Za-z0-9+/]*$/.test(digits) && digits.length % 4 !== 1;
}

/** The body as its author's runtime wrote it, so that long numbers stay whole. */
function bodyText(json: string): string {
  try {
    return memberText(checkedJsonText(json), "body") ?? "null";
  } catch (cause) {
    throw bad(`has a body that nests deeper than ${jsonDepthMax} levels`, cause);
  }
}

function checkSize(bytes: number): void {
  if (bytes <= functionLimits.bodyBytesMax) return;
  throw bad(`has a body of more than ${functionLimits.bodyBytesMax} bytes`);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "string":
      return "text";
    case "number":
      return "a number";
    case "boolean":
      return value ? "true" : "false";
    default:
      return "an object";
  }
}

function quoted(name: string): string {
  return JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name);
}

function bad(fault: string, cause?: unknown): Error {
  return refuse(
    "bad_function_response",
    `The function's answer ${fault}.${fault.startsWith("is ") ? " It must be an object with status, headers and body." : ""}`,
    cause === undefined ? {} : { cause },
  );
}
