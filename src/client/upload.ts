import { errorOf, ZerverlessError } from "./error.ts";
import type { RequestBody, Transport } from "./transport.ts";

/** How much of a file was sent; `total` is undefined where nobody can tell. */
export interface UploadProgress {
  readonly sent: number;
  readonly total: number | undefined;
}

export interface UploadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: UploadProgress) => void) | undefined;
}

/** What can be stored as a file. */
export type FileContent = Blob | ArrayBuffer | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | string;

/** How much is handed on at once, so that progress moves. */
const stepBytes = 256 * 1024;

/**
 * Sends content and tells how far it has come. Browsers tell that of an `XMLHttpRequest` alone, since over HTTP/1.1 they
 * read a body to its end before they send it; elsewhere the body is sent as it is read.
 */
export async function upload(
  transport: Transport,
  path: string,
  content: FileContent,
  { signal, onProgress }: UploadOptions,
): Promise<Response> {
  const headers = { "content-type": "application/octet-stream" };
  if (!onProgress) return transport.send("PUT", path, { body: content, headers, signal });
  const Request = browserRequest();
  if (Request && !(content instanceof ReadableStream)) {
    return sendByBrowser(new Request(), transport, path, content, { signal, onProgress });
  }
  const total = sizeOf(content);
  const body = counted(content, (sent) => onProgress({ sent, total }));
  return transport.send("PUT", path, { body, headers, signal });
}

function sizeOf(content: FileContent): number | undefined {
  if (typeof content === "string") return new TextEncoder().encode(content).length;
  if (content instanceof Blob) return content.size;
  return content instanceof ReadableStream ? undefined : content.byteLength;
}

/** The content in pieces, each told of as it is taken. */
function counted(content: FileContent, taken: (bytes: number) => void): ReadableStream<Uint8Array> {
  const source = content instanceof ReadableStream ? content : new Blob([content]).stream();
  let sent = 0;
  const inSteps = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      for (let at = 0; at < piece.length; at += stepBytes) {
        const step = piece.subarray(at, at + stepBytes);
        controller.enqueue(step);
        sent += step.length;
        taken(sent);
      }
    },
  });
  return source.pipeThrough(inSteps);
}

/** As much of https://xhr.spec.whatwg.org as is used here. */
interface BrowserRequest {
  readonly upload: { onprogress: ((event: { loaded: number; total: number }) => void) | null };
  readonly status: number;
  readonly responseText: string;
  onload: (() => void) | null;
  onerror: (() => void) | null;
  onabort: (() => void) | null;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  getAllResponseHeaders(): string;
  send(body: RequestBody): void;
  abort(): void;
}

function browserRequest(): (new () => BrowserRequest) | undefined {
  const found: unknown = Reflect.get(globalThis, "XMLHttpRequest");
  return isRequestClass(found) ? found : undefined;
}

function isRequestClass(value: unknown): value is new () => BrowserRequest {
  return typeof value === "function";
}

async function sendByBrowser(
  request: BrowserRequest,
  transport: Transport,
  path: string,
  content: RequestBody,
  { signal, onProgress }: UploadOptions,
): Promise<Response> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  request.open("PUT", transport.urlOf(path).href);
  request.setRequestHeader("content-type", "application/octet-stream");
  for (const [name, value] of Object.entries(transport.authorization())) {
    request.setRequestHeader(name, value);
  }
  request.upload.onprogress = ({ loaded, total }) => onProgress?.({ sent: loaded, total });
  request.onload = () => resolve(responseOf(request));
  request.onerror = () => {
    const sentence = `No orchestrator answers at ${transport.url.origin}.`;
    reject(new ZerverlessError("unreachable", sentence, { status: 0 }));
  };
  request.onabort = () => reject(signal?.reason);
  const abort = () => request.abort();
  signal?.addEventListener("abort", abort, { once: true });
  request.send(content);
  const response = await promise.finally(() => signal?.removeEventListener("abort", abort));
  if (response.ok) return response;
  throw await errorOf(response);
}

function responseOf(request: BrowserRequest): Response {
  const headers = new Headers();
  for (const line of request.getAllResponseHeaders().trim().split(/\r\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return new Response(request.responseText, { status: request.status, headers });
}
