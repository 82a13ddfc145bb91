-- Rotates through methods, routes and statuses, ids among them, and counts as wrk_count.lua does.
-- No HEAD: wrk would wait for the body that Content-Length speaks of.
local targets = {
  { "GET", "/ok" }, { "GET", "/users/%d" }, { "PUT", "/teapot" }, { "GET", "/absent" },
  { "POST", "/orders/%d" }, { "GET", "/broken" }, { "DELETE", "/users/%d" },
}
local sent = 0

function request()
  sent = sent + 1
  local target = targets[sent % #targets + 1]
  local body = target[1] == "POST" and "quantity=1" or nil
  return wrk.format(target[1], string.format(target[2], sent), nil, body)
end

dofile(debug.getinfo(1, "S").source:sub(2):gsub("wrk_mixed", "wrk_count"))
