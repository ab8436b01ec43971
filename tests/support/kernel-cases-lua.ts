import { failure, nothing, result, type SourceCase } from "./kernel-cases.ts";

const is = (name: string, code: string, value: Parameters<typeof result>[0]): SourceCase => ({
  name,
  code,
  expected: result(value),
});
const fails = (
  name: string,
  code: string,
  error: Parameters<typeof failure>[0],
  message: RegExp,
): SourceCase => ({ name, code, expected: failure(error, message) });

const results: SourceCase[] = [
  {
    name: "The job of the mission prints and adds its input.",
    code: 'print("Hello " .. INPUT.name); return INPUT.x + INPUT.y',
    input: { name: "World", x: 10, y: 32 },
    expected: result(42),
    stdout: "Hello World\n",
    stderr: "",
  },
  { name: "No code at all returns nothing.", code: "", expected: nothing, stdout: "" },
  { name: "A chunk without a return returns nothing.", code: "local x = 1", expected: nothing },
  { name: "Returning nil is returning nothing.", code: "return nil", expected: nothing },
  is("Of several values the first is the result.", "return 1, 2, 3", 1),
  is("false is a result.", "return false", false),
  is("json.null is the result null.", 'return require("json").null', null),
  is("Strings keep every character.", 'return "a\\"\\\\\\n\\t\\0\\127é€😀"', 'a"\\\n\t\0\x7fé€😀'),
  is("Integers are exact.", "return {1 << 53, -(1 << 53), math.maxinteger // 1024}", [
    2 ** 53,
    -(2 ** 53),
    9007199254740991,
  ]),
  is("Floats come back as they were.", "return {0.1, 1/3, 1e100, 5e-324, -2.5}", [
    0.1,
    1 / 3,
    1e100,
    5e-324,
    -2.5,
  ]),
  is("A float that is whole is written as an integer.", "return {5.0, 2^52, 10 / 2}", [5, 2 ** 52, 5]),
  is("Tables with the keys 1 to n are arrays.", "return {'a', {1, 2}, {}}", ["a", [1, 2], {}]),
  is("Tables with names are objects.", "return {b = 1, a = {c = true}}", { a: { c: true }, b: 1 }),
  is("An empty table is an object.", "return {}", {}),
  is("json.array makes an empty table an array.", "return require('json').array()", []),
  {
    name: "Input comes back unchanged, with its nulls, empty arrays and empty objects.",
    code: "return INPUT",
    input: { a: [1, null, [], {}, "é\u2028😀"], b: { c: null }, d: 1.5, e: true, "": 0 },
    expected: result({ a: [1, null, [], {}, "é\u2028😀"], b: { c: null }, d: 1.5, e: true, "": 0 }),
  },
  { name: "Input null is a nil INPUT.", code: "return INPUT == nil", input: null, expected: result(true) },
  {
    name: "Names that mean something in JavaScript are plain names.",
    code: "return {INPUT.__proto__, INPUT.constructor, INPUT.toString == nil}",
    input: JSON.parse('{"__proto__": 1, "constructor": 2}'),
    expected: result([1, 2, true]),
  },
];

const badResults: SourceCase[] = [
  fails("A function is no result.", "return {cb = print}", "result_not_json", /result\.cb is a function/),
  fails("A coroutine is no result.", "return coroutine.create(print)", "result_not_json", /a thread/),
  fails("nan is no result.", "return {0/0}", "result_not_json", /result\[1\] is not a number/),
  fails("Infinity is no result.", "return {x = {1/0}}", "result_not_json", /result\.x\[1\] is infinite/),
  fails("Bytes that are no text are no result.", "return '\\xff'", "result_not_json", /not UTF-8/),
  fails(
    "A cycle is no result.",
    "local t = {} t.a = {t} return t",
    "result_not_json",
    /result\.a\[1\] .*itself/,
  ),
  fails("Holes are no result.", "return {1, nil, 3}", "result_not_json", /holes/),
  fails("Mixed keys are no result.", "return {1, a = 2}", "result_not_json", /both names and positions/),
  fails("Other keys are no result.", "return {[true] = 1}", "result_not_json", /the key true/),
  fails("The key 0 is no result.", "return {[0] = 1}", "result_not_json", /the key 0/),
  fails(
    "A result too deep is none.",
    "local t = {} for i = 1, 600 do t = {t} end return t",
    "result_not_json",
    /deeper than 512/,
  ),
  fails("A result too large is none.", "return ('x'):rep(9 << 20)", "result_too_large", /8388608/),
  is("The same table twice is no cycle.", "local t = {1} return {t, t}", [[1], [1]]),
];

const errors: SourceCase[] = [
  {
    name: "An error ends the job with its message and line, and a traceback on stderr.",
    code: "local function f()\n  error('boom')\nend\nf()",
    expected: failure("guest_error", /^job\.lua:2: boom$/),
    stderr: /^job\.lua:2: boom\nstack traceback:\n(?:.*\n)*\tjob\.lua:4: in main chunk/,
    stdout: "",
  },
  fails(
    "A syntax error has its line.",
    "local a = 1\nlocal b = = 2",
    "syntax_error",
    /^job\.lua:2: .*near '='/,
  ),
  fails("An unfinished block is a syntax error.", "if true then", "syntax_error", /'end' expected/),
  fails("Binary chunks are no code.", "\x1bLua\x54\0", "syntax_error", /binary chunk/),
  fails("What was thrown as a table is told as JSON.", "error({code = 7})", "guest_error", /^\{"code":7\}$/),
  fails(
    "__tostring tells what was thrown.",
    "error(setmetatable({}, {__tostring = function() return 'told' end}))",
    "guest_error",
    /^told$/,
  ),
  fails(
    "A __tostring that fails does no harm.",
    "error(setmetatable({}, {__tostring = function() error('again') end}))",
    "guest_error",
    /__tostring fails/,
  ),
  fails("A function thrown as an error is named.", "error(print)", "guest_error", /function/),
  fails("error(nil) is an error.", "error(nil)", "guest_error", /^nil$/),
  fails("error(42) is an error.", "error(42)", "guest_error", /^42$/),
  fails(
    "An error in a coroutine comes out.",
    "coroutine.wrap(function() error('in') end)()",
    "guest_error",
    /in$/,
  ),
  fails(
    "Yielding outside of a coroutine is an error.",
    "coroutine.yield()",
    "guest_error",
    /outside a coroutine/,
  ),
  fails("Using nil is an error.", "return nothing.field", "guest_error", /^job\.lua:1: .*'nothing'/),
  fails(
    "Endless recursion overflows the stack.",
    "local function f() return 1 + f() end f()",
    "guest_error",
    /stack overflow/,
  ),
  fails(
    "Endless recursion through C overflows its stack.",
    "local function f(s) return (s:gsub('.', f)) end f('x')",
    "guest_error",
    /stack overflow/,
  ),
  fails(
    "A handler that fails is no way out.",
    "xpcall(error, function() error('h') end); error('end')",
    "guest_error",
    /end$/,
  ),
  {
    name: "A finalizer that fails does no harm.",
    code: "setmetatable({}, {__gc = function() error('gc') end}); collectgarbage() collectgarbage() return 1",
    expected: result(1),
  },
  {
    name: "pcall still catches.",
    code: "return {pcall(error, 'caught'), select(2, pcall(error, 'caught'))}",
    expected: result([false, "caught"]),
  },
  {
    name: "Errors with other words about memory can be caught.",
    code: "return select(2, pcall(error, 'not enough memory', 0))",
    expected: result("not enough memory"),
  },
];

const memory: SourceCase[] = [
  "local t = {} while true do t[#t + 1] = tostring(#t) .. ('x'):rep(1000) end",
  "return #('x'):rep(1 << 40)",
  "return #('x'):rep(1 << 30)",
  "local s = 'x' while true do s = s .. s end",
  "local t = {} while true do pcall(function() t[#t + 1] = tostring(#t) .. ('x'):rep(100000) end) end",
  "local t = {} while true do xpcall(function() t[#t + 1] = tostring(#t) .. ('x'):rep(100000) end, print) end",
  "local t = {} coroutine.wrap(function() while true do t[#t + 1] = tostring(#t) .. ('x'):rep(100000) end end)()",
  "local t = {} while true do coroutine.resume(coroutine.create(function() t[#t + 1] = tostring(#t) .. ('x'):rep(100000) end)) end",
  "return (('x'):rep(1000):gsub('x', ('y'):rep(1000000)))",
  "return table.concat({}, ',', 1, 1 << 30)",
].map((code, index) => ({
  name: `Too much memory ends the job (${index + 1}).`,
  code,
  memoryMb: 32,
  expected: index === 9 ? failure("guest_error", /invalid value/) : failure("memory_exceeded", /32 MB/),
}));
memory.push({
  name: "Garbage is not counted.",
  code: "for i = 1, 400 do local s = ('x'):rep(1024):rep(1024) .. i end return 'done'",
  memoryMb: 32,
  expected: result("done"),
});

const output: SourceCase[] = [
  {
    name: "print and io.write go to stdout in order, io.stderr and warn to stderr.",
    code: "io.write('a', 1, 2.5); print('b', nil, true); io.stdout:write('c'):write('d\\n'); io.stderr:write('e\\n'); warn('@on'); warn('f')",
    expected: nothing,
    stdout: "a12.5b\tnil\ttrue\ncd\n",
    stderr: "e\nLua warning: f\n",
  },
  {
    name: "A character may be written in parts.",
    code: "io.write('\\xE2'); io.write('\\x82'); io.write('\\xAC|\\xff|\\xE2')",
    expected: nothing,
    stdout: "€|\ufffd|\ufffd",
  },
  {
    name: "print calls __tostring.",
    code: "print(setmetatable({}, {__tostring = function() return 'me' end}))",
    expected: nothing,
    stdout: "me\n",
  },
  fails(
    "io.write takes strings and numbers.",
    "\nio.write({})",
    "guest_error",
    /^job\.lua:2: bad argument #1 to 'write'/,
  ),
];

const libraries: SourceCase[] = [
  is("This is Lua 5.4.", "return _VERSION", "Lua 5.4"),
  is(
    "json decodes and encodes.",
    "local j = require('json') return j.encode(j.decode(' [1, {\"b\" : \"\\\\u00e9\\\\ud83d\\\\ude00\"} , null ]'))",
    '[1,{"b":"é😀"},null]',
  ),
  fails(
    "json.encode says what it cannot.",
    "require('json').encode({print})",
    "guest_error",
    /value\[1\] is a function/,
  ),
  fails(
    "json.decode says where it failed.",
    "require('json').decode('[1,')",
    "guest_error",
    /a value expected, but found the end at byte 4/,
  ),
  is(
    "json.null is one value that cannot be changed.",
    "local n = require('json').null return {tostring(n), n == require('json').decode('null'), (pcall(function() n.x = 1 end))}",
    ["null", true, false],
  ),
  is(
    "Dates are in UTC.",
    "return {os.date('!%Y-%m-%dT%H:%M:%SZ', 86399), os.date('%c', 0), os.time({year = 2024, month = 2, day = 30, hour = 0})}",
    ["1970-01-01T23:59:59Z", "Thu Jan  1 00:00:00 1970", Date.UTC(2024, 1, 30) / 1000],
  ),
  is(
    "os.date gives its fields.",
    "local d = os.date('*t', 951782400) return {d.year, d.month, d.day, d.wday, d.yday, d.isdst}",
    [2000, 2, 29, 3, 60, false],
  ),
  is(
    "The clocks run.",
    "local c, t = os.clock(), os.time() return c >= 0 and c < 60 and t > 1700000000 and os.difftime(t, t - 5) == 5",
    true,
  ),
  is(
    "utf8, string, table and math are whole.",
    "return {utf8.char(8364), ('%5.2f'):format(1.234), table.concat({1, 2}, '-'), math.type(1 // 1), #string.pack('i4', 7)}",
    ["€", " 1.23", "1-2", "integer", 4],
  ),
  is(
    "Coroutines work.",
    "local c = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b * 2 end) return {c(1), c(10)}",
    [2, 20],
  ),
  is(
    "A caught error may cross a yield.",
    "local c = coroutine.wrap(function() return pcall(function() coroutine.yield(1) error('x', 0) end) end) c() return {c()}",
    [false, "x"],
  ),
  is(
    "package.preload makes modules.",
    "package.preload.mine = function(name) return {name = name} end return require('mine').name .. (require('mine') == require('mine') and '!' or '')",
    "mine!",
  ),
  is(
    "load takes text and an environment.",
    "return {load('return x', 'c', 't', {x = 7})(), load(function() return nil end) ~= nil, load('= 1') == nil}",
    [7, true, true],
  ),
  is(
    "goto, integer division and bit operators work.",
    "local i = 0 ::top:: i = i + 1 if i < 3 then goto top end return {i, 7 // 2, 1 << 4 | 1}",
    [3, 3, 17],
  ),
  is("Random numbers have been seeded.", "return math.random() ~= 0.5 and math.random(1, 1) == 1", true),
];

const sealed: SourceCase[] = [
  is(
    "Nothing that reaches outside is there.",
    `local found = {}
     for _, name in ipairs({"dofile", "loadfile", "js", "io.open", "io.popen", "io.lines", "io.tmpfile", "io.read", "os.execute",
       "os.getenv", "os.exit", "os.remove", "os.rename", "os.tmpname", "os.setlocale", "string.dump", "debug.getregistry",
       "debug.getupvalue", "debug.setupvalue", "debug.upvaluejoin", "debug.sethook", "debug.getmetatable", "debug.setmetatable",
       "debug.getinfo", "debug.getlocal", "debug.setuservalue", "package.loadlib", "package.searchers", "package.cpath", "package.searchpath"}) do
       local value = _G
       for part in name:gmatch("[^.]+") do value = value and value[part] end
       if value ~= nil then found[#found + 1] = name end
     end
     return require("json").array(found)`,
    [],
  ),
  is(
    "No userdata is in reach, and every function is Lua's own.",
    `local seen, kinds = {}, {}
     local function walk(value)
       local kind = type(value)
       if kind == "userdata" or kind == "thread" then kinds[kind] = true end
       if kind ~= "table" or seen[value] then return end
       seen[value] = true
       for k, v in next, value do walk(k) walk(v) end
       walk(getmetatable(value))
     end
     walk(_G) walk(getmetatable("")) walk(INPUT)
     return kinds`,
    {},
  ),
  is(
    "The metatable of json.null is locked.",
    "return {getmetatable(require('json').null), (pcall(setmetatable, require('json').null, {}))}",
    [false, false],
  ),
  is(
    "Modes other than text do not load.",
    "return {load('return 1', 'x', 'b') == nil, load('\\27Lua') == nil, load(function() return nil end, 'x', 'b') == nil}",
    [true, true, true],
  ),
  is(
    "A result is told truly by whatever the guest broke.",
    `string.format, string.find, string.gsub, table.concat, table.sort, math.type, next, pairs, type, tostring = nil
     setmetatable(_G, {__index = function() return function() return "forged" end end})
     getmetatable("").__index = function() return "forged" end
     getmetatable("").__concat = function() return "forged" end
     getmetatable("").__len = function() return 0 end
     return {a = {1.5, "x\\n"}, b = false}`,
    { a: [1.5, "x\n"], b: false },
  ),
  is(
    "Metamethods of results are not called.",
    "return setmetatable({a = 1}, {__index = error, __pairs = error, __len = error, __tostring = error})",
    { a: 1 },
  ),
  is(
    "Finalizers that change the result while it is written do no harm.",
    `local t = {}
     for i = 1, 2000 do t[i] = {tostring(i)} end
     setmetatable({}, {__gc = function() for i = 1, 2000 do t[i] = i end end})
     return (#t)`,
    2000,
  ),
  is("Warnings and tracebacks are text.", "return type(debug.traceback('x')) .. #debug", "string0"),
];

export const luaCases: readonly SourceCase[] = [
  ...results,
  ...badResults,
  ...errors,
  ...memory,
  ...output,
  ...libraries,
  ...sealed,
];
