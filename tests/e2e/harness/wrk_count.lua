-- Prints wrk's own exact count, which its ordinary report rounds. With PIPELINE it sends so many requests in a row on a
-- connection before it waits for an answer.
local in_a_row = tonumber(os.getenv("PIPELINE") or "1")

if in_a_row > 1 then
  local batch

  function init(args)
    batch = string.rep(wrk.format(), in_a_row)
  end

  function request()
    return batch
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'WRK-SUMMARY {"requests":%d,"microseconds":%d,"errors":{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}}\n',
    summary.requests, summary.duration, errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
