-- Posts a notification with an id of its own in each request; arguments: template, secret, salt.
local template, head, salt
local count = 0

function init(arguments)
  local file = assert(io.open(arguments[1]))
  template = file:read("*a")
  file:close()
  head = {["Content-Type"] = "application/json", ["Verification-Token"] = arguments[2]}
  salt = arguments[3]
end

function request()
  count = count + 1
  return wrk.format("POST", nil, head, (template:gsub("UUID", salt .. "-" .. count, 1)))
end

function done(summary, latency)
  local errors = summary.errors
  local bad = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("figures %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), bad))
end
