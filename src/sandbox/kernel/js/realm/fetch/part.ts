/**
 * The classes of the fetch standard, and of streams. Evaluated in a realm when a guest first looks at one of them, or is
 * a function that is called with requests.
 */
import {
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  ReadableByteStreamController,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
  TransformStream,
  TransformStreamDefaultController,
  WritableStream,
  WritableStreamDefaultController,
  WritableStreamDefaultWriter,
} from "web-streams-polyfill";
import { makeBlobs } from "./blob.ts";
import { makeBody } from "./body.ts";
import { answerOf, type FunctionRequest, requestInit } from "./exchange.ts";
import { makeFormData } from "./form-data.ts";
import { Headers } from "./headers.ts";
import type { Fetch, FetchKit } from "./kit.ts";
import { makeRequest } from "./request.ts";
import { makeResponse } from "./response.ts";
import { createTexts } from "./text.ts";
import { makeTextStreams } from "./text-streams.ts";

export function createFetch(kit: FetchKit): Fetch {
  const texts = createTexts(kit.host);
  const blobs = makeBlobs(texts);
  const FormData = makeFormData(blobs);
  const { isQuery, randomUuid } = kit;
  const Body = makeBody({ texts, blobs, FormData, isQuery, randomUuid });
  const Request = makeRequest(Body, kit);
  const { Response, isResponse } = makeResponse(Body, kit);
  return {
    classes: {
      Headers,
      Request,
      Response,
      FormData,
      ...blobs,
      ...makeTextStreams(texts, kit.makeDecoder),
      ByteLengthQueuingStrategy,
      CountQueuingStrategy,
      ReadableByteStreamController,
      ReadableStream,
      ReadableStreamBYOBReader,
      ReadableStreamBYOBRequest,
      ReadableStreamDefaultController,
      ReadableStreamDefaultReader,
      TransformStream,
      TransformStreamDefaultController,
      WritableStream,
      WritableStreamDefaultController,
      WritableStreamDefaultWriter,
    },
    isResponse,
    requestOf(given) {
      // The orchestrator wrote it.
      const { url, init } = requestInit(given as FunctionRequest, kit, texts);
      const request = new Request(url, init);
      // Its text does not tell what it is.
      if (!Object.hasOwn(init.headers, "content-type")) request.headers.delete("content-type");
      return request;
    },
    answerOf(response) {
      if (isResponse(response)) return answerOf(response, texts);
      throw new TypeError(`fetch has to answer with a Response, and answered with ${kindOf(response)}.`);
    },
  };
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? "another object" : `a value of type ${typeof value}`;
}
