import { attempt, type EscapeCase } from "./cases.ts";

const gone = (name: string) =>
  attempt("lua", `${name} is not there`, `return type(${name})`, { result: "nil" });

export const luaCases: readonly EscapeCase[] = [
  ...[
    "io.open",
    "io.popen",
    "io.lines",
    "os.execute",
    "os.getenv",
    "os.remove",
    "os.rename",
    "os.exit",
    "os.tmpname",
  ].map((name) => {
    const [table, field] = name.split(".");
    return attempt("lua", `${name} is not there`, `return type(${table} and ${table}.${field})`, {
      result: "nil",
    });
  }),
  ...["dofile", "loadfile", "js", "package.loadlib"].map((name) =>
    name.includes(".")
      ? attempt("lua", `${name} is not there`, "return type(package and package.loadlib)", { result: "nil" })
      : gone(name),
  ),
  attempt("lua", "debug.sethook is not there", "return type(debug and debug.sethook)", { result: "nil" }),
  attempt("lua", "debug.getregistry is not there", "return type(debug and debug.getregistry)", {
    result: "nil",
  }),
  attempt("lua", "string.dump is not there", "return type(string.dump)", { result: "nil" }),
  attempt(
    "lua",
    "binary chunks do not load",
    "local f, why = load('\\27Lua' .. string.rep('\\0', 64)); return tostring(f) .. ' ' .. why",
    { result: /^nil .*binary/ },
  ),
  attempt(
    "lua",
    "binary chunks do not load, asked for by mode",
    "local f, why = load('\\27Lua', 'x', 'b'); return tostring(f) .. ' ' .. why",
    { result: /^nil / },
  ),
  attempt(
    "lua",
    "a module of the file system does not load",
    "local ok, why = pcall(require, 'socket'); return tostring(ok) .. ' ' .. why",
    { result: /^false .*socket/ },
  ),
  attempt(
    "lua",
    "no value in reach is a host object",
    `local seen, found = {}, {}
     local function look(value, path)
       if type(value) == "userdata" or type(value) == "thread" then found[#found + 1] = path end
       if type(value) ~= "table" or seen[value] then return end
       seen[value] = true
       for k, v in pairs(value) do look(k, path .. ".key"); look(v, path .. "." .. tostring(k)) end
       look(getmetatable(value), path .. ".meta")
     end
     look(_G, "_G"); look(getmetatable(""), "string meta"); look(INPUT, "INPUT")
     return table.concat(found, ",")`,
    { result: /^((_G\.)?io\.(stdout|stderr|stdin),?)*$/ },
  ),
  attempt(
    "lua",
    "an error from the host is a plain message",
    "local ok, why = pcall(print, setmetatable({}, {__tostring = function() error({1}) end})); return type(why)",
    { result: "table" },
  ),
  attempt("lua", "endless loop", "while true do end", { code: "timeout" }, { timeout_seconds: 0.5 }),
  attempt(
    "lua",
    "endless loop of pcalls",
    "while true do pcall(error, 'again') end",
    { code: "timeout" },
    { timeout_seconds: 0.5 },
  ),
  attempt(
    "lua",
    "endless loop of coroutines",
    "while true do coroutine.wrap(function() coroutine.yield(1) end)() end",
    { code: "timeout" },
    { timeout_seconds: 0.5 },
  ),
  attempt(
    "lua",
    "a pattern that never ends",
    "local n = 40 return string.find(string.rep('a', n), string.rep('a?', n) .. string.rep('a', n) .. 'b')",
    { code: "timeout" },
    { timeout_seconds: 0.5 },
  ),
  attempt("lua", "endless recursion", "local function f() return 1 + f() end return f()", {
    code: "guest_error",
    error: /stack overflow/,
  }),
  attempt(
    "lua",
    "endless recursion in C",
    "local function f(s) return string.gsub(s, '.', f) end return f('x')",
    { code: "guest_error", error: /stack overflow/ },
  ),
  attempt(
    "lua",
    "table bomb",
    "local t = {} while true do t[#t + 1] = {#t, tostring(#t)} end",
    { code: "memory_exceeded" },
    { memory_mb: 64 },
  ),
  attempt(
    "lua",
    "string bomb",
    "local s = 'x' while true do s = s .. s end",
    { code: "memory_exceeded" },
    { memory_mb: 64 },
  ),
  attempt(
    "lua",
    "string.rep bomb",
    "return #string.rep('x', 1 << 30)",
    { code: "memory_exceeded" },
    { memory_mb: 64 },
  ),
  attempt(
    "lua",
    "memory bomb under pcall",
    "local t = {} while true do pcall(function() t[#t + 1] = string.rep(tostring(#t), 100000) end) end",
    { code: "memory_exceeded" },
    { memory_mb: 64 },
  ),
  attempt("lua", "a flood of output", "while true do print(string.rep('x', 1000)) end", {
    code: "output_exceeded",
  }),
  attempt("lua", "a flood of output under pcall", "while true do pcall(print, string.rep('x', 1000)) end", {
    code: "output_exceeded",
  }),
  attempt(
    "lua",
    "a polluted string library forges nothing",
    "string.format = function() return 'forged' end; table.concat = string.format; tostring = string.format; return {1, 2}",
    { result: [1, 2] },
  ),
  attempt("lua", "a function as result", "return print", { code: "result_not_json" }),
  attempt("lua", "a result with a cycle", "local ring = {}; ring.ring = ring; return ring", {
    code: "result_not_json",
  }),
];
