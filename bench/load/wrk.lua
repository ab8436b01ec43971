-- Sends one request over and over; prints what bench/load/load.ts reads as the last line.
local variants = 1
local turn = 0

function init(args)
  wrk.method = args[1]
  wrk.body = args[2] ~= "" and args[2] or nil
  if wrk.body then wrk.headers["Content-Type"] = "application/json" end
  variants = tonumber(args[3])
end

function request()
  if variants == 1 then return wrk.format() end
  turn = (turn + 1) % variants
  return wrk.format(nil, (wrk.path:gsub("%*", turn)))
end

function done(summary, latency)
  local refused = summary.errors.status
  io.write(string.format(
    '\n{"answered":%d,"refused":%d,"broken":%d,"seconds":%f,"p50Ms":%f,"p99Ms":%f}\n',
    summary.requests, refused,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
