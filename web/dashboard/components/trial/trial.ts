/** Methods that functions are called with. */
export const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
export type Method = (typeof methods)[number];

/** A request as it was typed into the form. */
export interface TrialForm {
  readonly method: Method;
  /** What follows the function's own path, with or without a slash. */
  readonly suffix: string;
  /** With or without the question mark. */
  readonly query: string;
  /** A line for each, `Name: value`. */
  readonly headers: string;
  readonly body: string;
}

export interface TrialRequest {
  readonly method: Method;
  /** Path and query on the orchestrator. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Undefined for methods that have none, and where nothing was typed. */
  readonly body: string | undefined;
}

export type TrialReading =
  | { readonly kind: "request"; readonly request: TrialRequest }
  | { readonly kind: "fault"; readonly field: "headers" | "suffix"; readonly sentence: string };

export const emptyTrial: TrialForm = { method: "GET", suffix: "", query: "", headers: "", body: "" };

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What a browser sets itself, whatever a page says: https://fetch.spec.whatwg.org/#forbidden-request-header */
const browsersOwn =
  /^(?:accept-charset|accept-encoding|access-control-request-(?:headers|method)|connection|content-length|cookie2?|date|dnt|expect|host|keep-alive|origin|referer|set-cookie|te|trailer|transfer-encoding|upgrade|via|proxy-.*|sec-.*)$/i;

/** Whether a request of this method may have a body. */
export function takesBody(method: Method): boolean {
  return method !== "GET" && method !== "HEAD";
}

/** @param path the function's own, such as `alice/api`, not encoded */
export function readTrial(path: string, form: TrialForm): TrialReading {
  const headers: [string, string][] = [];
  for (const line of form.headers.split("\n").filter((text) => text.trim() !== "")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).trim();
    if (!headerName.test(name)) {
      return fault("headers", `Write each header as a line such as "Accept: text/plain"; not ${line.trim()}`);
    }
    if (browsersOwn.test(name)) {
      return fault(
        "headers",
        `${name} is set by the browser itself. To send it, call the function with curl.`,
      );
    }
    headers.push([name, line.slice(colon + 1).trim()]);
  }
  const suffix = form.suffix.trim();
  if (/[?#]/.test(suffix)) {
    return fault("suffix", "A question mark begins the query, which has a field of its own.");
  }
  const target = `/${path}${suffix === "" || suffix.startsWith("/") ? "" : "/"}${suffix}`;
  const query = form.query.trim().replace(/^\?/, "");
  const body = takesBody(form.method) && form.body !== "" ? form.body : undefined;
  return {
    kind: "request",
    request: {
      method: form.method,
      target: encodeTarget(target) + (query === "" ? "" : `?${query}`),
      headers,
      body,
    },
  };
}

function fault(field: "headers" | "suffix", sentence: string): TrialReading {
  return { kind: "fault", field, sentence };
}

/** What was typed percent-encoded stays so. */
function encodeTarget(path: string): string {
  return path
    .split("/")
    .map((segment) => encodeURIComponent(segment).replaceAll(/%25([0-9A-Fa-f]{2})/g, "%$1"))
    .join("/");
}

/** The same request as a command for a shell. */
export function curlOf(origin: string, { method, target, headers, body }: TrialRequest): string {
  const parts = ["curl"];
  if (method === "HEAD") parts.push("-I");
  else if (method !== (body === undefined ? "GET" : "POST")) parts.push(`-X ${method}`);
  for (const [name, value] of headers) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body !== undefined) parts.push(`--data-raw ${quoted(body)}`);
  return [...parts, quoted(origin + target)].join(" ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
