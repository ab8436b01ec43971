/**
 * CPython calls C functions through a pointer of one type whatever their real number of parameters, which wasm traps on.
 * For that it has this little module (Python/emscripten_trampoline_inner.c): one function that tests the callee's type
 * and calls it rightly. It is the same code, without its custom sections, that Pyodide's own loader carries.
 */
const trampolineBase64 =
  "AGFzbQEAAAABIAVgA39/fwF/YAJ/fwF/YAF/AX9gAAF/YAV/f39/fwF/AjECA2VudgZtZW1vcnkCAAEDZW52GV9faW5kaXJlY3RfZnVuY3Rp" +
  "b25fdGFibGUBcAABAwIBBAcTAQ90cmFtcG9saW5lX2NhbGwAAApgAV4AIABBATYCACABJQD7FAAEQCACIAMgBCABEQAADwsgASUA+xQBBEAg" +
  "AiADIAERAQAPCyABJQD7FAIEQCACIAERAgAPCyABJQD7FAMEQCABEQMADwsgAEEANgIAQQAL";

/** Adds the trampoline to the function table. @returns its index there */
export function addTrampoline(memory: WebAssembly.Memory, table: WebAssembly.Table): number {
  const bytes = Uint8Array.from(atob(trampolineBase64), (character) => character.charCodeAt(0));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    env: { memory, __indirect_function_table: table },
  });
  const index = table.grow(1);
  table.set(index, instance.exports.trampoline_call);
  return index;
}
