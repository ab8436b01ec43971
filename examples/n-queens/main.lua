-- Places n queens on a board of n by n so that none attacks another: counts the ways and shows the first.

local n = INPUT.n
local rows, columns, rising, falling = {}, {}, {}, {}
local count, first = 0, nil

local function place(column)
  if column > n then
    count = count + 1
    first = first or {table.unpack(rows)}
    return
  end
  for row = 1, n do
    if not (columns[row] or rising[row + column] or falling[row - column]) then
      rows[column] = row
      columns[row], rising[row + column], falling[row - column] = true, true, true
      place(column + 1)
      columns[row], rising[row + column], falling[row - column] = nil, nil, nil
    end
  end
end

place(1)

for row = 1, first and n or 0 do
  local line = {}
  for column = 1, n do
    line[column] = first[column] == row and "Q" or "."
  end
  print(table.concat(line, " "))
end

return {n = n, solutions = count, first = first or require("json").null}
