import type { PythonBytes } from "./frame-connection.ts";

/** @param home the orchestrator's address */
export async function loadCellScript(home: string): Promise<Blob> {
  const { script } = (await fetchJson(new URL("/volunteer/cells.json", home))) as { script: string };
  return await (await fetchOk(new URL(script, home))).blob();
}

export interface LoadProgress {
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

interface PythonIndex {
  readonly files: readonly {
    readonly role: "interpreter" | "snapshot";
    readonly url: string;
    readonly bytes: number;
  }[];
}

/**
 * Loads what a Python cell is made of, which a browser keeps once it has it.
 * @param tell counts what was loaded, as it is when unpacked
 */
export async function loadPython(
  home: string,
  tell: (progress: LoadProgress) => void = () => {},
): Promise<PythonBytes> {
  const { files } = (await fetchJson(new URL("/assets/python/index.json", home))) as PythonIndex;
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let loadedBytes = 0;
  const add = (count: number) => {
    loadedBytes += count;
    tell({ loadedBytes, totalBytes });
  };
  const load = async (role: "interpreter" | "snapshot"): Promise<ArrayBuffer> => {
    const file = files.find((listed) => listed.role === role);
    if (!file) throw new Error(`The orchestrator names no ${role} for Python.`);
    return await readWhole(await fetchOk(new URL(file.url, home)), file.bytes, add);
  };
  const [wasm, snapshot] = await Promise.all([load("interpreter"), load("snapshot")]);
  return { wasm, snapshot };
}

async function readWhole(
  { body }: Response,
  byteLength: number,
  add: (count: number) => void,
): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(byteLength);
  let at = 0;
  for (const reader = body?.getReader(); reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    // Throws on more than was promised.
    bytes.set(value, at);
    at += value.length;
    add(value.length);
  }
  if (at !== byteLength) throw new Error("A file for Python arrived cut short.");
  return bytes.buffer;
}

async function fetchJson(url: URL): Promise<unknown> {
  return await (await fetchOk(url)).json();
}

async function fetchOk(url: URL): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname} answered ${response.status}.`);
  return response;
}
