-- The `json` module of Lua guests, and how INPUT and results cross the border of the interpreter.
--
-- JSON null is `json.null` wherever it stands inside a table, so that arrays keep their length.
-- A table with the keys 1 to n is an array, one with names an object, an empty one an object; `json.array(t)` says that
-- t is an array even when it is empty, and arrays that were decoded empty are remembered as such.
-- Keys are written in sorted order: equal values give equal text.
--
-- Metamethods are never called, and nothing here looks anything up in a table that a guest can change: after the
-- guest's code ran, this still has to tell the truth about its result.

-- How deep JSON may nest.
local depthMax = ...

local error, getmetatable, next, pcall, rawget, select, setmetatable, tonumber, tostring, type =
  error, getmetatable, next, pcall, rawget, select, setmetatable, tonumber, tostring, type
local byte, char, find, format, gsub, sub = string.byte, string.char, string.find, string.format, string.gsub, string.sub
local concat, sort = table.concat, table.sort
local mathtype, huge = math.type, math.huge
local codepoint, utf8len = utf8.char, utf8.len

local null = setmetatable({}, {
  __metatable = false,
  __name = "json.null",
  __newindex = function() error("json.null cannot be changed", 2) end,
  __tostring = function() return "null" end,
})

-- Tables that are arrays though they may be empty.
local arrays = setmetatable({}, { __mode = "k" })

-- Encoding ------------------------------------------------------------------------------------------------------------

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }
for code = 0, 31 do
  local control = char(code)
  escapes[control] = escapes[control] or format("\\u%04x", code)
end

-- What cannot be written is thrown as a table of this kind, so that it can be told from an error of another cause.
local refusal = {}

local function place(state, depth)
  local steps = { state.root }
  for level = 1, depth do
    local key = state.path[level]
    if mathtype(key) then
      steps[#steps + 1] = format("[%d]", key)
    elseif find(key, "^[%a_][%w_]*$") then
      steps[#steps + 1] = "." .. key
    else
      steps[#steps + 1] = format("[%q]", key)
    end
  end
  return concat(steps)
end

local function refuse(state, depth, what, why)
  error(setmetatable({ sentence = format("%s is %s; %s.", place(state, depth), what, why) }, refusal), 0)
end

local function quote(text, state, depth)
  if not utf8len(text) then refuse(state, depth, "a string that is not UTF-8", "JSON text is UTF-8") end
  if find(text, '[%c"\\]') then text = gsub(text, '[%c"\\]', escapes) end
  return '"' .. text .. '"'
end

local function number(value, state, depth)
  if mathtype(value) == "integer" then return format("%d", value) end
  if value ~= value then refuse(state, depth, "not a number (nan)", "JSON has no such number") end
  if value == huge or value == -huge then refuse(state, depth, "infinite", "JSON has no such number") end
  if value % 1 == 0 and value > -2 ^ 53 and value < 2 ^ 53 then return format("%d", value) end
  for digits = 15, 16 do
    local text = format("%." .. digits .. "g", value)
    if tonumber(text) == value then return text end
  end
  return format("%.17g", value)
end

-- The number of its positions if the table is an array, else its names in order.
local function shape(value, state, depth)
  local positions, last, names, named = 0, 0, nil, 0
  for key in next, value do
    if type(key) == "string" then
      names = names or {}
      named = named + 1
      names[named] = key
    elseif mathtype(key) == "integer" and key > 0 then
      positions = positions + 1
      if key > last then last = key end
    else
      refuse(state, depth, format("a table with the key %s", tostring(key)), "JSON takes names, or the positions 1 to n")
    end
  end
  if names and positions > 0 then
    refuse(state, depth, "a table with both names and positions", "JSON has objects and arrays, nothing between")
  end
  if last ~= positions then
    refuse(state, depth, format("an array with holes (%d of %d positions)", positions, last), "fill them with json.null")
  end
  if names then sort(names) end
  return positions, names
end

local write

local function writeTable(value, out, n, state, depth)
  if depth >= depthMax then refuse(state, 0, "nested deeper than " .. depthMax .. " levels", "that is the limit") end
  if state.open[value] then refuse(state, depth, "a table that contains itself", "JSON has no cycles") end
  if next(value) == nil then
    out[n + 1] = arrays[value] and "[]" or "{}"
    return n + 1
  end
  local positions, names = shape(value, state, depth)
  state.open[value] = true
  local path = state.path
  n = n + 1
  out[n] = names and "{" or "["
  local mark = n
  if names then
    for at = 1, #names do
      local name = names[at]
      path[depth + 1] = name
      out[n + 1] = quote(name, state, depth + 1)
      out[n + 2] = ":"
      n = write(rawget(value, name), out, n + 2, state, depth + 1) + 1
      out[n] = ","
    end
  else
    for at = 1, positions do
      path[depth + 1] = at
      n = write(rawget(value, at), out, n, state, depth + 1) + 1
      out[n] = ","
    end
  end
  -- The last comma becomes the bracket; a finalizer may have emptied the table meanwhile.
  if n == mark then n = n + 1 end
  out[n] = names and "}" or "]"
  state.open[value] = nil
  return n
end

function write(value, out, n, state, depth)
  local kind = type(value)
  local text
  if kind == "table" then
    if value ~= null then return writeTable(value, out, n, state, depth) end
    text = "null"
  elseif kind == "string" then
    text = quote(value, state, depth)
  elseif kind == "number" then
    text = number(value, state, depth)
  elseif kind == "boolean" then
    text = value and "true" or "false"
  elseif kind == "nil" then
    text = "null"
  else
    refuse(state, depth, "a " .. kind, "JSON has no such thing")
  end
  out[n + 1] = text
  return n + 1
end

local function encodeAs(root, value)
  local out = {}
  return concat(out, "", 1, write(value, out, 0, { root = root, path = {}, open = {} }, 0))
end

-- The text; or nil and a sentence when JSON cannot hold the value.
local function tryEncode(root, value)
  local ok, answer = pcall(encodeAs, root, value)
  if ok then return answer end
  if type(answer) == "table" and getmetatable(answer) == refusal then return nil, answer.sentence end
  error(answer, 0)
end

local function encode(...)
  if select("#", ...) == 0 then error("bad argument #1 to 'encode' (value expected)", 2) end
  local text, sentence = tryEncode("value", (...))
  if not text then error(sentence, 2) end
  return text
end

-- Decoding ------------------------------------------------------------------------------------------------------------

local blanks = { [9] = true, [10] = true, [13] = true, [32] = true }
local unescapes = { [34] = '"', [92] = "\\", [47] = "/", [98] = "\b", [102] = "\f", [110] = "\n", [114] = "\r", [116] = "\t" }

local function malformed(text, at, what)
  local found = at > #text and "the end" or format("%q", sub(text, at, at))
  error(setmetatable({ sentence = format("JSON: %s expected, but found %s at byte %d", what, found, at) }, refusal), 0)
end

local function hex4(text, at)
  local digits = sub(text, at, at + 3)
  if not find(digits, "^%x%x%x%x$") then malformed(text, at, "four hexadecimal digits") end
  return tonumber(digits, 16)
end

-- `at` is on the u of an escape. Halves of a surrogate pair that stand alone become U+FFFD.
local function unescapeUnicode(text, at)
  local code = hex4(text, at + 1)
  at = at + 5
  if code >= 0xD800 and code <= 0xDBFF and sub(text, at, at + 1) == "\\u" then
    local low = hex4(text, at + 2)
    if low >= 0xDC00 and low <= 0xDFFF then
      return codepoint(0x10000 + (code - 0xD800) * 0x400 + (low - 0xDC00)), at + 6
    end
  end
  if code >= 0xD800 and code <= 0xDFFF then code = 0xFFFD end
  return codepoint(code), at
end

-- `at` is behind the opening quote.
local function readString(text, at)
  local stop = find(text, '["\\%c]', at)
  if stop and byte(text, stop) == 34 then return sub(text, at, stop - 1), stop + 1 end
  local parts, n = {}, 0
  while stop do
    n = n + 1
    parts[n] = sub(text, at, stop - 1)
    local code = byte(text, stop)
    if code == 34 then return concat(parts), stop + 1 end
    n = n + 1
    if code == 127 then
      parts[n] = "\127"
      at = stop + 1
    elseif code == 92 then
      local escape = byte(text, stop + 1)
      if escape == 117 then
        parts[n], at = unescapeUnicode(text, stop + 1)
      else
        parts[n] = unescapes[escape] or malformed(text, stop + 1, "an escape")
        at = stop + 2
      end
    else
      malformed(text, stop, "a string without raw control characters")
    end
    stop = find(text, '["\\%c]', at)
  end
  malformed(text, #text + 1, 'a closing "')
end

local function readNumber(text, at)
  local _, stop = find(text, "^-?%d+", at)
  if not stop then malformed(text, at, "a value") end
  local first = byte(text, at)
  if (first == 48 or first == 45) and find(text, "^-?0%d", at) then
    malformed(text, at, "a number without leading zeros")
  end
  local code = byte(text, stop + 1)
  if code == 46 then
    local _, fraction = find(text, "^%d+", stop + 2)
    stop = fraction or malformed(text, stop + 2, "a digit")
    code = byte(text, stop + 1)
  end
  if code == 101 or code == 69 then
    local _, digits = find(text, "^[+-]?%d+", stop + 2)
    stop = digits or malformed(text, stop + 2, "a digit")
  end
  return tonumber(sub(text, at, stop)), stop + 1
end

local read

-- `at` is behind the bracket; answers the position of the next thing that is not white space.
local function skip(text, at)
  return find(text, "[^ \t\n\r]", at) or #text + 1
end

local function readArray(text, at, depth)
  local list, n = {}, 0
  at = skip(text, at)
  if byte(text, at) == 93 then
    arrays[list] = true
    return list, at + 1
  end
  while true do
    n = n + 1
    list[n], at = read(text, at, depth)
    local code = byte(text, at)
    if blanks[code] then
      at = skip(text, at)
      code = byte(text, at)
    end
    if code == 93 then return list, at + 1 end
    if code ~= 44 then malformed(text, at, "',' or ']'") end
    at = at + 1
  end
end

local function readObject(text, at, depth)
  local object = {}
  at = skip(text, at)
  if byte(text, at) == 125 then return object, at + 1 end
  while true do
    if byte(text, at) ~= 34 then malformed(text, at, "a name in quotes") end
    local name
    name, at = readString(text, at + 1)
    local code = byte(text, at)
    if blanks[code] then
      at = skip(text, at)
      code = byte(text, at)
    end
    if code ~= 58 then malformed(text, at, "':'") end
    object[name], at = read(text, at + 1, depth)
    code = byte(text, at)
    if blanks[code] then
      at = skip(text, at)
      code = byte(text, at)
    end
    if code == 125 then return object, at + 1 end
    if code ~= 44 then malformed(text, at, "',' or '}'") end
    at = at + 1
    if blanks[byte(text, at)] then at = skip(text, at) end
  end
end

function read(text, at, depth)
  local code = byte(text, at)
  if blanks[code] then
    at = skip(text, at)
    code = byte(text, at)
  end
  if code == 34 then return readString(text, at + 1) end
  if code == 123 or code == 91 then
    if depth == depthMax then malformed(text, at, "no more than " .. depthMax .. " levels") end
    if code == 123 then return readObject(text, at + 1, depth + 1) end
    return readArray(text, at + 1, depth + 1)
  end
  if code == 116 and sub(text, at, at + 3) == "true" then return true, at + 4 end
  if code == 102 and sub(text, at, at + 4) == "false" then return false, at + 5 end
  if code == 110 and sub(text, at, at + 3) == "null" then return null, at + 4 end
  return readNumber(text, at)
end

local function decodeText(text)
  local value, at = read(text, 1, 0)
  at = skip(text, at)
  if at <= #text then malformed(text, at, "nothing more") end
  return value
end

local function decode(text)
  if type(text) ~= "string" then
    error(format("bad argument #1 to 'decode' (string expected, got %s)", type(text)), 2)
  end
  local ok, answer = pcall(decodeText, text)
  if ok then return answer end
  if type(answer) == "table" and getmetatable(answer) == refusal then error(answer.sentence, 2) end
  error(answer, 0)
end

local function array(list)
  if list == nil then list = {} end
  if type(list) ~= "table" then
    error(format("bad argument #1 to 'array' (table expected, got %s)", type(list)), 2)
  end
  arrays[list] = true
  return list
end

return { null = null, encode = encode, decode = decode, array = array }, tryEncode
