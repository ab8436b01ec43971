import { Sleeper } from "./clock-calls.ts";
import dbSource from "./db.py";
import { FileContents } from "./file-contents.ts";
import functionsSource from "./functions.py";
import { Interpreter } from "./interpreter.ts";
import { encodeSnapshot } from "./memory-image.ts";
import packStdlibSource from "./pack_stdlib.py";
import runnerSource from "./runner.py";
import setUpSource from "./set_up.py";
import settleSource from "./settle.py";
import { defaultStackBytes, linearStackBytes } from "./stack.ts";
import { askNobody, makeSurroundings } from "./surroundings.ts";

const bytesPerMb = 1024 * 1024;
/**
 * What linear memory begins with. The set-up takes about half; a task that stays within the rest leaves a memory of the
 * same size behind, which can be put back, where one that made it grow costs the cell (wasm memory never shrinks).
 * Pages that nobody touched cost nothing.
 */
const memoryBytes = 48 * bytesPerMb;
/** Where `pack_stdlib.py` leaves its work. */
const packedStdlibPath = "/tmp/stdlib.zip";
const packingBytesMax = 512 * bytesPerMb;

export interface InterpreterModule {
  readonly module: WebAssembly.Module;
  /** The length of the file that it was compiled from. */
  readonly wasmBytes: number;
}

/**
 * Fetches and compiles the interpreter.
 * @param indexUrl the folder of the `pyodide` package, with a slash at its end
 */
export async function loadInterpreterModule(indexUrl: string): Promise<InterpreterModule> {
  const bytes = await fetchBytes(`${indexUrl}pyodide.asm.wasm`);
  return { module: await WebAssembly.compile(bytes), wasmBytes: bytes.length };
}

async function fetchBytes(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url);
  if (!response.ok) throw new TypeError(`${url} answered ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

/**
 * Makes the bytes that let `createPythonRuntime` start in a fraction of a second: a packed standard library, and the
 * memory of an interpreter that is ready for its first task. It must be done where nothing of a tenant's is near.
 */
export async function makePythonSnapshot(indexUrl: string): Promise<Uint8Array> {
  const { module, wasmBytes } = await loadInterpreterModule(indexUrl);
  const stdlib = packStdlib(module, await fetchBytes(`${indexUrl}python_stdlib.zip`));
  const image = withDiagnosis((write) => {
    const surroundings = makeSurroundings({
      stdlib: FileContents.of(stdlib),
      fileBytesMax: 0,
      memoryBytesMax: memoryBytes,
      write,
      ask: askNobody,
    });
    const interpreter = new Interpreter(
      module,
      surroundings,
      new Sleeper(),
      linearStackBytes(defaultStackBytes),
    );
    interpreter.start(memoryBytes);
    // A string in JSON is one in Python too.
    const sources = JSON.stringify({ runner: runnerSource, functions: functionsSource, db: dbSource });
    interpreter.execute(`SOURCES = ${sources}`);
    interpreter.execute(setUpSource);
    const entries = {
      run: interpreter.takeGlobal("RUN"),
      load: interpreter.takeGlobal("LOAD"),
      call: interpreter.takeGlobal("CALL"),
    };
    interpreter.execute(settleSource);
    return interpreter.capture(entries);
  });
  return encodeSnapshot({ image, stdlib, wasmBytes });
}

/** An interpreter of its own does the packing, so that none of it is left in the memory that is kept. */
function packStdlib(module: WebAssembly.Module, stdlib: Uint8Array): Uint8Array {
  return withDiagnosis((write) => {
    const surroundings = makeSurroundings({
      stdlib: FileContents.of(stdlib),
      fileBytesMax: packingBytesMax,
      memoryBytesMax: packingBytesMax,
      write,
      ask: askNobody,
    });
    const interpreter = new Interpreter(
      module,
      surroundings,
      new Sleeper(),
      linearStackBytes(defaultStackBytes),
    );
    interpreter.start(0);
    interpreter.execute(packStdlibSource);
    const { tree } = surroundings.descriptors;
    const { node } = tree.find(tree.root, packedStdlibPath, true);
    if (node?.kind !== "file") throw new TypeError("The packed standard library is missing.");
    const packed = new Uint8Array(node.contents.size);
    node.contents.read(0, packed);
    return packed;
  });
}

type Write = Parameters<typeof makeSurroundings>[0]["write"];

/** Adds what Python printed to an error, since that says what is wrong. */
function withDiagnosis<Result>(make: (write: Write) => Result): Result {
  const decoder = new TextDecoder();
  let printed = "";
  try {
    return make((_stream, bytes) => {
      printed += decoder.decode(bytes);
    });
  } catch (error) {
    throw new TypeError(`The Python snapshot could not be made: ${printed}`, { cause: error });
  }
}
