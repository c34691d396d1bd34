-- POST /v1/completions with one fixed body; the summary goes to stdout as one JSON line.
-- The number of tokens is the script's argument: wrk … -s completions.lua URL -- 64

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"

function init(arguments)
  wrk.body = string.format(
    '{"model":"m","prompt":"Tell me about the weather.","max_tokens":%d,"ignore_eos":true}',
    tonumber(arguments[1] or 1))
end

-- Without a request function of ours wrk renders the request once and never runs Lua again, which
-- matters because it shares the machine with the server.

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.6f,"bad_statuses":%d,"socket_errors":%d,"p50_us":%.0f,"p99_us":%.0f}\n',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
