-- Ask one route again and again: wrk -s asks.lua URL -- METHOD PATH CALLERS BODIES ETAG PAUSE
-- CALLERS and BODIES are files of one line each, taken in turn ("-": none); ETAG "-" asks for the whole answer.
-- PAUSE: milliseconds that each connection waits on average before it asks again; 0: it asks at once.

local method, path, etag, pause
local callers, bodies = {}, {}
local n = 0

local function lines(name)
  local all = {}
  if name ~= "-" then
    for line in io.lines(name) do all[#all + 1] = line end
  end
  return all
end

function init(args)
  method, path, etag = args[1], args[2], args[5]
  callers, bodies = lines(args[3]), lines(args[4])
  pause = tonumber(args[6])
end

function delay()
  if pause == 0 then return 0 end
  return math.random(pause / 2, pause * 3 / 2)
end

function request()
  n = n + 1
  local head = method .. " " .. path .. " HTTP/1.1\r\nHost: t\r\n"
  if #callers > 0 then head = head .. "Authorization: Bearer " .. callers[n % #callers + 1] .. "\r\n" end
  if etag ~= "-" then head = head .. "If-None-Match: " .. etag .. "\r\n" end
  if #bodies == 0 then return head .. "\r\n" end
  local body = bodies[n % #bodies + 1]
  return head .. "Content-Type: application/json\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%f,"p50":%f,"p95":%f,"p99":%f,"not_ok":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3, e.status, e.connect + e.read + e.write + e.timeout
  ))
end
