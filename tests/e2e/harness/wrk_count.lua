-- Prints wrk's own exact count, which its ordinary report rounds.
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'WRK-SUMMARY {"requests":%d,"microseconds":%d,"errors":{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}}\n',
    summary.requests, summary.duration, errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
