import interpreter from "wasmoon/dist/glue.wasm";
import type { GuestRuntime } from "../guest.ts";
import db from "./db.lua";
import json from "./json.lua";
import prelude from "./prelude.lua";
import { LuaRuntime } from "./runtime.ts";

/** With the assets that the kernel's bundle carries inside. */
export function createLuaRuntime(): Promise<GuestRuntime> {
  return LuaRuntime.create({ interpreter, prelude, json, db });
}
