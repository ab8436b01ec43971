// AssemblyScript. Adds two numbers: reads {"a": ..., "b": ...}, answers the sum.

// @ts-ignore: decorator
@external("env", "get_input_len")
declare function getInputLength(): i32;

// @ts-ignore: decorator
@external("env", "get_input")
declare function getInput(target: usize, length: i32): i32;

// @ts-ignore: decorator
@external("env", "set_output")
declare function setOutput(from: usize, length: i32): void;

function readInput(): string {
  const bytes = new ArrayBuffer(getInputLength());
  getInput(changetype<usize>(bytes), bytes.byteLength);
  return String.UTF8.decode(bytes);
}

function answer(json: string): void {
  const bytes = String.UTF8.encode(json);
  setOutput(changetype<usize>(bytes), bytes.byteLength);
}

/** The number under a name in a flat JSON object. */
function numberAt(json: string, name: string): f64 {
  const key = '"' + name + '"';
  const found = json.indexOf(key);
  assert(found >= 0, "The input has no " + name);
  const colon = json.indexOf(":", found + key.length);
  const value = parseFloat(json.substring(colon + 1));
  assert(!isNaN(value), "The input's " + name + " is not a number");
  return value;
}

export function run(): void {
  const input = readInput();
  answer((numberAt(input, "a") + numberAt(input, "b")).toString());
}
