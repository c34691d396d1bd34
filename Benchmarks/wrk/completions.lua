-- POST /v1/completions with one fixed body; the summary goes to stdout as one JSON line.
-- The script's arguments are the number of tokens, the model, and the prompt's length in bytes (0: a short sentence):
-- wrk … -s completions.lua URL -- 64 m 1024

-- With SPREAD_OVER=N in the environment, the N threads call N ports, from that of the URL on.

local first = 0

function setup(thread)
  local count = tonumber(os.getenv("SPREAD_OVER") or 0)
  if count > 0 then
    thread.addr = wrk.lookup(wrk.host, tostring(tonumber(wrk.port) + first % count))[1]
    first = first + 1
  end
end

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"

function init(arguments)
  local sentence = "Tell me about the weather."
  local length = tonumber(arguments[3] or 0)
  local prompt = length > 0 and string.rep(sentence .. " ", length / #sentence + 1):sub(1, length) or sentence
  wrk.body = string.format(
    '{"model":"%s","prompt":"%s","max_tokens":%d,"ignore_eos":true}',
    arguments[2] or "m", prompt, tonumber(arguments[1] or 1))
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
