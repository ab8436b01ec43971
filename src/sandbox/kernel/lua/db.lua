-- The database of the guest's namespace: the global `db`, which `require("db")` gives too. It asks the host, and waits.

local json, tryEncode, ask = ...

local error, format, next, setmetatable, tostring, type = error, string.format, next, setmetatable, tostring, type
local getinfo = debug.getinfo
local decode, null = json.decode, json.null

-- What is thrown tells itself in words wherever a string would, and has the registry's code for programs.
local failure = {
  __name = "db.error",
  __tostring = function(problem) return problem.message end,
  __concat = function(left, right) return tostring(left) .. tostring(right) end,
}

-- `level` is as in `error`: 1 is whoever called this.
local function refuse(code, sentence, level)
  local at = getinfo(level + 1, "Sl")
  local place = at and at.currentline > 0 and format("%s:%d: ", at.short_src, at.currentline) or ""
  error(setmetatable({ code = code, message = place .. sentence }, failure), 0)
end

local function check(value, wanted, position, name)
  if type(value) ~= wanted then
    error(format("bad argument #%d to 'db.%s' (%s expected, got %s)", position, name, wanted, type(value)), 3)
  end
end

-- A misspelt option would silently do what nobody wants.
local function checkOptions(options, known, position, name)
  if options == nil then return {} end
  check(options, "table", position, name)
  for option in next, options do
    if not known[option] then
      error(format("bad argument #%d to 'db.%s' (there is no option %s)", position, name, tostring(option)), 3)
    end
  end
  return options
end

-- Called by the functions below and by nothing else: the guest's line is two levels up.
local function call(op, arguments)
  local text, sentence = tryEncode("argument", arguments)
  if not text then refuse("invalid_request", sentence, 3) end
  local answer = decode(ask(op, text))
  if not answer.ok then refuse(answer.code, answer.error, 3) end
  return answer.value
end

local db = {}

function db.get(key)
  check(key, "string", 1, "get")
  local entry = call("db.get", { key = key })
  if entry.value_json ~= null then return decode(entry.value_json) end
  return nil
end

function db.entry(key)
  check(key, "string", 1, "entry")
  local entry = call("db.get", { key = key })
  if entry.value_json ~= null then return decode(entry.value_json), entry.version end
  return nil, 0
end

local setOptions = { ttl = true, if_version = true }

function db.set(key, value, options)
  check(key, "string", 1, "set")
  if value == nil then
    error("bad argument #2 to 'db.set' (value expected, got nil; json.null stores JSON's null)", 2)
  end
  options = checkOptions(options, setOptions, 3, "set")
  local text, sentence = tryEncode("value", value)
  if not text then refuse("invalid_request", sentence, 2) end
  local arguments = { key = key, value_json = text, ttl = options.ttl, if_version = options.if_version }
  return call("db.set", arguments).version
end

local deleteOptions = { if_version = true }

function db.delete(key, options)
  check(key, "string", 1, "delete")
  options = checkOptions(options, deleteOptions, 2, "delete")
  return call("db.delete", { key = key, if_version = options.if_version }).deleted
end

local listOptions = { prefix = true, limit = true, cursor = true }

function db.list(options)
  if type(options) == "string" then options = { prefix = options } end
  options = checkOptions(options, listOptions, 1, "list")
  local page = call("db.list", { prefix = options.prefix, limit = options.limit, cursor = options.cursor })
  if page.cursor ~= null then return page.keys, page.cursor end
  return page.keys, nil
end

local incrementOptions = { ttl = true }

function db.increment(key, by, options)
  check(key, "string", 1, "increment")
  if by ~= nil then check(by, "number", 2, "increment") end
  options = checkOptions(options, incrementOptions, 3, "increment")
  return call("db.increment", { key = key, by = by, ttl = options.ttl }).value
end

return db
