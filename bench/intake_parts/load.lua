-- Flags for wrk: each with its own key, reporter and subject; of a batch, the rows that were kept are counted.
-- wrk -s load.lua URL -- PATH ROWS KEY VERSION PREFIX REPORTERS SUBJECTS STORED
-- STORED > 0: every second flag meets a subject that is stored already (see fill.py).

local threads = {}
function setup(thread)
  table.insert(threads, thread)
  thread:set("place", #threads)
end

local path, rows, key, version, prefix, reporters, subjects, stored
local n = 0
local options = { "job_post.free_work", "job_post.unclear_incomplete", "job_post.looks_like_scam" }
local details = "They want three finished logos before any contract, and say that everybody else does it for nothing."
kept = 0
refused = 0

function init(args)
  path, rows, key, version = args[1], tonumber(args[2]), args[3], args[4]
  prefix, reporters, subjects, stored = args[5] .. place .. "-", tonumber(args[6]), tonumber(args[7]), tonumber(args[8])
  math.randomseed(tonumber(args[9]) + place)
  if rows > 0 then
    -- Only for batches: reading every answer in Lua would slow single flags, whose status wrk checks by itself.
    response = function(status, headers, body)
      if status == 200 then
        local _, good = string.gsub(body, '{"status":202,', "")
        kept = kept + good
        refused = refused + rows - good
      end
    end
  end
end

local function subject()
  if stored > 0 and n % 2 == 0 then
    return "job-" .. math.random(0, 399) .. "~" .. math.random(1, stored)
  end
  return "job-" .. math.random(0, subjects - 1)
end

local function flag(own)
  n = n + 1
  return "{" .. own .. '"reporter":{"id":"p-' .. math.random(0, reporters - 1)
    .. '"},"subject":{"kind":"job_post","id":"' .. subject()
    .. '","author":"ann","audience":"20+","title":"Logo for a bakery","text":"Three samples first, the best one is paid."},'
    .. '"option":"' .. options[math.random(#options)] .. '","menu_version":' .. version
    .. ',"details":"' .. details .. '"}'
end

function request()
  local body, own
  if rows > 0 then
    local all = {}
    for i = 1, rows do
      all[i] = flag('"idempotency_key":"' .. prefix .. n .. '",')
    end
    body, own = '{"flags":[' .. table.concat(all, ",") .. "]}", ""
  else
    body = flag("")
    own = "Idempotency-Key: " .. prefix .. n .. "\r\n"
  end
  return "POST " .. path .. " HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " .. key
    .. "\r\nContent-Type: application/json\r\n" .. own .. "Content-Length: " .. #body .. "\r\n\r\n" .. body
end

function done(summary, latency)
  local good, bad = 0, 0
  for _, thread in ipairs(threads) do
    good = good + thread:get("kept")
    bad = bad + thread:get("refused")
  end
  local e = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"kept":%d,"refused":%d,"not_ok":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    good, bad, e.status, e.connect + e.read + e.write + e.timeout
  ))
end
