import { ReadableStream } from "web-streams-polyfill";
import { limits } from "../../../../../protocol/limits.ts";
import { bytesOf, isBufferSource } from "../bytes.ts";
import { isObject } from "../primordials.ts";
import { type Blobs, blobBytes, streamOf } from "./blob.ts";
import { type FormDataClass, formEntries } from "./form-data.ts";
import type { Headers } from "./headers.ts";
import type { FetchKit } from "./kit.ts";
import { formatMultipart, parseMultipart } from "./multipart.ts";
import { joinBytes, type Texts } from "./text.ts";

/** What a body holds before anybody asks for its stream. */
type Source = string | Uint8Array<ArrayBuffer>;

export interface BodyKit {
  readonly texts: Texts;
  readonly blobs: Blobs;
  readonly FormData: FormDataClass;
  isQuery: FetchKit["isQuery"];
  randomUuid(): string;
}

interface Content {
  readonly source: Source | undefined;
  readonly stream: ReadableStream<unknown> | undefined;
  /** The Content-Type that it brings along. */
  readonly type: string | undefined;
}

/** Bodies' own streams, so that a response made of another's stream needs no reading. */
const sources = new WeakMap<object, Source>();

/** The polyfill keeps this field and offers no way to ask for it; the version of the package is fixed. */
const isDisturbed = (stream: object): boolean => "_disturbed" in stream && stream._disturbed === true;

function contentOf(init: unknown, { texts, isQuery, randomUuid }: BodyKit): Content {
  const content = (source: Source, type?: string): Content => ({ source, stream: undefined, type });
  if (init === undefined || init === null) return { source: undefined, stream: undefined, type: undefined };
  if (isObject(init)) {
    if (init instanceof ReadableStream) {
      if (init.locked || isDisturbed(init)) throw new TypeError("The stream is locked or was read from.");
      return { source: undefined, stream: init, type: undefined };
    }
    const blob = blobBytes(init);
    if (blob) return content(blob, (init as { type?: string }).type || undefined);
    const entries = formEntries(init);
    if (entries) {
      const boundary = `----form-${randomUuid()}`;
      const type = `multipart/form-data; boundary=${boundary}`;
      return content(formatMultipart(entries, boundary, texts), type);
    }
    if (isQuery(init)) return content(`${init}`, "application/x-www-form-urlencoded;charset=UTF-8");
    if (isBufferSource(init)) return content(bytesOf(init).slice());
  }
  return content(`${init}`.toWellFormed(), "text/plain;charset=UTF-8");
}

async function readAll(stream: ReadableStream<unknown>): Promise<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return joinBytes(chunks);
    if (!(value instanceof Uint8Array)) {
      const fault = new TypeError("A body's stream has to give Uint8Arrays.");
      await reader.cancel(fault);
      throw fault;
    }
    length += value.length;
    if (length > limits.resultBytesMax) {
      const fault = new RangeError(`The body's stream gives more than ${limits.resultBytesMax} bytes.`);
      await reader.cancel(fault);
      throw fault;
    }
    chunks.push(value);
  }
}

interface Access {
  /** Takes what is in the body, once. */
  take(body: object): Source | Promise<Source>;
  /** A second body with the same content. */
  share(body: object): Pick<Content, "source" | "stream">;
  /** What the content says of its own type. */
  contentType(body: object): string | undefined;
}

let access: Access | undefined;

export function bodyAccess(): Access {
  if (!access) throw new TypeError("There is no body yet.");
  return access;
}

export function makeBody(kit: BodyKit) {
  const { texts, blobs, FormData } = kit;
  const toBytes = (source: Source) => (typeof source === "string" ? texts.encode(source) : source.slice());
  const toText = (source: Source) => (typeof source === "string" ? source : texts.decode(source));

  /** What requests and responses have in common. */
  abstract class Body {
    #source: Source | undefined;
    #stream: ReadableStream<unknown> | undefined;
    #taken = false;
    readonly #contentType: string | undefined;

    static {
      access = {
        take: (body) => (body as Body).#take(),
        share: (body) => (body as Body).#share(),
        contentType: (body) => (body as Body).#contentType,
      };
    }

    abstract get headers(): Headers;

    /** @param shared what another body holds, instead of new content */
    constructor(init: unknown, shared?: Pick<Content, "source" | "stream">) {
      const { source, stream, type } = shared ? { ...shared, type: undefined } : contentOf(init, kit);
      this.#source = source;
      this.#stream = stream;
      this.#contentType = type;
    }
    #take(): Source | Promise<Source> {
      if (this.bodyUsed || this.#stream?.locked) throw new TypeError("The body was read already.");
      const stream = this.#stream;
      const source = stream ? sources.get(stream) : this.#source;
      if (source === undefined && !stream) return "";
      this.#taken = true;
      return source ?? readAll(stream as ReadableStream<unknown>);
    }
    #share(): Pick<Content, "source" | "stream"> {
      if (this.bodyUsed || this.#stream?.locked) throw new TypeError("The body was read already.");
      if (!this.#stream || sources.has(this.#stream)) {
        const source = this.#stream ? sources.get(this.#stream) : this.#source;
        return { source, stream: undefined };
      }
      const [own, other] = this.#stream.tee();
      this.#stream = own;
      return { source: undefined, stream: other };
    }
    get body(): ReadableStream<unknown> | null {
      if (!this.#stream && this.#source !== undefined) {
        this.#stream = streamOf(toBytes(this.#source));
        sources.set(this.#stream, this.#source);
      }
      return this.#stream ?? null;
    }
    get bodyUsed(): boolean {
      return this.#taken || (this.#stream !== undefined && isDisturbed(this.#stream));
    }
    async text(): Promise<string> {
      return toText(await this.#take());
    }
    async json(): Promise<unknown> {
      return JSON.parse(toText(await this.#take()));
    }
    async bytes(): Promise<Uint8Array> {
      return toBytes(await this.#take());
    }
    async arrayBuffer(): Promise<ArrayBuffer> {
      return toBytes(await this.#take()).buffer;
    }
    async blob(): Promise<object> {
      const type = this.headers.get("content-type") ?? "";
      return new blobs.Blob([toBytes(await this.#take())], { type });
    }
    async formData(): Promise<object> {
      const type = this.headers.get("content-type") ?? "";
      const form = new FormData();
      const source = await this.#take();
      if (/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)) {
        for (const [name, value] of texts.parseQuery(toText(source))) form.append(name, value);
        return form;
      }
      const [, quoted, plain] =
        /^multipart\/form-data\s*;.*?boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type) ?? [];
      const boundary = quoted ?? plain;
      const entries =
        boundary === undefined ? undefined : parseMultipart(toBytes(source), boundary, texts, blobs);
      if (!entries) throw new TypeError("The body is no form, or a broken one.");
      for (const [name, value] of entries) form.append(name, value);
      return form;
    }
  }
  return Body;
}

export type BodyClass = ReturnType<typeof makeBody>;
