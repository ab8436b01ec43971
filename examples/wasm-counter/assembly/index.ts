// AssemblyScript. A function that counts its calls in the database of its namespace.

// @ts-ignore: decorator
@external("env", "set_output")
declare function setOutput(from: usize, length: i32): void;

// @ts-ignore: decorator
@external("env", "db_increment")
declare function dbIncrement(key: usize, keyLength: i32, by: i64): i32;

// @ts-ignore: decorator
@external("env", "db_answer_len")
declare function dbAnswerLength(): i32;

// @ts-ignore: decorator
@external("env", "db_read")
declare function dbRead(target: usize): i32;

/** What the last call of the database answered: a value's JSON text, or why there is none. */
function databaseAnswer(): string {
  const bytes = new ArrayBuffer(dbAnswerLength());
  dbRead(changetype<usize>(bytes));
  return String.UTF8.decode(bytes);
}

function increment(key: string, by: i64): i64 {
  const bytes = String.UTF8.encode(key);
  const length = dbIncrement(changetype<usize>(bytes), bytes.byteLength, by);
  assert(length >= 0, databaseAnswer());
  return I64.parseInt(databaseAnswer());
}

function respond(json: string): void {
  const bytes = String.UTF8.encode(json);
  setOutput(changetype<usize>(bytes), bytes.byteLength);
}

export function run(): void {
  const calls = increment("calls", 1).toString();
  respond('{"status": 200, "headers": {"content-type": "text/plain"}, "body": "Call number ' + calls + '\\n"}');
}
