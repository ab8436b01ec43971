-- Makes of the freshly opened standard libraries what a guest may have, and returns the functions with which the kernel
-- runs a task. It runs once, before the memory image that every task starts from is taken.
--
-- A guest owns its globals, metatables and library tables. So whatever the kernel still needs after the guest's code ran
-- is captured in locals here.

local json, tryEncode
json, tryEncode, db = ...

local error, pcall, rawget, rawload, select, setmetatable, tostring, type =
  error, pcall, rawget, load, select, setmetatable, tostring, type
local globals = _G
local find, format = string.find, string.format
local clock, difftime, time = os.clock, os.difftime, os.time
local randomseed = math.randomseed
local rawgetmetatable, traceback = debug.getmetatable, debug.traceback
local decode, null = json.decode, json.null
local stdout, stderr = io.stdout, io.stderr
local writeTo, flush = stdout.write, stdout.flush

-- Code ----------------------------------------------------------------------------------------------------------------

-- Binary chunks are not checked by Lua and can corrupt its memory: only text is loaded, and none is dumped.
function load(chunk, name, mode, ...)
  if type(chunk) ~= "string" and type(chunk) ~= "function" then
    error(format("bad argument #1 to 'load' (function expected, got %s)", type(chunk)), 2)
  end
  if mode ~= nil and not find(mode, "t", 1, true) then
    return nil, format("attempt to load a chunk with mode '%s': only text ('t') is loaded here", mode)
  end
  return rawload(chunk, name, "t", ...)
end
dofile, loadfile, string.dump = nil, nil, nil

-- Errors --------------------------------------------------------------------------------------------------------------

-- A program that ran out of memory could catch that, go on, and sit at its limit until its time is up. So where an error
-- is caught, the host is asked: it ends the run if it has refused memory.
local outOfMemory, askHost = "not enough memory", os.execute

local function caught(ok, ...)
  if not ok and (...) == outOfMemory then askHost() end
  return ok, ...
end

local xpcall, resume = xpcall, coroutine.resume
function _G.pcall(...) return caught(pcall(...)) end
function _G.xpcall(...) return caught(xpcall(...)) end
function coroutine.resume(...) return caught(resume(...)) end

-- Output --------------------------------------------------------------------------------------------------------------

-- The C library's files stay hidden behind these tables; each write is passed on at once, so that it is seen live.
local function outputStream(file, name)
  local stream = {}
  local function emit(...)
    for at = 1, select("#", ...) do
      local kind = type((select(at, ...)))
      if kind ~= "string" and kind ~= "number" then
        error(format("bad argument #%d to 'write' (string expected, got %s)", at, kind), 3)
      end
    end
    writeTo(file, ...)
    flush(file)
  end
  -- No tail calls: the guest's line has to be three levels above the error.
  function stream:write(...)
    emit(...)
    return stream
  end
  function stream:flush() return stream end
  function stream:setvbuf() return true end
  return setmetatable(stream, { __name = "stream", __tostring = function() return name end }), emit
end

local outStream, out = outputStream(stdout, "stdout")
local errStream = outputStream(stderr, "stderr")
io = {
  stdout = outStream,
  stderr = errStream,
  write = function(...)
    out(...)
    return outStream
  end,
}

-- Time ----------------------------------------------------------------------------------------------------------------

local startedAt = 0
os = {
  time = time,
  date = os.date,
  difftime = difftime,
  clock = function()
    local seconds = clock()
    -- The C library counts microseconds in 32 bits and overflows after 35 minutes.
    return seconds >= 0 and seconds or difftime(time(), startedAt)
  end,
}

-- Modules -------------------------------------------------------------------------------------------------------------

debug = { traceback = traceback }

local loaded = {
  _G = _G, coroutine = coroutine, db = db, debug = debug, io = io, json = json, math = math, os = os, string = string,
  table = table, utf8 = utf8,
}
local preload = {}
package = { loaded = loaded, preload = preload }

function require(name)
  if type(name) ~= "string" then
    error(format("bad argument #1 to 'require' (string expected, got %s)", type(name)), 2)
  end
  if loaded[name] ~= nil then return loaded[name] end
  local loader = preload[name]
  if loader == nil then
    error(format("module '%s' not found: there are no files here; json is built in, and package.preload takes your own", name), 2)
  end
  local value = loader(name, ":preload:")
  if value ~= nil then
    loaded[name] = value
  elseif loaded[name] == nil then
    loaded[name] = true
  end
  return loaded[name], ":preload:"
end

-- What the kernel calls -----------------------------------------------------------------------------------------------

-- Before the guest's code: the value becomes the global of that name.
local function prepare(name, valueJson, seed, moreSeed)
  startedAt = time()
  clock() -- Counts from its first call.
  randomseed(seed, moreSeed)
  local value = decode(valueJson)
  if value ~= null then globals[name] = value end
end

-- An error object in words.
local function describe(problem)
  local kind = type(problem)
  if kind == "string" then return problem end
  if kind == "table" or kind == "userdata" then
    local meta = rawgetmetatable(problem)
    if meta and meta.__tostring then
      local ok, text = pcall(tostring, problem)
      return ok and text or "An error was thrown whose __tostring fails."
    end
    local ok, text = pcall(tryEncode, "error", problem)
    if ok and text then return text end
  end
  if kind == "number" or kind == "nil" or kind == "boolean" then return tostring(problem) end
  return format("A %s was thrown as an error.", kind)
end

-- The message handler around the guest's code: where it happened goes to stderr, what happened is the job's error.
local function explain(problem)
  local text = describe(problem)
  writeTo(stderr, traceback(text, 2), "\n")
  return text
end

-- After the guest's code: the result's JSON text, or nil and a sentence.
local function finish(value)
  return tryEncode("result", value)
end

-- After a function's code: what answers its calls, or nil.
local function handlerOf(returned)
  if type(returned) == "function" then return returned end
  local handler = rawget(globals, "handle")
  if type(handler) == "function" then return handler end
  return nil
end

collectgarbage()
collectgarbage()
return prepare, explain, finish, decode, handlerOf
