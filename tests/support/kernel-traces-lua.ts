import { result, type SourceCase } from "./kernel-cases.ts";

/** Pairs of jobs for one cell: what the first leaves, the second looks for. */
export const luaTraces: readonly {
  name: string;
  leave: string;
  look: string;
  clean: SourceCase["expected"];
}[] = [
  { name: "globals", leave: "left = 1", look: "return left == nil", clean: result(true) },
  {
    name: "the metatable of strings",
    leave: "getmetatable('').left = 1; getmetatable('').__add = print",
    look: "return {getmetatable('').left == nil, getmetatable('').__add ~= print}",
    clean: result([true, true]),
  },
  {
    name: "library tables",
    leave: "string.left = 1; require('json').left = 1; package.loaded.left = 1; json = 1",
    look: "return {string.left == nil, require('json').left == nil, package.loaded.left == nil, json == nil}",
    clean: result([true, true, true, true]),
  },
  {
    name: "replaced functions",
    leave: "print = nil; pcall = nil; load = nil; string.format = nil",
    look: "return {type(print), type(pcall), type(load), type(string.format)}",
    clean: result(["function", "function", "function", "function"]),
  },
  {
    name: "the metatable of the globals",
    leave: "setmetatable(_G, {__index = function() return 1 end})",
    look: "return nothing == nil",
    clean: result(true),
  },
  { name: "input", leave: "", look: "return INPUT == nil", clean: result(true) },
  {
    name: "state of the collector",
    leave: "collectgarbage('stop') collectgarbage('generational')",
    look: "return {collectgarbage('isrunning'), collectgarbage('incremental')}",
    clean: result([true, "incremental"]),
  },
  { name: "warnings switched on", leave: "warn('@on')", look: "warn('seen') return 1", clean: result(1) },
  {
    name: "memory that grew",
    leave: "local t = {} for i = 1, 100000 do t[i] = {'SECRET' .. i} end SECRET = t",
    look: "return collectgarbage('count') < 200",
    clean: result(true),
  },
  {
    name: "output without its end",
    leave: "io.write('half\\xE2')",
    look: "print('whole') return 1",
    clean: result(1),
  },
  {
    name: "an error in the middle of a call",
    leave: "string.gsub('x', '.', function() error('out') end)",
    look: "return #debug.traceback() > 0",
    clean: result(true),
  },
  {
    name: "running out of memory",
    leave: "local t = {} while true do t[#t + 1] = tostring(#t) .. ('SECRET'):rep(1000) end",
    look: "return collectgarbage('count') < 200",
    clean: result(true),
  },
];
