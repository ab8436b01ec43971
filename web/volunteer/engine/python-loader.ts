import type { PythonBytes } from "../../../src/sandbox/hosts/web-worker/frame-connection.ts";
import type { PythonLoad } from "./messages.ts";

const indexPath = "/assets/python/index.json";

/** A file that the interpreter is made of, as the orchestrator names it. */
interface PythonFile {
  readonly role: "interpreter" | "snapshot";
  readonly url: string;
  /** Once unpacked. */
  readonly bytes: number;
}

/** Loads the interpreter, and tells how far it has come. */
export class PythonLoader {
  readonly #changed: () => void;
  #state: PythonLoad = { kind: "absent" };
  #loaded = 0;

  /** @param changed called when it has come further */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get state(): PythonLoad {
    return this.#state;
  }

  async load(): Promise<PythonBytes> {
    this.#loaded = 0;
    this.#become({ kind: "loading", part: 0 });
    try {
      const files = await fetchIndex();
      const allBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
      const one = (role: PythonFile["role"]) => {
        const file = files.find((candidate) => candidate.role === role);
        if (!file) throw new Error("The orchestrator has no Python for tabs.");
        return this.#fetch(file, allBytes);
      };
      const [wasm, snapshot] = await Promise.all([one("interpreter"), one("snapshot")]);
      this.#become({ kind: "ready" });
      return { wasm, snapshot };
    } catch (error) {
      this.#become({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }

  async #fetch({ url, bytes: length }: PythonFile, allBytes: number): Promise<ArrayBuffer> {
    const response = await fetch(url);
    if (!response.ok || !response.body) throw new Error(`Python answered with status ${response.status}.`);
    const bytes = new Uint8Array(length);
    const reader = response.body.getReader();
    let at = 0;
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      bytes.set(read.value, at);
      at += read.value.length;
      this.#loaded += read.value.length;
      this.#become({ kind: "loading", part: Math.min(1, this.#loaded / allBytes) });
    }
    if (at !== length) throw new Error("Python did not arrive whole.");
    return bytes.buffer;
  }

  #become(state: PythonLoad): void {
    this.#state = state;
    this.#changed();
  }
}

async function fetchIndex(): Promise<readonly PythonFile[]> {
  const response = await fetch(indexPath);
  if (!response.ok) throw new Error(`Python answered with status ${response.status}.`);
  // The page and the orchestrator are of one build, so its form is known.
  const { files } = (await response.json()) as { files: PythonFile[] };
  return files;
}
